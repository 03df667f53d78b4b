"""What staff may type, checked by the rules that services keep."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any, ClassVar

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.forms.fields import InvalidJSONInput
from rest_framework.exceptions import ParseError

from catalog.admin.attribute_fields import PREFIX, AttributeFields
from catalog.admin.ordered import OrderedForm, OrderedProductsField
from catalog.models import Price, Product, ProductImage, ProductLink, ProductVariant
from catalog.models.links import MOST_LINKS
from catalog.models.products import MEASURES
from catalog.services import images
from catalog.services.attributes.reading import Value
from catalog.services.links import linked
from catalog.services.prices import PriceInvalid, check_price
from catalog.services.products import (
    VariantOptionsMismatch,
    WindowInvalid,
    check_options,
    require_window,
)
from ecommerce_backend.common.errors import DomainError, Invalid
from ecommerce_backend.common.parsers import StrictJSONParser


class StrictJSONField(forms.JSONField):
    """JSON by the API's rules: half a surrogate pair could be neither stored nor shown again."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip():
            try:
                StrictJSONParser().parse(BytesIO(value.encode()))
            except (Invalid, ParseError) as refusal:
                raise ValidationError("Enter a valid JSON.", code="invalid") from refusal
        return super().to_python(value)

    def bound_data(self, data: Any, initial: Any) -> Any:
        """Show what was typed as it was typed."""
        return super().bound_data(data, initial) if data is None else InvalidJSONInput(data)


class ProductForm(OrderedForm[Product]):
    """A product with what it leads to; a page of it adds fields of attributes, and `said`."""

    said: AttributeFields | None = None
    values: Mapping[int, Value] = {}
    related = OrderedProductsField(
        most=MOST_LINKS,
        help_text="Slugs of products that go with it, one a line: shown first among the related.",
    )
    up_sell = OrderedProductsField(
        most=MOST_LINKS,
        label="Up-sells",
        help_text="Slugs of products to buy instead of it, better or larger, one a line.",
    )

    class Meta:
        model = Product
        fields: ClassVar = [
            "name",
            "slug",
            "description",
            "brand",
            "category",
            "status",
            "publish_from",
            "publish_until",
            "options",
            "attributes",
            "seo_title",
            "seo_description",
        ]
        field_classes: ClassVar = {
            "options": StrictJSONField,
            "attributes": StrictJSONField,
            "publish_from": forms.SplitDateTimeField,
            "publish_until": forms.SplitDateTimeField,
        }
        labels: ClassVar = {"attributes": "Other facts"}
        widgets: ClassVar = {
            "options": forms.TextInput(attrs={"class": "vTextField"}),
            "attributes": forms.Textarea(attrs={"class": "vLargeTextField", "rows": 4}),
            "publish_from": AdminSplitDateTime(),
            "publish_until": AdminSplitDateTime(),
        }

    def slugs_now(self) -> dict[str, list[str]]:
        if not self.instance.pk:
            return {kind.value: [] for kind in ProductLink.Kind}
        found = linked(self.instance)
        return {kind: [target.slug for target in targets] for kind, targets in found.items()}

    def written(self) -> list[str]:
        return [name for name in super().written() if not name.startswith(PREFIX)]

    def clean_options(self) -> list[str]:
        options = self.cleaned_data["options"] or []
        is_list = isinstance(options, list) and all(
            isinstance(name, str) and name.strip() for name in options
        )
        if not is_list or len(set(options)) < len(options):
            raise ValidationError('List different names: ["Colour", "Size"].')
        return list(options)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        typed = self.cleaned_data
        try:
            require_window(typed.get("publish_from"), typed.get("publish_until"))
        except WindowInvalid as refusal:
            self.add_error("publish_until", str(refusal))
        for kind in ProductLink.Kind:
            if self.instance.pk and self.instance.pk in (typed.get(kind) or []):
                self.add_error(kind, "A product does not lead to itself.")
        if self.said is not None:
            self._read_values(self.said)
        return cleaned

    def _read_values(self, said: AttributeFields) -> None:
        try:
            self.values = said.read(self.cleaned_data)
        except ValidationError as refusal:
            self.add_error(None, refusal)

    def clean_attributes(self) -> dict[str, Any]:
        facts = _mapping(self.cleaned_data["attributes"])
        before = self.initial.get("attributes") or {}
        for name, fact in facts.items():
            attribute = self.said.definitions.named(name) if self.said else None
            if attribute is not None and (name not in before or before[name] != fact):
                raise ValidationError(f"“{attribute.name}” is an attribute and has its own field.")
        return facts


