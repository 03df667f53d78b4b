"""What a catalogue file does to the shop."""

from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.invariants import INVARIANTS
from catalog.models import (
    Brand,
    Category,
    Price,
    Product,
    ProductVariant,
    Stock,
    StockMovement,
    Warehouse,
    WarehouseStock,
)
from catalog.models.products import MEASURES
from catalog.tests.factories import (
    CategoryFactory,
    ProductFactory,
    VariantFactory,
    WarehouseFactory,
)
from catalog.tests.import_files import LAMP, csv_file, faults, jsonl_file, run
from ecommerce_backend.common.models import Event

pytestmark = pytest.mark.django_db


def test_a_row_becomes_a_product_for_sale(tmp_path: Path) -> None:
    row = LAMP | {
        "upc": "783750002448",
        "description": "Warm light.",
        "brand": "Lumen",
        "category_path": "Home > Lighting > Lamps",
        "image_url": "https://pictures.example/lamp.jpg",
        "attributes": '{"colour": "black", "watts": 7.5}',
        "on_hand": "12",
    }

    assert run(csv_file(tmp_path, row)).code == 0

    variant = ProductVariant.objects.select_related("product__brand", "stock").get()
    product = variant.product
    assert (variant.sku, variant.barcode, variant.options) == ("LAMP-1", "783750002448", {})
    assert (product.name, product.slug, product.status) == ("Desk lamp", "desk-lamp", "published")
    assert product.description == "Warm light."
    assert product.brand == Brand.objects.get(name="Lumen", slug="lumen")
    assert product.source_image_url == "https://pictures.example/lamp.jpg"
    assert product.attributes == {"colour": "black", "watts": 7.5}
    assert product.search_text == "desk lamp\nlumen\nlamp-1\n783750002448"
    assert list(Category.objects.values_list("name", "depth", "numchild")) == [
        ("Home", 1, 1),
        ("Lighting", 2, 1),
        ("Lamps", 3, 0),
    ]
    assert product.category == Category.objects.get(name="Lamps")
    price = Price.objects.get()
    assert (price.variant_id, price.currency, price.amount) == (
        variant.pk,
        "USD",
        Decimal("19.99"),
    )
    assert (variant.stock.on_hand, variant.stock.allocated) == (12, 0)


def test_opening_stock_is_a_receipt_in_the_ledger(tmp_path: Path) -> None:
    plain, counted, none = ({"sku": sku} for sku in ("A", "B", "C"))
    rows = (LAMP | plain | {"on_hand": ""}, LAMP | counted | {"on_hand": "3"})

    run(csv_file(tmp_path, *rows, LAMP | none | {"on_hand": "0"}), "--on-hand", "7")

    assert list(Stock.objects.order_by("pk").values_list("on_hand", flat=True)) == [7, 3, 0]
    movements = StockMovement.objects.order_by("pk")
    assert [(m.kind, m.on_hand_change) for m in movements] == [("receipt", 7), ("receipt", 3)]
    (event,) = Event.objects.filter(type="catalog.imported")
    assert {movement.reference for movement in movements} == {event.subject}


def test_opening_stock_lies_in_the_default_warehouse_and_has_not_come_back(tmp_path: Path) -> None:
    Warehouse.objects.update(is_default=False)
    depot = WarehouseFactory.create(is_default=True)

    run(csv_file(tmp_path, LAMP | {"on_hand": "7"}, LAMP | {"sku": "B", "on_hand": ""}))

    assert list(WarehouseStock.objects.values_list("stock__variant__sku", "warehouse")) == [
        ("LAMP-1", depot.pk)
    ]
    assert [stock.available for stock in Stock.objects.order_by("pk")] == [7, 0]
    assert [broken for one in INVARIANTS if (broken := one.breaches())] == []
    told = Event.objects.exclude(type="catalog.imported")
    assert [(event.type, event.payload["stock"]) for event in told] == [
        ("stock.changed", {"LAMP-1": 7})
    ]


