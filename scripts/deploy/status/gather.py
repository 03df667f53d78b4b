"""All parts of the status, whatever is broken."""

from collections.abc import Callable

from scripts.deploy import journal, state
from scripts.deploy.amounts import ago, moment, now, size, span
from scripts.deploy.compose import Compose
from scripts.deploy.doctor.access import access
from scripts.deploy.findings import Level
from scripts.deploy.outcome import Stop
from scripts.deploy.preflight.machine import room
from scripts.deploy.site import Site
from scripts.deploy.status import containers, reports, shop
from scripts.deploy.status.parts import Part

_DISK_AMBER, _DISK_RED = 0.8, 0.9


def gather(site: Site) -> list[Part]:
    """Return every part, the worst that can be told of those that could not be asked.

    Raises Stop for settings that cannot be read.
    """
    site.setting("DOMAIN")
    try:
        running = state.load(site)
    except Stop as stop:
        return [_failed("release", stop), *_without_release(site)]
    compose = Compose(site, running)
    found = shop.look(compose, running)
    told = found["reports"] if found else {}
    parts = [
        release(site, running),
        _guarded("containers", lambda: containers.containers(compose, running)),
        shop.shop(found),
        _guarded("jobs", lambda: shop.jobs(access(compose)[0])),
        reports.certificate(site, told.get("certificate")),
        _reported("backup", reports.backup, told, is_known=found is not None),
        _reported("drill", reports.drill, told, is_known=found is not None),
        *_without_release(site),
    ]
    amiss = shop.books(found)
    return [*parts, amiss] if amiss else parts


def _without_release(site: Site) -> list[Part]:
    return [disk(site), last_run(site)]


def release(site: Site, running: state.State | None) -> Part:
    if running is None:
        return Part(
            name="release", level=Level.RED, text="nothing runs yet: scripts/deploy.sh init"
        )
    text = f"{running.release}, {running.color}"
    deploys = [
        run
        for run in journal.lines(site)
        if run.get("exit_code") == 0
        and str(run.get("command", "")).split(" ")[0] in {"deploy", "rollback", "init"}
    ]
    since = moment(deploys[-1].get("at")) if deploys else None
    text += f", for {span((now() - since).total_seconds())}" if since else ""
    level = Level.GREEN
    if running.in_progress:
        level = Level.AMBER
        phase, coming = running.in_progress.get("phase"), running.in_progress.get("release")
        text += f"; {coming} is coming ({phase})"
    facts = {
        "release": running.release,
        "color": running.color,
        "image": running.image,
        "in_progress": running.in_progress,
    }
    return Part(name="release", level=level, text=text, facts=facts)


def disk(site: Site) -> Part:
    rooms = room(site)
    if not rooms:
        return Part(name="disk", level=Level.HINT, text="its size could not be read")
    _, total, free = min(rooms, key=lambda one: one[2] / max(one[1], 1))
    used = 1 - free / max(total, 1)
    level = Level.RED if used >= _DISK_RED else Level.AMBER if used >= _DISK_AMBER else Level.GREEN
    facts = {"total_bytes": total, "free_bytes": free}
    return Part(name="disk", level=level, text=f"{used:.0%} used, {size(free)} free", facts=facts)


def last_run(site: Site) -> Part:
    runs = journal.lines(site)
    if not runs:
        return Part(name="last run", level=Level.GREEN, text="none so far")
    run = runs[-1]
    at = moment(run.get("at"))
    when = ago(at) if at else "?"
    text = f"{run.get('command')} by {run.get('who')}, {when}: {run.get('result')}"
    level = Level.GREEN if run.get("exit_code") == 0 else Level.HINT
    return Part(name="last run", level=level, text=text, facts={"run": run})


def _reported(
    name: str,
    judge: Callable[[reports.Report], Part],
    told: dict[str, reports.Report],
    *,
    is_known: bool,
) -> Part:
    if not is_known:
        return Part(name=name, level=Level.AMBER, text="unknown: no container can read its report")
    return judge(told.get(name))


def _guarded(name: str, look: Callable[[], Part]) -> Part:
    try:
        return look()
    except Stop as stop:
        return _failed(name, stop)


def _failed(name: str, stop: Stop) -> Part:
    return Part(name=name, level=Level.RED, text=stop.message.splitlines()[-1].strip())