class VariantForm(forms.ModelForm[ProductVariant]):
    class Meta:
        model = ProductVariant
        fields: ClassVar = [
            *("product", "sku", "barcode", "options", "position", "is_active"),
            *MEASURES,
        ]
        field_classes: ClassVar = {"options": StrictJSONField}
        widgets: ClassVar = {
            "sku": forms.TextInput(attrs={"size": 24}),
            "barcode": forms.TextInput(attrs={"size": 16}),
            "options": forms.TextInput(attrs={"size": 32}),
        }

    def clean_options(self) -> dict[str, Any]:
        options = _mapping(self.cleaned_data["options"])
        if not all(isinstance(value, str) for value in options.values()):
            raise ValidationError('Put each value in quotes: {"Size": "42"}.')
        return options

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        # In an inline the parent's form decides about the product; its formset checks.
        product = self.cleaned_data.get("product") or getattr(self.instance, "product", None)
        if product is not None and "options" in self.cleaned_data:
            _check_options(self, product)
        return cleaned


class VariantFormSet(forms.BaseInlineFormSet[Any, Any, Any]):
    def clean(self) -> None:
        super().clean()
        stored = Product.objects.filter(pk=self.instance.pk).values_list("options", flat=True)
        is_renamed = stored.first() not in (None, self.instance.options)
        for form in self.forms:
            is_concerned = form.has_changed() or (is_renamed and form.instance.pk)
            if is_concerned and "options" in form.cleaned_data:
                _check_options(form, self.instance)


class PriceForm(forms.ModelForm[Price]):
    class Meta:
        model = Price
        fields: ClassVar = ["currency", "amount", "compare_at"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        typed = self.cleaned_data
        if not self.errors:
            try:
                check_price(
                    currency=typed["currency"],
                    amount=typed["amount"],
                    compare_at=typed["compare_at"],
                )
            except PriceInvalid as refusal:
                raise ValidationError(str(refusal)) from refusal
        return cleaned


class ImageForm(forms.ModelForm[ProductImage]):
    """A picture of a product, which a job makes. To replace one, add the new and delete the old."""

    upload = forms.FileField(
        required=False,
        label="Picture",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif"}),
    )

    class Meta:
        model = ProductImage
        fields: ClassVar = ["alt", "position"]

    def clean_upload(self) -> bytes | None:
        upload = self.cleaned_data["upload"]
        is_new = self.instance.pk is None
        if upload is None:
            if is_new:
                raise ValidationError("Choose a picture.", code="required")
            return None
        if not is_new:
            raise ValidationError("Add this picture in a row of its own, and delete the old one.")
        try:
            return images.checked(upload)
        except DomainError as refusal:
            raise ValidationError(str(refusal), code=refusal.code) from refusal

    def save(self, commit: bool = True) -> ProductImage:  # noqa: FBT001, FBT002
        content = self.cleaned_data.get("upload")
        if content is None:
            return super().save(commit)
        self.instance.status = ProductImage.Status.PROCESSING
        image = super().save(commit)
        images.keep_upload(image=image, content=content)
        return image


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value or {}, dict):
        raise ValidationError('Name each value: {"Colour": "Red"}.')
    return dict(value or {})


def _check_options(form: forms.ModelForm[ProductVariant], product: Product) -> None:
    try:
        check_options(product=product, options=form.cleaned_data["options"])
    except VariantOptionsMismatch as refusal:
        form.add_error("options", str(refusal))