def test_without_a_word_of_stock_there_is_none(tmp_path: Path) -> None:
    run(csv_file(tmp_path, LAMP))

    assert Stock.objects.get().on_hand == 0
    assert not StockMovement.objects.exists()


def test_opening_stock_is_for_new_skus_only(tmp_path: Path) -> None:
    VariantFactory.create(sku="LAMP-1", on_hand=2)

    run(csv_file(tmp_path, LAMP | {"on_hand": "50"}), "--on-hand", "9")

    assert Stock.objects.get().on_hand == 2


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    rows = [
        LAMP | {"sku": f"LAMP-{n}", "brand": "Lumen", "attributes": {"n": n, "x": 1e22}, "price": n}
        for n in range(3)
    ]
    path = jsonl_file(tmp_path, *rows)
    run(path, "--on-hand", "5")
    models = (Product, ProductVariant, Price, Stock, StockMovement, Brand, Event)
    before = {model: list(model.objects.order_by("pk").values()) for model in models}

    again = run(path, "--on-hand", "5")

    assert again.code == 0
    assert again.counts == (0, 0, 3, 0)
    assert {model: list(model.objects.order_by("pk").values()) for model in models} == before


def test_what_a_row_says_anew_is_updated(tmp_path: Path) -> None:
    row = LAMP | {"brand": "Lumen", "category_path": "Home", "attributes": '{"a": 1}', "upc": "1"}
    run(csv_file(tmp_path, row))
    before = Product.objects.get()

    changed = row | {"name": "Floor lamp", "brand": "Lux", "category_path": "Office"}
    ended = run(csv_file(tmp_path, changed | {"price": "25", "attributes": "{}", "upc": "2"}))

    assert ended.counts == (0, 1, 0, 0)
    after = Product.objects.select_related("brand", "category").get()
    assert (after.name, str(after.brand), str(after.category)) == ("Floor lamp", "Lux", "Office")
    assert (after.attributes, after.search_text) == ({}, "floor lamp\nlux\nlamp-1\n2")
    assert (after.slug, after.created_at) == ("desk-lamp", before.created_at)
    assert after.updated_at > before.updated_at
    assert Price.objects.get().amount == Decimal("25")
    assert ProductVariant.objects.get().barcode == "2"


def test_columns_that_are_not_in_the_file_stay_as_they_are(tmp_path: Path) -> None:
    full = LAMP | {"description": "Warm light.", "brand": "Lumen", "category_path": "Home"}
    run(csv_file(tmp_path, full | {"upc": "1", "attributes": '{"a": 1}'}))

    run(csv_file(tmp_path, LAMP | {"price": "9.50"}))

    product = Product.objects.select_related("brand", "category").get()
    assert (product.description, product.attributes) == ("Warm light.", {"a": 1})
    assert (str(product.brand), str(product.category)) == ("Lumen", "Home")
    assert ProductVariant.objects.get().barcode == "1"
    assert Price.objects.get().amount == Decimal("9.50")


def test_measures_come_with_a_file_and_go_with_an_empty_cell(tmp_path: Path) -> None:
    sides = {"length_mm": "125", "width_mm": "95", "height_mm": "110"}
    run(csv_file(tmp_path, LAMP | sides | {"weight_grams": "410"}))
    variant = ProductVariant.objects.get()
    assert [getattr(variant, name) for name in MEASURES] == [410, 125, 95, 110]

    assert run(csv_file(tmp_path, LAMP)).counts == (0, 0, 1, 0)
    assert run(csv_file(tmp_path, LAMP | {"weight_grams": "400"})).counts == (0, 1, 0, 0)
    assert run(csv_file(tmp_path, LAMP | dict.fromkeys(sides, ""))).counts == (0, 1, 0, 0)

    variant.refresh_from_db()
    assert [getattr(variant, name) for name in MEASURES] == [400, None, None, None]


