"""Pictures from outside: decoded, and encoded anew as the shop's own.

Nothing of the uploaded bytes is stored, so that neither metadata nor a second meaning of the file
survives. Formats are named, because Pillow by itself would also open PostScript.
"""

import secrets
import struct
from io import BytesIO
from typing import BinaryIO

from django.conf import settings
from django.core.files.base import ContentFile
from PIL import Image, ImageOps

from catalog.models import Product, ProductImage
from ecommerce_backend.common.errors import DomainError

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
LONGEST_SIDE = 1600  # pixels
_QUALITY = 82
# What Pillow's decoders raise on files that are not what they say.
_UNREADABLE = (
    OSError,
    RuntimeError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    TypeError,
    struct.error,
)


class ImageUnreadable(DomainError):
    code = "image_unreadable"
    message = "That is not a picture the shop can read. Send a JPEG, PNG, WebP or AVIF file."
    http_status = 400


class ImageTooLarge(DomainError):
    code = "image_too_large"
    message = "The picture is too large."
    http_status = 400


def add_image(
    *, product: Product, upload: BinaryIO, alt: str = "", position: int = 0
) -> ProductImage:
    """Store a picture of a product as WebP of at most 1600 pixels a side, under a random name.

    Raises ImageUnreadable and ImageTooLarge.
    """
    return ProductImage.objects.create(
        product=product, file=encoded(upload), alt=alt, position=position
    )


def encoded(upload: BinaryIO) -> ContentFile[bytes]:
    """Return the picture in the form in which the shop stores it.

    Raises ImageUnreadable and ImageTooLarge.
    """
    content = upload.read(settings.IMAGE_MAX_BYTES + 1)
    if len(content) > settings.IMAGE_MAX_BYTES:
        megabytes = settings.IMAGE_MAX_BYTES // 1024**2
        raise ImageTooLarge(f"The file is larger than {megabytes} MB.")
    try:
        picture = _decoded(content)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except _UNREADABLE as error:
        raise ImageUnreadable from error
    return ContentFile(_webp(picture), name=f"{secrets.token_hex(16)}.webp")


def _decoded(content: bytes) -> Image.Image:
    with Image.open(BytesIO(content), formats=FORMATS) as image:
        # Only the header has been read so far; the pixels are what costs memory.
        if image.width * image.height > settings.IMAGE_MAX_PIXELS:
            raise _too_many_pixels()
        picture: Image.Image = image
        if image.mode not in {"RGB", "RGBA", "L"}:
            picture = image.convert("RGBA" if image.has_transparency_data else "RGB")
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        return ImageOps.exif_transpose(picture)


def _webp(picture: Image.Image) -> bytes:
    colours = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    output = BytesIO()
    colours.save(output, "WEBP", quality=_QUALITY, exif=b"", icc_profile=b"", xmp=b"")
    return output.getvalue()


def _too_many_pixels() -> ImageTooLarge:
    megapixels = settings.IMAGE_MAX_PIXELS // 1_000_000
    return ImageTooLarge(f"The picture has more than {megapixels} megapixels.")
