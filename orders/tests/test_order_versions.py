"""If-Match on orders: nobody acts on what a colleague has changed meanwhile."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from orders import versions
from orders.models import Order
from orders.tests.factories import placed_order
from orders.tests.staff import URL, client_of, staff_with

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_queue")]


def colleague() -> APIClient:
    return client_of(staff_with("view_order", "change_order"))


def version(client: APIClient, order: Order) -> str:
    return str(client.get(f"{URL}{order.number}/")["ETag"])


def write_note(client: APIClient, order: Order, tag: str, **headers: str) -> Any:
    url = f"{URL}{order.number}/notes/"
    return client.post(url, {"text": "Called."}, headers={"If-Match": tag, **headers})


def test_an_order_is_changed_as_it_was_seen() -> None:
    order, client = placed_order(), colleague()
    seen = version(client, order)

    assert seen == version(client, order)
    assert write_note(client, order, f'"other", {seen}').status_code == 201
    assert version(client, order) != seen


@pytest.mark.parametrize("tag", ['"other"', "W/{}", "{}x", "", "nonsense"])
def test_an_order_that_moved_on_is_left_alone(tag: str) -> None:
    order, client = placed_order(), colleague()

    response = write_note(client, order, tag.format(version(client, order)))

    assert response.status_code == 412
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "precondition_failed"
    assert order.events.count() == 1


def test_any_version_will_do_for_a_star() -> None:
    assert write_note(colleague(), placed_order(), "*").status_code == 201


def test_the_tag_of_the_answer_is_good_for_the_next_change() -> None:
    order, client = placed_order(), colleague()

    canceled = client.post(f"{URL}{order.number}/cancellation/", {})

    assert canceled["ETag"] == version(client, order)
    assert write_note(client, order, canceled["ETag"]).status_code == 201


def test_after_another_look_the_same_key_may_be_used() -> None:
    order, client = placed_order(), colleague()

    assert write_note(client, order, '"old"', **{"Idempotency-Key": "k"}).status_code == 412
    response = write_note(client, order, version(client, order), **{"Idempotency-Key": "k"})

    assert response.status_code == 201
    assert "Idempotent-Replayed" not in response


def test_a_repeat_is_answered_though_the_order_moved_on() -> None:
    order, client = placed_order(), colleague()
    seen = version(client, order)

    first, second = (write_note(client, order, seen, **{"Idempotency-Key": "k"}) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert second["Idempotent-Replayed"] == "true"


@pytest.mark.django_db(transaction=True)
def test_of_two_who_saw_the_same_one_acts() -> None:
    assert statuses_of_two_at_once() == [201, 412]


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_act(monkeypatch: pytest.MonkeyPatch) -> None:
    both_looked = Barrier(2)
    look = versions.shown_anew

    def look_together(order_id: int) -> Any:
        seen = look(order_id)
        both_looked.wait(10)
        return seen

    monkeypatch.setattr(versions, "lock_with_payments", lambda _: None)
    monkeypatch.setattr(versions, "shown_anew", look_together)

    assert statuses_of_two_at_once() == [201, 201]


def statuses_of_two_at_once() -> list[int]:
    order, clients = placed_order(), [colleague(), colleague()]
    seen = version(clients[0], order)

    def act(client: APIClient) -> int:
        return in_a_thread(lambda: int(write_note(client, order, seen).status_code))

    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(act, clients))


def in_a_thread(act: Callable[[], int]) -> int:
    try:
        return act()
    finally:
        connection.close()