def test_a_parcel_of_two_sides_is_refused(tmp_path: Path) -> None:
    half = {"length_mm": "125", "width_mm": "95", "height_mm": ""}

    assert faults(csv_file(tmp_path, LAMP | half)) == [("2", "height_mm", "incomplete")]
    assert faults(csv_file(tmp_path, LAMP | {"length_mm": "125"})) == [("2", "", "conflict")]


def test_empty_columns_are_cleared(tmp_path: Path) -> None:
    optional = {"description": "Warm.", "brand": "Lumen", "category_path": "Home", "upc": "1"}
    run(csv_file(tmp_path, LAMP | optional))

    run(csv_file(tmp_path, LAMP | dict.fromkeys(optional, "")))

    product = Product.objects.get()
    assert (product.description, product.brand, product.category) == ("", None, None)
    assert product.search_text == "desk lamp\nlamp-1"
    assert ProductVariant.objects.get().barcode == ""


def test_prices_in_other_currencies_are_left_alone(tmp_path: Path) -> None:
    VariantFactory.create(sku="LAMP-1", price="10.00", currency="EUR")

    run(csv_file(tmp_path, LAMP))

    assert set(Price.objects.values_list("currency", "amount")) == {
        ("EUR", Decimal("10.000")),
        ("USD", Decimal("19.990")),
    }


@pytest.mark.parametrize(("former", "kept"), [("30.00", Decimal("30.000")), ("15.00", None)])
def test_a_former_price_stays_only_while_it_is_higher(
    tmp_path: Path, former: str, kept: Decimal | None
) -> None:
    variant = VariantFactory.create(sku="LAMP-1", price="10.00")
    variant.prices.update(compare_at=Decimal(former))

    assert run(csv_file(tmp_path, LAMP)).code == 0

    price = Price.objects.get()
    assert (price.amount, price.compare_at) == (Decimal("19.990"), kept)


def test_of_a_product_with_several_variants_only_the_variant_is_updated(tmp_path: Path) -> None:
    product = ProductFactory.create(name="Shirt", options=["Size"])
    small = VariantFactory.create(product=product, sku="SHIRT-S", options={"Size": "S"})
    VariantFactory.create(product=product, sku="SHIRT-L", options={"Size": "L"})

    row = LAMP | {"sku": "SHIRT-S", "name": "Shirt, small", "upc": "77", "price": "12"}
    path = csv_file(tmp_path, row | {"brand": "Lumen"})
    first, second = run(path), run(path)

    assert (first.counts, second.counts) == ((0, 1, 0, 0), (0, 0, 1, 0))
    product.refresh_from_db()
    small.refresh_from_db()
    assert (product.name, product.brand, small.barcode) == ("Shirt", None, "77")
    assert product.search_text == "shirt\nshirt-s\nshirt-l\n77"
    assert small.prices.get().amount == Decimal("12")


def test_an_archived_product_is_not_put_back_for_sale(tmp_path: Path) -> None:
    product = ProductFactory.create(status=Product.Status.ARCHIVED)
    VariantFactory.create(product=product, sku="LAMP-1", is_active=False)

    run(csv_file(tmp_path, LAMP))

    product.refresh_from_db()
    assert (product.name, product.status) == ("Desk lamp", "archived")
    assert not ProductVariant.objects.get().is_active


def test_products_of_one_name_get_addresses_of_their_own(tmp_path: Path) -> None:
    ProductFactory.create(slug="desk-lamp")

    run(csv_file(tmp_path, LAMP, LAMP | {"sku": "灯"}, LAMP | {"sku": "燈", "name": "灯"}))

    slugs = set(Product.objects.values_list("slug", flat=True))
    assert len(slugs) == 4
    assert {"desk-lamp", "desk-lamp-lamp-1"} < slugs
    assert "" not in slugs


