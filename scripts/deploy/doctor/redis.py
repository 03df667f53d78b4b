"""The health of both Redis: memory, what goes when it is full, what outlives a restart."""

from collections.abc import Iterator
from dataclasses import dataclass

from scripts.deploy.amounts import size
from scripts.deploy.compose import Compose
from scripts.deploy.findings import Finding, Level
from scripts.deploy.outcome import Stop

_TIMEOUT_S = 15
_NEARLY_FULL = 0.9
_MANY_CLIENTS = 0.8
_CLIENT = ("redis-cli", "--no-auth-warning", "--user", "probe", "--pass", "probe")


@dataclass(frozen=True)
class Role:
    """What a Redis is for. `keeps` when its content must outlive a restart."""

    service: str
    policy: str
    keeps: bool


ROLES = (
    Role("redis-cache", policy="allkeys-lfu", keeps=False),
    Role("redis-state", policy="noeviction", keeps=True),
)


def examine(compose: Compose) -> list[Finding]:
    """Return what is wrong with either; nothing when both are healthy."""
    return [finding for role in ROLES for finding in _one(compose, role)]


def _one(compose: Compose, role: Role) -> Iterator[Finding]:
    try:
        said = compose.exec(role.service, *_CLIENT, "INFO", "all", timeout=_TIMEOUT_S).stdout
    except Stop as stop:
        said, reason = "", stop.message.splitlines()[-1].strip()
    else:
        reason = said.strip().splitlines()[0] if said.strip() else "it said nothing"
    told = fields(said)
    if "redis_version" not in told:
        yield _finding(
            Level.RED, role, f"does not answer: {reason}", f"scripts/deploy.sh logs {role.service}"
        )
        return
    yield from judge(role, told)


def fields(answer: str) -> dict[str, str]:
    """Return what INFO says, by name."""
    pairs = (line.partition(":") for line in answer.splitlines() if not line.startswith("#"))
    return {name: value.strip() for name, colon, value in pairs if colon}


def judge(role: Role, told: dict[str, str]) -> Iterator[Finding]:
    """Yield what is wrong, by what INFO says."""
    yield from _memory(role, told)
    if role.keeps:
        yield from _persistence(role, told)
    clients, most = int(told.get("connected_clients", 0)), int(told.get("maxclients", 0))
    if most and clients > _MANY_CLIENTS * most:
        what = f"has {clients} of at most {most} clients"
        yield _finding(Level.AMBER, role, what, "Raise maxclients in its file, and restart it.")
    if told.get("role") != "master":
        what = "is a replica, and takes no writes"
        yield _finding(Level.RED, role, what, "Fail over to it, or point REDIS_URL at the primary.")


def _memory(role: Role, told: dict[str, str]) -> Iterator[Finding]:
    most, used = int(told.get("maxmemory", 0)), int(told.get("used_memory", 0))
    policy = told.get("maxmemory_policy", "")
    if not most:
        advice = f"Set maxmemory in scripts/stack/redis/, and restart {role.service}."
        yield _finding(Level.AMBER, role, "has no limit of memory", advice)
    elif policy == "noeviction" and used > _NEARLY_FULL * most:
        what = f"is nearly full ({size(used)} of {size(most)}) and will refuse writes"
        yield _finding(Level.RED, role, what, "Raise maxmemory and the container's limit.")
    if policy != role.policy:
        what = f"throws away by {policy}, and should by {role.policy}"
        advice = f"Restore scripts/stack/redis/, and restart {role.service}."
        yield _finding(Level.AMBER, role, what, advice)
    evicted = int(told.get("evicted_keys", 0))
    if role.keeps and evicted:
        what = f"has thrown away {evicted} keys that it should keep"
        yield _finding(Level.RED, role, what, "Raise maxmemory, and set noeviction again.")


def _persistence(role: Role, told: dict[str, str]) -> Iterator[Finding]:
    if told.get("aof_enabled") != "1":
        what = "keeps no log, so a restart gives every visitor a fresh allowance"
        yield _finding(Level.AMBER, role, what, "Set appendonly yes, and restart it.")
    for name in ("aof_last_write_status", "aof_last_bgrewrite_status"):
        if told.get(name, "ok") != "ok":
            what = f"could not write its log ({name} is {told[name]})"
            yield _finding(Level.RED, role, what, "See whether its disk is full.")


def _finding(level: Level, role: Role, what: str, advice: str) -> Finding:
    return Finding(
        level=level,
        check=role.service.replace("-", "."),
        where=role.service,
        what=f"{role.service} {what}.",
        advice=advice,
    )
