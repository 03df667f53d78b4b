from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from catalog.admin import cells
from catalog.admin.attribute_fields import PREFIX, AttributeFields
from catalog.admin.filters import AvailabilityFilter
from catalog.admin.forms import ImageForm, ProductForm, VariantForm, VariantFormSet
from catalog.admin.product_actions import ProductActions
from catalog.admin.repricing import ChangesPrices
from catalog.models import Product, ProductImage, ProductLink, ProductVariant
from catalog.services.links import linked, set_links
from catalog.services.products import complete
from catalog.services.search_text import normalized


class VariantInline(admin.TabularInline):  # type: ignore[type-arg]
    """Prices and stock are changed on the variant's own page."""

    model = ProductVariant
    form = VariantForm
    formset = VariantFormSet
    fields = ("sku", "barcode", "options", "position", "is_active", "price", "available")
    readonly_fields = ("price", "available")
    extra = 0
    can_delete = False
    show_change_link = True

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ProductVariant]":
        rows: QuerySet[ProductVariant] = super().get_queryset(request)
        return rows.select_related("stock").prefetch_related("prices").order_by("position", "pk")

    @admin.display(description="price")
    def price(self, variant: ProductVariant) -> str:
        return cells.price_range([variant])

    @admin.display(description="available of on hand")
    def available(self, variant: ProductVariant) -> str:
        return cells.stock_level(variant)


class ImageInline(admin.TabularInline):  # type: ignore[type-arg]
    model = ProductImage
    form = ImageForm
    fields = ("preview", "upload", "alt", "position")
    readonly_fields = ("preview",)
    extra = 0
    ordering = ("position", "pk")

    @admin.display(description="")
    def preview(self, image: ProductImage) -> SafeString | str:
        return cells.preview(image)


class ProductList(ChangeList):
    """A page of products with all that its columns need, however many rows it has."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> "QuerySet[Product]":
        rows: QuerySet[Product] = super().get_queryset(*args, **kwargs)
        variants = ProductVariant.objects.filter(is_active=True).select_related("stock")
        return rows.select_related("brand", "category").prefetch_related(
            Prefetch("variants", variants.prefetch_related("prices")),
            Prefetch("images", ProductImage.objects.shown().order_by("position", "pk")),
        )


@admin.register(Product)
class ProductAdmin(ChangesPrices, ProductActions):
    form = ProductForm
    inlines = (VariantInline, ImageInline)
    list_display = (
        "picture",
        "name",
        "brand",
        "category",
        "status",
        "price",
        "available",
        "rating",
    )
    list_display_links = ("picture", "name")
    list_filter = ("status", AvailabilityFilter, "created_at")
    list_per_page = 50
    search_fields = ("name",)
    search_help_text = "Words of the name, brand, SKU or barcode."
    date_hierarchy = "created_at"
    ordering = ("-created_at", "-pk")
    autocomplete_fields = ("brand", "category")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    readonly_fields = ("rating", "source_image_url", "created_at", "updated_at")
    actions = ("publish", "archive", "move", "change_prices")

    class Media:
        css: ClassVar = {"all": ["catalog/attributes.css"]}

    @admin.display(description="")
    def picture(self, product: Product) -> SafeString | str:
        return cells.thumbnail(next(iter(product.images.all()), None))

    @admin.display(description="price")
    def price(self, product: Product) -> str:
        return cells.price_range(product.variants.all())

    @admin.display(description="available")
    def available(self, product: Product) -> int:
        return sum(variant.stock.available for variant in product.variants.all())

    @admin.display(description="rating", ordering="rating_average")
    def rating(self, product: Product) -> str:
        if product.rating_average is None:
            return cells.NOTHING
        return f"{product.rating_average} ({product.rating_count})"

    def get_form(
        self,
        request: HttpRequest,
        obj: Product | None = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> Any:
        said = _fields_of(request, obj)
        kind = type("DescribedProductForm", (ProductForm,), {**said.fields, "said": said})
        return super().get_form(request, obj, change, **{**kwargs, "form": kind})

    def get_fieldsets(self, request: HttpRequest, obj: Product | None = None) -> Any:
        """Give what is said of it a place of its own."""
        names = [str(name) for name in self.get_fields(request, obj)]
        of_attributes = [name for name in names if name.startswith(PREFIX)]
        others = [name for name in names if name not in {*of_attributes, "attributes"}]
        said = {"fields": [*of_attributes, "attributes"]}
        return [(None, {"fields": others}), ("Attributes", said)]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ProductList

    def get_search_results(
        self, request: HttpRequest, queryset: "QuerySet[Product]", search_term: str
    ) -> "tuple[QuerySet[Product], bool]":
        for term in normalized(search_term).split():
            queryset = queryset.filter(search_text__contains=term)
        return queryset, False

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:  # noqa: FBT001
        # Only what was typed: a rating that came in meanwhile must not be written back.
        obj.save(update_fields=[*form.written(), "updated_at"] if change else None)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        super().save_related(request, form, formsets, change)
        _write_values(form)
        complete(form.instance)
        _set_links(form)


def _fields_of(request: HttpRequest, product: Product | None) -> AttributeFields:
    """Return the fields of attributes, looked up once: Django asks for the form several times."""
    known: AttributeFields | None = getattr(request, "attribute_fields", None)
    if known is None:
        known = AttributeFields(product)
        request.attribute_fields = known  # type: ignore[attr-defined]
    return known


def _write_values(form: Any) -> None:
    if any(name.startswith(PREFIX) for name in form.changed_data):
        form.said.write(form.instance, form.values)


def _set_links(form: Any) -> None:
    wanted = {kind.value: form.cleaned_data[kind] for kind in ProductLink.Kind}
    if any(ids is not None for ids in wanted.values()):
        product = Product.objects.lock(form.instance.pk)
        kept = {kind: [one.pk for one in targets] for kind, targets in linked(product).items()}
        stated = {kind: ids for kind, ids in wanted.items() if ids is not None}
        set_links(product=product, **{**kept, **stated})
