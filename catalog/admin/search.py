"""The words that staff lend to search, and what was sought in vain."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from catalog.models import SearchMiss, Synonym
from catalog.services.search.questions import MAX_GRAM
from catalog.services.search.synonyms import keys_of
from ecommerce_backend.common.admin import ReadOnlyAdmin


class SynonymForm(forms.ModelForm[Synonym]):
    class Meta:
        model = Synonym
        fields: ClassVar = ["term", "replacement", "is_one_way"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        named = {name: cleaned[name] for name in ("term", "replacement") if name in cleaned}
        keys = dict(zip(named, keys_of(named.values()), strict=True))
        for name, key in keys.items():
            if not 1 <= len(key.split()) <= MAX_GRAM:
                self.add_error(name, f"Give one to {MAX_GRAM} words.")
        if len(keys) == len(("term", "replacement")):
            self._check_pair(keys["term"], keys["replacement"])
        return cleaned

    def _check_pair(self, term: str, replacement: str) -> None:
        if term == replacement:
            raise ValidationError("Search takes these for the same word already.")
        same = Synonym.objects.filter(term_key=term, replacement_key=replacement)
        if same.exclude(pk=self.instance.pk).exists():
            raise ValidationError("This pair is there already.")


@admin.register(Synonym)
class SynonymAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = SynonymForm
    list_display = ("term", "replacement", "is_one_way", "updated_at")
    list_filter = ("is_one_way",)
    search_fields = ("term", "replacement")
    ordering = ("term", "pk")


@admin.register(SearchMiss)
class SearchMissAdmin(ReadOnlyAdmin):
    """What people look for and the shop has not, or calls otherwise: see Synonyms."""

    list_display = ("query", "count", "last_seen_on")
    list_filter = ("last_seen_on",)
    search_fields = ("query",)
    ordering = ("-count", "query")
