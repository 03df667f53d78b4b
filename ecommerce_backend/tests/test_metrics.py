import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as current
from django.db import OperationalError, connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import DjangoAssertNumQueries, Settings

from ecommerce_backend.env_addresses import networks

pytestmark = [pytest.mark.django_db, pytest.mark.urls("ecommerce_backend.tests.probes")]


def sample(page: str, name: str, **labels: str) -> float:
    return next(
        (
            sample.value
            for family in text_string_to_metric_families(page)
            for sample in family.samples
            if sample.name == name and sample.labels == labels
        ),
        0.0,
    )


def counted(page: str, **labels: str) -> float:
    return sample(page, "nexus_http_request_seconds_count", **labels)


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


@pytest.mark.urls("ecommerce_backend.urls")
def test_the_statements_of_each_request_are_counted_by_route(program: Client) -> None:
    route = {"route": "api/v1/categories/"}
    before = program.get("/metrics").content.decode()

    program.get("/api/v1/categories/")

    after = program.get("/metrics").content.decode()
    grown = [
        sample(after, name, **route) - sample(before, name, **route)
        for name in (
            "nexus_http_request_queries_count",
            "nexus_http_request_queries_sum",
            "nexus_http_request_database_seconds_count",
        )
    ]
    assert grown == [1, 2, 1]
    assert sample(after, "nexus_http_request_database_seconds_sum", **route) > sample(
        before, "nexus_http_request_database_seconds_sum", **route
    )


def test_workers_add_up_their_metrics(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PROMETHEUS_MULTIPROC_DIR": str(tmp_path),
        "SHOP_LOG_STREAM": "stderr",
    }
    count = (
        "import django; django.setup()\n"
        "from ecommerce_backend.metrics import observe_request\n"
        "from ecommerce_backend.metrics.page import metrics\n"
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


def test_jobs_are_told_by_queue_and_status(program: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at) VALUES"
            " ('default', 'probe', 'todo', now() - interval '90 seconds'),"
            " ('default', 'probe', 'todo', now() + interval '1 hour'),"
            " ('default', 'probe', 'succeeded', NULL),"
            " ('scheduled', 'probe', 'failed', NULL),"
            " ('scheduled', 'probe', 'todo', NULL)"
        )

    page = program.get("/metrics").content.decode()

    assert sample(page, "nexus_jobs", queue="default", status="todo") == 1
    assert sample(page, "nexus_jobs", queue="scheduled", status="failed") == 1
    assert sample(page, "nexus_jobs", queue="default", status="succeeded") == 0
    assert 90 <= sample(page, "nexus_jobs_oldest_seconds", queue="default") < 100
    assert 0 <= sample(page, "nexus_jobs_oldest_seconds", queue="scheduled") < 10


def test_connections_are_told_with_their_limit(program: Client) -> None:
    page = program.get("/metrics").content.decode()

    assert sample(page, "nexus_database_up") == 1
    assert sample(page, "nexus_database_connections", state="active") >= 1
    assert sample(page, "nexus_database_connections_limit") == 197


def test_the_release_is_told(program: Client) -> None:
    page = program.get("/metrics").content.decode()

    assert f'release="{current.RELEASE}"' in page


def test_a_scrape_costs_five_statements_whatever_the_shop_holds(
    program: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(5):
        program.get("/metrics")


def test_without_the_database_the_rest_is_still_told(program: Client) -> None:
    def refuse(*_: object) -> None:
        raise OperationalError("connection refused")

    with connection.execute_wrapper(refuse):
        response = program.get("/metrics")

    page = response.content.decode()
    assert response.status_code == 200
    assert "nexus_database_up 0.0" in page
    assert "nexus_release_info{" in page
    assert "nexus_jobs{" not in page


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.3.2.1", "172.20.0.7", "fd00::7", "::1", ""])
def test_metrics_are_read_from_inside(program: Client, peer: str) -> None:
    assert program.get("/metrics", REMOTE_ADDR=peer).status_code == 200


@pytest.mark.parametrize(
    ("peer", "headers"),
    [
        ("8.8.8.8", {}),
        ("2600::7", {}),
        ("nonsense", {}),
        ("127.0.0.1", {"X-Forwarded-For": "10.0.0.1"}),
        ("127.0.0.1", {"Forwarded": "for=10.0.0.1"}),
        ("127.0.0.1", {"X-Real-IP": "127.0.0.1"}),
        ("10.0.0.3", {"Via": "1.1 proxy"}),
    ],
)
def test_nobody_outside_and_nobody_behind_a_proxy_reads_metrics(
    program: Client, peer: str, headers: dict[str, str]
) -> None:
    response = program.get("/metrics", REMOTE_ADDR=peer, headers=headers)

    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


def test_the_networks_that_may_read_metrics_can_be_named(
    program: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOP_METRICS_NETWORKS", "203.0.113.0/24")
    settings.METRICS_NETWORKS = networks("SHOP_METRICS_NETWORKS")

    assert program.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 200
    assert program.get("/metrics", REMOTE_ADDR="127.0.0.1").status_code == 404


def test_a_scraper_may_call_the_worker_what_it_likes(program: Client) -> None:
    assert program.get("/metrics", headers={"Host": "web-blue:8000"}).status_code == 200
    assert program.get("/health/live/", headers={"Host": "web-blue:8000"}).status_code == 400
