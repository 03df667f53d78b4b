"""Where the parts of an installation lie: a checkout, and what differs in .production/."""

import os
import tempfile
from functools import cached_property
from pathlib import Path

from scripts.deploy import envfile
from scripts.deploy.outcome import Code, Stop

CHECKOUT = Path(__file__).resolve().parents[2]
SECRETS_GROUP = 10010  # the group that may read secrets, in the containers
COLORS = ("blue", "green")


class Site:
    """One installation. `settings` are those of .env.prod, read when first asked for."""

    def __init__(self, root: Path = CHECKOUT) -> None:
        self.root = root.resolve()
        self.env_file = self.root / ".env.prod"
        self.compose_file = self.root / "docker-compose.production.yml"
        self.production = self.root / ".production"
        # The operator's own additions to the compose file, if there are any.
        self.compose_override = self.production / "compose.override.yml"
        self.secrets = self.production / "secrets"
        self.nginx = self.production / "nginx"
        self.upstream = self.nginx / "site" / "upstream.conf"
        self.upstream_writes = self.nginx / "site" / "upstream_writes.conf"
        self.state_file = self.production / "state.json"
        self.journal = self.production / "deploys.jsonl"
        self.lock = self.production / "lock"

    @cached_property
    def settings(self) -> dict[str, str]:
        """The operator's settings. Raises Stop for a missing or odd file."""
        return envfile.read(self.env_file)

    def setting(self, name: str, default: str = "") -> str:
        """Return a setting; an empty one counts as none. Raises Stop, as `settings` does."""
        return self.settings.get(name) or default

    @property
    def project(self) -> str:
        """The name of the compose project, which containers and volumes begin with."""
        return self.setting("COMPOSE_PROJECT_NAME", "nexus")

    def prepare(self) -> None:
        """Make the folder of what differs. Nobody but its owner looks into it by chance.

        The group of the containers may, since the backup saves what is in it.
        """
        self.production.mkdir(mode=0o711, exist_ok=True)
        if os.geteuid() != 0:
            return
        modes = {self.production: 0o751, self.secrets: 0o751, self.env_file: 0o640}
        for path, mode in {**modes, self.journal: 0o640}.items():
            if path.exists():
                os.chown(path, -1, SECRETS_GROUP)
                path.chmod(mode)


def write_atomically(path: Path, content: str, *, mode: int = 0o644, group: int = -1) -> None:
    """Replace a file so that a reader, or a power cut, sees the old one or the new one whole.

    Raises Stop when the file may not be given to the group.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _give(Path(name), group)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _give(path: Path, group: int) -> None:
    if group == -1:
        return
    try:
        os.chown(path, -1, group)
    except PermissionError:
        raise Stop(
            f"{path.parent.name} cannot be given to group {group}", Code.REFUSED, hint="Use sudo."
        ) from None
