"""Real catalogues go in but for what is wrong with them; SAMPLE_DATA names their folder."""

import csv
import json
import os
from collections import defaultdict
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from catalog.models import Product, StockMovement
from catalog.tests.import_files import faults, run
from ecommerce_backend.common.models import Event

pytestmark = pytest.mark.django_db

FOLDER = Path(os.environ["SAMPLE_DATA"])
CATALOGUE = FOLDER / "products-2k.csv"


def test_a_real_catalogue_goes_in_but_for_the_rows_that_cannot(tmp_path: Path) -> None:
    catalogue = tmp_path / CATALOGUE.name
    catalogue.symlink_to(CATALOGUE)
    odd = json.loads((FOLDER / "products-2k-awkward.json").read_text())
    rows = {row["sku"]: row for row in _rows()}
    refused = {
        "missing": set(odd["missing_price"]["skus"]),
        "too_precise": set(odd["three_decimal_price"]["skus"]),
        "too_long": {sku for sku, row in rows.items() if len(row["name"].strip()) > 255},
    }
    assert refused["too_long"] <= set(odd["very_long_name"]["skus"])

    found = faults(catalogue, "--on-hand", "3")

    codes = [code for _, _, code in found]
    assert {code: codes.count(code) for code in set(codes)} == {
        code: len(skus) for code, skus in refused.items()
    }
    stored = set(Product.objects.values_list("variants__sku", flat=True))
    assert stored == rows.keys() - set().union(*refused.values())
    assert len(stored) == 1971


def test_a_real_catalogue_again_changes_nothing() -> None:
    first = run(CATALOGUE, "--on-hand", "3")
    before = _footprint()

    second = run(CATALOGUE, "--on-hand", "3")

    assert first.counts == (1971, 0, 0, 29)
    assert second.counts == (0, 0, 1971, 29)
    assert _footprint() == before


def test_every_product_of_a_real_catalogue_is_found_by_its_name(api_client: APIClient) -> None:
    run(CATALOGUE)
    slugs = defaultdict(set)
    for name, slug in Product.objects.values_list("name", "slug"):
        slugs[name].add(slug)

    missed = {name: wanted - _found(api_client, name) for name, wanted in slugs.items()}

    assert {name: hidden for name, hidden in missed.items() if hidden} == {}


def _found(client: APIClient, name: str) -> set[str]:
    response = client.get("/api/v1/products/", {"search": name, "page_size": "100"})
    assert response.status_code == 200, response.content
    return {product["slug"] for product in response.json()["results"]}


def _footprint() -> tuple[object, ...]:
    return (
        list(Product.objects.order_by("pk").values()),
        StockMovement.objects.count(),
        Event.objects.count(),
    )


def _rows() -> list[dict[str, str]]:
    with CATALOGUE.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
