import json
import ssl
from typing import Any

from scripts.deploy.compose import docker_output
from scripts.tests.stack.conftest import Shop
from scripts.tests.stack.load import connect
from scripts.tests.stack.stack import DOMAIN

TEN_MINUTES = 600


def test_an_empty_folder_becomes_a_healthy_shop_within_ten_minutes(shop: Shop) -> None:
    print(f"\ninit took {shop.init_seconds:.0f} s\n{shop.init_output}")

    assert shop.init_seconds < TEN_MINUTES
    status, _ = shop.ask("/health/live/")
    assert status == 200
    containers = shop.stack.compose.ps()
    assert sorted(found.service for found in containers if found.is_healthy) == [
        "backup",
        "certbot",
        "db",
        "nginx",
        "redis-cache",
        "redis-state",
        "scheduler",
        f"web-{shop.stack.state.color}",
        "worker",
    ]


def test_the_certificate_is_the_authoritys(shop: Shop) -> None:
    trust = ssl.create_default_context(cafile=str(shop.stack.pebble.root))
    connection = connect(shop.stack.https, DOMAIN, trust)
    assert isinstance(connection.sock, ssl.SSLSocket)
    served: Any = connection.sock.getpeercert()
    connection.close()

    assert served["subjectAltName"] == (("DNS", DOMAIN),)
    issuer = dict(pair for part in served["issuer"] for pair in part)
    assert "Pebble" in issuer["commonName"]


def test_a_second_init_changes_nothing(shop: Shop) -> None:
    before = {found.id for found in shop.stack.compose.ps()}

    said = shop.stack.init("--json")

    assert {found.id for found in shop.stack.compose.ps()} == before
    document = json.loads(said.stdout[said.stdout.index("\n{") :])
    assert document["steps_done"] == 0


def test_secrets_are_nowhere_in_the_containers_settings_or_the_images(shop: Shop) -> None:
    ids = [found.id for found in shop.stack.compose.ps()]
    described = docker_output(["docker", "inspect", *ids]).stdout
    history = docker_output(
        ["docker", "history", "--no-trunc", "--format", "{{.CreatedBy}}", shop.stack.state.image]
    ).stdout
    for path in shop.stack.site.secrets.iterdir():
        if secret := path.read_text().strip():
            assert secret not in described, path.name
            assert secret not in history, path.name
