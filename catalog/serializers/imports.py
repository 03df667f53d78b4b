"""What staff send to import a catalogue, and how it goes."""

from typing import Any, ClassVar

from rest_framework import serializers

from catalog.models import CatalogImport
from catalog.services.imports import Format
from catalog.services.imports.fields import MAX_UNITS
from ecommerce_backend.common.serializers import CountField, StrictSerializer

YES_NO = ("true", "false")
KINDS = ("created", "updated")


class StartImport(StrictSerializer):
    """A file and how it shall be taken. A form, whose fields are text."""

    file = serializers.FileField(
        max_length=255, help_text="CSV or JSON lines, with or without gzip; 64 MB."
    )
    format = serializers.ChoiceField(
        [format_.value for format_ in Format],
        required=False,
        help_text="What the file is, when its name does not say.",
    )
    mode = serializers.ChoiceField(
        CatalogImport.Mode.choices, default=CatalogImport.Mode.ROW_BY_ROW
    )
    dry_run = serializers.ChoiceField(
        YES_NO, default="false", help_text="Say what would change, and change nothing."
    )
    opening_stock = serializers.RegexField(
        r"\A[0-9]{1,10}\Z",
        max_length=10,
        default="0",
        help_text="Units of new SKUs whose row has no `on_hand`.",
    )

    def validate_opening_stock(self, value: str) -> int:
        if int(value) > MAX_UNITS:
            raise serializers.ValidationError(f"At most {MAX_UNITS} units.", code="max_value")
        return int(value)


class Change(serializers.Serializer[Any]):
    before = serializers.CharField(allow_null=True, help_text="null: there was none.")
    after = serializers.CharField(allow_null=True)


class RowChange(serializers.Serializer[Any]):
    line = CountField(help_text="Of the file, counted from 1.")
    sku = serializers.CharField(max_length=64)
    kind = serializers.ChoiceField(KINDS)
    fields = serializers.DictField(child=Change(), help_text="By column.")  # type: ignore[assignment]


class ImportSummaryRow(serializers.ModelSerializer[CatalogImport]):
    """An import in the list."""

    actor = serializers.EmailField(source="actor.email", default=None, allow_null=True)

    class Meta:
        model = CatalogImport
        fields: ClassVar = [
            "id",
            "reference",
            "file_name",
            "mode",
            "is_dry_run",
            "status",
            "actor",
            "created_at",
            "ended_at",
        ]


class ImportState(ImportSummaryRow):
    """How far an import is, or how it ended. Counts are rows of the file."""

    ignored_columns = serializers.ListField(child=serializers.CharField())
    preview = RowChange(many=True, help_text="The first hundred changes.")

    class Meta(ImportSummaryRow.Meta):
        fields: ClassVar = [
            *ImportSummaryRow.Meta.fields,
            "size",
            "bytes_read",
            "created",
            "updated",
            "unchanged",
            "refused",
            "last_line",
            "ignored_columns",
            "preview",
            "problem",
            "can_go_on",
            "started_at",
        ]
