"""What is sent and not asked for is refused, never passed over."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.settings import spectacular_settings
from rest_framework import serializers
from rest_framework.test import APIClient

from catalog.serializers.staff_fields import FactsField
from ecommerce_backend.common.models import Event
from ecommerce_backend.common.serializers import OpaqueField, StrictSerializer
from ecommerce_backend.tests.conftest import World
from ecommerce_backend.tests.input_drive import Operation
from ecommerce_backend.tests.test_conventions import our_serializers

pytestmark = pytest.mark.django_db

# What somebody would like to set and must not.
CLAIMS = (
    *("id", "pk", "user", "customer", "author", "actor", "email_verified", "is_staff"),
    *("is_superuser", "groups", "permissions", "price", "unit_price", "total", "status"),
    *("payment_status", "verified_purchase", "is_verified_purchase", "created_at", "number"),
)


def test_no_operation_takes_a_field_it_does_not_name(world: World) -> None:
    asked = 0
    for operation in world.operations:
        caller = world.right_caller(operation)
        for holder in _objects(operation):
            for claim in CLAIMS:
                if (*holder, claim) in {field.pointer for field in operation.fields}:
                    continue
                content = operation.with_field((*holder, claim), "1")
                answer = caller.answer(operation.attempt(claim, content=content))

                pointer = "".join(f"/{step}" for step in (*holder, claim))
                faults = {(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]}
                assert answer.status_code == 400
                assert (pointer, "unknown_field") in faults, f"{operation.template} {faults}"
                asked += 1

    assert asked >= 300


def _objects(operation: Operation) -> set[tuple[str | int, ...]]:
    return {field.pointer[:-1] for field in operation.fields if isinstance(field.pointer[-1], str)}


def test_no_operation_takes_a_query_parameter_it_does_not_name(world: World) -> None:
    for operation in world.operations:
        answer = world.right_caller(operation).answer(
            operation.attempt("", query=f"{operation.query}&is_staff=1".lstrip("&"))
        )

        assert answer.status_code == 400, operation.template
        assert answer.json()["code"] == "invalid"
        assert answer.json()["errors"] == [
            {
                "pointer": "is_staff",
                "code": "unknown_parameter",
                "detail": "There is no such parameter here.",
            }
        ]


def test_no_operation_takes_a_query_parameter_twice(world: World) -> None:
    taken = [operation for operation in world.operations if operation.query_parameters]

    assert taken
    for operation in taken:
        for name in operation.query_parameters:
            answer = world.right_caller(operation).answer(
                operation.attempt("", query=f"{name}=1&{name}=2")
            )

            faults = {(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]}
            assert answer.status_code == 400, operation.template
            assert (name, "repeated_parameter") in faults, operation.template


def test_no_operation_passes_over_a_body_it_does_not_read(world: World) -> None:
    silent = [operation for operation in world.operations if not operation.takes_body]

    assert silent
    for operation in silent:
        caller = world.right_caller(operation)
        json = {"content_type": "application/json"}
        ignored = caller.answer(operation.attempt("", content=b'{"is_staff": true}', **json))
        nothing = caller.answer(operation.attempt("", content=b"{}", **json))

        assert ignored.status_code == 400, operation.template
        assert ignored.json()["errors"][0]["code"] == "unexpected_body"
        # What is in use is not deleted, and what did not fail not begun again, whatever the body.
        excused = {"still_in_use", "variant_in_use", "import_cannot_go_on"}
        is_excused = nothing.status_code == 409 and nothing.json()["code"] in excused
        assert nothing.status_code < 400 or is_excused, operation.template


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, 415, None),
        ({"Content-Type": "application/json; charset=latin-1"}, 415, None),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415, None),
        ({"Content-Type": "multipart/form-data; boundary=x"}, 415, None),
        ({"Content-Type": "*/*"}, 415, None),
        ({"Content-Type": ""}, 415, None),
        (
            {"Content-Type": "application/json; charset=UTF-8", "Content-Encoding": "identity"},
            400,
            "invalid",
        ),
    ],
)
@pytest.mark.parametrize("path", ["/api/v1/cart/lines/", "/api/v1/checkout/quote/"])
def test_a_body_is_json_in_utf_8_and_not_compressed(
    program: Client, path: str, headers: dict[str, str], status: int, code: str | None
) -> None:
    coding = {name: value for name, value in headers.items() if name != "Content-Type"}

    response = program.generic(
        "POST", path, b"{}", content_type=headers["Content-Type"], headers=coding
    )

    assert response.status_code == status
    assert response.json()["code"] == (code or "unsupported_media_type")


def test_a_body_in_chunks_is_refused_rather_than_taken_for_none(program: Client) -> None:
    response = program.generic(
        "POST", "/api/v1/cart/lines/", b"", headers={"Transfer-Encoding": "chunked"}
    )

    assert response.status_code == 411
    assert response.json()["code"] == "length_required"


@pytest.mark.parametrize(
    ("query", "pointer", "code"),
    [
        ("search=%ff", "", "malformed_parameter"),
        ("search=%ed%a0%80", "", "malformed_parameter"),
        ("search=a%00b", "search", "malformed_parameter"),
        ("page=%EF%BC%91", "page", "malformed_parameter"),
        ("min_price=1_0", "min_price", "malformed_parameter"),
        ("in_stock=yes", "in_stock", "malformed_parameter"),
        ("&".join(f"p{n}=1" for n in range(51)), "", "malformed_parameter"),
        ("price__gt=1", "price__gt", "unknown_parameter"),
        ("search=a&search=b", "search", "repeated_parameter"),
    ],
)
def test_a_query_means_the_same_to_everybody(
    api_client: APIClient, query: str, pointer: str, code: str
) -> None:
    response = api_client.get(f"/api/v1/products/?{query}")

    assert response.status_code == 400
    assert [(fault["pointer"], fault["code"]) for fault in response.json()["errors"]] == [
        (pointer, code)
    ]


@pytest.mark.parametrize("query", ["search=caf%C3%A9", "search=café", "search=100%25_", "&&"])
def test_a_query_in_utf_8_is_read(api_client: APIClient, query: str) -> None:
    assert api_client.get(f"/api/v1/products/?{query}").status_code == 200


def test_each_form_of_the_api_is_strict() -> None:
    forms = list(_forms())

    assert len(forms) >= 15
    for form in forms:
        _check_form(form())


def _forms() -> Iterator[Any]:
    document = spectacular_settings.DEFAULT_GENERATOR_CLASS().get_schema(request=None, public=True)
    schemas = [
        content["schema"]
        for found in document["paths"].values()
        for operation in found.values()
        if "requestBody" in operation
        for content in operation["requestBody"]["content"].values()
    ]
    names = {
        schema["$ref"].rpartition("/")[2].removesuffix("Request").removeprefix("Patched")
        for schema in schemas
        if "$ref" in schema
    }
    found = {kind.__name__.removesuffix("Serializer"): kind for kind in our_serializers()}
    yield from (found[name] for name in sorted(names))


def _check_form(form: Any) -> None:
    assert isinstance(form, StrictSerializer), form
    for name, field in form.fields.items():
        _check_field(f"{type(form).__name__}.{name}", field)


def _check_field(place: str, field: Any) -> None:
    """Each says how long or large it may be, and each text what kind of text it is."""
    if isinstance(field, serializers.ListSerializer):
        assert getattr(field, "max_length", None), place
        _check_form(field.child)
    elif isinstance(field, serializers.BaseSerializer):
        _check_form(field)
    elif isinstance(field, FactsField):
        pass  # bounded as a whole
    elif isinstance(field, serializers.DictField):
        _check_field(place, field.child)  # the names are those of the product's options
    elif isinstance(field, serializers.ListField):
        assert field.max_length, place
        _check_field(place, field.child)
    elif isinstance(field, serializers.CharField):
        assert field.max_length, place
        assert type(field) is not serializers.CharField, place
    elif isinstance(field, serializers.IntegerField):
        assert field.max_value is not None, place
        assert field.min_value is not None, place
    else:
        known = (
            serializers.BooleanField,
            serializers.ChoiceField,
            serializers.DateField,
            serializers.DateTimeField,
            serializers.DecimalField,
            serializers.FileField,  # as large as a body may be
            serializers.SlugRelatedField,  # looked for, never written
        )
        assert isinstance(field, known), place


class _Form(StrictSerializer):
    text = OpaqueField(max_length=9, allow_null=True)
    number = serializers.IntegerField(required=False)
    answer = serializers.BooleanField(required=False)
    choice = serializers.ChoiceField(["1", "True"], required=False)


@pytest.mark.parametrize(
    ("sent", "faults"),
    [
        ({"text": 5}, {"text": ["invalid"]}),
        ({"text": 1.5}, {"text": ["invalid"]}),
        ({"text": ["a"]}, {"text": ["invalid"]}),
        ({"text": "a", "number": True}, {"number": ["invalid"]}),
        ({"text": "a", "number": "5"}, {"number": ["invalid"]}),
        ({"text": "a", "number": 5.5}, {"number": ["invalid"]}),
        ({"text": "a", "answer": "true"}, {"answer": ["invalid"]}),
        ({"text": "a", "answer": 1}, {"answer": ["invalid"]}),
        ({"text": "a", "choice": 1}, {"choice": ["invalid"]}),
        ({"text": "a", "choice": True}, {"choice": ["invalid"]}),
        (
            {"more": 1, "number": "5"},
            {"text": ["required"], "number": ["invalid"], "more": ["unknown_field"]},
        ),
        ([], {"non_field_errors": ["invalid"]}),
    ],
)
def test_a_value_has_the_type_of_its_field(sent: Any, faults: dict[str, list[str]]) -> None:
    form = _Form(data=sent)

    assert not form.is_valid()
    assert {name: [one.code for one in found] for name, found in form.errors.items()} == faults


def test_what_fits_is_taken() -> None:
    form = _Form(data={"text": None, "number": 5, "answer": True, "choice": "1"})

    assert form.is_valid()
    assert form.validated_data == {"text": None, "number": 5, "answer": True, "choice": "1"}


@pytest.mark.urls("ecommerce_backend.tests.probes")
@pytest.mark.parametrize(
    ("rule", "status", "code", "sqlstate"),
    [
        ("check", 400, "invalid", "23514"),
        ("not-null", 400, "invalid", "23502"),
        ("unique", 409, "conflict", "23505"),
        ("foreign-key", 409, "conflict", "23503"),
    ],
)
def test_a_rule_that_only_the_database_keeps_is_told_and_logged(
    caplog: pytest.LogCaptureFixture, rule: str, status: int, code: str, sqlstate: str
) -> None:
    response = APIClient().post(f"/api/v1/breach/{rule}/")

    assert (response.status_code, response.json()["code"]) == (status, code)
    assert "constraint" not in response.json()["detail"]
    assert not Event.objects.exists()
    (told,) = [vars(record)["msg"] for record in caplog.records if record.name == "api"]
    assert (told["event"], told["sqlstate"]) == ("database_error", sqlstate)
