"""Every input of `crashers` against every operation, field, parameter and header of the document.

So that it takes a minute, the inputs are dealt: each goes to many places, and each place gets many.
Where CRASHERS=full, as scripts/crashers.sh says, everybody sends everything everywhere.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import chain, count

import pytest
from django.db import transaction
from rest_framework.test import APIClient

from ecommerce_backend.tests import crashers
from ecommerce_backend.tests.conftest import IS_FULL, World
from ecommerce_backend.tests.input_drive import Attempt, Caller, Operation

pytestmark = pytest.mark.django_db


def test_the_examples_of_the_document_are_served(world: World) -> None:
    refused = {
        f"{operation.method} {operation.template}": answer.json()["code"]
        for operation in world.operations
        for answer in [world.right_caller(operation).answer(operation.attempt("as it stands"))]
        if answer.status_code >= 400
    }

    assert refused == {
        "DELETE /api/v1/users/me/": "account_in_use",
        "DELETE /api/v1/auth/totp/": "second_factor_missing",
        "POST /api/v1/auth/email-change/confirmation/": "link_invalid",
        "POST /api/v1/auth/email-verification/confirmation/": "link_invalid",
        "POST /api/v1/auth/password-reset/confirmation/": "link_invalid",
        "POST /api/v1/guests/back-in-stock/confirmation/": "link_invalid",
        "POST /api/v1/guests/back-in-stock/withdrawal/": "link_invalid",
        "POST /api/v1/auth/totp/confirmation/": "second_factor_missing",
        "POST /api/v1/auth/totp/recovery-codes/": "second_factor_missing",
        "POST /api/v1/payments/webhooks/{provider}/": "signature_invalid",
        "POST /api/v1/staff/catalog/imports/": "invalid",  # a form, which is not sent here
        "POST /api/v1/staff/catalog/imports/{id}/attempts/": "import_cannot_go_on",
        "POST /api/v1/staff/products/{product_id}/images/": "invalid",  # neither is this
        "DELETE /api/v1/staff/attributes/{id}/": "still_in_use",
        "DELETE /api/v1/staff/brands/{id}/": "still_in_use",
        "DELETE /api/v1/staff/categories/{id}/": "still_in_use",
        "DELETE /api/v1/staff/products/{id}/": "still_in_use",
        "DELETE /api/v1/staff/products/{product_id}/variants/{id}/": "variant_in_use",
        "POST /api/v1/staff/orders/{number}/deliveries/": "nothing_to_deliver",
    }


def test_no_value_of_a_field_crashes_the_shop(world: World) -> None:
    meetings: Counter[str] = Counter()

    assert not world.complaints(lambda operation: _in_fields(operation, meetings))
    assert len(meetings) >= 50


def _in_fields(operation: Operation, meetings: Counter[str]) -> Iterator[Attempt]:
    """Send a share of the values to a field, and a smaller one to its like elsewhere."""
    for field in operation.fields:
        turn = meetings.total()
        is_new = field.origin not in meetings
        meetings[field.origin] += 1
        for name, value in _hand(crashers.VALUES, turn, of=4 if is_new else 16):
            yield operation.attempt(
                f"{name} as {field.pointer}", content=operation.with_field(field.pointer, value)
            )


def test_no_body_crashes_the_shop(world: World) -> None:
    assert not world.complaints(_bodies)
    closed = [one for one in world.operations if world.right_caller(one) is not world.guest]
    assert not world.guest.complaints(chain.from_iterable(map(_bodies, closed)))


def _bodies(operation: Operation) -> Iterator[Attempt]:
    for name, body in crashers.BODIES.items():
        yield operation.attempt(
            name, content=body.content, content_type=body.content_type, headers=body.headers
        )


def test_no_query_crashes_the_shop(world: World) -> None:
    turns = count()

    assert not world.complaints(lambda operation: _queries(operation, turns))


def _queries(operation: Operation, turns: Iterator[int]) -> Iterator[Attempt]:
    for name, query in crashers.QUERIES.items():
        yield operation.attempt(name, query=query)
    for parameter in operation.query_parameters:
        others = "" if parameter in operation.query else operation.query
        for name, value in _hand(crashers.QUERY_VALUES, next(turns), of=3):
            yield operation.attempt(f"{name} as {parameter}", query=f"{parameter}={value}&{others}")


def test_no_path_crashes_the_shop(world: World) -> None:
    assert not world.complaints(_paths)


def _paths(operation: Operation) -> Iterator[Attempt]:
    for parameter in operation.arguments:
        if f"{{{parameter}}}" in operation.template:
            for name, piece in crashers.PATH_PIECES.items():
                path = operation.path_with({**operation.arguments, parameter: piece})
                yield operation.attempt(f"{name} as {parameter}", path=path)


def test_no_header_crashes_the_shop(world: World) -> None:
    turns = count()

    assert not world.complaints(lambda operation: _headers(operation, next(turns)))


def _headers(operation: Operation, turn: int) -> Iterator[Attempt]:
    """Send a share of the values, a larger one in the headers that the operation names itself."""
    named = set(operation.header_parameters) - {"X-Request-ID"}
    for header in sorted({*named, "X-Request-ID", *crashers.HEADERS}):
        for name, value in _hand(crashers.HEADER_VALUES, turn, of=5 if header in named else 50):
            yield operation.attempt(f"{name} as {header}", headers={header: value})


def _hand(inputs: Mapping[str, str], turn: int, *, of: int) -> list[tuple[str, str]]:
    """Deal the inputs to so many hands, and return the one whose turn it is."""
    dealt = list(inputs.items())
    return dealt if IS_FULL else dealt[turn % of :: of]


@pytest.mark.urls("ecommerce_backend.tests.probes")
@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("/api/v1/api/bug/", "500 "),
        ("/api/v1/half-done/", "409, and yet ['INSERT"),
        ("/api/v1/plain-refusal/", "400 as text/html"),
    ],
)
def test_a_shop_that_crashes_is_noticed(path: str, complaint: str) -> None:
    attempt = Attempt(name="probe", method="GET", path=path)

    (found, *_) = Caller(APIClient(), savepoint=transaction.savepoint()).complaints([attempt])

    assert found.startswith(f"GET {path}: probe: {complaint}")
