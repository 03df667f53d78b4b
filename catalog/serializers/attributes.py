"""What staff send about attributes, and what they and shoppers are shown."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import Attribute, AttributeChoice, Category
from catalog.models.attributes import (
    CODE_LENGTH,
    CODE_PATTERN,
    NUMBER_DIGITS,
    NUMBER_PLACES,
    TEXT_LENGTH,
    UNIT_LENGTH,
    AttributeType,
)
from catalog.models.showing import NAME_LENGTH
from catalog.serializers.staff_fields import SlugReference
from ecommerce_backend.common.serializers import OneLineField, StrictSerializer

MOST_CHOICES = 500
MOST_CATEGORIES = 100
_LARGEST_POSITION = 32_767
_LARGEST = 10 ** (NUMBER_DIGITS - NUMBER_PLACES)


class CodeField(serializers.RegexField):
    def __init__(self, **options: Any) -> None:
        super().__init__(CODE_PATTERN, max_length=CODE_LENGTH, **options)


class ColorField(serializers.RegexField):
    def __init__(self, **options: Any) -> None:
        super().__init__(r"^#[0-9A-Fa-f]{6}$", max_length=7, **options)

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data).upper()


class WriteChoice(StrictSerializer):
    """A value that an attribute offers. Without `code` the label makes one."""

    code = CodeField(required=False)
    label = OneLineField(max_length=NAME_LENGTH)  # type: ignore[assignment]
    color = ColorField(required=False, help_text="For attributes of type `color`.")


class ChangeAttribute(StrictSerializer):
    """An attribute as staff mean it to be. Its code and type stay as they are."""

    name = OneLineField(max_length=NAME_LENGTH)
    unit = OneLineField(
        max_length=UNIT_LENGTH, required=False, allow_blank=True, help_text="Of numbers."
    )
    is_filterable = serializers.BooleanField(
        required=False, help_text="Whether shoppers can filter by it; not for text."
    )
    is_searchable = serializers.BooleanField(
        required=False, help_text="Whether products are found by its values; not for numbers."
    )
    position = serializers.IntegerField(min_value=0, max_value=_LARGEST_POSITION, required=False)
    categories = serializers.ListField(
        child=SlugReference(Category.objects.all()),
        max_length=MOST_CATEGORIES,
        required=False,
        help_text="Slugs of the categories that it is for, and for those below them; without one"
        " it is for all products.",
    )
    choices = WriteChoice(  # type: ignore[call-arg]
        many=True,
        required=False,
        max_length=MOST_CHOICES,
        help_text="All that it offers, in this order; what is not in the list goes.",
    )


class WriteAttribute(ChangeAttribute):
    """An attribute. Without `code` the name makes one."""

    code = CodeField(required=False)
    type = serializers.ChoiceField(AttributeType.choices)


class StaffChoice(serializers.ModelSerializer[AttributeChoice]):
    color = serializers.CharField(allow_null=True)

    class Meta:
        model = AttributeChoice
        fields: ClassVar = ["code", "label", "color"]

    def to_representation(self, instance: AttributeChoice) -> dict[str, Any]:
        return {
            "code": instance.code,
            "label": instance.label,
            "color": instance.color or None,
        }


class StaffAttribute(serializers.ModelSerializer[Attribute]):
    """An attribute as staff see it."""

    categories = serializers.SerializerMethodField()
    choices = serializers.SerializerMethodField()

    class Meta:
        model = Attribute
        fields: ClassVar = [
            "id",
            "code",
            "name",
            "type",
            "unit",
            "is_filterable",
            "is_searchable",
            "position",
            "categories",
            "choices",
        ]

    def get_categories(self, attribute: Attribute) -> list[str]:
        ties = sorted(attribute.ties.all(), key=lambda tie: tie.category.path)
        return [tie.category.slug for tie in ties]

    @extend_schema_field(StaffChoice(many=True))
    def get_choices(self, attribute: Attribute) -> Any:
        in_order = sorted(attribute.choices.all(), key=lambda choice: (choice.position, choice.pk))
        return StaffChoice(in_order, many=True).data


_NUMBER = {"type": "number", "minimum": -_LARGEST, "maximum": _LARGEST}


@extend_schema_field(_NUMBER)
class NumberField(serializers.Field[Any, Any, Any, Any]):
    """A number of an attribute, in its unit."""


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "maxLength": TEXT_LENGTH},
            _NUMBER,
            {"type": "boolean"},
        ]
    }
)
class AttributeValueField(serializers.Field[Any, Any, Any, Any]):
    """Text or the code of a choice, a number, or yes or no."""


class AttributeValue(serializers.Serializer[Any]):
    """What is said of a product. Of several choices that it has, each is an entry."""

    code = serializers.CharField(max_length=CODE_LENGTH, help_text="Of the attribute.")
    name = serializers.CharField(max_length=NAME_LENGTH)
    type = serializers.ChoiceField(AttributeType.choices)
    value = AttributeValueField(help_text="Of a choice its code.")
    unit = serializers.CharField(max_length=UNIT_LENGTH, allow_null=True)
    label = serializers.CharField(  # type: ignore[assignment]
        max_length=TEXT_LENGTH, help_text="The value as people read it, with its unit."
    )
    color = serializers.CharField(max_length=7, allow_null=True, help_text="As #AABBCC.")
