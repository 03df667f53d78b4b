"""What the OpenAPI document shows of imports and exports."""

from drf_spectacular.utils import OpenApiExample

from ecommerce_backend.common.openapi import id_in_path

IMPORT_ID = id_in_path(example=3)
_ROW = {
    "id": 3,
    "reference": "import:5f0c2a9d41e8",
    "file_name": "autumn.csv",
    "mode": "row_by_row",
    "is_dry_run": True,
    "status": "succeeded",
    "actor": "catalogue@shop.example",
    "created_at": "2026-10-05T09:30:00Z",
    "ended_at": "2026-10-05T09:30:02Z",
}
IMPORT_ROW = OpenApiExample("A dry run", response_only=True, value=_ROW)
IMPORT = OpenApiExample(
    "A dry run that found a lower price",
    response_only=True,
    status_codes=["200", "202"],
    value={
        **_ROW,
        "size": 2048,
        "bytes_read": 2048,
        "created": 0,
        "updated": 1,
        "unchanged": 11,
        "refused": 0,
        "last_line": 13,
        "ignored_columns": [],
        "preview": [
            {
                "line": 4,
                "sku": "MUG-HARBOUR-OAT",
                "kind": "updated",
                "fields": {"price": {"before": "26.000", "after": "23.50"}},
            }
        ],
        "problem": "",
        "can_go_on": False,
        "started_at": "2026-10-05T09:30:01Z",
    },
)
_CSV = "sku,name,price,currency\r\nMUG-HARBOUR-OAT,Harbour Porcelain Mug,23.50,USD\r\n"
NEW_IMPORT = OpenApiExample(
    "A dry run",
    request_only=True,
    media_type="multipart/form-data",
    value={"file": _CSV, "format": "csv", "dry_run": "true"},
)
REPORT = OpenApiExample(
    "A row without a price",
    response_only=True,
    media_type="text/csv",
    value="line,column,value,code,reason\r\n7,price,,missing,is missing\r\n",
)
EXPORT_CSV = OpenApiExample("A mug", response_only=True, media_type="text/csv", value=f"{_CSV}")
EXPORT_JSONL = OpenApiExample(
    "A mug as JSON",
    response_only=True,
    media_type="application/jsonl",
    value='{"sku": "MUG-HARBOUR-OAT", "name": "Harbour Porcelain Mug", "price": "23.50",'
    ' "currency": "USD"}\n',
)
