"""Catalogue files: staff send them here and see what becomes of them."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from catalog.models import CatalogImport
from catalog.services.imports import Format, UnreadableSource
from catalog.services.imports.fields import MAX_UNITS
from catalog.services.imports.giving_up import ImportCannotGoOn, go_on
from catalog.services.imports.uploads import ImportTooLarge, start_import

_FORMATS = [("", "as its name says"), *((format_.value, format_.value) for format_ in Format)]


class ImportForm(forms.ModelForm[CatalogImport]):
    """A file, and how it shall be taken."""

    file = forms.FileField(
        max_length=255, widget=forms.FileInput(attrs={"accept": ".csv,.jsonl,.ndjson,.gz"})
    )
    format = forms.ChoiceField(choices=_FORMATS, required=False)
    mode = forms.ChoiceField(choices=CatalogImport.Mode.choices)
    is_dry_run = forms.BooleanField(
        required=False, initial=True, label="Dry run: say what would change, and change nothing"
    )
    opening_stock = forms.IntegerField(
        min_value=0,
        max_value=MAX_UNITS,
        initial=0,
        help_text="Units of new SKUs whose row has no on_hand.",
    )

    class Meta:
        model = CatalogImport
        fields: ClassVar[list[str]] = []

    def save(self, commit: bool = True) -> CatalogImport:  # noqa: FBT001, FBT002
        return self.started  # type: ignore[no-any-return]

    def save_m2m(self) -> None:
        """Nothing: the service has made all there is."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        typed = self.cleaned_data
        upload = typed["file"]
        try:
            self.started: Any = start_import(
                upload=upload.file,
                name=upload.name,
                size=upload.size,
                format_=Format(typed["format"]) if typed["format"] else None,
                mode=typed["mode"],
                is_dry_run=typed["is_dry_run"],
                opening_stock=typed["opening_stock"],
                actor=self.actor,
            )
        except (UnreadableSource, ImportTooLarge) as refusal:
            raise ValidationError({"file": str(refusal)}) from refusal
        return cleaned

    def _post_clean(self) -> None:
        """Leave the row to the service, which has made it."""

    actor: Any = None  # whoever is signed in


@admin.register(CatalogImport)
class CatalogImportAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What was sent is read only; a worker does the rest."""

    list_display = (
        *("created_at", "file_name", "mode", "is_dry_run", "status"),
        *("created", "updated", "unchanged", "refused", "actor"),
    )
    list_filter = ("status", "is_dry_run", "created_at")
    list_select_related = ("actor",)
    list_per_page = 50
    search_fields = ("file_name", "reference")
    ordering = ("-pk",)
    actions = ("begin_again",)
    _SHOWN = (
        *("file_name", "mode", "is_dry_run", "opening_stock", "actor"),
        *("status", "problem", "can_go_on"),
        *("progress", "created", "updated", "unchanged", "refused", "report", "ignored"),
        *("reference", "created_at", "started_at", "ended_at", "changes"),
    )

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        return type("SentImportForm", (ImportForm,), {"actor": request.user})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is not None:
            return self._SHOWN
        return ("file", "format", "mode", "is_dry_run", "opening_stock")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self._SHOWN if obj is not None else ()

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        """Nothing: the form has kept the file, and a worker has been told."""

    @admin.action(description="Begin again, of what can go on", permissions=["add"])
    def begin_again(self, request: HttpRequest, queryset: "QuerySet[CatalogImport]") -> None:
        for kept in queryset.order_by("pk"):
            try:
                go_on(import_id=kept.pk)
            except ImportCannotGoOn as refusal:
                self.message_user(request, f"{refusal} ({kept.file_name})", messages.ERROR)
            else:
                self.message_user(request, f"Begun again: {kept.file_name}.", messages.SUCCESS)

    @admin.display(description="progress")
    def progress(self, kept: CatalogImport) -> str:
        share = 100 * kept.bytes_read // kept.size if kept.size else 100
        return f"{min(share, 100)} % of {kept.size:,} bytes, line {kept.last_line:,}"

    @admin.display(description="refused rows")
    def report(self, kept: CatalogImport) -> SafeString | str:
        flaws = kept.flaws.order_by("pk")[:20]
        rows = ((f.line, f.column or "–", f.value, f.reason) for f in flaws)
        head = "<tr><th>line</th><th>column</th><th>value</th><th>reason</th></tr>"
        return _table(head, "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>", rows)

    @admin.display(description="ignored columns")
    def ignored(self, kept: CatalogImport) -> str:
        return ", ".join(kept.ignored_columns) or "–"

    @admin.display(description="first changes")
    def changes(self, kept: CatalogImport) -> SafeString | str:
        rows = (
            (change["line"], change["sku"], name, value["before"] or "–", value["after"] or "–")
            for change in kept.preview
            for name, value in change["fields"].items()
        )
        head = "<tr><th>line</th><th>SKU</th><th>column</th><th>before</th><th>after</th></tr>"
        cells = "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>"
        return _table(head, cells, rows)


def _table(head: str, cells: str, rows: Any) -> SafeString | str:
    body = format_html_join("", cells, rows)
    if not body:
        return "–"
    return format_html("<table><thead>{}</thead><tbody>{}</tbody></table>", SafeString(head), body)
