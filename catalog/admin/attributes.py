"""The attributes of products, and what they offer."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.safestring import SafeString

from catalog.admin import cells
from catalog.models import Attribute, AttributeCategory, AttributeChoice, Category
from catalog.models.attributes import OF_CHOICES, AttributeType
from catalog.services.attributes.editing import code_of, faults_of, tie


class AttributeForm(forms.ModelForm[Attribute]):
    categories = forms.ModelMultipleChoiceField(
        queryset=Category.objects.order_by("path"),
        required=False,
        widget=AutocompleteSelectMultiple(
            AttributeCategory._meta.get_field("category"),  # noqa: SLF001 - Django's documented name
            admin.site,
        ),
        help_text="It is for their products, and for those of the categories below them; without"
        " one for all.",
    )

    class Meta:
        model = Attribute
        fields: ClassVar = [
            "name",
            "code",
            "type",
            "unit",
            "is_filterable",
            "is_searchable",
            "position",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["categories"] = [tie.category_id for tie in self.instance.ties.all()]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        typed = Attribute(
            code=self.cleaned_data.get("code", self.instance.code) or "-",
            type=self.cleaned_data.get("type", self.instance.type),
            unit=self.cleaned_data.get("unit", ""),
            is_filterable=self.cleaned_data.get("is_filterable", False),
            is_searchable=self.cleaned_data.get("is_searchable", False),
        )
        for fault in faults_of(typed):
            self.add_error(fault["pointer"].lstrip("/"), fault["detail"])
        return cleaned


class ChoiceForm(forms.ModelForm[AttributeChoice]):
    class Meta:
        model = AttributeChoice
        fields: ClassVar = ["label", "code", "color", "position"]
        widgets: ClassVar = {"color": forms.TextInput(attrs={"type": "color"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False
        self.fields["code"].disabled = bool(self.instance.pk)
        if "color" in self.fields:
            self.fields["color"].required = True

    def clean_color(self) -> str:
        return str(self.cleaned_data["color"]).upper()

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        typed = self.cleaned_data
        if not typed.get("code") and "label" in typed:
            typed["code"] = code_of(typed["label"])
            if not typed["code"]:
                raise ValidationError({"code": "The label makes no code; give one."})
        return cleaned


class ChoiceFormSet(forms.BaseInlineFormSet[Any, Any, Any]):
    def _construct_form(self, index: int, **kwargs: Any) -> Any:
        form = super()._construct_form(index, **kwargs)  # type: ignore[misc]
        form.instance.type = self.instance.type
        return form


class ChoiceInline(admin.TabularInline):  # type: ignore[type-arg]
    """One that products have cannot be deleted."""

    model = AttributeChoice
    form = ChoiceForm
    formset = ChoiceFormSet
    extra = 0
    readonly_fields = ("products",)
    ordering = ("position", "pk")

    def get_queryset(self, request: HttpRequest) -> "QuerySet[AttributeChoice]":
        rows: QuerySet[AttributeChoice] = super().get_queryset(request)
        return rows.annotate(of_products=Count("values"))

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        color = ("color",) if obj and obj.type == AttributeType.COLOR else ()
        return ("label", "code", *color, "position", "products")

    @admin.display(description="products")
    def products(self, choice: Any) -> int:
        return int(getattr(choice, "of_products", 0))


class AttributeList(ChangeList):
    def get_queryset(self, *args: Any, **kwargs: Any) -> "QuerySet[Attribute]":
        rows: QuerySet[Attribute] = super().get_queryset(*args, **kwargs)
        ties = AttributeCategory.objects.select_related("category").order_by("category__path")
        choices = AttributeChoice.objects.order_by("position", "pk")
        return rows.prefetch_related(Prefetch("ties", ties), Prefetch("choices", choices))


@admin.register(Attribute)
class AttributeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What can be said of products. One that products have a value of cannot be deleted."""

    form = AttributeForm
    list_display = (
        *("name", "code", "type", "unit", "offered", "for_categories"),
        *("is_filterable", "is_searchable", "position"),
    )
    list_filter = ("type", "is_filterable", "is_searchable")
    search_fields = ("name", "code")
    ordering = ("position", "code")
    prepopulated_fields = {"code": ("name",)}  # noqa: RUF012
    actions = None

    class Media:
        css: ClassVar = {"all": ["catalog/attributes.css"]}

    @admin.display(description="choices")
    def offered(self, attribute: Attribute) -> SafeString | str:
        return cells.offered(list(attribute.choices.all()))

    @admin.display(description="categories")
    def for_categories(self, attribute: Attribute) -> str:
        return ", ".join(tie.category.name for tie in attribute.ties.all()) or "all products"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return AttributeList

    def get_inlines(self, request: HttpRequest, obj: Attribute | None) -> Any:
        return [ChoiceInline] if obj is not None and obj.type in OF_CHOICES else []

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        of_form = ("unit", "is_filterable", "is_searchable", "position", "categories")
        return ("name", "code", "type", *of_form)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # Addresses and files name it by its code, and values are of its type.
        return ("code", "type") if obj else ()

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {} if obj else self.prepopulated_fields

    def save_model(self, request: HttpRequest, obj: Attribute, form: Any, change: bool) -> None:  # noqa: FBT001
        super().save_model(request, obj, form, change)
        tie(obj, form.cleaned_data["categories"])

    def response_add(
        self, request: HttpRequest, obj: Attribute, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go on to its choices, if it has any to offer."""
        response = super().response_add(request, obj, post_url_continue)
        is_over = "_popup" not in request.POST and "_addanother" not in request.POST
        if obj.type in OF_CHOICES and is_over:
            return redirect("admin:catalog_attribute_change", obj.pk)
        return response
