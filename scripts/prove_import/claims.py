class Claims:
    """What was claimed, and whether it held."""

    def __init__(self) -> None:
        self._broken = 0

    def state(self, sentence: str, *, holds: bool) -> None:
        print(f"  {'✓' if holds else '✗'} {sentence}", flush=True)
        self._broken += not holds

    @property
    def exit_code(self) -> int:
        return 1 if self._broken else 0
