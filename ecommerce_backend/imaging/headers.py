"""What the first bytes of a picture say: its format, sides and whether it moves.

Read by hand, so that no decoder ever runs in the process that serves requests. What is wrong
further on, the decoder finds (reencoding). Sources: PNG 3rd edition §5, ITU-T T.81 §B.1,
RFC 9649 (WebP), ISO/IEC 14496-12 §4 (the boxes of AVIF).
"""

import re
import struct
from dataclasses import dataclass
from itertools import islice

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
_SIDES = re.compile(b"ispe")
_STILL_AVIF, _MOVING_AVIF = b"avif", b"avis"
# Frames of baseline, extended and progressive JPEG; arithmetic and lossless ones follow in T.81.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_MOST_STEPS = 10_000  # parts of a file that are looked at


class UnknownFormat(Exception):
    """The bytes are of none of the four formats."""


class BrokenHeader(Exception):
    """The format is known, but its header is not as it has to be."""


@dataclass(frozen=True, kw_only=True)
class Header:
    """`width` and `height` are in pixels, as the file claims."""

    format: str
    width: int
    height: int
    is_animated: bool = False


def header_of(content: bytes) -> Header:
    """Return what a JPEG, PNG, WebP or AVIF file says of itself.

    Raises UnknownFormat and BrokenHeader.
    """
    try:
        found = _found(content)
    except (struct.error, IndexError) as error:
        raise BrokenHeader from error
    if not found.width or not found.height:
        raise BrokenHeader
    return found


def _found(content: bytes) -> Header:
    if content.startswith(_PNG):
        return _png(content)
    if content.startswith(_JPEG):
        return _jpeg(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    if content[4:8] == b"ftyp":
        return _avif(content)
    raise UnknownFormat


def _png(content: bytes) -> Header:
    if content[12:16] != b"IHDR":
        raise BrokenHeader
    width, height = struct.unpack_from(">II", content, 16)
    is_animated, place = False, len(_PNG)
    for _ in range(_MOST_STEPS):
        kind = content[place + 4 : place + 8]
        if kind in {b"", b"IDAT", b"IEND"}:
            break
        is_animated = is_animated or kind == b"acTL"
        (length,) = struct.unpack_from(">I", content, place)
        place += 12 + length
    return Header(format="PNG", width=width, height=height, is_animated=is_animated)


def _jpeg(content: bytes) -> Header:
    place = 2
    for _ in range(_MOST_STEPS):
        place = content.find(b"\xff", place)
        if place < 0:
            break
        marker = content[place + 1]
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", content, place + 5)
            return Header(format="JPEG", width=width, height=height)
        if marker == 0xFF:  # noqa: PLR2004 - filler
            place += 1
        elif marker in _WITHOUT_LENGTH:
            place += 2
        else:
            (length,) = struct.unpack_from(">H", content, place + 2)
            place += 2 + max(2, length)
    raise BrokenHeader


def _webp(content: bytes) -> Header:
    kind = content[12:16]
    if kind == b"VP8X":
        flags = content[20]
        width = 1 + int.from_bytes(content[24:27], "little")
        height = 1 + int.from_bytes(content[27:30], "little")
        if len(content) < 30:  # noqa: PLR2004 - where the header ends
            raise BrokenHeader
        return Header(format="WEBP", width=width, height=height, is_animated=bool(flags & 2))
    if kind == b"VP8 ":
        if content[23:26] != b"\x9d\x01\x2a":
            raise BrokenHeader
        width, height = struct.unpack_from("<HH", content, 26)
        return Header(format="WEBP", width=width & 0x3FFF, height=height & 0x3FFF)
    if kind == b"VP8L" and content[20] == 0x2F:  # noqa: PLR2004 - its signature
        (bits,) = struct.unpack_from("<I", content, 21)
        return Header(format="WEBP", width=1 + (bits & 0x3FFF), height=1 + (bits >> 14 & 0x3FFF))
    raise BrokenHeader


def _avif(content: bytes) -> Header:
    (length,) = struct.unpack_from(">I", content, 0)
    brands = {content[at : at + 4] for at in (8, *range(16, min(length, 1024), 4))}
    if not brands & {_STILL_AVIF, _MOVING_AVIF}:
        raise UnknownFormat
    meta = _box(content, b"meta")
    # The largest of its pictures: an opacity or the parts of a grid have sides of their own.
    found = (side.end() + 4 for side in islice(_SIDES.finditer(meta), _MOST_STEPS))
    sides = (struct.unpack_from(">II", meta, place) for place in found)
    width, height = max(sides, key=lambda side: side[0] * side[1], default=(0, 0))
    is_animated = content[8:12] == _MOVING_AVIF
    return Header(format="AVIF", width=width, height=height, is_animated=is_animated)


def _box(content: bytes, wanted: bytes) -> bytes:
    """Return what is in the first box of this type that is in no other; b"" if there is none."""
    place = 0
    for _ in range(_MOST_STEPS):
        kind = content[place + 4 : place + 8]
        if not kind:
            break
        (length,) = struct.unpack_from(">I", content, place)
        if length == 1:  # 64 bits follow
            (length,) = struct.unpack_from(">Q", content, place + 8)
        end = place + length if length else len(content)
        if kind == wanted:
            return content[place + 8 : end]
        place += max(8, end - place)
    return b""
