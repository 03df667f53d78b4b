"""Pictures that are more than pictures: with scripts, archives and whereabouts in them.

The shop takes them, and nothing but their pixels may be left.
"""

import struct
import zlib
from collections.abc import Callable
from io import BytesIO

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from catalog.tests import pictures
from catalog.tests.hostile_pictures import PAYLOAD, archive, avif_that_claims, chunk, inserted, of

OWNER = b"Camera of Ada"
XMP = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>" + PAYLOAD + b"</x:xmpmeta>"


def _exif() -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F] = OWNER.decode()
    exif[0x013B] = PAYLOAD.decode()
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 0.0), 3: "W", 4: (0.0, 7.0, 0.0)})
    return exif


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _jpeg_with(segment: bytes) -> bytes:
    whole = of("JPEG")
    return whole[:2] + segment + whole[2:]


def _text(body: str) -> bytes:
    said = PngInfo()
    said.add_text("Comment", body)
    said.add_text("Author", body, zip=True)
    said.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return of("PNG", pnginfo=said)


def _interlaced() -> bytes:
    """Return an 8×8 greyscale PNG in Adam7's seven passes, all grey."""
    passes = [(1, 1), (1, 1), (2, 1), (2, 2), (4, 2), (4, 4), (8, 4)]
    rows = b"".join((b"\0" + b"\x80" * width) * height for width, height in passes)
    header = struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 1)
    body = chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body


def _palette() -> bytes:
    image = Image.new("P", (64, 48), 1)
    image.putpalette([255, 0, 0, 0, 255, 0])
    output = BytesIO()
    image.save(output, "PNG", transparency=0)
    return output.getvalue()


TAKEN: dict[str, Callable[[], bytes]] = {
    "png, then php": lambda: of("PNG") + PAYLOAD,
    "png, then a zip": lambda: of("PNG") + archive(),
    "png with php in its texts": lambda: _text(PAYLOAD.decode()),
    "png with php in a chunk of its own": lambda: inserted(of("PNG"), chunk(b"shOp", PAYLOAD)),
    "png with php as its profile": lambda: of("PNG", icc_profile=PAYLOAD),
    "png with whereabouts": lambda: of("PNG", exif=_exif()),
    "png in passes": _interlaced,
    "png of 16 bits": lambda: of("PNG", mode="I;16", color=9),
    "png of one bit": lambda: of("PNG", mode="1", color=1),
    "png with a palette and a hole": _palette,
    "png of one pixel": lambda: of("PNG", (1, 1)),
    "png, very thin": lambda: of("PNG", (1, 16_000)),
    "jpeg, then a zip": lambda: of("JPEG") + archive(),
    "jpeg, then html": lambda: of("JPEG") + b"<html>" + PAYLOAD,
    "jpeg, then another jpeg": lambda: of("JPEG") + pictures.located_jpeg().getvalue(),
    "jpeg with html in its comment": lambda: of("JPEG", comment=PAYLOAD),
    "jpeg with a script as its first part": lambda: _jpeg_with(_segment(0xEF, PAYLOAD)),
    "jpeg with whereabouts": lambda: of("JPEG", exif=_exif()),
    "jpeg with xmp": lambda: of("JPEG", xmp=XMP),
    "jpeg with a broken profile": lambda: of("JPEG", icc_profile=b"\xff" * 200 + PAYLOAD),
    "jpeg with broken exif": lambda: _jpeg_with(
        _segment(0xE1, b"Exif\0\0MM\0*\xff\xff\xff\xff" + PAYLOAD)
    ),
    "jpeg with exif that points at itself": lambda: _jpeg_with(
        _segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\1\0\x69\x87\4\0\1\0\0\0\x08\0\0\0\x08\0\0\0")
    ),
    "jpeg of four inks": lambda: of("JPEG", mode="CMYK"),
    "jpeg in scans": lambda: of("JPEG", progressive=True),
    "webp with whereabouts and xmp": lambda: of("WEBP", exif=_exif(), xmp=XMP),
    "webp with a broken profile": lambda: of("WEBP", icc_profile=PAYLOAD),
    "webp, then php": lambda: of("WEBP") + PAYLOAD,
    "avif with whereabouts and xmp": lambda: of("AVIF", exif=_exif(), xmp=XMP),
    "avif, then php": lambda: of("AVIF") + PAYLOAD,
    # What it says of its size is taken for it, whatever lies inside.
    "avif that claims another size": lambda: avif_that_claims(64, 48),
}

NAMES: dict[str, str] = {
    "upwards": "../../../etc/cron.d/shell.png",
    "upwards in Windows": "..\\..\\shell.png",
    "upwards, encoded": "%2e%2e%2fshell.png",
    "absolute": "/etc/passwd.png",
    "with a nul": "shell.php\0.png",
    "from right to left": "shell\u202egnp.php",
    "of 300 letters": "a" * 296 + ".png",
    "with a line break": "a.png\r\nX-Shell: 1",
    "of another kind": "shell.php",
    "of two kinds": "shell.php.png",
    "hidden": ".htaccess",
    "of markup": '"><img src=x onerror=alert(1)>.png',
}
