import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

pytestmark = [pytest.mark.django_db, pytest.mark.urls("ecommerce_backend.tests.probes")]


def counted(page: str, **labels: str) -> float:
    return next(
        (
            sample.value
            for family in text_string_to_metric_families(page)
            for sample in family.samples
            if sample.name == "nexus_http_request_seconds_count" and sample.labels == labels
        ),
        0.0,
    )


@pytest.mark.parametrize(
    ("method", "path", "labels"),
    [
        (
            "GET",
            "/api/v1/api/sold-out/",
            {"method": "GET", "route": "api/v1/api/<name>/", "status": "409"},
        ),
        ("GET", "/nowhere/1/", {"method": "GET", "route": "unmatched", "status": "404"}),
        ("BREW", "/", {"method": "other", "route": "", "status": "405"}),
    ],
)
def test_requests_are_counted_by_route_not_by_address(
    program: Client, method: str, path: str, labels: dict[str, str]
) -> None:
    before = counted(program.get("/metrics").content.decode(), **labels)

    program.generic(method, path)

    response = program.get("/metrics")
    assert response["Content-Type"].startswith("text/plain; version=1.0.0")
    assert counted(response.content.decode(), **labels) == before + 1


def test_workers_add_up_their_metrics(tmp_path: Path) -> None:
    environment = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    count = (
        "import django; django.setup()\n"
        "from ecommerce_backend.metrics import metrics, observe_request\n"
        "from django.test import RequestFactory\n"
        "observe_request(method='GET', route='x', status=200, s=0.02)\n"
        "print(metrics(RequestFactory().get('/metrics')).content.decode())"
    )

    pages = [
        subprocess.run(
            [sys.executable, "-c", count],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for _ in range(2)
    ]

    assert [counted(page, method="GET", route="x", status="200") for page in pages] == [1.0, 2.0]
