"""Files that claim to be pictures, or are more than that; each made here, none kept as a file.

`REFUSED` maps a name to the file and the code with which the upload or the job says no.
"""

import gzip
import struct
import zlib
from collections.abc import Callable
from functools import partial
from io import BytesIO
from zipfile import ZipFile

from PIL import Image

from catalog.tests import pictures

PAYLOAD = b"<?php system($_GET['c']); ?><script>alert(document.domain)</script>"
TYPE, BROKEN, ANIMATED = "image_type_unsupported", "image_broken", "image_animated"
PIXELS, LARGE, EMPTY = "image_too_many_pixels", "image_too_large", "empty"
COSTLY = "image_too_costly"


def of(file_format: str, size: tuple[int, int] = (320, 240), **options: object) -> bytes:
    return pictures.upload(file_format, size=size, **options).getvalue()


def _noisy(file_format: str, **options: object) -> bytes:
    output = BytesIO()
    Image.effect_noise((320, 240), 90).convert("RGB").save(output, file_format, **options)
    return output.getvalue()


def jpeg_of_many_scans(scans: int) -> bytes:
    """Return a JPEG of 39 megapixels whose last refinement comes again and again."""
    whole = of("JPEG", (7_800, 5_000), progressive=True, quality=50)
    last = whole[whole.rindex(b"\xff\xda") : -2]
    return whole[:-2] + last * (scans - 1) + whole[-2:]


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*chunks: bytes) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def ihdr(width: int, height: int, depth: int = 1, colour: int = 0, interlaced: int = 0) -> bytes:
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced))


def _bomb(width: int, height: int) -> bytes:
    """Return a PNG that really unpacks to so many black pixels."""
    packer, left, rows = zlib.compressobj(9), height * (1 + -(-width // 8)), b""
    while left > 0:
        rows += packer.compress(bytes(min(left, 1024**2)))
        left -= 1024**2
    return png(ihdr(width, height), chunk(b"IDAT", rows + packer.flush()), chunk(b"IEND", b""))


def _with_text(kind: bytes, body: bytes) -> bytes:
    return inserted(of("PNG"), chunk(kind, body))


def inserted(whole: bytes, extra: bytes) -> bytes:
    """Put chunks after the IHDR of a PNG."""
    return whole[:33] + extra + whole[33:]


def _moving_png(frames: int) -> bytes:
    still = of("PNG", (1, 1))
    control = b"".join(
        chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, 1, 1, 0, 0, 1, 100, 0, 0))
        for number in range(frames)
    )
    return inserted(still, chunk(b"acTL", struct.pack(">II", frames, 0)) + control)


def _moving_gif(frames: int) -> bytes:
    one = b"!\xf9\x04\x00\x01\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00"
    header = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff"
    return header + one * frames + b";"


def _riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(
        kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)
        for kind, content in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _canvas(width: int, height: int, flags: int = 0) -> tuple[bytes, bytes]:
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"VP8X", bytes([flags, 0, 0, 0]) + sides


def _moving_webp(frames: int) -> bytes:
    still = of("WEBP", (1, 1))[12:]
    frame = bytes(6) + bytes(6) + (100).to_bytes(3, "little") + b"\0" + still
    return _riff(_canvas(1, 1, flags=2), (b"ANIM", bytes(6)), *[(b"ANMF", frame)] * frames)


def patched(whole: bytes, find: bytes, offset: int, new: bytes) -> bytes:
    place = whole.index(find) + offset
    return whole[:place] + new + whole[place + len(new) :]


def avif_that_claims(width: int, height: int) -> bytes:
    return patched(of("AVIF"), b"ispe", 8, struct.pack(">II", width, height))


def _jpeg_that_claims(width: int, height: int) -> bytes:
    return patched(of("JPEG"), b"\xff\xc0", 5, struct.pack(">HH", height, width))


def _cut(file_format: str, part: float) -> bytes:
    whole = _noisy(file_format)
    return whole[: int(len(whole) * part)]


def archive() -> bytes:
    output = BytesIO()
    with ZipFile(output, "w") as archive:
        archive.writestr("shell.php", PAYLOAD)
    return output.getvalue()


