"""What runs: .production/state.json."""

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from scripts.deploy.outcome import Code, Stop
from scripts.deploy.site import COLORS, Site, write_atomically


@dataclass(frozen=True, kw_only=True)
class Release:
    """A version that runs or ran.

    `schema` is a digest of the migrations it brings, if known; `contracts` are those of them which
    take away what older code uses.
    """

    release: str
    image: str
    backup_image: str = ""
    schema: str = ""
    contracts: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class State(Release):
    """The colour that is served and its release, the one before, and a rollout under way."""

    color: str
    previous: Release | None = None
    in_progress: dict[str, Any] | None = None

    @property
    def idle_color(self) -> str:
        return other(self.color)

    @property
    def current(self) -> Release:
        names = Release.__dataclass_fields__
        return Release(**{name: getattr(self, name) for name in names})

    def with_note(self, note: dict[str, Any] | None) -> "State":
        """Return the same with a note of what is under way, or without one."""
        return replace(self, in_progress=note)


def other(color: str) -> str:
    """Return the colour that is not this one."""
    return COLORS[1 - COLORS.index(color)]


def load(site: Site) -> State | None:
    """Return what runs, None before the first start.

    Raises Stop for a file that is damaged.
    """
    try:
        content = json.loads(site.state_file.read_text(encoding="utf-8"))
        previous = content.pop("previous", None)
        state = State(**content, previous=Release(**previous) if previous else None)
        COLORS.index(state.color)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise Stop(
            f"{site.state_file} cannot be used: {error}",
            Code.NEEDS_A_HAND,
            hint="the served colour is in .production/nginx/site/upstream.conf",
        ) from error
    return state


def save(site: Site, state: State) -> None:
    """Write down what runs, in one piece."""
    write_atomically(site.state_file, json.dumps(asdict(state), indent=2) + "\n")
