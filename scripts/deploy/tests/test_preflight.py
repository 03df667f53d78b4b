import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scripts.deploy.__main__ import main
from scripts.deploy.outcome import Code, Stop
from scripts.deploy.preflight.checks import require
from scripts.deploy.state import State, save
from scripts.deploy.tests.hosts import CHECKOUT, GIB, PUBLIC, SECRETS, Host

Breakage = Callable[[Host], object]


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    machine = Host(tmp_path)
    monkeypatch.setenv("PATH", machine.path)
    yield machine
    machine.close()


def preflight(host: Host, *options: str) -> int:
    return main(["--site", str(host.site.root), "preflight", *options])


def refusals(printed: str) -> list[str]:
    """Return what was refused, each line with what belongs to it joined to one."""
    found: list[str] = []
    for line in printed.splitlines():
        if not line.startswith(" "):
            found.append(line)
        elif found:
            found[-1] += " " + line.strip()
    return [line for line in found if line.startswith("✗")]


def _run_a_release(host: Host) -> None:
    save(host.site, State(color="blue", release="1.0", image="nexus:1.0"))
    host.docker("image", "[]")


def _refused_by_the_shop(host: Host) -> None:
    _run_a_release(host)
    host.settings(SHOP_CURRENCY="EURO")
    host.docker("run", error="SHOP_CURRENCY must be an ISO 4217 code, not 'EURO'.\n")


def _publish(host: Host) -> None:
    services = host.services()
    services["db"]["ports"] = [{"published": "5432"}]
    host.compose(services)


def _hand_over_the_socket(host: Host) -> None:
    services = host.services()
    services["certbot"]["volumes"] = [{"source": "/var/run/docker.sock"}]
    host.compose(services)


def _host_network(host: Host) -> None:
    services = host.services()
    services["web-blue"]["network_mode"] = "host"
    host.compose(services)


def _secret(host: Host, name: str) -> Path:
    return host.site.secrets / name


def _same_twice(host: Host) -> None:
    for name in ("django_secret_key", "jwt_signing_key"):
        _secret(host, name).chmod(0o600)
        _secret(host, name).write_text("2XkD8sYb5NgW3rT9vQ7zLp2XkD8sYb5N")
        _secret(host, name).chmod(0o440)


def _emptied(host: Host) -> None:
    _secret(host, "redis_acl").chmod(0o600)
    _secret(host, "redis_acl").write_text("\n")
    _secret(host, "redis_acl").chmod(0o440)


