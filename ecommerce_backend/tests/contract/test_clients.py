"""Typed clients, made from the document by the commands of docs/clients.md."""

import re

import pytest
import yaml

from ecommerce_backend.tests.contract.workshop import Workshop
from ecommerce_backend.tests.running_shop import ROOT, RunningShop

pytestmark = pytest.mark.xdist_group("contract")

LAST_STEP = "and the refusal points at the quantity"


@pytest.mark.parametrize("language", ["TypeScript", "Python"])
def test_a_generated_client_buys_from_the_first_look_to_the_review(
    workshop: Workshop, running_shop: RunningShop, language: str
) -> None:
    journey = workshop.run(workshop.commands("clients.md", language), running_shop.base_url)

    assert journey.returncode == 0, journey.stdout + journey.stderr
    assert journey.stdout.rstrip().endswith(LAST_STEP)
    assert "warning" not in journey.stderr.lower()


@pytest.mark.parametrize("language", ["TypeScript", "Python"])
def test_a_client_does_not_compile_once_the_document_lacks_what_it_uses(
    workshop: Workshop, language: str
) -> None:
    forget(workshop, schema="Order", field="fulfillment_status")
    workshop.replace("docs/openapi.yml", "cart_empty", "cart_void")

    journey = workshop.run(workshop.commands("clients.md", language))

    assert journey.returncode != 0
    assert "fulfillment_status" in journey.stdout
    assert re.search("cart_empty", journey.stdout, re.IGNORECASE)


def forget(workshop: Workshop, *, schema: str, field: str) -> None:
    file = workshop.folder / "docs" / "openapi.yml"
    document = yaml.safe_load(file.read_text())
    described = document["components"]["schemas"][schema]
    del described["properties"][field]
    described["required"].remove(field)
    file.write_text(yaml.safe_dump(document, sort_keys=False))


@pytest.mark.parametrize(
    ("file", "evasion"),
    [
        ("journey.ts", r"\bany\b|\bas (?:[A-Z]|unknown|never|string)|\w!|@ts-"),
        ("journey_client.py", r"\bAny\b|\bcast\b|type: ignore|noqa"),
    ],
)
def test_the_journeys_look_past_no_type(file: str, evasion: str) -> None:
    source = (ROOT / "scripts" / "contract" / file).read_text()
    code = re.sub(r"/\*.*?\*/|\"\"\".*?\"\"\"|//.*", "", source, flags=re.DOTALL)

    assert re.findall(evasion, code) == []
