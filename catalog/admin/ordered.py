"""Fields of products in an order: their slugs, one a line, which a script lets people drag."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model

from catalog.models import Product

_M = TypeVar("_M", bound=Model)


class OrderedLines(forms.Textarea):
    class Media:
        js = ("catalog/ordered.js",)
        css = {"all": ("catalog/ordered.css",)}  # noqa: RUF012

    def __init__(self) -> None:
        super().__init__(attrs={"class": "ordered-lines vLargeTextField", "rows": 8})


class OrderedProductsField(forms.Field):
    """Cleans to the ids of the products. Which were there when the page was made comes along."""

    widget = OrderedLines

    def __init__(self, *, most: int, **options: Any) -> None:
        super().__init__(**options, required=False, show_hidden_initial=True)
        self.most = most

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:
        lines = value if isinstance(value, list) else str(value or "").splitlines()
        return [line.strip() for line in lines if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.to_python(initial) != self.to_python(data)

    def ids_of(self, slugs: Sequence[str]) -> list[int]:
        """Return the products' ids in the order of their slugs; one query.

        Raises ValidationError.
        """
        if len(slugs) > self.most:
            raise ValidationError(f"Name {self.most} at most.")
        if len(set(slugs)) < len(slugs):
            repeated = next(slug for slug in slugs if slugs.count(slug) > 1)
            raise ValidationError(f"Name each product once: {repeated}")
        found = dict(Product.objects.filter(slug__in=slugs).values_list("slug", "pk"))
        if unknown := [slug for slug in slugs if slug not in found]:
            raise ValidationError(f"There is no product with the slug {unknown[0][:255]}")
        return [found[slug] for slug in slugs]


class OrderedForm(forms.ModelForm[_M]):
    """A form with such fields. Each cleans to ids, or to None where nobody touched it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.update(self.slugs_now())

    def slugs_now(self) -> Mapping[str, list[str]]:
        """Return the slugs that are there now, for each of the fields."""
        raise NotImplementedError

    def written(self) -> list[str]:
        """Return the names of the other fields that somebody changed."""
        return [name for name in self.changed_data if name not in self._ordered()]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for name, field in self._ordered().items():
            if name in self.cleaned_data:
                try:
                    self.cleaned_data[name] = self._ids(name, field)
                except ValidationError as refusal:
                    self.add_error(name, refusal)
        return cleaned

    def _ids(self, name: str, field: OrderedProductsField) -> list[int] | None:
        if name not in self.changed_data:
            return None
        seen = field.to_python(self.data.get(self[name].html_initial_name))
        if seen != self.initial[name]:
            raise ValidationError("Somebody else has changed the order meanwhile. Begin anew.")
        return field.ids_of(self.cleaned_data[name])

    def _ordered(self) -> dict[str, OrderedProductsField]:
        fields = self.fields.items()
        return {name: one for name, one in fields if isinstance(one, OrderedProductsField)}