BROKEN: dict[str, tuple[Breakage, str]] = {
    "32-bit processor": (
        lambda host: host.program("uname", "armv7l\n"),
        "✗ architecture  The processor is of the kind armv7l.",
    ),
    "no git": (lambda host: host.without("git"), "✗ git           git is not installed."),
    "no docker": (
        lambda host: host.without("docker"),
        "✗ docker        Docker is not installed.",
    ),
    "docker is down": (
        lambda host: host.docker("version", error="Cannot connect to the Docker daemon."),
        "✗ docker        The Docker engine does not answer: Cannot connect to the Docker daemon.",
    ),
    "old docker": (
        lambda host: host.docker("version", "20.10.24\n"),
        "✗ docker        Docker is 20.10.24; 24.0 is the oldest that will do.",
    ),
    "no compose": (
        lambda host: host.docker("compose-version", error="'compose' is not a docker command."),
        "✗ compose       Docker has no compose plugin.",
    ),
    "old compose": (
        lambda host: host.docker("compose-version", "v2.17.2\n"),
        "✗ compose       Docker Compose is 2.17.2; 2.20 is the oldest that will do.",
    ),
    "little memory": (
        lambda host: host.memory(GIB),
        "✗ memory        The machine has 1.0 GB of memory.",
    ),
    "full disk": (
        lambda host: host.disk(total=40 * GIB, free=6 * GIB),
        "✗ disk          The disk has 6.0 GB free, 15%; 5 GB and 20% must be.",
    ),
    "small disk": (
        lambda host: host.disk(total=8 * GIB, free=4 * GIB),
        "✗ disk          The disk has 4.0 GB free, 50%; 5 GB and 20% must be.",
    ),
    "clock on its own": (
        lambda host: host.program("timedatectl", "no\n"),
        "✗ clock         The clock is not set by the network.",
    ),
    "no settings": (
        lambda host: host.site.env_file.unlink(),
        "✗ settings      .env.prod is missing.",
    ),
    "odd line": (
        lambda host: host.site.env_file.write_text("DOMAIN shop.test\n"),
        "✗ settings      .env.prod, line 1:",
    ),
    "no address": (
        lambda host: host.settings(ACME_EMAIL=None),
        "✗ settings      ACME_EMAIL is not set.",
    ),
    "placeholder": (
        lambda host: host.settings(ACME_EMAIL="you@example.com"),
        "✗ settings      ACME_EMAIL still holds a placeholder (you@example.com).",
    ),
    "domain with a scheme": (
        lambda host: host.settings(DOMAIN="https://shop.test/"),
        "✗ settings      DOMAIN is 'https://shop.test/', which is no name of a host.",
    ),
    "typing error": (
        lambda host: host.settings(SHOP_CURENCY="EUR"),
        "✗ settings      SHOP_CURENCY is not a setting of the shop. where: .env.prod",
    ),
    "secret among the settings": (
        lambda host: host.settings(JWT_SIGNING_KEY="2XkD8sYb5NgW3rT9vQ7zLp"),
        "✗ settings      JWT_SIGNING_KEY is set in .env.prod, where secrets do not belong.",
    ),
    "missing secret": (
        lambda host: _secret(host, "jwt_signing_key").unlink(),
        f"✗ secrets       1 of {len(SECRETS)} secrets are not there: jwt_signing_key.",
    ),
    "secret for all to read": (
        lambda host: _secret(host, "database_url").chmod(0o444),
        "✗ secrets       The secret database_url can be read by everybody (mode 0444).",
    ),
    "secret nobody may read": (
        lambda host: _secret(host, "database_url").chmod(0o400),
        "✗ secrets       The secret database_url has mode 0400 and must have 0440.",
    ),
    "empty secret": (_emptied, "✗ secrets       The secret redis_acl is empty."),
    "one secret for two": (
        _same_twice,
        "✗ secrets       The secret jwt_signing_key holds the same as django_secret_key.",
    ),
    "port taken": (
        lambda host: host.listen(host.ports[0]),
        "is taken by apache2 (process 812).",
    ),
    "no port": (
        lambda host: host.settings(BIND_HTTPS="https"),
        "✗ ports         BIND_HTTPS is 'https', which is no port.",
    ),
    "address of another machine": (
        lambda host: host.settings(BIND_HTTP=f"{PUBLIC}:80"),
        "✗ ports         Nothing can listen there: Cannot assign requested address.",
    ),
    "network of another program": (
        lambda host: host.networks(other_default="10.213.0.0/16"),
        (
            "✗ networks      EDGE_SUBNET 10.213.240.0/24 overlaps 10.213.0.0/16, Docker's network"
            " other_default."
        ),
    ),
    "network behind a VPN": (
        lambda host: host.routes(wg0="10.192.0.0/10"),
        (
            "✗ networks      EDGE_SUBNET 10.213.240.0/24 overlaps 10.192.0.0/10, a route of this"
            " host by wg0."
        ),
    ),
    "network with other addresses than its own": (
        lambda host: host.networks(nexus_edge="172.28.240.0/24"),
        (
            "✗ networks      Docker's network nexus_edge has 172.28.240.0/24, and EDGE_SUBNET is"
            " 10.213.240.0/24."
        ),
    ),
    "domain without a record": (
        lambda host: host.names(),
        "✗ dns           shop.test has no address in the DNS.",
    ),
    "domain of another machine": (
        lambda host: host.names(v4="5.9.0.2"),
        "✗ dns           The A record of shop.test leads to 5.9.0.2, which is not this machine.",
    ),
    "old AAAA record": (
        lambda host: host.names(v4="5.9.0.1", v6="2a01:4f8::2"),
        (
            "✗ dns           The AAAA record of shop.test leads to 2a01:4f8::2, which is not this"
            " machine."
        ),
    ),
    "domain in /etc/hosts": (
        lambda host: host.names(v4="127.0.1.1"),
        (
            "✗ dns           This machine takes shop.test for itself (127.0.1.1), so the DNS cannot"
            " be seen."
        ),
    ),
    "compose file gone": (
        lambda host: host.site.compose_file.unlink(),
        "✗ stack         The compose file cannot be used: docker-compose.production.yml is missing",
    ),
    "compose file damaged": (
        lambda host: host.docker("config", error="services.web-blue must be a mapping"),
        "✗ stack         The compose file cannot be used: services.web-blue must be a mapping",
    ),
    "database published": (
        _publish,
        "✗ stack         Service db publishes port 5432; only nginx may.",
    ),
    "docker's socket handed over": (
        _hand_over_the_socket,
        "✗ stack         Service certbot is given Docker's socket.",
    ),
    "network of the host": (
        _host_network,
        "✗ stack         Service web-blue uses the network of the host.",
    ),
    "state damaged": (
        lambda host: host.site.state_file.write_text("{"),
        "✗ shop ",
    ),
    "settings that the shop refuses": (
        _refused_by_the_shop,
        (
            "✗ shop          The shop would not start: SHOP_CURRENCY must be an ISO 4217 code, not"
            " 'EURO'."
        ),
    ),
}


