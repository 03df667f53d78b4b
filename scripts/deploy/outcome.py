"""How a command ends."""

from enum import IntEnum


class Code(IntEnum):
    """The exit codes, which monitoring and other scripts may rely on."""

    DONE = 0  # or green
    FAILED = 1  # nothing changed
    USAGE = 2
    REFUSED = 3  # by preflight
    LOCKED = 4  # another run is under way
    TAKEN_BACK = 5  # the deploy failed, and what ran before runs again
    NEEDS_A_HAND = 6
    AMBER = 10
    RED = 20


class Stop(Exception):
    """A command cannot go on; `hint` says what to do about it."""

    def __init__(self, message: str, code: Code = Code.FAILED, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.hint = hint
