"""What PostgreSQL gives up is begun again, at the outermost transaction and up to three times."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection, transaction
from rest_framework.test import APIClient

from ecommerce_backend.common import events, transactions
from ecommerce_backend.common.models import Event, IdempotencyRecord
from ecommerce_backend.common.transactions import unit_of_work
from ecommerce_backend.tests import probes

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("ecommerce_backend.tests.probes"),
]
DEADLOCK, OVERTAKEN, TOO_LONG = "40P01", "40001", "57014"


class Work:
    """Records an event, and then is given up by PostgreSQL as often as there are codes."""

    def __init__(self, *codes: str) -> None:
        self.tries = 0
        self._codes = iter(codes)

    @unit_of_work
    def do(self) -> int:
        self.tries += 1
        events.record("work.done", subject="work:1")
        for code in self._codes:
            probes.give_up(code)
        return self.tries


@pytest.mark.parametrize("codes", [[DEADLOCK], [OVERTAKEN, DEADLOCK], [DEADLOCK] * 3])
def test_what_was_given_up_is_done_once(codes: list[str]) -> None:
    assert Work(*codes).do() == len(codes) + 1

    assert Event.objects.count() == 1


@pytest.mark.parametrize(
    ("codes", "tries"), [([DEADLOCK] * 4, 4), ([TOO_LONG], 1), ([DEADLOCK, TOO_LONG], 2)]
)
def test_there_is_an_end_and_other_errors_are_final(codes: list[str], tries: int) -> None:
    work = Work(*codes)

    with pytest.raises(OperationalError):
        work.do()

    assert work.tries == tries
    assert not Event.objects.exists()


def test_a_part_of_a_transaction_is_not_begun_again() -> None:
    work = Work(DEADLOCK)

    with pytest.raises(OperationalError), transaction.atomic():
        work.do()

    assert work.tries == 1


@pytest.fixture
def _given_up_once() -> Iterator[None]:
    probes.GIVEN_UP.append(DEADLOCK)
    yield
    probes.GIVEN_UP.clear()


@pytest.mark.usefixtures("_given_up_once")
@pytest.mark.parametrize("headers", [{"Idempotency-Key": "once"}, {}])
def test_a_request_with_or_without_a_key_is_answered_as_if_nothing_had_been(
    headers: dict[str, str],
) -> None:
    response = APIClient().post("/api/v1/once/7/", {"required": False}, headers=headers)

    assert response.status_code == 201
    assert Event.objects.get().pk == response.json()["event"]
    assert IdempotencyRecord.objects.count() == len(headers)


@pytest.mark.usefixtures("_given_up_once")
def test_without_another_try_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transactions, "RETRIES", 0)

    response = APIClient().post("/api/v1/once/7/", {}, headers={"Idempotency-Key": "once"})

    assert (response.status_code, response["Retry-After"]) == (503, "2")
    assert not Event.objects.exists()
    assert not connection.in_atomic_block
