"""What staff send about products and variants, and what they are shown."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from catalog.models import Brand, Category, Price, Product, ProductVariant
from catalog.models.products import MEASURES, MOST_GRAMS, MOST_MM
from catalog.models.showing import NAME_LENGTH, SEO_DESCRIPTION_LENGTH
from catalog.serializers.staff_fields import (
    CurrencyField,
    FactsField,
    OptionNamesField,
    PriceField,
    SlugReference,
)
from catalog.services.attributes.values import as_written, rows_of
from catalog.services.prices import NewPrice
from ecommerce_backend.common.serializers import (
    CountField,
    MoneyField,
    OneLineField,
    ParagraphsField,
    StrictSerializer,
)

DESCRIPTION_LENGTH = 100_000
MOST_PRICES = 200
_LARGEST_POSITION = 32_767
ATTRIBUTES = (
    "All that is said of it. By the code of an attribute its value, of choices one code or a list"
    " of them; by any other name a fact, which may be any JSON."
)


class WriteProduct(StrictSerializer):
    """A product as staff mean it to be. Without `slug` the name makes one."""

    name = OneLineField(max_length=NAME_LENGTH)
    slug = serializers.SlugField(max_length=NAME_LENGTH, required=False)
    description = ParagraphsField(max_length=DESCRIPTION_LENGTH, required=False, allow_blank=True)
    brand = SlugReference(Brand.objects.all(), required=False, allow_null=True)
    category = SlugReference(Category.objects.all(), required=False, allow_null=True)
    status = serializers.ChoiceField(Product.Status.choices, required=False)
    publish_from = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Not shown before."
    )
    publish_until = serializers.DateTimeField(
        required=False, allow_null=True, help_text="Not shown from then on."
    )
    seo_title = OneLineField(max_length=NAME_LENGTH, required=False, allow_blank=True)
    seo_description = OneLineField(
        max_length=SEO_DESCRIPTION_LENGTH, required=False, allow_blank=True
    )
    options = OptionNamesField(required=False, help_text="Names of what variants differ in.")
    attributes = FactsField(required=False, help_text=ATTRIBUTES)


class StatedPrice(StrictSerializer):
    currency = CurrencyField(help_text="ISO 4217.")
    amount = PriceField(help_text="Before tax, in the currency's major unit.")
    compare_at = PriceField(required=False, allow_null=True, help_text="The former, higher price.")

    def validate(self, price: dict[str, Any]) -> dict[str, Any]:
        """Want both of a price in a PATCH too, where REST framework wants nothing of anything."""
        missing = [name for name in ("currency", "amount") if name not in price]
        if missing:
            wanted = [ErrorDetail("This field is required.", code="required")]
            raise serializers.ValidationError(dict.fromkeys(missing, wanted))
        return price


def _measure(most: int, help_text: str = "") -> serializers.IntegerField:
    return serializers.IntegerField(
        min_value=1, max_value=most, required=False, allow_null=True, help_text=help_text
    )


class WriteVariant(StrictSerializer):
    """A form in which the product can be bought. `prices` are all that it has."""

    sku = OneLineField(max_length=64)
    barcode = OneLineField(max_length=64, required=False, allow_blank=True)
    options = serializers.DictField(
        child=OneLineField(max_length=NAME_LENGTH),
        required=False,
        help_text="What it is of each option of the product.",
    )
    position = serializers.IntegerField(min_value=0, max_value=_LARGEST_POSITION, required=False)
    is_active = serializers.BooleanField(
        required=False, help_text="Inactive variants are not for sale."
    )
    weight_grams = _measure(MOST_GRAMS, "Grams, packed; null: not known.")
    length_mm = _measure(MOST_MM, "Millimetres, packed; null with width and height: not known.")
    width_mm = _measure(MOST_MM)
    height_mm = _measure(MOST_MM)
    prices = StatedPrice(many=True, required=False, max_length=MOST_PRICES)  # type: ignore[call-arg]

    def validate_prices(self, prices: list[dict[str, Any]]) -> list[NewPrice]:
        stated = [NewPrice(**price) for price in prices]
        if len({price.currency for price in stated}) < len(stated):
            raise serializers.ValidationError("State one price for each currency.", code="repeated")
        return stated


class PriceEntry(serializers.ModelSerializer[Price]):
    amount = MoneyField()
    compare_at = MoneyField(allow_null=True)

    class Meta:
        model = Price
        fields: ClassVar = ["currency", "amount", "compare_at"]


class StaffVariant(serializers.ModelSerializer[ProductVariant]):
    """A variant as staff see it."""

    options = serializers.DictField(child=serializers.CharField())
    weight_grams = CountField(allow_null=True)
    length_mm = CountField(allow_null=True)
    width_mm = CountField(allow_null=True)
    height_mm = CountField(allow_null=True)
    prices = serializers.SerializerMethodField()

    class Meta:
        model = ProductVariant
        fields: ClassVar = [
            *("id", "sku", "barcode", "options", "position", "is_active"),
            *MEASURES,
            "prices",
        ]

    @extend_schema_field(PriceEntry(many=True))
    def get_prices(self, variant: ProductVariant) -> Any:
        by_currency = sorted(variant.prices.all(), key=lambda price: price.currency)
        return PriceEntry(by_currency, many=True).data


class StaffProductSummary(serializers.ModelSerializer[Product]):
    """A product in the list of the staff."""

    brand = serializers.SlugField(source="brand.slug", default=None, allow_null=True)
    category = serializers.SlugField(source="category.slug", default=None, allow_null=True)
    variant_count = CountField()

    class Meta:
        model = Product
        fields: ClassVar = [
            "id",
            "name",
            "slug",
            "brand",
            "category",
            "status",
            "publish_from",
            "publish_until",
            "variant_count",
            "created_at",
        ]


class StaffProduct(serializers.ModelSerializer[Product]):
    """A product as staff see and change it."""

    brand = serializers.SlugField(source="brand.slug", default=None, allow_null=True)
    category = serializers.SlugField(source="category.slug", default=None, allow_null=True)
    options = serializers.ListField(child=serializers.CharField())
    attributes = serializers.SerializerMethodField()

    class Meta:
        model = Product
        fields: ClassVar = [
            "id",
            "name",
            "slug",
            "description",
            "brand",
            "category",
            "status",
            "publish_from",
            "publish_until",
            "seo_title",
            "seo_description",
            "options",
            "attributes",
            "created_at",
        ]

    @extend_schema_field(serializers.DictField(help_text=ATTRIBUTES))
    def get_attributes(self, product: Product) -> dict[str, Any]:
        return {**product.attributes, **as_written(rows_of([product.pk]))}
