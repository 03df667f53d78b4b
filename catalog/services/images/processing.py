"""Making a picture of what was sent: it can be killed at any moment and begun again."""

from typing import Any

from django.conf import settings

from catalog.models import ImageUpload, ProductImage
from catalog.services.images import storing
from catalog.services.images.refusals import refusal_of
from ecommerce_backend.common.transactions import unit_of_work
from ecommerce_backend.imaging.reencoding import Refused
from ecommerce_backend.imaging.sandbox import reencoded_apart

Status = ProductImage.Status


def process_image(*, image_id: int) -> None:
    """Make the files of a picture, or note why that cannot be; what was sent is forgotten.

    What is done already, or removed meanwhile, is passed over. Raises StorageUnavailable and
    OSError, for the job to be tried again.
    """
    upload = ImageUpload.objects.filter(pk=image_id).first()
    if upload is None:
        return
    try:
        made = reencoded_apart(bytes(upload.content), max_pixels=settings.IMAGE_MAX_PIXELS)
    except Refused as refused:
        refusal = refusal_of(refused.args[0])
        _end(image_id, status=Status.FAILED, failure_code=refusal.code, failure=str(refusal))
        return
    columns = storing.write(made, upload.name)
    if not _end(image_id, status=Status.READY, **columns):
        # Staff removed the picture while it was made.
        storing.delete_files([upload.name, *(one["file"] for one in columns["renditions"])])


@unit_of_work
def _end(image_id: int, **columns: Any) -> bool:
    """Write down how it ended; return whether there still is such a picture."""
    ImageUpload.objects.filter(pk=image_id).delete()
    ProductImage.objects.filter(pk=image_id, status=Status.PROCESSING).update(**columns)
    return ProductImage.objects.filter(pk=image_id).exists()
