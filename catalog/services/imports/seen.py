from array import array

_FIRST_CAPACITY = 1024


class SeenSkus:
    """Which SKUs a file has named so far, and on which line: 16 bytes a slot.

    A dict of a million SKUs takes 200 MB, this takes 32. It keeps 64-bit hashes, not the SKUs:
    among a million the chance that any two are confused is one in thirty million.
    """

    def __init__(self) -> None:
        self._count = 0
        self._allocate(_FIRST_CAPACITY)

    def remember(self, sku: str, line: int) -> int | None:
        """Note where a SKU is. If it was there before, return the line of the first time."""
        slot = self._slot_of(hash(sku))
        if self._lines[slot]:
            return self._lines[slot]
        self._hashes[slot], self._lines[slot] = hash(sku), line
        self._count += 1
        if self._count * 2 > len(self._lines):
            self._grow()
        return None

    def _slot_of(self, hashed: int) -> int:
        slot = hashed & self._mask
        while self._lines[slot] and self._hashes[slot] != hashed:
            slot = (slot + 1) & self._mask
        return slot

    def _grow(self) -> None:
        hashes, lines = self._hashes, self._lines
        self._allocate(len(lines) * 2)
        for hashed, line in zip(hashes, lines, strict=True):
            if line:
                slot = self._slot_of(hashed)
                self._hashes[slot], self._lines[slot] = hashed, line

    def _allocate(self, capacity: int) -> None:
        self._mask = capacity - 1
        self._hashes = array("q", bytes(8 * capacity))
        self._lines = array("q", bytes(8 * capacity))
