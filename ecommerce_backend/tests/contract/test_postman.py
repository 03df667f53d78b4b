"""The Postman collection, run by newman as docs/api_testing_with_postman.md says."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from ecommerce_backend.tests.contract.workshop import EXAMPLE_ADDRESS, Workshop
from ecommerce_backend.tests.running_shop import ROOT, RunningShop

pytestmark = pytest.mark.xdist_group("contract")

GUIDE = "api_testing_with_postman.md"
COLLECTION = "docs/nexus.postman_collection.json"
ENVIRONMENT = "docs/nexus.postman_environment.json"
JOURNEY = '--folder "From browsing to review"'


def test_the_collection_is_what_the_document_gives(workshop: Workshop) -> None:
    command = workshop.commands(GUIDE, "When the API changes")

    made = workshop.run(command)

    assert made.returncode == 0, made.stderr
    given = (workshop.folder / COLLECTION).read_text()
    assert given == (ROOT / COLLECTION).read_text(), f"stale; run: {command}"


def test_the_collection_has_every_operation_once() -> None:
    document = yaml.safe_load((ROOT / "docs" / "openapi.yml").read_text())
    _journey, *folders = json.loads((ROOT / COLLECTION).read_text())["item"]

    offered = [
        operation["summary"] for path in document["paths"].values() for operation in path.values()
    ]
    collected = [item["name"] for folder in folders for item in folder["item"]]
    assert Counter(collected) == Counter(offered)


def test_newman_buys_from_the_first_look_to_the_review(
    workshop: Workshop, running_shop: RunningShop
) -> None:
    run = newman(workshop, running_shop)

    assert run["failures"] == []
    assert run["stats"]["requests"] == {"total": 20, "pending": 0, "failed": 0}


def test_newman_notices_what_is_not_as_it_should_be(
    workshop: Workshop, running_shop: RunningShop
) -> None:
    workshop.replace(ENVIRONMENT, "demo-orders-1", "not-the-password")

    run = newman(workshop, running_shop)

    assert "Sign in as staff" in {failure["source"]["name"] for failure in run["failures"]}


def test_every_request_that_reads_works_after_the_journey(
    workshop: Workshop, running_shop: RunningShop
) -> None:
    journey, *reading = keep_what_reads(workshop)

    run = newman(workshop, running_shop, part="")

    answers = list(statuses(run, after=len(journey["item"])))
    assert len(answers) == sum(len(folder["item"]) for folder in reading)
    assert [(name, status) for name, status in answers if status != 200] == []


def keep_what_reads(workshop: Workshop) -> Any:
    """Leave in the folders what changes nothing, and what those two of the staff may see."""
    file = workshop.folder / COLLECTION
    collection = json.loads(file.read_text())
    collection["item"] = [
        folder for folder in collection["item"] if folder["name"] != "staff_reviews"
    ]
    for folder in collection["item"][1:]:
        folder["item"] = [item for item in folder["item"] if item["request"]["method"] == "GET"]
    file.write_text(json.dumps(collection))
    return collection["item"]


def statuses(run: Any, *, after: int) -> Iterator[tuple[str, int]]:
    for execution in run["executions"][after:]:
        yield execution["item"]["name"], execution["response"]["code"]


def newman(workshop: Workshop, shop: RunningShop, part: str = JOURNEY) -> Any:
    """Run the guide's command against the shop and return newman's report."""
    workshop.replace(ENVIRONMENT, EXAMPLE_ADDRESS, shop.base_url)
    command = workshop.commands(GUIDE, "Without Postman").replace(JOURNEY, part).rstrip()
    report = workshop.folder / "report.json"
    workshop.run(f"{command} --reporters json --reporter-json-export {report}")
    return json.loads(report.read_text())["run"]
