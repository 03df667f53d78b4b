"""What staff send about categories and brands, and what they are shown."""

from typing import ClassVar

from rest_framework import serializers

from catalog.models import Brand, Category
from catalog.models.showing import NAME_LENGTH
from catalog.serializers.staff import DESCRIPTION_LENGTH
from catalog.serializers.staff_fields import SlugReference
from catalog.services.categories import MAX_DEPTH
from ecommerce_backend.common.serializers import (
    CountField,
    OneLineField,
    ParagraphsField,
    StrictSerializer,
)


class ChangeCategory(StrictSerializer):
    """What a category is called, not where it stands."""

    name = OneLineField(max_length=NAME_LENGTH)
    slug = serializers.SlugField(max_length=NAME_LENGTH, required=False)
    description = ParagraphsField(max_length=DESCRIPTION_LENGTH, required=False, allow_blank=True)


class AddCategory(ChangeCategory):
    """A category, which becomes the last one below `parent`, or the last root."""

    parent = SlugReference(  # type: ignore[assignment]
        Category.objects.all(), required=False, allow_null=True
    )


class PlaceCategory(StrictSerializer):
    """Where a category shall stand, with all that is below it."""

    parent = SlugReference(  # type: ignore[assignment]
        Category.objects.all(), allow_null=True, help_text="null: a root."
    )
    before = SlugReference(
        Category.objects.all(),
        required=False,
        allow_null=True,
        help_text="One right below `parent`; without it, it becomes the last there.",
    )


class StaffCategory(serializers.ModelSerializer[Category]):
    """A category as staff see it; a list of them is in the order of the tree."""

    parent = serializers.SlugField(  # type: ignore[assignment]
        allow_null=True, source="parent_slug"
    )
    depth = CountField(min_value=1, max_value=MAX_DEPTH, help_text="A root has 1.")
    child_count = CountField(source="numchild")

    class Meta:
        model = Category
        fields: ClassVar = ["id", "name", "slug", "description", "parent", "depth", "child_count"]


class WriteBrand(StrictSerializer):
    """A brand. Without `slug` the name makes one."""

    name = OneLineField(max_length=NAME_LENGTH)
    slug = serializers.SlugField(max_length=NAME_LENGTH, required=False)


class StaffBrand(serializers.ModelSerializer[Brand]):
    """A brand as staff see it."""

    class Meta:
        model = Brand
        fields: ClassVar = ["id", "name", "slug"]
