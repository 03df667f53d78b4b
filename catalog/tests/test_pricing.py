"""What a unit costs: base price, price lists, groups, quantities and the clock."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from catalog.models import PriceList, PriceListEntry, ProductVariant
from catalog.selectors.pricing import Tier, prices_of, unit_price
from catalog.tests.conftest import client_of
from catalog.tests.factories import ListPriceFactory, PriceListFactory, VariantFactory
from users.models import User
from users.tests.factories import CustomerGroupFactory, UserFactory

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def mug() -> ProductVariant:
    return VariantFactory.create(sku="MUG", product__slug="mug", price="10")


@pytest.fixture
def member() -> User:
    return UserFactory.create(email="trade@shop.example")


def cost(variant: ProductVariant, quantity: int = 1, customer: User | None = None) -> Decimal:
    found = unit_price(
        variant=variant,
        currency="USD",
        quantity=quantity,
        customer_id=customer.pk if customer else None,
    )
    assert found is not None
    return found


def card(client: APIClient) -> Any:
    (shown,) = client.get("/api/v1/products/").json()["results"]
    return shown


def detail(client: APIClient) -> Any:
    (variant,) = client.get("/api/v1/products/mug/").json()["variants"]
    return variant


def test_the_lowest_of_all_that_hold_is_charged(mug: ProductVariant) -> None:
    for amount in ("9", "7.50", "12"):
        ListPriceFactory.create(variant=mug, amount=amount)

    assert cost(mug) == Decimal("7.50")


def test_a_list_never_makes_anything_dearer(mug: ProductVariant) -> None:
    ListPriceFactory.create(variant=mug, amount="12")

    assert cost(mug) == Decimal(10)


def test_a_quantity_reaches_its_tier_exactly(mug: ProductVariant) -> None:
    ListPriceFactory.create(variant=mug, amount="9", min_quantity=3)
    ListPriceFactory.create(variant=mug, amount="8", min_quantity=10)
    ListPriceFactory.create(variant=mug, amount="8.50", min_quantity=20)

    assert [cost(mug, units) for units in (1, 2, 3, 9, 10, 20)] == [10, 10, 9, 9, 8, 8]
    (prices,) = prices_of([mug.pk]).values()
    assert prices.tiers == [Tier(3, Decimal(9)), Tier(10, Decimal(8))]


@pytest.mark.parametrize(
    ("minutes", "amount"), [(-1, "10"), (0, "8"), (59, "8"), (60, "10"), (61, "10")]
)
def test_the_clock_alone_opens_and_closes_a_list(
    mug: ProductVariant, minutes: int, amount: str
) -> None:
    ends_at = NOON + timedelta(hours=1)
    sale = PriceListFactory.create(starts_at=NOON, ends_at=ends_at)
    ListPriceFactory.create(price_list=sale, variant=mug)
    moment = NOON + timedelta(minutes=minutes)

    (prices,) = prices_of([mug.pk], at=moment).values()

    assert prices.unit_price() == Decimal(amount)
    assert sale.is_open_at(moment) == (prices.unit_price() == 8)


def test_an_inactive_list_charges_nobody(mug: ProductVariant) -> None:
    ListPriceFactory.create(variant=mug, price_list__is_active=False)

    assert cost(mug) == Decimal(10)


def test_prices_of_a_group_are_for_its_members_alone(mug: ProductVariant, member: User) -> None:
    trade = CustomerGroupFactory.create(members=[member])
    other = CustomerGroupFactory.create(members=[UserFactory.create()])
    ListPriceFactory.create(variant=mug, amount="7", price_list__customer_group=trade)
    ListPriceFactory.create(variant=mug, amount="5", price_list__customer_group=other)

    assert (cost(mug), cost(mug, customer=member)) == (Decimal(10), Decimal(7))


def test_who_is_in_two_groups_pays_the_lower_price(mug: ProductVariant, member: User) -> None:
    for amount in ("7", "6"):
        group = CustomerGroupFactory.create(members=[member])
        ListPriceFactory.create(variant=mug, amount=amount, price_list__customer_group=group)

    assert cost(mug, customer=member) == Decimal(6)


def test_what_has_no_price_in_a_currency_is_not_sold_in_it_by_a_list(mug: ProductVariant) -> None:
    ListPriceFactory.create(variant=mug, currency="EUR")

    assert unit_price(variant=mug, currency="EUR", quantity=1, customer_id=None) is None


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("price_list_entry_not_negative", {"amount": "-0.01"}),
        ("price_list_entry_from_one_on", {"min_quantity": 0}),
        ("price_list_entry_currency_code", {"currency": "usd"}),
        ("price_list_entry_one_per_quantity", {}),
    ],
)
def test_the_database_refuses_entries_that_mean_nothing(
    mug: ProductVariant, constraint: str, fields: dict[str, Any]
) -> None:
    entry = ListPriceFactory.create(variant=mug)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ListPriceFactory.create(price_list=entry.price_list, variant=mug, **fields)

    assert PriceListEntry.objects.get() == entry


def test_the_database_refuses_a_window_that_ends_before_it_begins() -> None:
    with pytest.raises(IntegrityError, match="price_list_window_opens_first"), transaction.atomic():
        PriceListFactory.create(starts_at=NOON, ends_at=NOON)

    assert not PriceList.objects.exists()


def test_a_sale_shows_the_usual_price_beside_its_own(
    api_client: APIClient, mug: ProductVariant
) -> None:
    ListPriceFactory.create(variant=mug)
    ListPriceFactory.create(variant=mug, amount="7", min_quantity=5)

    assert [card(api_client)[name] for name in ("price_min", "price_max", "compare_at")] == [
        "8.00",
        "8.00",
        "10.00",
    ]
    shown = detail(api_client)
    assert (shown["price"], shown["compare_at"]) == ("8.00", "10.00")
    assert shown["tiers"] == [{"min_quantity": 5, "amount": "7.00"}]


def test_a_higher_former_price_stays_beside_a_sale(
    api_client: APIClient, mug: ProductVariant
) -> None:
    mug.prices.update(compare_at=Decimal(12))
    ListPriceFactory.create(variant=mug)

    assert (card(api_client)["compare_at"], detail(api_client)["compare_at"]) == ("12.00", "12.00")


def test_what_only_a_group_pays_is_no_reduction(mug: ProductVariant, member: User) -> None:
    trade = CustomerGroupFactory.create(members=[member])
    ListPriceFactory.create(variant=mug, price_list__customer_group=trade)
    client = client_of(member)

    assert (card(client)["price_min"], card(client)["compare_at"]) == ("8.00", None)
    assert (detail(client)["price"], detail(client)["compare_at"]) == ("8.00", None)


def test_a_card_shows_the_cheapest_variant_by_any_list(
    api_client: APIClient, mug: ProductVariant
) -> None:
    large = VariantFactory.create(product=mug.product, price="20", position=1)
    ListPriceFactory.create(variant=large, amount="6")

    shown = card(api_client)

    assert (shown["price_min"], shown["price_max"]) == ("6.00", "10.00")
    assert shown["compare_at"] == "20.00"


ANY_LIST = st.fixed_dictionaries(
    {
        "amount": st.sampled_from(["4", "6.50", "9.99", "10", "13"]),
        "min_quantity": st.sampled_from([1, 1, 2, 5]),
        "currency": st.sampled_from(["USD", "USD", "EUR"]),
        "whose": st.sampled_from(["all", "all", "mine", "others"]),
        "opens": st.sampled_from([None, -1, 1]),
        "closes": st.sampled_from([None, -1, 1]),
        "is_active": st.sampled_from([True, True, False]),
    }
)


@given(lists=st.lists(ANY_LIST, max_size=5), quantity=st.integers(1, 6), is_member=st.booleans())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_price_is_what_a_plain_reckoning_gives(
    lists: list[dict[str, Any]], quantity: int, *, is_member: bool
) -> None:
    now = timezone.now()
    with transaction.atomic():
        variant = VariantFactory.create(product__slug="mug", price="10")
        member = UserFactory.create()
        groups = {
            "all": None,
            "mine": CustomerGroupFactory.create(members=[member]),
            "others": CustomerGroupFactory.create(),
        }
        expected = [Decimal(10)]
        for row in lists:
            opens, closes = row["opens"], row["closes"]
            if opens is not None and closes is not None and opens >= closes:
                continue
            ListPriceFactory.create(
                variant=variant,
                price_list__customer_group=groups[row["whose"]],
                price_list__starts_at=opens and now + timedelta(hours=opens),
                price_list__ends_at=closes and now + timedelta(hours=closes),
                price_list__is_active=row["is_active"],
                **{name: row[name] for name in ("amount", "min_quantity", "currency")},
            )
            if (
                row["is_active"]
                and row["currency"] == "USD"
                and row["min_quantity"] <= quantity
                and (row["whose"] == "all" or (row["whose"] == "mine" and is_member))
                and (opens is None or opens < 0)
                and (closes is None or closes > 0)
            ):
                expected.append(Decimal(row["amount"]))

        assert cost(variant, quantity, member if is_member else None) == min(expected)
        transaction.set_rollback(True)


def test_a_single_query_prices_a_cart_of_any_size(
    django_assert_num_queries: DjangoAssertNumQueries, member: User
) -> None:
    group = CustomerGroupFactory.create(members=[member])
    entries = [ListPriceFactory.create(price_list__customer_group=group) for _ in range(5)]

    with django_assert_num_queries(1):
        found = prices_of([entry.variant_id for entry in entries], customer_id=member.pk)

    assert [prices.unit_price() for prices in found.values()] == [Decimal(8)] * 5


def test_the_planner_sees_through_the_rule(mug: ProductVariant) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN SELECT * FROM catalog_list_prices(NULL, now()) WHERE variant_id = %s", [mug.pk]
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "catalog_pricelistentry" in plan
    assert "Function Scan" not in plan
