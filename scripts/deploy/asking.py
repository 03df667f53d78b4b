"""Short questions to programs of the host, such as df and ip. They change nothing."""

import os
import subprocess
from dataclasses import dataclass

_TIMEOUT_S = 20


@dataclass(frozen=True)
class Said:
    """What a program said. `is_missing` when there is no such program."""

    code: int
    output: str
    error: str = ""
    is_missing: bool = False

    @property
    def is_good(self) -> bool:
        return self.code == 0

    @property
    def last_error(self) -> str:
        """The line that most likely says what was wrong, on one line."""
        return (self.error.strip() or self.output.strip() or f"code {self.code}").splitlines()[-1]


def ask(*command: str, timeout_s: float = _TIMEOUT_S) -> Said:
    """Run a program in plain English and return what it said; nothing is raised."""
    try:
        ended = subprocess.run(
            command,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_s,
            check=False,
        )
    except FileNotFoundError:
        return Said(127, "", f"{command[0]} is not installed", is_missing=True)
    except OSError as error:
        return Said(126, "", str(error), is_missing=True)
    except subprocess.TimeoutExpired:
        return Said(124, "", f"{command[0]} did not answer within {timeout_s:.0f} s")
    return Said(ended.returncode, ended.stdout, ended.stderr)
