"""What staff show to shoppers, and from when to when."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from ecommerce_backend.common.models import TimestampedModel

NAME_LENGTH = 255
SEO_DESCRIPTION_LENGTH = 320  # characters; search engines show about half of them


class Shown(TimestampedModel):
    """Something of the shop with a page of its own, which staff publish."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"
        ARCHIVED = "archived", "Archived"

    name = models.CharField(max_length=NAME_LENGTH)
    slug = models.SlugField(max_length=NAME_LENGTH, unique=True)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.DRAFT)
    # The clock alone opens and closes the window; no job has to run for it.
    publish_from = models.DateTimeField(
        null=True, blank=True, help_text="Not shown before; empty: at once."
    )
    publish_until = models.DateTimeField(
        null=True, blank=True, help_text="Not shown from then on; empty: for good."
    )
    seo_title = models.CharField(
        "SEO title", max_length=NAME_LENGTH, blank=True, default="", db_default=""
    )
    seo_description = models.CharField(
        "SEO description",
        max_length=SEO_DESCRIPTION_LENGTH,
        blank=True,
        default="",
        db_default="",
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def is_shown_at(self, moment: datetime) -> bool:
        return (
            self.status == Shown.Status.PUBLISHED
            and (self.publish_from is None or self.publish_from <= moment)
            and (self.publish_until is None or moment < self.publish_until)
        )


def shown_at(moment: datetime, *, of: str = "") -> Q:
    """Return the condition that something is shown at a moment.

    `of` leads from what is filtered to it: "product__".
    """
    return (
        Q(**{f"{of}status": Shown.Status.PUBLISHED})
        & (Q(**{f"{of}publish_from": None}) | Q(**{f"{of}publish_from__lte": moment}))
        & (Q(**{f"{of}publish_until": None}) | Q(**{f"{of}publish_until__gt": moment}))
    )
