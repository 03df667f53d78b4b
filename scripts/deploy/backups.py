"""Call the backup tool in its container, and give its faults the codes of these commands."""

import subprocess

from scripts.deploy.compose import Compose
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import Site

WAIT_SECONDS = 1800  # for a backup that is under way
_CODES = {2: Code.USAGE, 4: Code.LOCKED}
_SWAP_TRIES = 20
_PSQL = ["psql", "--no-psqlrc", "--quiet", "--username", "postgres", "--dbname", "postgres"]


def call(site: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the backup tool to its end and return its output.

    Raises Stop with the tool's own word for what is wrong.
    """
    compose = Compose(site)
    waiting = ["--wait", str(WAIT_SECONDS), *arguments]
    container = compose.container("backup")
    if container is not None and container.is_running:
        command = ["python3", "-m", "scripts.backup", *waiting]
        return _judged(compose.exec("backup", *command, check=False))
    return _judged(compose.tool("backup", *waiting, check=False))


def call_as_root(
    site: Site, *arguments: str, mounts: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run the tool where it may write media and certificates, without a network.

    `mounts` are further ones, as docker's --volume takes them. Raises Stop, as `call` does.
    """
    volumes = [part for mount in mounts for part in ("--volume", mount)]
    waiting = ["--wait", str(WAIT_SECONDS), *arguments]
    command = ["run", "--rm", "--no-TTY", "--no-deps", *volumes, "restore", *waiting]
    return _judged(Compose(site).run(*command, check=False))


def adopt(site: Site, script: str) -> str:
    """Let PostgreSQL's superuser put a restored database in the live one's place.

    Returns the name under which the one before is kept, empty where there was none.

    Raises Stop: the live database is then as it was.
    """
    said = ""
    for _ in range(_SWAP_TRIES):
        done = Compose(site).exec("db", *_PSQL, check=False, stdin=script)
        if done.returncode == 0:
            _, _, kept = done.stdout.partition("kept ")
            return kept.strip()
        # A customer came in between the end of the sessions and the lock of the rename.
        said = done.stderr.strip()
        if "being accessed by other users" not in said:
            break
    raise Stop(
        f"the restored database could not take the live one's place: {said}",
        hint="the live database is as it was; the restored one is beside it",
    )


def drop(site: Site, database: str) -> None:
    """Drop a database that a restore left, whoever looks into it. Raises Stop."""
    Compose(site).exec("db", *_PSQL, stdin=f'DROP DATABASE "{database}" WITH (FORCE);\n')


def _judged(done: subprocess.CompletedProcess[str]) -> subprocess.CompletedProcess[str]:
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()] or ["no word"]
        _, _, reason = said[-1].partition("FAILED ")
        raise Stop(
            f"the backup tool: {reason or said[-1]}",
            _CODES.get(done.returncode, Code.FAILED),
            hint=f"its exit code was {done.returncode}",
        )
    return done
