"""Decodes a picture and encodes it anew, in several widths; also as a program of its own.

It imports neither Django nor the shop, so that it starts fast and has nothing worth stealing. As a
program it reads the picture from its standard input, and writes a line of JSON and then the
encoded pictures, one after the other.
"""

import json
import resource
import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

# Named, because Pillow by itself would also open PostScript and much else.
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
LONGEST_SIDE = 1600  # pixels of the largest picture that is kept
WIDTHS = (320, 640, 1280)  # pixels of those beside it
_QUALITY = 82
_ORIENTATION = 0x0112
_STRIP_PIXELS = 2_000_000
# What Pillow's decoders raise on files that are not what they say.
_UNREADABLE = (
    OSError,
    RuntimeError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    struct.error,
)


class Refused(Exception):
    """`args[0]` is one of "broken", "animated", "too_many_pixels" and "too_costly"."""


@dataclass(frozen=True, kw_only=True)
class Encoded:
    """A picture as WebP; its sides are in pixels."""

    width: int
    height: int
    content: bytes


def reencoded(content: bytes, *, max_pixels: int) -> list[Encoded]:
    """Return the picture upright, of at most 1600 pixels a side, then the narrower ones.

    Nothing is made wider than it was, and nothing but pixels is kept. Raises Refused.
    """
    try:
        return [_webp(picture) for picture in _sizes(_decoded(content, max_pixels))]
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("too_many_pixels") from error
    except MemoryError as error:
        raise Refused("too_costly") from error
    except _UNREADABLE as error:
        raise Refused("broken") from error


def _decoded(content: bytes, max_pixels: int) -> Image.Image:
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        # Only the header has been read so far; the pixels are what costs memory.
        if image.width * image.height > max_pixels:
            raise Refused("too_many_pixels")
        # A camera's JPEG may hold a second, larger preview; that moves nothing.
        if image.format != "MPO" and getattr(image, "is_animated", False):
            raise Refused("animated")
        image.draft(None, (2 * LONGEST_SIDE, 2 * LONGEST_SIDE))
        image.load()
        # Not before: the EXIF of a PNG may come last, and asking for it loads the pixels, too.
        orientation = _orientation(image)
        picture = _reduced(image)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    return _upright(picture, orientation)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION, 1))
    except _UNREADABLE:
        return 1  # the pixels may be good all the same


def _reduced(image: Image.Image) -> Image.Image:
    """Return the pixels as RGB or RGBA, of less than three times the sides that are kept.

    Strip by strip: a second copy of forty megapixels would be 160 MB.
    """
    mode = "RGBA" if image.has_transparency_data else "RGB"
    factor = max(1, 2 * max(image.size) // (3 * LONGEST_SIDE))
    if factor == 1:
        return image.convert(mode)
    width, height = (-(-side // factor) for side in image.size)
    small = Image.new(mode, (width, height))
    rows = factor * max(1, _STRIP_PIXELS // (image.width * factor))
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        small.paste(strip.convert(mode).reduce(factor), (0, top // factor))
    return small


def _upright(picture: Image.Image, orientation: int) -> Image.Image:
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    bare = Image.new(picture.mode, picture.size)
    bare.paste(picture)  # the pixels without what else the file said
    bare.info["exif"] = exif.tobytes()
    return ImageOps.exif_transpose(bare)


def _sizes(picture: Image.Image) -> Iterator[Image.Image]:
    yield picture
    for width in WIDTHS:
        if width < picture.width:
            height = max(1, round(picture.height * width / picture.width))
            yield picture.resize((width, height), Image.Resampling.LANCZOS)


def _webp(picture: Image.Image) -> Encoded:
    output = BytesIO()
    picture.save(output, "WEBP", quality=_QUALITY, exif=b"", icc_profile=b"", xmp=b"")
    return Encoded(width=picture.width, height=picture.height, content=output.getvalue())


def _main(arguments: Sequence[str]) -> None:
    max_pixels, max_memory, max_seconds = (int(argument) for argument in arguments)
    resource.setrlimit(resource.RLIMIT_AS, (max_memory, max_memory))
    resource.setrlimit(resource.RLIMIT_CPU, (max_seconds, max_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        made = reencoded(sys.stdin.buffer.read(), max_pixels=max_pixels)
    except Refused as refusal:
        sys.stdout.write(json.dumps({"refused": refusal.args[0]}))
        return
    sizes = [[one.width, one.height, len(one.content)] for one in made]
    sys.stdout.buffer.write(json.dumps({"sizes": sizes}).encode() + b"\n")
    for one in made:
        sys.stdout.buffer.write(one.content)


if __name__ == "__main__":
    _main(sys.argv[1:])
