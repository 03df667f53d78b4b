from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminSplitDateTime
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from catalog.admin.ordered import OrderedForm, OrderedProductsField
from catalog.models import Collection
from catalog.models.curated import MOST_PRODUCTS
from catalog.services.curating import arrange
from catalog.services.products import WindowInvalid, require_window


class CollectionForm(OrderedForm[Collection]):
    placed = OrderedProductsField(
        label="Products",
        most=MOST_PRODUCTS,
        help_text="Slugs of products, one a line, in the order in which shoppers see them.",
    )

    class Meta:
        model = Collection
        fields: ClassVar = [
            "name",
            "slug",
            "description",
            "status",
            "publish_from",
            "publish_until",
            "seo_title",
            "seo_description",
        ]
        field_classes: ClassVar = {
            "publish_from": forms.SplitDateTimeField,
            "publish_until": forms.SplitDateTimeField,
        }
        widgets: ClassVar = {
            "publish_from": AdminSplitDateTime(),
            "publish_until": AdminSplitDateTime(),
        }

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        typed = self.cleaned_data
        try:
            require_window(typed.get("publish_from"), typed.get("publish_until"))
        except WindowInvalid as refusal:
            self.add_error("publish_until", str(refusal))
        return cleaned

    def slugs_now(self) -> dict[str, list[str]]:
        if not self.instance.pk:
            return {"placed": []}
        products = self.instance.products.order_by("placements__position")
        return {"placed": list(products.values_list("slug", flat=True))}


class CollectionList(ChangeList):
    def get_queryset(self, *args: Any, **kwargs: Any) -> "QuerySet[Collection]":
        rows: QuerySet[Collection] = super().get_queryset(*args, **kwargs)
        return rows.annotate(size=Count("placements"))


@admin.register(Collection)
class CollectionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = CollectionForm
    fields = (*CollectionForm.Meta.fields[:3], "placed", *CollectionForm.Meta.fields[3:])
    list_display = ("name", "status", "size", "publish_from", "publish_until")
    list_filter = ("status",)
    search_fields = ("name", "slug")
    ordering = ("name", "pk")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012

    @admin.display(description="products", ordering="size")
    def size(self, collection: Any) -> int:
        return int(collection.size)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return CollectionList

    def save_model(self, request: HttpRequest, obj: Collection, form: Any, change: bool) -> None:  # noqa: FBT001
        obj.save(update_fields=[*form.written(), "updated_at"] if change else None)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001
        super().save_related(request, form, formsets, change)
        if form.cleaned_data["placed"] is not None:
            collection = Collection.objects.lock(form.instance.pk)
            arrange(collection=collection, product_ids=form.cleaned_data["placed"])
