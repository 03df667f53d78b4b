from typing import BinaryIO

from django.conf import settings
from django.db.models import Max
from procrastinate.contrib.django import app

from catalog.models import ImageUpload, Product, ProductImage
from catalog.services.images import storing
from catalog.services.images.refusals import (
    ImageAnimated,
    ImageBroken,
    ImageTooLarge,
    ImageTooManyPixels,
    ImageTypeUnsupported,
    refusal_of,
)
from ecommerce_backend.common.transactions import unit_of_work
from ecommerce_backend.imaging.headers import BrokenHeader, UnknownFormat, header_of
from ecommerce_backend.imaging.reencoding import Refused, reencoded

LAST_POSITION = 32_767  # that a small number of PostgreSQL can be


def upload_image(
    *, product: Product, upload: BinaryIO, alt: str = "", position: int | None = None
) -> ProductImage:
    """Keep a picture of a product and have a job make it; without a position it comes last.

    Raises ImageTypeUnsupported, ImageBroken, ImageAnimated, ImageTooLarge and ImageTooManyPixels.
    """
    return _begin(product, checked(upload), alt, position)


@unit_of_work
def _begin(product: Product, content: bytes, alt: str, position: int | None) -> ProductImage:
    if position is None:
        last = product.images.aggregate(last=Max("position"))["last"]
        position = 0 if last is None else min(last + 1, LAST_POSITION)
    image = ProductImage.objects.create(
        product=product, status=ProductImage.Status.PROCESSING, alt=alt, position=position
    )
    keep_upload(image=image, content=content)
    return image


def keep_upload(*, image: ProductImage, content: bytes) -> None:
    """Keep what was sent for a picture, in the database, until a job has read it.

    There no web server can serve it, and workers on all machines find it.
    """
    ImageUpload.objects.create(image=image, name=storing.new_name(), content=content)
    # One at a time, in the whole shop: a large one needs 640 MB.
    app.configure_task("catalog.process_image", lock="catalog.images").defer(image_id=image.pk)


def change_image(
    *, image: ProductImage, alt: str | None = None, position: int | None = None
) -> ProductImage:
    """Describe a picture anew or move it; what is left out stays."""
    changes = {"alt": alt, "position": position}
    named = {name: value for name, value in changes.items() if value is not None}
    for name, value in named.items():
        setattr(image, name, value)
    image.save(update_fields=[*named, "updated_at"])
    return image


def add_image(
    *, product: Product, upload: BinaryIO, alt: str = "", position: int = 0
) -> ProductImage:
    """Make a picture of a product at once, here. For files that the shop itself has drawn.

    Raises as upload_image does, and ImageTooCostly.
    """
    content = checked(upload)
    try:
        made = reencoded(content, max_pixels=settings.IMAGE_MAX_PIXELS)
    except Refused as refused:
        raise refusal_of(refused.args[0]) from refused
    columns = storing.write(made, storing.new_name())
    return ProductImage.objects.create(product=product, alt=alt, position=position, **columns)


def checked(upload: BinaryIO) -> bytes:
    """Return the bytes of a file that may be a picture, by what its first ones say.

    Raises as upload_image does.
    """
    content = upload.read(settings.IMAGE_MAX_BYTES + 1)
    if len(content) > settings.IMAGE_MAX_BYTES:
        raise ImageTooLarge.by_bytes()
    try:
        header = header_of(content)
    except UnknownFormat as error:
        raise ImageTypeUnsupported from error
    except BrokenHeader as error:
        raise ImageBroken from error
    if header.width * header.height > settings.IMAGE_MAX_PIXELS:
        raise ImageTooManyPixels.by_pixels()
    if max(header.width, header.height) > settings.IMAGE_MAX_SIDE:
        raise ImageTooManyPixels.by_side()
    if header.is_animated:
        raise ImageAnimated
    return content