def test_there_are_twenty_broken_hosts_and_more() -> None:
    assert len(BROKEN) >= 20


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_host_is_refused_with_its_own_line(
    name: str, host: Host, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    break_it, line = BROKEN[name]
    break_it(host)

    code = preflight(host)

    refused = refusals(capsys.readouterr().out)
    assert code == 3
    told = [finding for finding in refused if line in finding]
    assert len(told) == 1, refused
    assert " why: " in told[0]
    assert " do: " in told[0]


def test_a_host_with_nothing_wrong_is_ready(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    _run_a_release(host)
    host.docker("run", "System check identified no issues (0 silenced).\n")

    assert preflight(host) == 0

    printed = capsys.readouterr().out
    assert "✗" not in printed
    assert "!" not in printed
    assert printed.endswith("Ready: 16 good, 0 in doubt.\n")


def test_the_port_of_this_shops_own_nginx_is_no_fault(
    host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    host.listen(host.ports[0])
    host.docker("ps", f"127.0.0.1:{host.ports[0]}->80/tcp\n")

    assert preflight(host) == 0
    assert f"✓ ports         {host.ports[0]} is this shop's nginx" in capsys.readouterr().out


def test_the_network_of_this_shop_itself_is_no_fault(host: Host) -> None:
    host.networks(nexus_edge="10.213.240.0/24")
    host.routes(**{"br-nexus_edge-0": "10.213.240.0/24"})
    assert preflight(host) == 0

    host.routes(**{"br-nexus_edge-1": "10.213.240.0/24"})
    assert preflight(host) == 3


def test_a_network_that_is_free_is_proposed(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    host.routes(wg0="10.192.0.0/10")

    preflight(host)

    told = capsys.readouterr().out
    assert "EDGE_SUBNET=10.87.112.0/24" in told
    host.settings(EDGE_SUBNET="10.87.112.0/24")
    assert preflight(host) == 0


def test_behind_a_balancer_the_dns_can_be_left_out(host: Host) -> None:
    host.names(v4="5.9.0.2")
    assert preflight(host) == 3

    assert preflight(host, "--skip", "dns") == 0
    host.settings(PREFLIGHT_SKIP="dns, clock")
    host.program("timedatectl", "no\n")
    assert preflight(host) == 0


@pytest.mark.parametrize(
    ("doubt", "line"),
    [
        (lambda host: host.memory(2 * GIB), "! memory        The machine has 2.0 GB of memory;"),
        (lambda host: host.without("timedatectl"), "! clock         Whether the clock is set"),
        (lambda host: host.addresses("10.0.0.5"), "! dns           shop.test leads to 5.9.0.1,"),
        (lambda host: host.settings(LANGUAGE="de"), "! settings      LANGUAGE is not a setting"),
    ],
)
def test_a_doubt_is_told_and_refuses_nothing(
    doubt: Breakage, line: str, host: Host, capsys: pytest.CaptureFixture[str]
) -> None:
    doubt(host)

    assert preflight(host) == 0
    assert line in capsys.readouterr().out


def test_json_has_every_finding(host: Host, capsys: pytest.CaptureFixture[str]) -> None:
    host.program("timedatectl", "no\n")

    assert preflight(host, "--json") == 3

    document = json.loads(capsys.readouterr().out)
    assert document["exit_code"] == 3
    assert [f["check"] for f in document["findings"] if f["level"] == "red"] == ["clock"]


def test_a_deploy_is_stopped_by_what_preflight_refuses(host: Host) -> None:
    assert require(host.site) == []
    host.program("timedatectl", "no\n")

    with pytest.raises(Stop) as stop:
        require(host.site)

    assert stop.value.code is Code.REFUSED
    assert "clock: The clock is not set by the network." in stop.value.message
    assert require(host.site, skip={"clock"}) == []


def test_it_runs_from_the_shell_too(host: Host) -> None:
    host.program("timedatectl", "no\n")
    done = subprocess.run(
        [CHECKOUT / "scripts" / "deploy.sh", "--site", host.site.root, "preflight"],
        env={**os.environ, "PATH": host.path},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 3, done.stderr
    assert done.stdout.endswith("Not ready: 1 to put right, 0 in doubt, 14 good.\n")
    assert "\x1b" not in done.stdout
