from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from catalog.models import CatalogImport, Price, Product
from catalog.services.imports.background import run_import
from catalog.tests.factories import VariantFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/catalog/catalogimport/"
CONTENT = b"sku,name,price,currency\nA,<b>Lamp</b>,9.99,USD\nB,Bed,x,USD\n"


def send(admin: Client, content: bytes = CONTENT, name: str = "a.csv", **changes: str) -> Any:
    file = SimpleUploadedFile(name, content)
    form = {"file": file, "format": "", "mode": "row_by_row", "opening_stock": "0", **changes}
    return admin.post(f"{LIST}add/", form)


def test_a_file_that_is_sent_is_imported_and_shown(admin: Client) -> None:
    assert send(admin).status_code == 302
    kept = CatalogImport.objects.get()
    assert (kept.actor and kept.actor.email, kept.is_dry_run) == ("boss@shop.example", False)

    run_import(import_id=kept.pk)

    page = admin.get(f"{LIST}{kept.pk}/change/").content.decode()
    assert Product.objects.get().name == "<b>Lamp</b>"
    assert "&lt;b&gt;Lamp&lt;/b&gt;" in page
    assert "<b>Lamp</b>" not in page
    assert "is not a plain decimal number" in page
    assert "100 % of" in page


def test_a_dry_run_shows_before_and_after(admin: Client) -> None:
    VariantFactory.create(sku="A", options={}, price="12", product__name="<b>Lamp</b>")
    send(admin, is_dry_run="on")
    kept = CatalogImport.objects.get()

    run_import(import_id=kept.pk)

    page = admin.get(f"{LIST}{kept.pk}/change/").content.decode()
    assert "<td>price</td><td>12.000</td><td>9.99</td>" in page
    assert Price.objects.get().amount == 12


def test_what_is_no_catalogue_is_said_beside_the_file(admin: Client) -> None:
    response = send(admin, b"PK\x03\x04", name="a.csv")

    assert response.status_code == 200
    assert "is an archive" in response.content.decode()
    assert not CatalogImport.objects.exists()


def test_nothing_of_it_can_be_changed_or_deleted(admin: Client) -> None:
    send(admin)
    kept = CatalogImport.objects.get()

    assert admin.post(f"{LIST}{kept.pk}/change/", {"status": "failed"}).status_code == 403
    assert admin.post(f"{LIST}{kept.pk}/delete/", {"post": "yes"}).status_code == 403
    assert CatalogImport.objects.get().status == "waiting"


@pytest.mark.parametrize("rows", [1, 4])
def test_the_list_takes_as_many_queries_whatever_its_rows(
    admin: Client, django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        send(admin)

    with django_assert_num_queries(5):
        page = admin.get(LIST).content.decode()

    assert page.count("a.csv") >= rows
