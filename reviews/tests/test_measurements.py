from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from catalog.tests.factories import VariantFactory
from reviews.services import bookkeeping
from reviews.tasks import check_books

pytestmark = pytest.mark.django_db


def samples(name: str) -> dict[str, float]:
    page = Client().get("/metrics").content.decode()
    return {
        sample.labels.get("invariant") or sample.labels.get("table") or "": sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name == name
    }


def measured(name: str) -> float:
    page = Client().get("/metrics").content.decode()
    return next(
        sample.value
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name == "nexus_measured_timestamp_seconds" and sample.labels["name"] == name
    )


def test_before_the_first_check_nothing_is_claimed() -> None:
    assert samples("nexus_invariant_breaches") == {}


def test_books_that_add_up_are_told_as_noughts() -> None:
    VariantFactory.create(on_hand=3)

    assert bookkeeping.check_books() == {}

    told = samples("nexus_invariant_breaches")
    assert set(told) == {invariant.name for invariant in bookkeeping.INVARIANTS}
    assert len(told) == 18
    assert set(told.values()) == {0}


def test_each_row_that_breaks_an_invariant_is_counted_until_it_is_put_right() -> None:
    for _ in range(3):
        VariantFactory.create(on_hand=3)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_stock SET on_hand = on_hand + 1")

    check_books(timestamp=0)
    assert samples("nexus_invariant_breaches")["stock_ledger_adds_up"] == 3

    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_stock SET on_hand = on_hand - 1")
    assert samples("nexus_invariant_breaches")["stock_ledger_adds_up"] == 3  # as of the last check
    check_books(timestamp=0)
    assert samples("nexus_invariant_breaches")["stock_ledger_adds_up"] == 0


def test_a_number_says_when_it_was_measured() -> None:
    moment = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    with time_machine.travel(moment, tick=False):
        check_books(timestamp=0)

    assert measured("stock_within_on_hand") == moment.timestamp()


def test_tables_that_grow_are_counted() -> None:
    check_books(timestamp=0)

    told = samples("nexus_table_rows")
    assert {"users_loginsession", "users_refreshtoken", "common_event"} <= set(told)
    assert told["users_loginsession"] == 0
