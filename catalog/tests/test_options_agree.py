"""Variants say what they are of each option of their product, and of nothing else."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from zeal import zeal_ignore  # type: ignore[import-untyped]

from catalog.models import Product, ProductVariant
from catalog.tests.admin_forms import errors_of, formset
from catalog.tests.factories import ProductFactory, VariantFactory
from catalog.tests.test_product_admin import product_form

pytestmark = pytest.mark.django_db


@pytest.fixture(name="mug")
def _mug() -> Product:
    oat = VariantFactory.create(sku="OAT", options={"Colour": "Oat"})
    VariantFactory.create(sku="SKY", product=oat.product, options={"Colour": "Sky"})
    committed()
    return oat.product


def committed() -> None:
    """Do what the end of a transaction does to what waits for it."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(
    "options",
    [{}, {"Size": "L"}, {"Colour": "Red", "Size": "L"}, {"colour": "Red"}, ["Colour"], "Colour"],
)
def test_the_database_refuses_a_variant_that_names_other_options(
    mug: Product, options: Any
) -> None:
    def write() -> None:
        with transaction.atomic():
            ProductVariant.objects.filter(sku="OAT").update(options=options)
            committed()

    def add() -> None:
        with transaction.atomic():
            ProductVariant.objects.create(product=mug, sku="NEW", options=options)
            committed()

    for act in (write, add):
        with pytest.raises(IntegrityError, match="does not name the options of its product"):
            act()
    with transaction.atomic():
        ProductVariant.objects.create(product=mug, sku="NEW", options={"Colour": "Red"})
        committed()


@pytest.mark.parametrize("names", [[], ["Size"], ["Colour", "Size"], ["Colour", "Colour"]])
def test_the_database_refuses_other_names_of_options_while_there_are_variants(
    mug: Product, names: list[str]
) -> None:
    without = ProductFactory.create()

    def rename(product: Product) -> None:
        with transaction.atomic():
            Product.objects.filter(pk=product.pk).update(options=names)
            committed()

    with pytest.raises(IntegrityError, match="name other options"):
        rename(mug)
    rename(without)


def test_both_may_change_in_one_transaction(mug: Product) -> None:
    with transaction.atomic():
        Product.objects.filter(pk=mug.pk).update(options=["Glaze"])
        for sku in ("OAT", "SKY"):
            ProductVariant.objects.filter(sku=sku).update(options={"Glaze": sku})
        committed()

    assert ProductVariant.objects.get(sku="OAT").options == {"Glaze": "OAT"}


def test_the_order_of_the_options_does_not_matter() -> None:
    shirt = VariantFactory.create(options={"Size": "L", "Colour": "Red"})

    Product.objects.update(options=["Colour", "Size"])
    ProductVariant.objects.create(
        product=shirt.product, sku="S", options={"Colour": "Red", "Size": "S"}
    )

    committed()


def rows(mug: Product, *options: str) -> dict[str, Any]:
    variants = mug.variants.order_by("pk")
    return formset(
        "variants",
        *[
            {
                "id": variant.pk,
                "product": mug.pk,
                "sku": variant.sku,
                "options": said,
                "position": 0,
                "is_active": "on",
            }
            for variant, said in zip(variants, options, strict=True)
        ],
        initial=len(options),
    )


def test_options_are_renamed_in_the_admin_with_those_of_all_variants_alone(
    admin: Client, mug: Product
) -> None:
    page = f"/admin/catalog/product/{mug.pk}/change/"
    form = product_form(slug=mug.slug, options='["Glaze"]')

    with zeal_ignore():  # Django looks each row of an inline up
        left_behind = admin.post(page, form | rows(mug, '{"Glaze": "Oat"}', '{"Colour": "Sky"}'))
        untouched = admin.post(page, form | rows(mug, '{"Colour": "Oat"}', '{"Colour": "Sky"}'))
        renamed = admin.post(page, form | rows(mug, '{"Glaze": "Oat"}', '{"Glaze": "Sky"}'))

    for refused in (left_behind, untouched):
        assert "A variant of this product names Glaze, exactly." in errors_of(refused)
    assert renamed.status_code == 302
    mug.refresh_from_db()
    assert mug.options == ["Glaze"]


@pytest.fixture(name="without_the_lock")
def _without_the_lock() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('catalog_check_variant_options'::regproc)")
        ((definition,),) = cursor.fetchall()
        cursor.execute(definition.replace("FOR SHARE", ""))
        yield
        cursor.execute(definition)


@pytest.mark.django_db(transaction=True)
def test_of_a_new_variant_and_another_name_at_once_one_is_refused() -> None:
    assert race() == "does not name the options"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("without_the_lock")
def test_without_the_lock_both_would_be_taken() -> None:
    assert race() == "taken"


def race() -> str:
    """Rename the options of a product, and meanwhile add a variant by their old names."""
    product = Product.objects.create(name="Mug", slug="mug", options=["Colour"])

    def add() -> str:
        try:
            ProductVariant.objects.create(product=product, sku="NEW", options={"Colour": "Red"})
        except IntegrityError as error:
            return "does not name the options" if "does not name" in str(error) else str(error)
        finally:
            connection.close()
        return "taken"

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Product.objects.filter(pk=product.pk).update(options=["Glaze"])
            committed()  # which it is only once the transaction has ended
            added = pool.submit(add)
            wait_until(lambda: added.done() or somebody_waits())
        return added.result(timeout=20)


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = monotonic() + 20
    while not is_so():
        assert monotonic() < deadline
        Event().wait(0.02)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone() != (0,))
