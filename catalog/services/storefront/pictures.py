from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from django.conf import settings

from catalog.models import ProductImage

COLUMNS = ("file", "alt", "width", "height", "renditions")


def picture(image: Mapping[str, Any]) -> dict[str, Any]:
    """Return the COLUMNS of a ProductImage as the shop shows it. Addresses are absolute.

    `renditions` are all widths there are, the narrowest first and the picture itself last.
    """
    whole = {"file": image["file"], "width": image["width"], "height": image["height"]}
    return {
        "url": address(image["file"]),
        "alt": image["alt"],
        "width": image["width"],
        "height": image["height"],
        "renditions": [
            {"url": address(one["file"]), "width": one["width"], "height": one["height"]}
            for one in (*image["renditions"], whole)
        ],
    }


def address(name: str) -> str:
    """Return where a file of a picture is fetched from."""
    field = ProductImage._meta.get_field("file")  # noqa: SLF001 - Django's documented name
    return urljoin(settings.BASE_URL, field.storage.url(name))
