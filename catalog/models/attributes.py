"""What is said of products, in values that shoppers can filter by and compare."""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from catalog.models.products import Category, Product
from catalog.models.showing import NAME_LENGTH
from ecommerce_backend.common.models import TimestampedModel

CODE_LENGTH = 64
CODE_PATTERN = r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$"
UNIT_LENGTH = 16
TEXT_LENGTH = 1000
# Fifteen digits, so that a double in JSON holds each number exactly.
NUMBER_DIGITS, NUMBER_PLACES = 15, 6


class AttributeType(models.TextChoices):
    TEXT = "text", "Text"
    NUMBER = "number", "Number"
    BOOLEAN = "boolean", "Yes or no"
    CHOICE = "choice", "Choice"
    COLOR = "color", "Colour"


OF_CHOICES = (AttributeType.CHOICE, AttributeType.COLOR)
FILTERED = (AttributeType.NUMBER, AttributeType.BOOLEAN, *OF_CHOICES)
SEARCHED = (AttributeType.TEXT, AttributeType.BOOLEAN, *OF_CHOICES)


class Attribute(TimestampedModel):
    """Something that products have a value of: a material, a weight, whether it may be washed.

    It holds for the products of its categories and of those below them; without one for all.
    """

    Type = AttributeType

    code = models.CharField(
        max_length=CODE_LENGTH,
        unique=True,
        help_text="Names it in addresses and files, such as material; stays as it is.",
    )
    name = models.CharField(max_length=NAME_LENGTH)
    type = models.CharField(max_length=16, choices=AttributeType)
    unit = models.CharField(
        max_length=UNIT_LENGTH, blank=True, help_text="Of numbers, such as g or cm."
    )
    is_filterable = models.BooleanField(
        "can be filtered by", default=False, help_text="Not for text: offer choices instead."
    )
    is_searchable = models.BooleanField(
        "is searched",
        default=False,
        help_text="Its values are words that products are found by; not for numbers.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="The lowest comes first.")
    # Through a model that protects: without its last category it would hold for all products.
    categories: "models.ManyToManyField[Category, AttributeCategory]" = models.ManyToManyField(
        Category, through="AttributeCategory", related_name="attributes"
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("name"), name="attribute_name_once"),
            # What rows of choices and values refer to, so that their type is that of the attribute.
            models.UniqueConstraint(fields=["id", "type"], name="attribute_of_one_type"),
            models.CheckConstraint(
                name="attribute_code_plain", condition=Q(code__regex=CODE_PATTERN)
            ),
            models.CheckConstraint(
                name="attribute_type_known", condition=Q(type__in=AttributeType.values)
            ),
            models.CheckConstraint(
                name="attribute_unit_of_number",
                condition=Q(unit="") | Q(type=AttributeType.NUMBER),
            ),
            models.CheckConstraint(
                name="attribute_filter_has_values",
                condition=Q(is_filterable=False) | Q(type__in=FILTERED),
            ),
            models.CheckConstraint(
                name="attribute_search_has_words",
                condition=Q(is_searchable=False) | Q(type__in=SEARCHED),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AttributeCategory(models.Model):
    """A category for whose products an attribute holds."""

    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="ties")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="attribute_ties")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="attribute_category_once", fields=["attribute", "category"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.attribute} in {self.category}"


class AttributeChoice(models.Model):
    """One of the values that an attribute offers."""

    # With the type, a foreign key in the database (migrations): a choice of text is none.
    attribute = models.ForeignKey(
        Attribute, on_delete=models.CASCADE, db_constraint=False, related_name="choices"
    )
    type = models.CharField(max_length=16, editable=False)
    code = models.CharField(
        max_length=CODE_LENGTH, help_text="Names it in addresses and files; stays as it is."
    )
    label = models.CharField(max_length=NAME_LENGTH)
    color = models.CharField(
        "colour", max_length=7, blank=True, help_text="As #AABBCC, for attributes of that type."
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(name="attribute_choice_once", fields=["attribute", "code"]),
            models.UniqueConstraint(
                F("attribute"), Lower("label"), name="attribute_choice_label_once"
            ),
            models.UniqueConstraint(
                name="attribute_choice_of_attribute", fields=["id", "attribute"]
            ),
            models.CheckConstraint(
                name="attribute_choice_code_plain", condition=Q(code__regex=CODE_PATTERN)
            ),
            models.CheckConstraint(
                name="attribute_choice_colored",
                condition=Q(type=AttributeType.CHOICE, color="")
                | Q(type=AttributeType.COLOR, color__regex=r"^#[0-9A-F]{6}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ProductAttributeValue(models.Model):
    """What a product has of an attribute: one value, or of choices one row for each that it has.

    A mug that is sold in oat and in sky has both colours.
    """

    # The database's own foreign key deletes it with its product, for code that knows no values too.
    product = models.ForeignKey(
        Product,
        on_delete=models.CASCADE,
        db_constraint=False,
        db_index=False,
        related_name="attribute_values",
    )
    # Both with a second column, foreign keys in the database: a value is of its attribute's type
    # and a choice is one of its attribute's.
    attribute = models.ForeignKey(
        Attribute, on_delete=models.PROTECT, db_constraint=False, related_name="values"
    )
    type = models.CharField(max_length=16)
    text = models.CharField(max_length=TEXT_LENGTH, null=True)  # noqa: DJ001 - null: no text
    number: "models.DecimalField[Decimal | None, Decimal | None]" = models.DecimalField(
        max_digits=NUMBER_DIGITS, decimal_places=NUMBER_PLACES, null=True
    )
    boolean = models.BooleanField(null=True)
    choice = models.ForeignKey(
        AttributeChoice,
        on_delete=models.PROTECT,
        db_constraint=False,
        db_index=False,
        null=True,
        related_name="values",
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="attribute_value_once",
                fields=["product", "attribute", "choice"],
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="attribute_value_of_its_type",
                condition=Q(type="text", text__isnull=False, number=None, boolean=None, choice=None)
                & ~Q(text="")
                | Q(type="number", text=None, number__isnull=False, boolean=None, choice=None)
                | Q(type="boolean", text=None, number=None, boolean__isnull=False, choice=None)
                | Q(
                    type__in=OF_CHOICES,
                    text=None,
                    number=None,
                    boolean=None,
                    choice__isnull=False,
                ),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                name="attribute_value_by_choice",
                fields=["choice", "product"],
                condition=Q(choice__isnull=False),
            ),
            models.Index(
                name="attribute_value_by_number",
                fields=["attribute", "number", "product"],
                condition=Q(number__isnull=False),
            ),
            models.Index(
                name="attribute_value_by_boolean",
                fields=["attribute", "boolean", "product"],
                condition=Q(boolean__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attribute} of {self.product}"
