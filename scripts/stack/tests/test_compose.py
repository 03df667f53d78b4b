"""What docker-compose.production.yml promises, read off the file as Compose understands it."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "docker-compose.production.yml"
STACK: Mapping[str, Any] = yaml.safe_load(FILE.read_text())
SERVICES: Mapping[str, Any] = STACK["services"]
RUN_ONCE = {"migrate", "restore", "static", "volumes"}
# These run as root, with the right to give files away and no network; what is restored must also
# get into folders of other accounts.
AS_ROOT = {"volumes": ["CHOWN", "FOWNER"], "restore": ["CHOWN", "DAC_OVERRIDE", "FOWNER"]}


@pytest.fixture(params=sorted(SERVICES))
def service(request: pytest.FixtureRequest) -> tuple[str, Mapping[str, Any]]:
    return request.param, SERVICES[request.param]


def test_the_file_follows_the_compose_specification() -> None:
    checked = subprocess.run(
        [
            str(Path(sys.executable).with_name("check-jsonschema")),
            "--builtin-schema",
            "vendor.compose-spec",
            str(FILE),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (checked.returncode, checked.stdout.strip()) == (0, "ok -- validation done")


def test_the_parts_are_those_of_the_design() -> None:
    assert sorted(SERVICES) == [
        "backup",
        "certbot",
        "db",
        "migrate",
        "nginx",
        "redis-cache",
        "redis-state",
        "restore",
        "scheduler",
        "static",
        "volumes",
        "web-blue",
        "web-green",
        "worker",
    ]


def test_a_container_can_do_little(service: tuple[str, Mapping[str, Any]]) -> None:
    name, made = service

    assert made["read_only"] is True
    assert made["cap_drop"] == ["ALL"]
    assert made.get("cap_add", []) == AS_ROOT.get(name, [])
    assert made["security_opt"] == ["no-new-privileges:true"]
    assert made["init"] is True
    assert (made["user"] == "0:0") is (name in AS_ROOT)
    assert name not in AS_ROOT or made["network_mode"] == "none"
    assert "privileged" not in made
    assert not any("docker.sock" in str(volume) for volume in made.get("volumes", []))


def test_a_container_cannot_take_the_machine(service: tuple[str, Mapping[str, Any]]) -> None:
    limits = service[1]["deploy"]["resources"]["limits"]

    assert set(limits) == {"cpus", "memory", "pids"}
    assert service[1]["logging"] == {
        "driver": "json-file",
        "options": {"max-size": "10m", "max-file": "5", "tag": "{{.Name}}"},
    }


def test_what_runs_is_watched_and_comes_back(service: tuple[str, Mapping[str, Any]]) -> None:
    name, made = service
    if name in RUN_ONCE:
        assert made["restart"] == "no"
        assert made["healthcheck"] == {"disable": True}
        assert made["profiles"] == ["tools"]
        return

    assert made["restart"] == "unless-stopped"
    assert "stop_grace_period" in made or name == "certbot"
    # The web servers have theirs in the image.
    assert "test" in made.get("healthcheck", {}) or name.startswith("web-")


def test_nginx_alone_can_be_reached() -> None:
    assert {name for name, made in SERVICES.items() if "ports" in made} == {"nginx"}
    assert {name for name, made in SERVICES.items() if "public" in made.get("networks", [])} == {
        "nginx"
    }


def test_what_holds_data_has_no_way_out() -> None:
    ways_out = {name for name, network in STACK["networks"].items() if not network.get("internal")}

    assert ways_out == {"public", "egress"}
    for name in ("db", "redis-cache", "redis-state", "web-blue", "web-green", "migrate"):
        assert not ways_out & set(SERVICES[name]["networks"])


def test_no_secret_is_in_the_environment(service: tuple[str, Mapping[str, Any]]) -> None:
    environment = service[1].get("environment", {})

    for name, value in environment.items():
        if any(word in name for word in ("PASSWORD", "SECRET", "KEY", "DATABASE_URL", "REDIS")):
            assert name.endswith("_FILE")
            assert value.removeprefix("/run/secrets/") in service[1]["secrets"]


def test_each_secret_is_given_to_those_who_need_it() -> None:
    given: dict[str, set[str]] = {name: set() for name in STACK["secrets"]}
    for name, made in SERVICES.items():
        for secret in made.get("secrets", []):
            given[secret].add(name)
    shop = {"web-blue", "web-green", "worker", "scheduler"}

    assert given["database_url"] == shop
    assert given["database_url_owner"] == {"migrate"}
    assert given["backup_age_identity"] == {"backup", "restore"}
    assert given["redis_acl"] == {"redis-cache", "redis-state"}
    assert given["django_secret_key"] == given["jwt_signing_key"] == shop | {"migrate"}
    assert given["django_secret_key_previous"] == shop | {"migrate"}
    assert given["jwt_signing_key_previous"] == shop | {"migrate"}
    assert all(given.values())


def test_the_two_colours_differ_in_nothing_but_their_name_and_address() -> None:
    blue, green = (
        {key: value for key, value in SERVICES[name].items() if key not in {"profiles", "networks"}}
        for name in ("web-blue", "web-green")
    )

    assert blue == green
    assert [SERVICES[name]["networks"] for name in ("web-blue", "web-green")] == [
        {"edge": {"ipv4_address": f"${{WEB_{color}_ADDRESS:-10.213.240.{host}}}"}, "data": {}}
        for color, host in [("BLUE", 11), ("GREEN", 12)]
    ]


def test_all_memory_fits_a_server_of_four_gigabytes_but_for_a_deploy() -> None:
    sizes = {
        name: int(made["deploy"]["resources"]["limits"]["memory"].removesuffix("M"))
        for name, made in SERVICES.items()
        if name not in RUN_ONCE
    }

    assert sum(sizes.values()) - sizes["web-green"] <= 5120  # limits, not use
