import time
from threading import Lock


class Breaker:
    """Keeps callers from waiting, one after the other, for something that does not answer.

    After a failure nobody is let through for `pause` seconds; then one at a time may look again.
    """

    def __init__(self, *, pause: float) -> None:
        self.pause = pause
        self._lock = Lock()
        self._is_open = False
        self._next_try = 0.0

    def lets_through(self) -> bool:
        with self._lock:
            if not self._is_open:
                return True
            now = time.monotonic()
            if now < self._next_try:
                return False
            self._next_try = now + self.pause
            return True

    def failed(self) -> bool:
        """Note a failure; return whether it is the first."""
        with self._lock:
            was_open, self._is_open = self._is_open, True
            self._next_try = time.monotonic() + self.pause
            return not was_open

    def worked(self) -> bool:
        """Note that it answered; return whether it had not before."""
        with self._lock:
            was_open, self._is_open = self._is_open, False
            return was_open