_TIFF = b"II*\0" + struct.pack("<I", 8) + bytes(6)
_PSD = b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 9, 9, 8, 3) + bytes(12)
_FITS = b"SIMPLE  =                    T".ljust(80) + b"END".ljust(2800)
_SELF = b'<svg xmlns="http://www.w3.org/2000/svg"><use href="#a" id="a"/></svg>'
_ENTITIES = b'<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><svg>&b;</svg>'

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    # Other formats, by what they hold.
    "svg with a script": (lambda: pictures.SVG, TYPE),
    "svg that holds itself": (lambda: _SELF, TYPE),
    "svg with entities": (lambda: _ENTITIES, TYPE),
    "svg, gzipped": (lambda: gzip.compress(pictures.SVG), TYPE),
    "eps": (lambda: of("EPS"), TYPE),
    "postscript that reads files": (lambda: b"%!PS\n(/etc/passwd) (r) file\n", TYPE),
    "ico": (lambda: of("ICO", (32, 32)), TYPE),
    "tiff": (lambda: of("TIFF"), TYPE),
    "tiff, header only": (lambda: _TIFF, TYPE),
    "psd": (lambda: _PSD, TYPE),
    "fits": (lambda: _FITS, TYPE),
    "bmp": (lambda: of("BMP"), TYPE),
    "bmp of negative height": (
        lambda: patched(of("BMP"), b"BM", 22, struct.pack("<i", -240)),
        TYPE,
    ),
    "pdf": (lambda: of("PDF"), TYPE),
    "gif": (lambda: of("GIF"), TYPE),
    "gif with a script": (lambda: b"GIF89a/*" + PAYLOAD + b"*/=1", TYPE),
    "gif of 10,000 frames": (lambda: _moving_gif(10_000), TYPE),
    "jpeg 2000": (lambda: of("JPEG2000"), TYPE),
    "ppm": (lambda: b"P6 9 9 255\n" + bytes(243), TYPE),
    "heic": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", TYPE),
    "video": (lambda: b"\0\0\0\x18ftypisom\0\0\0\0isomavc1", TYPE),
    "riff that is a sound": (lambda: b"RIFF\x24\0\0\0WAVEfmt " + bytes(28), TYPE),
    "html": (lambda: b"<!DOCTYPE html>" + PAYLOAD, TYPE),
    "php": (lambda: PAYLOAD, TYPE),
    "zip": (archive, TYPE),
    "elf": (lambda: b"\x7fELF\2\1\1" + bytes(57), TYPE),
    "html before a jpeg": (lambda: PAYLOAD + of("JPEG"), TYPE),
    "zeros": (lambda: bytes(5000), TYPE),
    # Next to nothing.
    "nothing": (lambda: b"", EMPTY),
    "one byte": (lambda: b"\xff", TYPE),
    "png, signature only": (png, BROKEN),
    "png, header only": (lambda: png(ihdr(9, 9)), BROKEN),
    "jpeg, marker only": (lambda: b"\xff\xd8\xff", BROKEN),
    "jpeg, markers without end": (lambda: b"\xff\xd8" + b"\xff\xe0\0\2" * 20_000, BROKEN),
    "jpeg, fillers without end": (lambda: b"\xff\xd8" + b"\xff" * 50_000, BROKEN),
    "webp, header only": (lambda: b"RIFF\4\0\0\0WEBP", BROKEN),
    "webp, canvas only": (lambda: _riff(_canvas(9, 9)), BROKEN),
    "avif, brand only": (lambda: b"\0\0\0\x18ftypavif\0\0\0\0mif1avif", BROKEN),
    # Too much.
    "png of 169 megapixels": (lambda: _bomb(13_000, 13_000), PIXELS),
    "png of 3.6 gigapixels": (lambda: pictures.png_that_claims(60_000, 60_000).getvalue(), PIXELS),
    "png of 2^31 a side": (lambda: png(ihdr(2**31 - 1, 2**31 - 1)), PIXELS),
    "png of negative width": (lambda: png(ihdr(2**32 - 1, 1)), PIXELS),
    "png, one pixel by 40 million": (lambda: _bomb(1, 40_000_000), PIXELS),
    "png, 40 million by one pixel": (lambda: _bomb(40_000_000, 1), PIXELS),
    "jpeg of 65,535 a side": (lambda: _jpeg_that_claims(65_535, 65_535), PIXELS),
    "webp of 2^24 a side": (lambda: _riff(_canvas(2**24, 2**24)), PIXELS),
    "avif of 2^32 a side": (lambda: avif_that_claims(2**32 - 1, 2**32 - 1), PIXELS),
    "more than 10 MB": (lambda: of("PNG") + bytes(10 * 1024**2), LARGE),
    "jpeg of a thousand scans": (lambda: jpeg_of_many_scans(1000), COSTLY),
    # Moving ones.
    "png of 10,000 frames": (lambda: _moving_png(10_000), ANIMATED),
    "png of two frames": (lambda: pictures.animated("PNG").getvalue(), ANIMATED),
    "webp of 10,000 frames": (lambda: _moving_webp(10_000), ANIMATED),
    "avif of three frames": (lambda: pictures.animated("AVIF").getvalue(), ANIMATED),
    # Impossible ones.
    "png of no width": (lambda: png(ihdr(0, 9)), BROKEN),
    "jpeg of no height": (lambda: _jpeg_that_claims(9, 0), BROKEN),
    "png without ihdr": (lambda: png(chunk(b"IDAT", b"")), BROKEN),
    "png of depth 77": (lambda: png(ihdr(9, 9, depth=77), chunk(b"IDAT", b"x")), BROKEN),
    "png whose ihdr is damaged": (lambda: patched(of("PNG"), b"IHDR", 13, b"\xff"), BROKEN),
    "png with a chunk of 2 GB": (
        lambda: inserted(of("PNG"), struct.pack(">I", 2**31 - 1) + b"tEXt"),
        BROKEN,
    ),
    "png without pixels": (lambda: png(ihdr(9, 9), chunk(b"IEND", b"")), BROKEN),
    "png whose pixels are no zlib": (
        lambda: png(ihdr(64, 64), chunk(b"IDAT", b"x" * 900), chunk(b"IEND", b"")),
        BROKEN,
    ),
    "png with text that unpacks to 200 MB": (
        lambda: _with_text(b"zTXt", b"a\0\0" + zlib.compress(bytes(200 * 1024**2))),
        BROKEN,
    ),
    "webp that claims another size": (
        lambda: _riff(_canvas(9, 9), (b"VP8 ", of("WEBP")[20:])),
        BROKEN,
    ),
    "png whose text is damaged": (
        lambda: patched(_with_text(b"tEXt", b"Comment\0" + PAYLOAD), b"tEXt", 9, b"<svg>"),
        BROKEN,
    ),
    "png whose pixels are damaged": (lambda: patched(_noisy("PNG"), b"IDAT", 9000, b"?"), BROKEN),
    **{
        f"{name.lower()} cut at {part:.0%}": (partial(_cut, name, part), BROKEN)
        for name in ("JPEG", "PNG", "WEBP", "AVIF")
        for part in (0.05, 0.5, 0.98)
    },
}
