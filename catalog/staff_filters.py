"""Query strings of what staff see of the catalogue."""

from django.db.models import Q, QuerySet
from django_filters import rest_framework as filters

from catalog.filters import SearchFilter, SlugFilter
from catalog.models import (
    Attribute,
    AttributeCategory,
    Brand,
    Category,
    PriceList,
    PriceListEntry,
    Product,
)
from catalog.services.search_text import normalized

PRODUCT_ORDERINGS = ("-created_at", "created_at", "name", "-name")


class StaffProductFilters(filters.FilterSet):  # type: ignore[misc]
    search = SearchFilter(
        method="containing", help_text="Words of the name, brand, SKU or barcode, in any order."
    )
    status = filters.ChoiceFilter(choices=Product.Status.choices)
    category = SlugFilter(
        queryset=Category.objects.all(),
        to_field_name="slug",
        method="standing_in",
        help_text="Slug of a category; what is in the categories below it counts too.",
    )
    brand = SlugFilter(
        queryset=Brand.objects.all(), to_field_name="slug", help_text="Slug of a brand."
    )
    ordering = filters.ChoiceFilter(
        choices=[(ordering, ordering) for ordering in PRODUCT_ORDERINGS],
        method="ordered",
        help_text="`-created_at` unless you say.",
    )

    class Meta:
        model = Product
        fields: tuple[str, ...] = ()

    def containing(self, products: QuerySet[Product], _name: str, value: str) -> QuerySet[Product]:
        for term in dict.fromkeys(normalized(value).split()):
            products = products.filter(search_text__contains=term)
        return products

    def standing_in(
        self, products: QuerySet[Product], _name: str, value: Category
    ) -> QuerySet[Product]:
        return products.filter(category__path__startswith=value.path)

    def ordered(self, products: QuerySet[Product], _name: str, value: str) -> QuerySet[Product]:
        return products.order_by(value, "-pk" if value.startswith("-") else "pk")


class NameFilters(filters.FilterSet):  # type: ignore[misc]
    """For categories and brands alike."""

    search = SearchFilter(method="containing", help_text="Part of the name or of the slug.")

    def containing(self, rows: QuerySet[Brand], _name: str, value: str) -> QuerySet[Brand]:
        return rows.filter(Q(name__icontains=value) | Q(slug__icontains=value))


class AttributeFilters(filters.FilterSet):  # type: ignore[misc]
    search = SearchFilter(method="containing", help_text="Part of the name or of the code.")
    category = SlugFilter(
        queryset=Category.objects.all(),
        to_field_name="slug",
        method="holding_in",
        help_text="Slug of a category: those that are for its products.",
    )

    def containing(self, rows: QuerySet[Attribute], _name: str, value: str) -> QuerySet[Attribute]:
        return rows.filter(Q(name__icontains=value) | Q(code__icontains=value))

    def holding_in(
        self, rows: QuerySet[Attribute], _name: str, value: Category
    ) -> QuerySet[Attribute]:
        above = [
            value.path[:end]
            for end in range(Category.steplen, len(value.path) + 1, Category.steplen)
        ]
        tied = AttributeCategory.objects.filter(category__path__in=above).values("attribute")
        return rows.filter(Q(ties=None) | Q(pk__in=tied))


class PriceListFilters(filters.FilterSet):  # type: ignore[misc]
    search = SearchFilter(method="containing", help_text="Part of the name.")

    def containing(self, rows: QuerySet[PriceList], _name: str, value: str) -> QuerySet[PriceList]:
        return rows.filter(name__icontains=value)


class ListPriceFilters(filters.FilterSet):  # type: ignore[misc]
    search = SearchFilter(method="containing", help_text="Part of a SKU.")

    def containing(
        self, rows: QuerySet[PriceListEntry], _name: str, value: str
    ) -> QuerySet[PriceListEntry]:
        return rows.filter(variant__sku__icontains=value)
