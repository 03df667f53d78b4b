"""The images of a release: built from what git holds, never from files that lie about."""

import hashlib
import json
import re
import subprocess
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from fnmatch import fnmatch

from scripts.deploy import terminal
from scripts.deploy.compose import docker_output
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import Site
from scripts.deploy.state import Release, State

TARGETS = ("web", "backup")
KEPT = 5  # releases whose images stay, to go back to
_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_RELEASE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+_-]{0,63}")


def name_of(site: Site, ref: str) -> tuple[str, str]:
    """Return the release a git reference means, and its commit: the tag there, else a short hash.

    Raises Stop for a reference that git does not know.
    """
    found = _git(site, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if found.returncode:
        raise Stop(f"git knows no {ref!r} here", Code.USAGE, hint="git fetch --tags brings news")
    commit = found.stdout.strip()
    tags = _git(site, "tag", "--points-at", commit, "--sort=-version:refname").stdout.split()
    named = [tag.replace("/", "-") for tag in tags if _RELEASE.fullmatch(tag.replace("/", "-"))]
    return (named[0] if named else commit[:12]), commit


def build(site: Site, ref: str, *, fresh: bool = False) -> Release:
    """Build the images of a git reference.

    `fresh` builds every layer anew, under a name of its own: there is a way back to the one before.
    Raises Stop.
    """
    release, commit = name_of(site, ref)
    if fresh:
        release += datetime.now(UTC).strftime("-%Y%m%d%H%M")
    images = {}
    for target in TARGETS:
        images[target] = tag(site, target, release)
        _build(site, commit, release, target, images[target], fresh=fresh)
    return Release(
        release=release,
        image=images["web"],
        backup_image=images["backup"],
        schema=schema_of(site, commit),
    )


def schema_of(site: Site, commit: str) -> str:
    """Return a digest of what the tables of a commit follow from: its migrations and libraries.

    It is empty for a commit that git does not know.
    """
    where = ["*/migrations/*.py", "requirements.txt"]
    if not commit or _git(site, "cat-file", "-e", f"{commit}^{{commit}}").returncode:
        return ""
    listed = _git(site, "ls-tree", "-r", "--format=%(objectname) %(path)", commit).stdout
    names = [line for line in listed.splitlines() if any(fnmatch(line, f"* {at}") for at in where)]
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def tag(site: Site, target: str, release: str) -> str:
    """Return an image's name on this server; a tag may hold no plus sign."""
    name = site.project if target == "web" else f"{site.project}-{target}"
    return f"{name}:{release.replace('+', '_')}"


def adopt(site: Site, image: str, *, backup_image: str) -> Release:
    """Take an image that is on this server for a release, under a name that nobody moves.

    Raises Stop when it is not there.
    """
    ended = docker_output(["docker", "image", "inspect", image], check=False)
    if ended.returncode:
        raise Stop(f"there is no image {image} here", Code.USAGE, hint=f"docker pull {image}")
    (found,) = json.loads(ended.stdout)
    labels = found["Config"].get("Labels") or {}
    version = labels.get("org.opencontainers.image.version", "")
    digest = found["Id"].removeprefix("sha256:")[:12]
    release = f"{version}-{digest}" if _RELEASE.fullmatch(f"{version}-{digest}") else digest
    own = tag(site, "web", release)
    docker_output(["docker", "tag", found["Id"], own])
    commit = labels.get("org.opencontainers.image.revision", "")
    return Release(
        release=release,
        image=own,
        backup_image=backup_image,
        schema=schema_of(site, commit) if _COMMIT.fullmatch(commit) else "",
    )


def forget_old(site: Site, state: State) -> None:
    """Remove the images of releases that nobody goes back to any more; one in use stays."""
    needed = {state.image, state.backup_image}
    if state.previous:
        needed |= {state.previous.image, state.previous.backup_image}
    for name in ("web", "backup"):
        repository = tag(site, name, "")[:-1]
        listed = docker_output(
            ["docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}", repository],
            check=False,
        )
        for old in superfluous(listed.stdout.split(), needed):
            docker_output(["docker", "image", "rm", old], check=False)


def superfluous(names: Sequence[str], needed: Collection[str]) -> list[str]:
    """Return the images to remove of some that are listed newest first, as Docker does."""
    return [name for name in names[KEPT:] if name not in needed]


def exists(image: str) -> bool:
    return docker_output(["docker", "image", "inspect", image], check=False).returncode == 0


def _build(site: Site, commit: str, release: str, target: str, name: str, *, fresh: bool) -> None:
    created = datetime.now(UTC).isoformat(timespec="seconds")
    known = {"RELEASE": release, "REVISION": commit, "CREATED": created}
    arguments = [f"--build-arg={key}={value}" for key, value in known.items()]
    anew = ["--no-cache", "--pull"] if fresh else []
    archive = subprocess.Popen(
        ["git", "-C", site.root, "archive", "--format=tar", commit],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    build_command = ["docker", "build", "--progress=plain", "--file=Dockerfile.prod"]
    builder = subprocess.Popen(
        [*build_command, f"--target={target}", f"--tag={name}", *anew, *arguments, "-"],
        stdin=archive.stdout,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    with archive, builder:
        try:
            said = _follow(builder)
            if builder.wait() or archive.wait():
                tail = "\n    ".join(said[-15:])
                raise Stop(f"the image {name} could not be built:\n    {tail}")
        finally:
            builder.kill()
            archive.kill()


def _follow(builder: "subprocess.Popen[str]") -> list[str]:
    """Show the stages of a build as they begin, and return all that was said."""
    said = []
    for line in builder.stdout or []:
        said.append(line.rstrip())
        if re.match(r"#\d+ \[", line):
            terminal.progress(line.strip()[:100])
    return said


def _git(site: Site, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["git", "-C", site.root, *arguments], capture_output=True, text=True, check=False
    )
