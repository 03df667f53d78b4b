from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from django.conf import settings

from catalog.models import ProductImage


def picture(image: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of ProductImage as the shop shows it. The address is absolute."""
    field = ProductImage._meta.get_field("file")  # noqa: SLF001 - Django's documented name
    return {
        "url": urljoin(settings.BASE_URL, field.storage.url(image["file"])),
        "alt": image["alt"],
        "width": image["width"],
        "height": image["height"],
    }
