"""Many prices changed by percent: looked at first, done once, and only to what was looked at."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.invariants import INVARIANTS
from catalog.models import Price, ProductVariant
from catalog.services import repricing
from catalog.services.repricing import PreviewOutdated, Rule, Selection, change_prices, preview
from catalog.tests.factories import BrandFactory, CategoryFactory, VariantFactory
from ecommerce_backend.common.audit import Action
from ecommerce_backend.common.models import AuditRecord
from users.tests.races import race

pytestmark = pytest.mark.django_db
URL = "/api/v1/staff/price-changes/"


@pytest.fixture
def mug() -> ProductVariant:
    return VariantFactory.create(sku="MUG", product__slug="mug", price="20")


def send(client: APIClient, *, key: str | None = None, **body: Any) -> Any:
    return client.post(
        URL, {"percent": "-10", **body}, headers={"Idempotency-Key": key or uuid4().hex}
    )


def look(client: APIClient, **body: Any) -> Any:
    response = send(client, dry_run=True, **body)
    assert response.status_code == 200, response.content
    return response.json()


def amounts() -> dict[str, str]:
    rows = Price.objects.order_by("variant__sku", "currency")
    return {
        f"{row.variant.sku} {row.currency}": str(row.amount)
        for row in rows.select_related("variant")
    }


def test_a_dry_run_shows_and_a_second_call_does(
    manager_client: APIClient, mug: ProductVariant
) -> None:
    Price.objects.create(variant=mug, currency="JPY", amount=Decimal(1055))

    seen = look(manager_client)
    assert amounts() == {"MUG JPY": "1055.000", "MUG USD": "20.000"}
    done = send(manager_client, dry_run=False, preview=seen["preview"])

    assert seen == {
        "dry_run": True,
        "preview": seen["preview"],
        "count": 2,
        "totals": [
            {"currency": "JPY", "before": "1055", "after": "950"},
            {"currency": "USD", "before": "20.00", "after": "18.00"},
        ],
        "changes": [
            {
                "sku": "MUG",
                "currency": "JPY",
                "before": "1055",
                "after": "950",
                "compare_at": None,
            },
            {
                "sku": "MUG",
                "currency": "USD",
                "before": "20.00",
                "after": "18.00",
                "compare_at": None,
            },
        ],
    }
    assert done.status_code == 200
    assert done.json() == {**seen, "dry_run": False}
    assert amounts() == {"MUG JPY": "950.000", "MUG USD": "18.000"}
    assert [one.breaches() for one in INVARIANTS] == [[] for _ in INVARIANTS]
    (record,) = AuditRecord.objects.filter(action=Action.PRICES_CHANGED)
    assert record.details == {
        "percent": "-10.00",
        "ending": "",
        "keeps_former": False,
        "category": "",
        "brand": "",
        "currency": "",
        "changed": 2,
    }


@pytest.mark.parametrize(
    ("rule", "currency", "before", "after"),
    [
        ({"percent": "-10"}, "USD", "19.99", "17.99"),
        ({"percent": "-33.33"}, "USD", "0.01", "0.01"),
        ({"percent": "-90"}, "USD", "0.01", "0.01"),
        ({"percent": "12.5"}, "USD", "0.20", "0.23"),
        ({"percent": "500"}, "KWD", "1.001", "6.006"),
        ({"percent": "-10"}, "JPY", "15", "14"),
        ({"percent": "-10", "ending": "0.99"}, "USD", "20", "17.99"),
        ({"percent": "-10", "ending": "0.99"}, "USD", "20.55", "18.99"),
        ({"percent": "-90", "ending": "0.99"}, "USD", "1", "0.99"),
        ({"percent": "-10", "ending": "0.99"}, "JPY", "1000", "900"),
        ({"percent": "0", "ending": "0"}, "USD", "0.30", "1"),
        ({"percent": "50", "ending": "0.99"}, "USD", "0", "0"),
    ],
)
def test_amounts_come_out_as_a_shop_would_write_them(
    rule: dict[str, str], currency: str, before: str, after: str
) -> None:
    asked = Rule(**{name: Decimal(value) for name, value in rule.items()})  # type: ignore[arg-type]

    assert asked.amount(Decimal(before), currency) == Decimal(after)


@pytest.mark.parametrize(
    ("percent", "keeps", "compare_at", "expected"),
    [
        ("-10", True, None, "20.000"),
        ("-10", True, "25", "25.000"),
        ("-10", False, None, None),
        ("-10", False, "25", "25.000"),
        ("10", True, None, None),
        ("10", True, "21", None),
        ("10", False, "25", "25.000"),
    ],
)
def test_a_former_price_is_kept_where_it_is_higher(
    mug: ProductVariant, percent: str, *, keeps: bool, compare_at: str | None, expected: str | None
) -> None:
    Price.objects.update(compare_at=compare_at and Decimal(compare_at))
    asked = Rule(percent=Decimal(percent), keeps_former=keeps)

    change_prices(
        selection=Selection(), rule=asked, token=preview(selection=Selection(), rule=asked).token
    )

    assert Price.objects.filter(compare_at=expected and Decimal(expected)).exists()


def test_only_what_is_chosen_is_changed(manager_client: APIClient) -> None:
    home = CategoryFactory.create(slug="home")
    lamps = CategoryFactory.create(slug="lamps", parent=home)
    brand = BrandFactory.create(slug="lindholm")
    for sku, category, maker in (
        ("A", home, None),
        ("B", lamps, brand),
        ("C", lamps, None),
        ("D", None, brand),
    ):
        VariantFactory.create(sku=sku, product__category=category, product__brand=maker)
    Price.objects.create(
        variant=ProductVariant.objects.get(sku="B"), currency="EUR", amount=Decimal(9)
    )

    def chosen(**body: Any) -> list[str]:
        return [
            f"{row['sku']} {row['currency']}" for row in look(manager_client, **body)["changes"]
        ]

    assert chosen(category="home") == ["A USD", "B EUR", "B USD", "C USD"]
    assert chosen(category="lamps", brand="lindholm") == ["B EUR", "B USD"]
    assert chosen(brand="lindholm", currency="USD") == ["B USD", "D USD"]
    assert chosen(skus=["A", "D", "GONE"]) == ["A USD", "D USD"]


def a_price_moves(mug: ProductVariant) -> None:
    Price.objects.update(amount=Decimal(21))


def a_former_price_comes(mug: ProductVariant) -> None:
    Price.objects.update(compare_at=Decimal(30))


def a_variant_comes(mug: ProductVariant) -> None:
    VariantFactory.create(product=mug.product)


def a_price_goes(mug: ProductVariant) -> None:
    mug.prices.all().delete()


@pytest.mark.parametrize(
    "meanwhile", [a_price_moves, a_former_price_comes, a_variant_comes, a_price_goes]
)
def test_what_was_not_looked_at_is_not_changed(
    manager_client: APIClient, mug: ProductVariant, meanwhile: Callable[[ProductVariant], None]
) -> None:
    seen = look(manager_client)
    meanwhile(mug)
    before = amounts()

    response = send(manager_client, dry_run=False, preview=seen["preview"])

    assert (response.status_code, response.json()["code"]) == (409, "preview_outdated")
    assert amounts() == before
    assert not AuditRecord.objects.filter(action=Action.PRICES_CHANGED).exists()


def test_the_preview_is_of_one_change_alone(manager_client: APIClient, mug: ProductVariant) -> None:
    seen = look(manager_client)

    for other in ({"percent": "-20"}, {"ending": "0.99"}, {"keep_as_compare_at": True}):
        response = send(manager_client, dry_run=False, preview=seen["preview"], **other)
        assert response.status_code == 409, other
    assert amounts() == {"MUG USD": "20.000"}


@pytest.mark.django_db(transaction=True)
def test_a_repeat_with_the_same_key_changes_nothing_more(
    manager_client: APIClient, mug: ProductVariant
) -> None:
    seen = look(manager_client)

    first = send(manager_client, key="k", dry_run=False, preview=seen["preview"])
    again = send(manager_client, key="k", dry_run=False, preview=seen["preview"])
    anew = send(manager_client, key="l", dry_run=False, preview=seen["preview"])

    assert again["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert anew.status_code == 409
    assert amounts() == {"MUG USD": "18.000"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"percent": "-90.01"},
        {"percent": "500.01"},
        {"percent": "1.234"},
        {"percent": -10},
        {"ending": "1"},
        {"ending": "-0.5"},
        {"skus": []},
        {"skus": ["X"] * 1001},
        {"category": "none"},
        {"dry_run": False},
        {"everything": True},
    ],
)
def test_a_change_that_makes_no_sense_is_refused(
    manager_client: APIClient, mug: ProductVariant, wrong: dict[str, Any]
) -> None:
    response = send(manager_client, **{"dry_run": True, **wrong})

    assert response.status_code == 400
    assert amounts() == {"MUG USD": "20.000"}


def test_too_much_at_once_and_too_dear_are_refused(
    manager_client: APIClient, mug: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    Price.objects.update(amount=Decimal("999999999.99"))
    dear = send(manager_client, dry_run=True, percent="1")
    monkeypatch.setattr(repricing, "MOST", 0)
    much = send(manager_client, dry_run=True)

    assert (dear.status_code, dear.json()["code"]) == (400, "price_invalid")
    assert (much.status_code, much.json()["code"]) == (400, "too_many_prices")


@pytest.mark.parametrize("rows", [1, 5])
def test_it_takes_as_many_queries_however_many_prices(
    django_assert_num_queries: DjangoAssertNumQueries, rows: int
) -> None:
    for _ in range(rows):
        VariantFactory.create()
    rule = Rule(percent=Decimal(-10))
    with django_assert_num_queries(1):
        token = preview(selection=Selection(), rule=rule).token

    with django_assert_num_queries(5):  # prices, their change, audit; a savepoint around
        change_prices(selection=Selection(), rule=rule, token=token)


def test_it_takes_the_permission(clerk_client: APIClient, mug: ProductVariant) -> None:
    assert send(clerk_client, dry_run=True).status_code == 403


def change_twice_at_once() -> list[Any]:
    rule = Rule(percent=Decimal(-10))
    token = preview(selection=Selection(), rule=rule).token
    return race(2, lambda _: change_prices(selection=Selection(), rule=rule, token=token))


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_of_one_preview_one_is_done(mug: ProductVariant) -> None:
    outcomes = change_twice_at_once()

    assert sorted(type(one).__name__ for one in outcomes) == ["Preview", "PreviewOutdated"]
    assert any(isinstance(one, PreviewOutdated) for one in outcomes)
    assert amounts() == {"MUG USD": "18.000"}


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_the_percent_would_be_taken_twice(
    mug: ProductVariant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repricing, "_require_seen", lambda *_: None)

    change_twice_at_once()

    assert amounts() == {"MUG USD": "16.200"}


def admin_change(client: Client, mug: ProductVariant, **typed: Any) -> str:
    response = client.post(
        "/admin/catalog/product/",
        {
            "action": "change_prices",
            "select_across": "0",
            "index": "0",
            "_selected_action": [mug.product.pk],
            **typed,
        },
        follow=True,
    )
    return response.content.decode()


def test_the_admin_asks_shows_and_does(admin: Client, mug: ProductVariant) -> None:
    VariantFactory.create(sku="OTHER", price="50")
    typed = {"percent": "-10", "ending": "0.99", "currency": "USD", "keep_as_compare_at": "on"}

    asked = admin_change(admin, mug)
    wrong = admin_change(admin, mug, look="1", percent="-91")
    shown = admin_change(admin, mug, look="1", **typed)
    token = shown.partition('name="preview" value="')[2].partition('"')[0]
    assert amounts() == {"MUG USD": "20.000", "OTHER USD": "50.000"}
    done = admin_change(admin, mug, preview=token, **typed)
    again = admin_change(admin, mug, preview=token, **typed)

    assert "Nothing is changed before" in asked
    assert "greater than or equal to -90" in wrong
    assert "1 price would change" in shown
    assert "<td>20.00 USD</td><td>17.99 USD</td><td>20.00</td>" in shown
    assert "OTHER" not in shown
    assert "Prices changed: 1." in done
    assert "have changed since the preview" in again
    assert amounts() == {"MUG USD": "17.990", "OTHER USD": "50.000"}
