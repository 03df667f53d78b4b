"""The files of pictures. Their names are random, and say nothing of the file that was sent."""

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from catalog.models import ProductImage
from ecommerce_backend.imaging.reencoding import Encoded

FOLDER = "products"


def new_name() -> str:
    """Return a name of 128 random bits."""
    return f"{FOLDER}/{secrets.token_hex(16)}.webp"


def name_of_width(name: str, width: int) -> str:
    return f"{name.removesuffix('.webp')}-{width}.webp"


def write(made: Sequence[Encoded], name: str) -> dict[str, Any]:
    """Write the files of a picture and return the columns that name them.

    The narrower ones come first and `name` comes last. Written again, they replace what a worker
    that was killed had written. Raises StorageUnavailable and OSError.
    """
    whole, *narrower = made
    renditions = []
    for one in sorted(narrower, key=lambda one: one.width):
        file = name_of_width(name, one.width)
        _put(file, one.content)
        renditions.append({"file": file, "width": one.width, "height": one.height})
    _put(name, whole.content)
    return {"file": name, "width": whole.width, "height": whole.height, "renditions": renditions}


def _put(name: str, content: bytes) -> None:
    stored = default_storage.save(name, ContentFile(content))
    if stored != name:  # a folder kept what was there; a bucket replaces it
        default_storage.delete(stored)
        default_storage.delete(name)
        default_storage.save(name, ContentFile(content))


def names_of(image: ProductImage) -> list[str]:
    """Return the names of all files of a picture; of one that is not ready, none."""
    if not image.file.name:
        return []
    return [image.file.name, *(str(one["file"]) for one in image.renditions)]


def delete_files(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)
