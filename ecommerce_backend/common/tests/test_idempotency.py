import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from ecommerce_backend.common import idempotency
from ecommerce_backend.common.models import Event, IdempotencyRecord

pytestmark = [pytest.mark.django_db, pytest.mark.urls("ecommerce_backend.tests.probes")]

KEY = "2f1c8b7e-order-once"


def post(body: dict[str, Any] | None = None, *, key: str | None = KEY, caller: str = "7") -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    client = APIClient(raise_request_exception=False)
    return client.post(f"/api/v1/once/{caller}/", body or {}, headers=headers)


def test_the_same_request_is_done_once_and_answered_alike() -> None:
    first, second = post({"a": 1, "b": 2}), post({"b": 2, "a": 1})

    assert first.status_code == second.status_code == 201
    assert first.json() == second.json() == {"event": Event.objects.get().pk}
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"


def test_a_repeat_costs_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    post()

    with django_assert_num_queries(4):  # savepoint, lock, look-up, savepoint
        post()


def test_another_body_under_the_same_key_is_refused() -> None:
    post({"a": 1})

    response = post({"a": 2})

    assert response.status_code == 422
    assert response.json()["code"] == "idempotency_key_reused"
    assert Event.objects.count() == 1


def test_a_key_belongs_to_its_caller_and_its_address() -> None:
    mine, theirs = post(caller="7"), post({"a": 1}, caller="8")

    assert mine.status_code == theirs.status_code == 201
    assert mine.json() != theirs.json()
    assert "Idempotent-Replayed" not in theirs


def test_a_quoted_key_is_the_same_key() -> None:
    post(key=KEY)

    assert post(key=f'"{KEY}"')["Idempotent-Replayed"] == "true"
    assert Event.objects.count() == 1


def test_only_a_digest_of_the_key_is_kept() -> None:
    post(key=KEY)

    record = IdempotencyRecord.objects.get()
    assert record.key_hash == hashlib.sha256(KEY.encode()).hexdigest()
    assert record.principal == "user:7"
    assert record.route == "POST /api/v1/once/7/"


@pytest.mark.parametrize("key", ["", '""', " ", "k" * 256, "schlüssel", "tab\tinside"])
def test_a_key_that_is_no_key_is_refused(key: str) -> None:
    response = post(key=key)

    assert response.status_code == 400
    assert response.json()["code"] == "idempotency_key_invalid"
    assert not Event.objects.exists()


@pytest.mark.parametrize("key", ["k", "k" * 255, '"'])
def test_the_shortest_and_the_longest_key_are_taken(key: str) -> None:
    assert post(key=key).status_code == 201
    assert post(key=key)["Idempotent-Replayed"] == "true"


def test_without_a_key_nothing_happens_where_one_is_required() -> None:
    response = post(key=None)

    assert response.status_code == 400
    assert response.json()["code"] == "idempotency_key_required"
    assert not Event.objects.exists()


def test_without_a_key_each_request_counts_where_none_is_required() -> None:
    first, second = post({"required": False}, key=None), post({"required": False}, key=None)

    assert first.status_code == second.status_code == 201
    assert Event.objects.count() == 2
    assert not IdempotencyRecord.objects.exists()


def test_a_refusal_is_final_and_leaves_no_effect() -> None:
    first, second = post({"error": "sold-out"}), post({"error": "sold-out"})

    assert first.status_code == second.status_code == 409
    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert second["Content-Type"] == "application/problem+json"
    assert second.json()["errors"][0]["pointer"] == "/lines/0/sku"
    assert not Event.objects.exists()


@pytest.mark.parametrize(("error", "status"), [("too-fast", 429), ("busy", 503), ("bug", 500)])
def test_what_may_work_later_is_not_kept(error: str, status: int) -> None:
    assert post({"error": error}).status_code == status
    assert post({"error": error}).status_code == status

    assert not Event.objects.exists()
    assert not IdempotencyRecord.objects.exists()
    assert post().status_code == 201


@pytest.mark.django_db(transaction=True)
def test_a_crash_before_the_commit_leaves_neither_effect_nor_answer() -> None:
    assert post({"error": "bug"}).status_code == 500

    assert not Event.objects.exists()
    assert not IdempotencyRecord.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_running_the_second_is_told_so() -> None:
    assert _post_while_the_claim_is_held() == (409, "idempotency_in_progress")

    assert not Event.objects.exists()
    assert post().status_code == 201


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_are_one() -> None:
    answers = _race(50)

    assert {status for status, _ in answers} <= {201, 409}
    assert len({event for status, event in answers if status == 201}) == 1
    assert Event.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_two_at_once_both_act(monkeypatch: pytest.MonkeyPatch) -> None:
    both_looked = Barrier(2)

    act_once = idempotency._answer  # noqa: SLF001

    def act_when_both_looked(*request_and_act: Any) -> Any:
        both_looked.wait(10)
        return act_once(*request_and_act)

    monkeypatch.setattr(idempotency, "_try_lock", lambda _: True)
    monkeypatch.setattr(idempotency, "_answer", act_when_both_looked)

    answers = _race(2)

    # The unique constraint still keeps the effect single, but as a conflict instead of an answer.
    assert sorted(status for status, _ in answers) == [201, 409]
    assert Event.objects.count() == 1


def test_old_answers_are_forgotten() -> None:
    post(key="old")
    IdempotencyRecord.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    post({"a": 1}, key="young")

    assert idempotency.purge() == 1
    assert IdempotencyRecord.objects.get().key_hash == hashlib.sha256(b"young").hexdigest()


def _post_while_the_claim_is_held() -> tuple[int, str]:
    claim = f"user:7|POST /api/v1/once/7/|{hashlib.sha256(KEY.encode()).hexdigest()}"
    number = int.from_bytes(hashlib.sha256(claim.encode()).digest()[:8], "big", signed=True)

    def attempt() -> tuple[int, str]:
        try:
            response = post()
            return response.status_code, response.json()["code"]
        finally:
            connection.close()

    with connection.cursor() as cursor, ThreadPoolExecutor(1) as pool:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])
        try:
            return pool.submit(attempt).result()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def _race(size: int) -> list[tuple[int, int | None]]:
    start = Barrier(min(size, 10))

    def attempt(_: int) -> tuple[int, int | None]:
        try:
            start.wait(10)
            response = post()
            return response.status_code, response.json().get("event")
        finally:
            connection.close()

    with ThreadPoolExecutor(min(size, 10)) as pool:
        return list(pool.map(attempt, range(size)))


def test_a_repeat_has_the_headers_of_the_first_answer() -> None:
    first, second = post({"etag": '"7"'}), post({"etag": '"7"'})

    assert second["Idempotent-Replayed"] == "true"
    assert first["ETag"] == second["ETag"] == '"7"'
    assert first["Content-Type"] == second["Content-Type"] == "application/json"
    assert IdempotencyRecord.objects.get().headers == {"ETag": '"7"'}
