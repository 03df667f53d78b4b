"""The certificate's whole life, with certbot, nginx and an ACME server as they are.

Only nginx and certbot's container run here: what they keep serving needs no shop.
"""

import json
import ssl
import time
from collections.abc import Iterator
from dataclasses import asdict
from urllib.request import urlopen

import pytest

from ecommerce_backend.served_certificate import Served, look
from scripts.deploy import nginx_files
from scripts.deploy import state as states
from scripts.deploy.compose import docker_output
from scripts.tests.stack.pebble import DIRECTORY
from scripts.tests.stack.stack import ADMIN, DOMAIN, Stack, installation, wait_until
from scripts.tests.stack.test_healing import kill_main_process

VOLUMES = (
    *("wal_archive", "base_backups", "backups", "media", "static"),
    *("letsencrypt", "tls", "acme", "reports"),
)
SETTINGS = """\
DOMAIN={domain}
ACME_EMAIL={email}
ACME_SERVER={server}
COMPOSE_PROJECT_NAME={project}
BIND_HTTP=127.0.0.1:{http}
BIND_HTTPS=127.0.0.1:{https}
EDGE_SUBNET=172.30.{network}.0/24
PUBLIC_SUBNET_V6=fd6e:6578:7573:{network:x}::/64
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("certificates")
    for place in (folder, *folder.parents[:2]):
        place.chmod(0o755)  # containers look into it
    with installation(folder) as stack:
        begin(stack)
        yield stack


def begin(stack: Stack) -> None:
    """Do of init what nginx and certbot need."""
    stack.site.env_file.write_text(
        SETTINGS.format(
            domain=DOMAIN,
            email=ADMIN,
            server=DIRECTORY,
            project=stack.project,
            http=stack.http,
            https=stack.https,
            network=16 + int(stack.project[-2:], 16) % 200,
        )
    )
    states.save(stack.site, states.State(release="none", image="none", color="blue"))
    nginx_files.write(stack.site, color="blue")
    script = stack.root / "scripts" / "stack" / "web" / "volumes.sh"
    mounts = [
        part for name in VOLUMES for part in ("-v", f"{stack.project}_{name}:/volumes/{name}")
    ]
    run = ["docker", "run", "--rm", "--user", "0", "-v", f"{script}:/volumes.sh:ro", *mounts]
    docker_output([*run, "--entrypoint", "sh", "nginx:stable-trixie", "/volumes.sh"])
    stack.compose.up("certbot", "nginx")


def served(stack: Stack) -> Served:
    """Look as a visitor would who trusts the test's authority alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(stack.pebble.root))
        return look("127.0.0.1", stack.https, name=DOMAIN)


def is_revoked(stack: Stack, serial: str) -> bool:
    form = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}"
    address = docker_output(["docker", "inspect", "--format", form, stack.pebble.name]).stdout
    trust = ssl.create_default_context(cafile=stack.pebble.server_ca)
    trust.check_hostname = False  # asked by its address
    url = f"https://{address.strip()}:15000/cert-status-by-serial/{serial.lstrip('0')}"
    with urlopen(url, context=trust, timeout=10) as answer:
        return bool(json.load(answer)["Status"] == "Revoked")


def test_before_there_is_a_certificate_nginx_serves_a_makeshift_one(stack: Stack) -> None:
    wait_until(lambda: served(stack).is_bootstrap)

    status = stack.deploy("cert", "status", check=False)

    assert served(stack).error in {"self-signed certificate", "self signed certificate"}
    assert status.returncode == 20
    assert "No renewal was tried yet." in status.stdout


def test_a_rehearsal_keeps_nothing(stack: Stack) -> None:
    said = stack.deploy("cert", "issue", "--staging", "--server", DIRECTORY)

    assert "the authority would have given one" in said.stdout
    assert served(stack).is_bootstrap


def test_the_first_certificate_is_served_at_once(stack: Stack) -> None:
    stack.deploy("cert", "issue")

    found = served(stack)
    assert found.error is None
    assert found.names == [DOMAIN]
    assert "Pebble" in (found.issuer or "")


def test_what_lasts_is_not_renewed(stack: Stack) -> None:
    before = served(stack)

    stack.deploy("cert", "issue")
    stack.deploy("cert", "renew")

    assert served(stack) == before


def test_a_renewal_is_served_while_visitors_come(stack: Stack) -> None:
    before = served(stack)

    stack.deploy("cert", "issue", "--force")

    after = served(stack)
    assert after.error is None
    assert after.serial != before.serial
    log = stack.compose.run("logs", "nginx").stdout
    assert "serve: reloaded" in log
    assert "not reloaded" not in log


def test_a_certificate_is_replaced_before_it_is_void(stack: Stack) -> None:
    before = served(stack)
    assert before.serial

    stack.deploy("cert", "revoke", "--reason", "keycompromise")

    after = served(stack)
    assert after.serial
    assert is_revoked(stack, before.serial)
    assert not is_revoked(stack, after.serial)
    assert after.error is None


def test_nginx_begins_again_with_what_it_had(stack: Stack) -> None:
    before = served(stack)
    container = stack.container("nginx")
    assert container is not None

    kill_main_process(container.id)
    begun = time.monotonic()
    wait_until(lambda: _has_begun_after(stack, container.started_at))
    wait_until(lambda: served(stack) == before)
    seconds = time.monotonic() - begun

    print(f"\nnginx was back after {seconds:.1f} s")
    assert seconds < 30


def _has_begun_after(stack: Stack, before: str) -> bool:
    found = stack.container("nginx")
    return found is not None and found.is_running and found.started_at != before


def test_files_that_were_damaged_are_not_served(stack: Stack) -> None:
    before = served(stack)
    chain = f"/etc/letsencrypt/live/{DOMAIN}/fullchain.pem"
    stack.compose.exec("certbot", "sh", "-c", f"cp {chain} /tmp/kept && : > {chain}")

    said = stack.deploy("cert", "renew", check=False)
    stack.compose.exec("certbot", "sh", "-c", f"cat /tmp/kept > {chain}")

    assert said.returncode == 1
    assert served(stack) == before
    stack.deploy("cert", "renew")


def test_while_the_authority_is_away_the_site_goes_on(stack: Stack) -> None:
    before = served(stack)
    docker_output(["docker", "stop", "--time", "1", stack.pebble.name])

    said = stack.deploy("cert", "issue", "--force", check=False)
    status = stack.deploy("cert", "status", check=False)

    assert said.returncode == 1
    assert "Max retries exceeded" in said.stdout
    assert "Max retries exceeded" in status.stdout
    assert asdict(served(stack)) == asdict(before)
