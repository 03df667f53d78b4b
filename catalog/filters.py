"""Query strings of the catalogue. An unknown value is refused, never ignored."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters
from django_filters.utils import translate_validation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import exceptions
from rest_framework.request import Request

from catalog.attribute_filters import attribute_filters
from catalog.models import Brand, Category, Collection, Product, Stock
from catalog.models.showing import NAME_LENGTH
from catalog.services.search_text import normalized
from catalog.services.storefront.cards import FIELDS
from catalog.services.storefront.listing import ORDERINGS, Criteria
from ecommerce_backend.common import money
from ecommerce_backend.common.openapi import CURRENCY

SEARCH_LENGTH = 300
TYPED_LENGTH = 100


def chosen_currency(request: Request) -> str | None:
    """Return the currency a shopper wants to see prices in, if any.

    Raises ValidationError.
    """
    code = request.query_params.get("currency") or None
    if code is not None and not money.is_currency(code):
        raise exceptions.ValidationError({"currency": "Use an ISO 4217 code such as USD."})
    return code


def chosen_fields(request: Request) -> frozenset[str]:
    """Return which members of a card were asked for; all of them unless some were named.

    Raises ValidationError.
    """
    named = request.query_params.get("fields")
    if named is None:
        return frozenset(FIELDS)
    fields = frozenset(named.split(","))
    if not fields <= frozenset(FIELDS):
        raise exceptions.ValidationError({"fields": f"Choose from {', '.join(FIELDS)}."})
    return fields


def chosen_text(request: Request) -> str:
    """Return what somebody has typed so far.

    Raises ValidationError.
    """
    typed = request.query_params.get("q")
    if typed is None:
        raise exceptions.ValidationError({"q": "Say what has been typed so far."})
    if len(typed) > TYPED_LENGTH:
        raise exceptions.ValidationError({"q": f"Send at most {TYPED_LENGTH} characters."})
    return typed


def _is_currency(code: str) -> None:
    if not money.is_currency(code):
        raise ValidationError("Use an ISO 4217 code such as USD.", code="invalid")


@extend_schema_field({"type": "string", "maxLength": SEARCH_LENGTH})
class SearchFilter(filters.CharFilter):  # type: ignore[misc]
    def __init__(self, **options: Any) -> None:
        super().__init__(**options, validators=[MaxLengthValidator(SEARCH_LENGTH)])


@extend_schema_field(
    {"type": "number", "minimum": 0, "maximum": 999_999_999.999, "multipleOf": 0.001}
)
class PriceFilter(filters.NumberFilter):  # type: ignore[misc]
    def __init__(self, **options: Any) -> None:
        super().__init__(**options, min_value=0, max_digits=12, decimal_places=3)


@extend_schema_field(OpenApiTypes.BOOL)
class YesNoFilter(filters.TypedChoiceFilter):  # type: ignore[misc]
    """Django's own would take any other word for no answer."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **options,
            choices=[("true", "yes"), ("false", "no")],
            coerce=lambda word: word == "true",
            empty_value=None,
        )


@extend_schema_field({"type": "number", "minimum": 1, "maximum": 5, "multipleOf": 0.01})
class RatingFilter(filters.NumberFilter):  # type: ignore[misc]
    pass


@extend_schema_field(CURRENCY)
class CurrencyFilter(filters.CharFilter):  # type: ignore[misc]
    pass


@extend_schema_field({"type": "string", "maxLength": NAME_LENGTH, "pattern": "^[-a-zA-Z0-9_]+$"})
class SlugFilter(filters.ModelChoiceFilter):  # type: ignore[misc]
    pass


class ShelfFilters(filters.FilterSet):  # type: ignore[misc]
    """Reads what a shopper asked for; `listing.browse` finds it."""

    currency = CurrencyFilter(
        strip=False,
        validators=[_is_currency],
        help_text="ISO 4217. Shows prices in it, and only products that have one.",
    )
    search = SearchFilter(
        help_text="Words of the name, brand, category or description in any order, all of which"
        " must occur, the last one also as a beginning; or a SKU or barcode. Plurals, accents and"
        " small slips do not matter."
    )
    category = SlugFilter(
        queryset=Category.objects.all(),
        to_field_name="slug",
        help_text="Slug of a category; what is in the categories below it counts too.",
    )
    collection = SlugFilter(
        queryset=lambda _: Collection.objects.published(),  # the clock decides at each request
        to_field_name="slug",
        help_text="Slug of a collection that is shown.",
    )
    brand = SlugFilter(
        queryset=Brand.objects.all(), to_field_name="slug", help_text="Slug of a brand."
    )
    min_price = PriceFilter(help_text="In `currency`, or in the store's without it.")
    max_price = PriceFilter(help_text="In `currency`, or in the store's without it.")
    in_stock = YesNoFilter()
    min_rating = RatingFilter(min_value=1, max_value=5, max_digits=3, decimal_places=2)

    class Meta:
        model = Product
        fields: tuple[str, ...] = ()

    def criteria(self, *, customer_id: int | None) -> Criteria:
        """Return what was asked for, at the prices of a customer or of everybody.

        Raises ValidationError and Invalid.
        """
        if not self.is_valid():
            raise translate_validation(self.errors)
        chosen = self.form.cleaned_data
        # A walk needs places that stay where they are, which relevance has not.
        usual = "-created_at" if "cursor" in self.data else ""
        return Criteria(
            currency=chosen["currency"] or None,
            search=chosen["search"] or "",
            category=chosen["category"],
            collection=chosen["collection"],
            brand=chosen["brand"],
            min_price=chosen["min_price"],
            max_price=chosen["max_price"],
            in_stock=chosen["in_stock"],
            min_rating=chosen["min_rating"],
            attributes=attribute_filters(self.data),
            ordering=chosen.get("ordering") or usual,
            customer_id=customer_id,
        )


class ProductFilters(ShelfFilters):
    """Reads in what order they are to be listed, too."""

    ordering = filters.ChoiceFilter(
        choices=[(ordering, ordering) for ordering in ORDERINGS],
        help_text="Unless you say, `relevance` when there is a search, else `collection` when there"
        " is one, the order in which staff put its products, else `-created_at`.",
    )

    def criteria(self, *, customer_id: int | None) -> Criteria:
        criteria = super().criteria(customer_id=customer_id)
        if criteria.ordering == "collection" and criteria.collection is None:
            raise exceptions.ValidationError({"ordering": "Name the collection as well."})
        return criteria


class StockFilters(filters.FilterSet):  # type: ignore[misc]
    search = SearchFilter(method="containing", help_text="Part of a SKU, or of a product's name.")

    class Meta:
        model = Stock
        fields: tuple[str, ...] = ()

    def containing(self, stocks: QuerySet[Stock], _name: str, value: str) -> QuerySet[Stock]:
        return stocks.filter(
            Q(variant__sku__icontains=value)
            | Q(variant__product__search_text__contains=normalized(value))
        )
