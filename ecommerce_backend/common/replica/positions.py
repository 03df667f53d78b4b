from collections import deque

POSITIONS = 600  # remembered, one a second: longer than any lag that is allowed


class Positions:
    """Where the primary's log was at which time.

    They date what a replica has replayed, whether anything was written since or not. The replica's
    own clock cannot: the age of its last transaction grows while nobody writes, and of a connection
    that broke it knows nothing.
    """

    def __init__(self) -> None:
        self._noted: deque[tuple[float, int]] = deque(maxlen=POSITIONS)

    def note(self, asked_at: float, position: int) -> None:
        """Note what the primary said to a question of that time; seconds and bytes."""
        self._noted.append((asked_at, position))

    def as_of(self, replayed: int) -> float | None:
        """Return up to when everything committed is in the log up to `replayed`; None: unknown."""
        return max((asked_at for asked_at, there in self._noted if there <= replayed), default=None)
