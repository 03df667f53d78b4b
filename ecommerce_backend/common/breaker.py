from collections.abc import Callable
from threading import Event, Lock, Thread


class Breaker:
    """Keeps callers away from something that does not answer, and looks by itself when it is back.

    No caller is sent to look: of a server that hangs, each would wait for the time-out, and one in
    a hundred of a shop's visitors is too many.
    """

    def __init__(
        self,
        probe: Callable[[], object],
        *,
        pause: float,
        errors: type[Exception] | tuple[type[Exception], ...],
        on_open: Callable[[Exception], None],
        on_close: Callable[[], None],
    ) -> None:
        """`probe` asks, and raises one of `errors`; `pause` is in seconds between two tries."""
        self.is_open = False
        self._probe = probe
        self._pause = pause
        self._errors = errors
        self._on_open = on_open
        self._on_close = on_close
        self._lock = Lock()

    def trip(self, error: Exception) -> None:
        """Note that a caller met this error; nobody is let through until the probe succeeds."""
        with self._lock:
            if self.is_open:
                return
            self.is_open = True
        self._on_open(error)
        Thread(target=self._look_until_it_is_back, name="breaker", daemon=True).start()

    def _look_until_it_is_back(self) -> None:
        pause = Event()
        while True:
            pause.wait(self._pause)
            try:
                self._probe()
            except self._errors:
                continue
            break
        self.is_open = False
        self._on_close()
