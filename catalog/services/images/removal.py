"""Taking pictures away, and files that belong to none."""

import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice

from django.core.files.storage import default_storage
from django.utils import timezone
from procrastinate.contrib.django import app

from catalog.models import ImageUpload, ProductImage
from catalog.services.images import storing
from ecommerce_backend.common.transactions import unit_of_work

ORPHAN_AGE = timedelta(days=1)  # far longer than from the first file of a picture to its row
_BATCH = 500
# A folder adds seven letters to a name that is taken.
_OURS = re.compile(r"([0-9a-f]{32})(?:-\d{1,5})?(?:_\w{7})?\.webp")


@unit_of_work
def remove_image(*, image: ProductImage) -> None:
    """Take a picture away; a job deletes its files, once it is certain that the row is gone."""
    names = storing.names_of(image)
    image.delete()
    if names:
        app.configure_task("catalog.delete_image_files").defer(names=[*names])


def purge_orphans(*, older_than: timedelta = ORPHAN_AGE) -> int:
    """Delete files of pictures that are no more, and return how many.

    Such are left when a product is deleted, or a worker is killed for good. What is not named as
    the shop names pictures is left alone.
    """
    count = 0
    stored = _stored()
    while names := list(islice(stored, _BATCH)):
        for name in _unknown(names):
            if default_storage.get_modified_time(name) <= timezone.now() - older_than:
                default_storage.delete(name)
                count += 1
    return count


def _stored() -> Iterator[str]:
    try:
        _, names = default_storage.listdir(storing.FOLDER)
    except FileNotFoundError:
        return
    yield from (name for name in names if _OURS.fullmatch(name))


def _unknown(names: Sequence[str]) -> list[str]:
    wholes = {f"{storing.FOLDER}/{name[:32]}.webp" for name in names}
    known = {
        name
        for image in ProductImage.objects.filter(file__in=wholes).only("file", "renditions")
        for name in storing.names_of(image)
    }
    under_way = set(ImageUpload.objects.filter(name__in=wholes).values_list("name", flat=True))
    return [
        f"{storing.FOLDER}/{name}"
        for name in names
        if f"{storing.FOLDER}/{name}" not in known
        and f"{storing.FOLDER}/{name[:32]}.webp" not in under_way
    ]
