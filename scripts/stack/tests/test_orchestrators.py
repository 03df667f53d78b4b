"""What the files for Swarm and Kubernetes promise; their schemas are those of the real things."""

import copy
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from ecommerce_backend.tests.refusals import KEY, OTHER_KEY
from scripts.stack.tests.test_compose import ROOT, STACK

KUBERNETES = "1.34"
MANIFESTS = ROOT / "scripts" / "stack" / "kubernetes"
SWARM = ROOT / "scripts" / "stack" / "swarm" / "stack.yml"
OVERRIDES = ROOT / "scripts" / "stack" / "overrides"
SECRETS = "/run/secrets/shop"
WELL_KEPT = {
    "database_url": "postgresql://nexus_app:word@db.internal:5432/nexus",
    "redis_url": "redis+sentinel://:word@one.internal,two.internal/cache/0",
    "redis_state_url": "redis+sentinel://:word@one.internal,two.internal/state/0",
    "django_secret_key": KEY,
    "jwt_signing_key": OTHER_KEY,
    "s3_access_key_id": "AKIDOFTHESHOP",
    "s3_secret_access_key": "word",
}
EX_CONFIG = 78


def documents() -> Iterator[tuple[str, Any]]:
    for file in sorted(MANIFESTS.glob("*.yaml")):
        for document in yaml.safe_load_all(file.read_text()):
            if document["kind"] != "Kustomization":
                yield f"{file.name}: {document['kind']} {document['metadata']['name']}", document


DOCUMENTS = dict(documents())
PODS = {
    name: document["spec"]["template"]["spec"]
    for name, document in DOCUMENTS.items()
    if document["kind"] in {"Deployment", "Job"}
}


def named(kind: str, name: str) -> Any:
    (found,) = (
        document
        for document in DOCUMENTS.values()
        if (document["kind"], document["metadata"]["name"]) == (kind, name)
    )
    return found


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_document_is_one_that_kubernetes_knows(name: str) -> None:
    assert kubernetes_validate.validate(DOCUMENTS[name], KUBERNETES, strict=True) == KUBERNETES


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["spec", "strategy", "rollingUpdate", "maxUnavailabel"], 0),
        (["spec", "template", "spec", "enableServiceLink"], False),
        (["spec", "minReadySeconds"], "soon"),
    ],
)
def test_a_mistake_in_a_document_would_be_noticed(path: list[str], value: object) -> None:
    spoilt = copy.deepcopy(named("Deployment", "web"))
    place = spoilt
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(spoilt, KUBERNETES, strict=True)


def test_kustomize_applies_every_file_but_the_migrations_which_come_before() -> None:
    listed = yaml.safe_load((MANIFESTS / "kustomization.yaml").read_text())["resources"]
    there = {file.name for file in MANIFESTS.glob("*.yaml")}

    assert sorted(listed) == sorted(there - {"kustomization.yaml", "migrate.yaml"})


@pytest.mark.parametrize("name", PODS)
def test_a_pod_may_do_nothing_that_the_shop_needs_not(name: str) -> None:
    pod, (container,) = PODS[name], PODS[name]["containers"]

    assert pod["enableServiceLinks"] is False
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert {"requests", "limits"} == container["resources"].keys()


