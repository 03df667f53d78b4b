"""Names as parts of addresses."""

import hashlib
from collections.abc import Container, Sequence
from typing import Any

from django.utils.text import slugify

from catalog.models import Brand, Category, Collection, Product
from catalog.models.showing import NAME_LENGTH
from ecommerce_backend.common.errors import DomainError

_DIGEST_LENGTH = 12
RESERVED = frozenset({"facets", "suggest"})  # what stands where a product's slug does in addresses


class SlugTaken(DomainError):
    code = "slug_taken"
    message = "Something else of the shop has this slug already."
    advice = "Choose another slug, or leave it out to get a free one."


def require_free_slug(holder: Product | Brand | Category | Collection) -> None:
    """Raise SlugTaken when another row of the same kind has the slug."""
    kind: Any = type(holder)
    if kind.objects.filter(slug=holder.slug).exclude(pk=holder.pk).exists():
        raise SlugTaken(
            faults=[{"pointer": "/slug", "code": SlugTaken.code, "detail": SlugTaken.message}]
        )


def slug_for(name: str, *, fallback: str, taken: Container[str]) -> str:
    """Return the name as a part of an address, of at most 255 characters.

    `fallback` is something unique such as a SKU: it stands in for a name without Latin letters,
    and tells apart two things of one name.
    """
    return first_free(slug_choices(name, fallback=fallback), taken=taken)


def first_free(choices: Sequence[str], *, taken: Container[str]) -> str:
    """Return the best of the slugs that `slug_choices` gave; the last is as good as unique."""
    free = (slug for slug in choices if slug not in taken and slug not in RESERVED)
    return next(free, choices[-1])


def slug_of(name: str, *, fallback: str) -> str:
    """Return the slug that `slug_for` would like best."""
    return _cut(slugify(name), NAME_LENGTH) or slug_choices(name, fallback=fallback)[0]


def slug_choices(name: str, *, fallback: str) -> list[str]:
    """Return the slugs that `slug_for` would try, best first."""
    digest = hashlib.sha256(f"{name}\n{fallback}".encode()).hexdigest()[:_DIGEST_LENGTH]
    distinction = _cut(slugify(fallback), NAME_LENGTH // 2) or digest
    slug = _cut(slugify(name), NAME_LENGTH)
    if not slug:
        return [distinction, f"{distinction}-{digest}"]
    return [slug, _joined(slug, distinction), _joined(slug, digest)]


def _joined(slug: str, distinction: str) -> str:
    return f"{_cut(slug, NAME_LENGTH - len(distinction) - 1)}-{distinction}"


def _cut(slug: str, length: int) -> str:
    return slug[:length].rstrip("-_")
