"""Every value that the document describes has its bounds, and every example is one."""

import re
from random import Random

import jsonschema_rs
from django.test import Client

from ecommerce_backend.common.openapi.generator import document
from ecommerce_backend.demo.assortment import assortment
from ecommerce_backend.demo.content import load
from ecommerce_backend.demo.seeding import SEED
from ecommerce_backend.tests.openapi_document import examples, schemas


def test_each_example_is_valid_and_there_is_one_of_each_body() -> None:
    registry = jsonschema_rs.Registry([("urn:nexus:document", document())])
    for place, schema, found in examples():
        absolute = (
            {"$ref": f"urn:nexus:document{schema['$ref']}"}
            if "$ref" in schema
            else {**schema, "components": document()["components"]}
        )
        validator = jsonschema_rs.Draft202012Validator(
            absolute, validate_formats=True, registry=registry
        )
        assert found, place
        for name, example in found.items():
            validator.validate(example["value"])
            assert name, place


def test_the_examples_are_of_the_demo_shop() -> None:
    articles = assortment(Random(SEED))
    skus = {form.sku for article in articles for form in article.forms}
    people = {login["email"] for login in load("logins")}

    told = str([found for _, _, found in examples()])
    mentioned = set(re.findall(r"\bMUG-[A-Z]+-[A-Z]+\b", told))
    assert mentioned
    assert mentioned <= skus
    assert set(re.findall(r"[a-z]+@shop\.example", told)) <= people


def test_every_object_is_closed_and_a_request_takes_nothing_else() -> None:
    for place, schema in schemas():
        is_problem = place == "Problem" or "/allOf" in place
        if "properties" in schema and not is_problem:
            assert schema["additionalProperties"] is False, place


def test_every_member_of_an_answer_is_there_unless_it_is_told_when() -> None:
    optional = {
        "ExplainedQuote": {"explanation"},
        "PlacedOrder": {"token"},
        "Fault": {"available", "quoted", "current"},
        "Problem": {"errors"},
    }
    for name, schema in document()["components"]["schemas"].items():
        if "properties" in schema and not name.endswith("Request"):
            absent = schema["properties"].keys() - set(schema.get("required", ()))
            assert absent == optional.get(name, set()), name


def test_every_whole_number_and_every_text_that_is_sent_has_its_bounds() -> None:
    for place, schema in schemas():
        kinds = schema.get("type", ())
        if "integer" in kinds:
            assert {"minimum", "maximum"} <= schema.keys(), place
        if "string" in kinds and ("Request" in place.partition(".")[0] or "?" in place):
            assert schema.keys() & {"maxLength", "enum", "format", "pattern"}, place


def test_each_enum_has_a_name_that_tells_what_it_is_of() -> None:
    for name, schema in document()["components"]["schemas"].items():
        if "enum" in schema:
            assert re.fullmatch(r"[A-Z][a-z]+([A-Z][a-z]+)*", name), name
            assert not name.endswith("Enum"), name


def test_a_problem_is_described_as_it_is_sent(client: Client) -> None:
    sent = client.get("/api/v1/nowhere/").json()

    described = document()["components"]["schemas"]["Problem"]
    assert set(described["required"]) == set(sent)
    assert described["properties"].keys() - sent.keys() == {"errors"}
