"""Streams that remember what went through them."""

import hashlib
from typing import IO

CHUNK = 1 << 20  # bytes


class Hashed:
    """A readable stream that keeps the SHA-256 of what was read."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read some more."""
        data = self._source.read(size)
        self.sha256.update(data)
        return data