def test_a_second_choice_does_not_take_the_address_that_another_row_likes_best(
    tmp_path: Path,
) -> None:
    ProductFactory.create(slug="lamp")
    rows = [("A", "Lamp"), ("B", "Lamp A"), ("C", "Lamp C"), ("D", "Lamp C"), ("E", "Facets")]

    ended = run(csv_file(tmp_path, *(LAMP | {"sku": sku, "name": name} for sku, name in rows)))

    assert ended.counts == (5, 0, 0, 0)
    assert len(Event.objects.filter(type="catalog.imported")) == 1
    slugs = dict(ProductVariant.objects.values_list("sku", "product__slug"))
    assert slugs.pop("A").startswith("lamp-")
    assert slugs == {"B": "lamp-a", "C": "lamp-c", "D": "lamp-c-d", "E": "facets-e"}


def test_text_is_kept_but_for_outer_space_and_composed(tmp_path: Path) -> None:
    name = " Cafe\u0301  <b>&amp;</b>\u200b \N{NO-BREAK SPACE}"

    run(csv_file(tmp_path, LAMP | {"name": name, "description": "\tone\r\n\r\ntwo\n"}))

    product = Product.objects.get()
    assert product.name == "Caf\u00e9  <b>&amp;</b>\u200b"
    assert product.description == "one\r\n\r\ntwo"


def test_categories_that_are_there_are_used(tmp_path: Path) -> None:
    home = CategoryFactory.create(name="Home")
    CategoryFactory.create(name="Lamps")
    lamps = CategoryFactory.create(name="Lamps", parent=home)

    run(csv_file(tmp_path, LAMP | {"category_path": "Home > Lamps"}))

    assert Product.objects.get().category_id == lamps.pk
    assert Category.objects.count() == 3


def test_an_import_is_one_event_a_batch(tmp_path: Path) -> None:
    run(csv_file(tmp_path, LAMP))
    run(csv_file(tmp_path, LAMP | {"price": "5"}, LAMP | {"sku": "NEW"}))

    first, second = Event.objects.filter(type="catalog.imported").order_by("pk")
    assert first.payload == {"source": "products.csv", "created": ["LAMP-1"], "updated": []}
    assert second.payload == {"source": "products.csv", "created": ["NEW"], "updated": ["LAMP-1"]}
    assert first.subject.startswith("import:")


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    run(csv_file(tmp_path, LAMP, LAMP | {"sku": "SAME"}))
    before = (Event.objects.count(), Product.objects.get(variants__sku="LAMP-1").updated_at)
    rows = [LAMP | {"price": "1"}, LAMP | {"sku": "SAME"}, LAMP | {"sku": "NEW"}]
    extra = {"brand": "", "category_path": ""}
    new = rows[2] | {"brand": "Lumen", "category_path": "Home > Lamps"}

    ended = run(
        csv_file(tmp_path, rows[0] | extra, rows[1] | extra, new, rows[0] | extra), "--dry-run"
    )

    assert ended.code == 1
    assert ended.counts == (1, 1, 1, 1)
    assert Price.objects.filter(amount=Decimal("19.99")).count() == 2
    assert not Brand.objects.exists()
    assert not Category.objects.exists()
    assert (Event.objects.count(), Product.objects.get(variants__sku="LAMP-1").updated_at) == before


def test_a_batch_takes_as_many_queries_whatever_its_rows(
    tmp_path: Path, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def rows(count: int) -> list[dict[str, str]]:
        places = {"brand": "Brand {n}", "category_path": "All > Shelf {n}", "on_hand": "4"}
        return [
            LAMP | {"sku": f"{count}-{n}"} | {k: v.format(n=n) for k, v in places.items()}
            for n in range(count)
        ]

    for count in (2, 40):
        with django_assert_num_queries(29):
            assert run(csv_file(tmp_path, *rows(count))).counts == (count, 0, 0, 0)