def test_an_update_takes_no_web_pod_away_before_there_is_another() -> None:
    spec = named("Deployment", "web")["spec"]
    pod = spec["template"]["spec"]
    (container,) = pod["containers"]
    pause = int(container["lifecycle"]["preStop"]["exec"]["command"][1])

    assert spec["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert pod["terminationGracePeriodSeconds"] > pause + 30  # gunicorn.conf.py: graceful_timeout
    least = named("HorizontalPodAutoscaler", "web")["spec"]["minReplicas"]
    assert named("PodDisruptionBudget", "web")["spec"]["minAvailable"] < least


def test_metrics_and_health_are_not_for_the_outside() -> None:
    paths = [
        (path["path"], path["pathType"])
        for path in named("Ingress", "shop")["spec"]["rules"][0]["http"]["paths"]
    ]

    assert ("/", "Exact") in paths
    assert not [path for path, _ in paths if path.startswith(("/metrics", "/health"))]
    assert ("/", "Prefix") not in paths


@pytest.mark.parametrize("name", PODS)
def test_a_pod_is_given_the_secrets_that_it_asks_for_and_the_owner_to_no_other(name: str) -> None:
    (source,) = (
        volume["projected"]["sources"][0]["secret"]
        for volume in PODS[name]["volumes"]
        if volume["name"] == "secrets"
    )
    items = {item["path"]: item["key"] for item in source["items"]}
    asked = {Path(value).name for value in settings().values() if value.startswith(SECRETS)}
    owner = "database_url_owner" if name.startswith("migrate") else "database_url"

    assert asked <= items.keys()
    assert items["database_url"] == owner
    assert set(items.values()) <= named("Secret", source["name"])["stringData"].keys()


def settings() -> dict[str, str]:
    found: dict[str, str] = named("ConfigMap", "shop-settings")["data"]
    return found


def start(secrets: Mapping[str, str], folder: Path) -> tuple[int, str]:
    """Start the shop's settings as a pod with these secrets would."""
    for name, value in secrets.items():
        (folder / name).write_text(value)
    environment = {name: text.replace(SECRETS, str(folder)) for name, text in settings().items()}
    probe = subprocess.run(
        [sys.executable, "-m", "ecommerce_backend.tests.start_probe"],
        cwd=ROOT,
        input=json.dumps(environment) + "\n",
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    code, words = json.loads(probe.stdout)
    return code, words


def test_the_shop_starts_with_the_settings_of_a_pod(tmp_path: Path) -> None:
    assert start(WELL_KEPT, tmp_path) == (0, "")


def test_the_shop_refuses_the_secrets_of_the_example(tmp_path: Path) -> None:
    example = named("Secret", "shop-secrets")["stringData"]
    keys = {name: example[name] for name in ("django_secret_key", "jwt_signing_key")}

    code, words = start({**WELL_KEPT, **keys}, tmp_path)

    assert code == EX_CONFIG
    assert words.startswith("DJANGO_SECRET_KEY must be at least 32 random characters.")


def check_stack(file: Path) -> int:
    command = [str(Path(sys.executable).with_name("check-jsonschema"))]
    command += ["--builtin-schema", "vendor.compose-spec", str(file)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def test_the_stack_follows_the_compose_specification_and_a_mistake_would_not(
    tmp_path: Path,
) -> None:
    spoilt = tmp_path / "stack.yml"
    spoilt.write_text(SWARM.read_text().replace("failure_action:", "failure_acton:"))

    assert check_stack(SWARM) == 0
    assert check_stack(spoilt) == 1


@pytest.mark.parametrize("file", sorted(OVERRIDES.iterdir()), ids=lambda file: file.stem)
def test_an_override_fits_the_stack_of_one_server(file: Path) -> None:
    override = yaml.safe_load(file.read_text())

    assert check_stack(file) == 0
    assert override["services"].keys() <= STACK["services"].keys()
    for service in override["services"].values():
        assert set(service.get("networks", {})) <= STACK["networks"].keys()
        assert set(service["secrets"]) <= override["secrets"].keys()


def test_the_stack_starts_the_new_before_it_stops_the_old_and_goes_back_by_itself() -> None:
    stack = yaml.safe_load(SWARM.read_text())
    for name in ("web", "worker", "scheduler"):
        update = stack["services"][name]["deploy"]["update_config"]
        assert (update["order"], update["failure_action"]) == ("start-first", "rollback")
    used = {
        secret["source"]
        for service in stack["services"].values()
        for secret in service.get("secrets", [])
    }
    assert used == stack["secrets"].keys()
    assert all(secret == {"external": True} for secret in stack["secrets"].values())
