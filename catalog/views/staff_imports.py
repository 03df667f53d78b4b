from collections.abc import Iterator
from io import StringIO
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.mixins import ListModelMixin
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import BasePermission
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from catalog.filters import chosen_currency
from catalog.models import CatalogImport
from catalog.serializers.imports import ImportState, ImportSummaryRow, StartImport
from catalog.services.exports import export
from catalog.services.imports import ErrorReport, Flaw, Format, Refusal, UnreadableSource
from catalog.services.imports.giving_up import ImportCannotGoOn, go_on
from catalog.services.imports.uploads import ImportTooLarge, start_import
from catalog.views import import_examples as examples
from catalog.views.products import SHOWN_CURRENCY
from ecommerce_backend.common.openapi import refuses
from ecommerce_backend.common.pagination import NewestFirst
from ecommerce_backend.common.permissions import HasPermission
from users.requests import AuthenticatedRequest


class CsvRenderer(BaseRenderer):
    media_type = "text/csv"
    format = "csv"


class JsonLinesRenderer(BaseRenderer):
    media_type = "application/jsonl"
    format = "jsonl"


class CatalogImportViewSet(ListModelMixin, GenericViewSet[CatalogImport]):
    lookup_value_converter = "int"
    pagination_class = NewestFirst
    filter_backends = ()

    def get_permissions(self) -> list[BasePermission]:
        act = "add" if self.action == "create" else "view"
        return [HasPermission(f"catalog.{act}_catalogimport")()]

    def get_parsers(self) -> list[Any]:
        return [MultiPartParser()]

    def get_serializer_class(self) -> type[Any]:
        return ImportSummaryRow if self.action == "list" else ImportState

    def get_queryset(self) -> QuerySet[CatalogImport]:
        rows = CatalogImport.objects.select_related("actor")
        return rows.defer("preview") if self.action == "list" else rows

    @extend_schema(
        operation_id="list_catalog_imports", tags=["staff_catalog"], examples=[examples.IMPORT_ROW]
    )
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the files that were sent, newest first."""
        return super().list(request, *args, **kwargs)

    @extend_schema(
        operation_id="get_catalog_import",
        tags=["staff_catalog"],
        parameters=[examples.IMPORT_ID],
        examples=[examples.IMPORT],
    )
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show how far an import is, and what it changed or would change."""
        return Response(ImportState(self.get_object()).data)

    @refuses(UnreadableSource, ImportTooLarge)
    @extend_schema(
        operation_id="start_catalog_import",
        tags=["staff_catalog"],
        request={"multipart/form-data": StartImport},
        responses={202: ImportState},
        examples=[examples.NEW_IMPORT, examples.IMPORT],
    )
    def create(self, request: AuthenticatedRequest) -> Response:
        """Import a catalogue file in the background, after those that were sent before.

        docs/importing.md says what the file may hold. A repeat does no harm: what is in the shop
        already stays as it is.
        """
        form = StartImport(data=request.data)
        form.is_valid(raise_exception=True)
        wanted = form.validated_data
        upload = wanted["file"]
        started = start_import(
            upload=upload.file,
            name=upload.name,
            size=upload.size,
            format_=Format(wanted["format"]) if "format" in wanted else None,
            mode=wanted["mode"],
            is_dry_run=wanted["dry_run"] == "true",
            opening_stock=wanted["opening_stock"],
            actor=request.user,
        )
        return Response(ImportState(started).data, 202)


class ImportAttemptsView(APIView):
    permission_classes = (HasPermission("catalog.add_catalogimport"),)

    @refuses(ImportCannotGoOn)
    @extend_schema(
        operation_id="start_catalog_import_again",
        tags=["staff_catalog"],
        request=None,
        parameters=[examples.IMPORT_ID],
        responses={202: ImportState},
        examples=[examples.IMPORT],
    )
    def post(self, request: Request, pk: int) -> Response:
        """Go on with an import that failed for no fault of its file (`can_go_on`).

        Row by row it goes on behind the last row that is in.
        """
        get_object_or_404(CatalogImport.objects.only("pk"), pk=pk)
        return Response(ImportState(go_on(import_id=pk)).data, 202)


class ImportReportView(APIView):
    permission_classes = (HasPermission("catalog.view_catalogimport"),)
    renderer_classes = (CsvRenderer,)

    @extend_schema(
        operation_id="get_catalog_import_report",
        tags=["staff_catalog"],
        parameters=[examples.IMPORT_ID],
        responses={(200, "text/csv"): OpenApiTypes.STR},
        examples=[examples.REPORT],
    )
    def get(self, request: Request, pk: int) -> StreamingHttpResponse:
        """Download what is wrong with each refused row: line, column, value, code, reason."""
        kept = get_object_or_404(CatalogImport.objects.defer("preview"), pk=pk)
        return _download(_report(kept), "text/csv", f"import-{pk}-refused.csv")


class CatalogExportView(APIView):
    permission_classes = (HasPermission("catalog.view_product", "catalog.view_price"),)
    renderer_classes = (CsvRenderer, JsonLinesRenderer)

    @extend_schema(
        operation_id="get_catalog_export",
        tags=["staff_catalog"],
        parameters=[
            OpenApiParameter("as", {"type": "string", "enum": ["csv", "jsonl"], "default": "csv"}),
            SHOWN_CURRENCY,
        ],
        responses={
            (200, "text/csv"): OpenApiTypes.STR,
            (200, "application/jsonl"): OpenApiTypes.STR,
        },
        examples=[examples.EXPORT_CSV, examples.EXPORT_JSONL],
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        """Download the catalogue in the form that an import takes, one row for each SKU.

        In CSV, text that a spreadsheet would run as a formula has an apostrophe before it, which
        an import takes off again.
        """
        kind = request.query_params.get("as", "csv")
        if kind not in {"csv", "jsonl"}:
            raise ValidationError({"as": "Use csv or jsonl."})
        media_type = "text/csv" if kind == "csv" else "application/jsonl"
        rows = export(format_=Format(kind), currency=chosen_currency(request))
        return _download(rows, media_type, f"catalogue.{kind}")


def _report(kept: CatalogImport) -> Iterator[bytes]:
    text = StringIO()
    report = ErrorReport(text)
    yield _taken(text)
    last_id = 0
    while flaws := list(kept.flaws.filter(pk__gt=last_id).order_by("pk")[:1000]):
        for flaw in flaws:
            wrong = Flaw(flaw.column, flaw.value, flaw.code, flaw.reason)
            report.add(Refusal(flaw.line, (wrong,)))
        yield _taken(text)
        last_id = flaws[-1].pk


def _taken(text: StringIO) -> bytes:
    written = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return written


def _download(pieces: Iterator[bytes], media_type: str, name: str) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        pieces,
        content_type=f"{media_type}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
