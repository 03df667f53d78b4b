"""The alert rules, the dashboard and the guide name what the shop exports, and nothing else."""

import json
import re
from typing import Any

import pytest
import yaml
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from ecommerce_backend.tests.refusals import ROOT

pytestmark = pytest.mark.django_db

FOLDER = ROOT / "scripts" / "stack" / "monitoring"
GUIDE = (ROOT / "docs" / "monitoring.md").read_text()
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]
    for rule in group["rules"]
]
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "grafana-dashboard.json").read_text())
NAME = re.compile(r"\bnexus_[a-z_]+")
SUFFIXES = {
    "counter": ("_total", "_created"),
    "histogram": ("_bucket", "_count", "_sum", "_created", ""),
    "gauge": ("",),
}


@pytest.fixture
def exported(client: Client, settings: Settings, tmp_path: Any) -> set[str]:
    """Every name under which the shop gives a number."""
    settings.REPORTS_DIR = tmp_path
    page = client.get("/metrics").content.decode()
    return {
        family.name + suffix
        for family in text_string_to_metric_families(page)
        for suffix in SUFFIXES.get(family.type, ())
        if family.name.startswith("nexus_")
    }


def expressions() -> list[str]:
    panels = [
        target["expr"] for panel in DASHBOARD["panels"] for target in panel.get("targets", ())
    ]
    notes = [note["expr"] for note in DASHBOARD["annotations"]["list"]]
    return [*panels, *notes, *(rule["expr"] for rule in RULES)]


def test_the_dashboard_and_the_alerts_ask_for_what_is_exported(exported: set[str]) -> None:
    asked = {name for expression in expressions() for name in NAME.findall(expression)}

    assert len(asked) > 30
    assert asked - exported == set()
    assert "nexus_made_up" not in exported


def test_the_guide_describes_each_metric(exported: set[str]) -> None:
    described = {
        name
        for line in GUIDE.splitlines()
        if line.startswith("| `nexus_")
        for name in re.findall(r"`(nexus_[a-z_]+)`", line.split("|")[1])
    }
    whole = {name for name in exported if not name.endswith(("_bucket", "_count", "_sum"))}

    assert described == {name for name in whole if not name.endswith("_created")}


def test_the_guide_says_what_to_do_about_each_alert() -> None:
    assert re.findall(r"^### (\w+)$", GUIDE, re.MULTILINE)[: len(RULES)] == [
        rule["alert"] for rule in RULES
    ]


def test_each_alert_says_how_urgent_it_is() -> None:
    assert {rule["labels"]["severity"] for rule in RULES} == {"page", "ticket"}
    assert all("summary" in rule["annotations"] for rule in RULES)


def test_the_dashboards_panels_neither_overlap_nor_stick_out() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
