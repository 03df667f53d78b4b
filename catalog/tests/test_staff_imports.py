import csv
import gzip
import json
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from catalog.models import CatalogImport, ImportFlaw, ImportPart, Price, Product, StockMovement
from catalog.services.imports import background, running
from catalog.services.imports.background import run_import
from catalog.services.products import refresh_search_text
from catalog.tests.factories import CategoryFactory, VariantFactory
from ecommerce_backend.common.models import Event

pytestmark = pytest.mark.django_db
LIST = "/api/v1/staff/catalog/imports/"
HEADER = "sku,name,price,currency"


def send(client: APIClient, content: str | bytes, name: str = "a.csv", **fields: str) -> Any:
    file = BytesIO(content.encode() if isinstance(content, str) else content)
    file.name = name
    body = encode_multipart(BOUNDARY, {"file": file, **fields})
    return client.post(LIST, body, content_type=MULTIPART_CONTENT)


def imported(client: APIClient, content: str | bytes, **fields: str) -> Any:
    """Send a file, have it imported as a worker would, and return how it ended."""
    sent = send(client, content, **fields)
    assert sent.status_code == 202, sent.json()
    run_import(import_id=sent.json()["id"])
    return client.get(f"{LIST}{sent.json()['id']}/").json()


def jobs() -> list[tuple[str, str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, lock, args FROM procrastinate_jobs ORDER BY id")
        return list(cursor.fetchall())


def test_a_file_is_kept_for_a_worker_and_taken_in(
    manager_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sent = send(manager_client, f"{HEADER}\nA,Lamp,9.99,USD\n", opening_stock="4")

    assert (sent.status_code, sent.json()["status"]) == (202, "waiting")
    assert jobs() == [
        ("catalog.run_import", "catalog.import", f'{{"import_id": {sent.json()["id"]}}}')
    ]
    assert not Product.objects.exists()

    run_import(import_id=sent.json()["id"])

    with django_assert_num_queries(4):  # session, two of permissions, import
        ended = manager_client.get(f"{LIST}{sent.json()['id']}/").json()
    counts = ("created", "updated", "unchanged", "refused", "last_line")
    assert (ended["status"], *(ended[name] for name in counts)) == ("succeeded", 1, 0, 0, 0, 2)
    assert (ended["actor"], ended["file_name"]) == ("catalogue@shop.example", "a.csv")
    assert ended["bytes_read"] == ended["size"] == len(f"{HEADER}\nA,Lamp,9.99,USD\n")
    assert StockMovement.objects.get().reference == ended["reference"]
    assert Event.objects.get(type="catalog.imported").subject == ended["reference"]
    assert not ImportPart.objects.exists()


def test_the_list_has_what_was_sent_newest_first(
    manager_client: APIClient, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for name in ("first.csv", "second.jsonl.gz"):
        send(manager_client, gzip.compress(b"x") if "gz" in name else HEADER, name=name)

    with django_assert_num_queries(4):  # session, two of permissions, page
        rows = manager_client.get(LIST).json()["results"]

    assert [row["file_name"] for row in rows] == ["second.jsonl.gz", "first.csv"]


def test_a_dry_run_shows_each_value_before_and_after_and_changes_nothing(
    manager_client: APIClient,
) -> None:
    shelf = CategoryFactory.create(name="Home", slug="home")
    lamp = VariantFactory.create(
        sku="A", options={}, product__name="Lamp", product__category=shelf, price="9.99"
    )
    same = VariantFactory.create(sku="S", options={}, product__name="Same", price="1")
    for product in (lamp.product, same.product):
        refresh_search_text(product)
    rows = [
        {"sku": "A", "name": "Lamp", "price": "8.50", "currency": "USD", "brand": "Ottersby"}
        | {"category_path": "Home > Lamps"},
        {"sku": "S", "name": "Same", "price": "1.00", "currency": "USD"},
        {"sku": "B", "name": "Bed", "price": "99", "currency": "USD"},
        {"sku": "C", "name": "Cup", "currency": "USD"},
    ]

    ended = imported(
        manager_client,
        "".join(f"{json.dumps(row)}\n" for row in rows),
        name="a.jsonl",
        dry_run="true",
    )

    counts = ("created", "updated", "unchanged", "refused")
    assert [ended[name] for name in counts] == [1, 1, 1, 1]
    assert ended["preview"] == [
        {
            "line": 1,
            "sku": "A",
            "kind": "updated",
            "fields": {
                "price": {"before": "9.990", "after": "8.50"},
                "brand": {"before": "", "after": "Ottersby"},
                "category_path": {"before": "Home", "after": "Home > Lamps"},
            },
        },
        {
            "line": 3,
            "sku": "B",
            "kind": "created",
            "fields": {
                "name": {"before": None, "after": "Bed"},
                "price": {"before": None, "after": "99"},
                "currency": {"before": None, "after": "USD"},
            },
        },
    ]
    assert str(lamp.prices.get().amount) == "9.990"
    assert Product.objects.count() == 2
    assert not Event.objects.filter(type="catalog.imported").exists()


def test_the_same_file_again_changes_nothing_and_says_so(manager_client: APIClient) -> None:
    content = f"{HEADER}\nA,Lamp,9.99,USD\nB,Bed,99,USD\n"
    imported(manager_client, content)

    again = imported(manager_client, content)

    counts = ("created", "updated", "unchanged", "refused", "preview")
    assert [again[name] for name in counts] == [0, 0, 2, 0, []]


def test_the_report_names_each_refused_row(manager_client: APIClient) -> None:
    content = f"{HEADER}\nA,=1+1,x,USD\nB,Bed,99,USD\n,Cup,1,QQQ\n"

    ended = imported(manager_client, content)

    assert (ended["status"], ended["created"], ended["refused"]) == ("succeeded", 1, 2)
    report: Any = manager_client.get(f"{LIST}{ended['id']}/report/")
    assert report["Content-Type"] == "text/csv; charset=utf-8"
    assert (
        report["Content-Disposition"] == f'attachment; filename="import-{ended["id"]}-refused.csv"'
    )
    text = b"".join(report.streaming_content).decode()
    assert [tuple(row.values())[:4] for row in csv.DictReader(StringIO(text))] == [
        ("2", "price", "x", "not_a_price"),
        ("4", "sku", "", "missing"),
        ("4", "currency", "QQQ", "unknown_currency"),
    ]


def test_all_or_nothing_takes_nothing_of_a_file_with_a_bad_row(manager_client: APIClient) -> None:
    good = f"{HEADER}\nA,Lamp,9.99,USD\nB,Bed,99,USD\n"

    refused = imported(manager_client, f"{good}C,Cup,,USD\n", mode="all_or_nothing")

    assert (refused["status"], refused["created"], refused["refused"]) == ("failed", 0, 1)
    assert refused["problem"] == "Some rows were refused, so nothing was taken."
    assert not Product.objects.exists()
    taken = imported(manager_client, good, mode="all_or_nothing")
    assert (taken["status"], taken["created"]) == ("succeeded", 2)
    assert Product.objects.count() == 2


def test_all_or_nothing_is_undone_by_what_only_the_database_refuses(
    manager_client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    write: Any = vars(running)["write_rows"]

    def refuse_the_cup(rows: Any, **options: Any) -> Any:
        if any(row.sku == "C" for row in rows):
            raise IntegrityError("a rule that validation does not know")
        return write(rows, **options)

    monkeypatch.setattr(running, "write_rows", refuse_the_cup)
    content = f"{HEADER}\nA,Lamp,9.99,USD\nC,Cup,1,USD\n"

    refused = imported(manager_client, content, mode="all_or_nothing")

    assert (refused["status"], refused["created"], refused["refused"]) == ("failed", 0, 1)
    assert not Product.objects.exists()
    assert ImportFlaw.objects.get().line == 3


def test_without_the_undoing_a_part_would_stay(
    manager_client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    run: Any = background._Run  # noqa: SLF001
    monkeypatch.setattr(run, "_all_or_nothing", lambda self: self._import(is_dry_run=False))

    imported(manager_client, f"{HEADER}\nA,Lamp,9.99,USD\nC,Cup,,USD\n", mode="all_or_nothing")

    assert Product.objects.count() == 1


@pytest.mark.parametrize("mode", CatalogImport.Mode.values)
def test_a_worker_that_was_killed_loses_and_doubles_nothing(
    manager_client: APIClient, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    """The kill is an exception that nothing catches, after the second batch of two rows."""

    class Killed(BaseException):
        pass

    monkeypatch.setattr(running, "BATCH_ROWS", 2)
    write: Any = vars(running)["write_rows"]
    batches: list[Any] = []

    def die_at_the_third(rows: Any, **options: Any) -> Any:
        batches.append(rows)
        if len(batches) == 3:
            raise Killed
        return write(rows, **options)

    monkeypatch.setattr(running, "write_rows", die_at_the_third)
    rows = "".join(f"S{n},Lamp {n},9.99,USD\n" for n in range(5)) + "S0,Again,1,USD\n,Bad,1,USD\n"
    if mode == "all_or_nothing":
        rows = rows.partition("S0,Again")[0]
    sent = send(manager_client, f"{HEADER}\n{rows}", mode=mode, opening_stock="3").json()

    with pytest.raises(Killed):
        run_import(import_id=sent["id"])
    between = Product.objects.count()
    run_import(import_id=sent["id"])

    ended = manager_client.get(f"{LIST}{sent['id']}/").json()
    refused = 0 if mode == "all_or_nothing" else 2
    assert between == (0 if mode == "all_or_nothing" else 4)
    assert (ended["status"], ended["created"], ended["refused"]) == ("succeeded", 5, refused)
    assert (ended["updated"], ended["unchanged"]) == (0, 0)
    assert Product.objects.count() == Price.objects.count() == 5
    assert sum(StockMovement.objects.values_list("on_hand_change", flat=True)) == 15
    assert ImportFlaw.objects.count() == refused


def test_an_import_that_is_over_is_not_run_again(manager_client: APIClient) -> None:
    ended = imported(manager_client, f"{HEADER}\nA,Lamp,9.99,USD\n")
    Price.objects.update(amount=5)

    run_import(import_id=ended["id"])

    assert Price.objects.get().amount == 5


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"mode": "some"}, "/mode"),
        ({"dry_run": "yes"}, "/dry_run"),
        ({"format": "xml"}, "/format"),
        ({"opening_stock": "-1"}, "/opening_stock"),
        ({"opening_stock": "9999999999"}, "/opening_stock"),
        ({"shop": "mine"}, "/shop"),
    ],
)
def test_a_malformed_form_is_refused(
    manager_client: APIClient, fields: dict[str, str], pointer: str
) -> None:
    response = send(manager_client, HEADER, **fields)

    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"] == pointer
    assert not CatalogImport.objects.exists()


@pytest.mark.parametrize(
    ("content", "name", "problem"),
    [
        (b"PK\x03\x04....", "a.csv", "is an archive"),
        (b"sku", "a.xlsx", "does not say what it is"),
    ],
)
def test_what_is_no_catalogue_at_first_sight_is_refused(
    manager_client: APIClient, content: bytes, name: str, problem: str
) -> None:
    response = send(manager_client, content, name=name)

    assert (response.status_code, response.json()["code"]) == (422, "import_unreadable")
    assert problem in response.json()["detail"]
    assert not CatalogImport.objects.exists()


def test_a_file_that_is_too_large_is_refused(manager_client: APIClient, settings: Settings) -> None:
    settings.IMPORT_MAX_BYTES = 10

    response = send(manager_client, "x" * 11)

    assert (response.status_code, response.json()["code"]) == (422, "import_too_large")


def test_a_file_of_many_pieces_is_read_as_one(
    manager_client: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.services.imports.uploads.PART_BYTES", 7)
    content = HEADER + "".join(f"\nS{n},Lamp {n},1,USD" for n in range(30))

    ended = imported(manager_client, gzip.compress(content.encode()), name="a.csv.gz")

    assert (ended["status"], ended["created"]) == ("succeeded", 30)


def test_being_staff_opens_nothing(clerk_client: APIClient) -> None:
    assert send(clerk_client, HEADER).status_code == 403
    assert clerk_client.get(LIST).status_code == 403
    assert not CatalogImport.objects.exists()
