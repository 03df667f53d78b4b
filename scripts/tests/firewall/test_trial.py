"""New rules go away by themselves unless somebody confirms that they can still get in."""

import json
import time

import pytest

from scripts.tests.firewall.machines import eventually
from scripts.tests.firewall.world import (
    CLIENT,
    FAMILIES,
    HOST,
    HOST_TCP,
    Shop,
    World,
    open_ports,
)

RULES = "/etc/nexus-firewall/rules.nft"


def seen(shop: World) -> set[int]:
    (over_v4, over_v6) = (open_ports(shop.client, HOST[family], HOST_TCP) for family in FAMILIES)
    assert over_v4 == over_v6
    return over_v4


def status(shop: World) -> int:
    return shop.firewall("status", check=False).returncode


def waiting(shop: World) -> list[str]:
    """The processes that would go back."""
    found = shop.host.run("pgrep", "--full", "--list-full", "firewall-revert.sh", check=False)
    return found.stdout.splitlines()


def journal(shop: World) -> list[dict[str, str]]:
    return [json.loads(line) for line in shop.host.read(".production/deploys.jsonl").splitlines()]


def is_on_trial(shop: World) -> bool:
    return shop.host.run("test", "-e", "/run/nexus-firewall/armed", check=False).returncode == 0


def test_unconfirmed_rules_go_away_in_time(shop: World) -> None:
    begun = time.monotonic()
    shop.firewall("apply", "--seconds", "15")
    assert seen(shop) == {22}
    assert status(shop) == 10

    eventually(lambda: not is_on_trial(shop))

    assert time.monotonic() - begun > 15
    assert seen(shop) == set(HOST_TCP)
    assert status(shop) == 20
    refused = shop.firewall("confirm", check=False)
    assert refused.returncode == 1
    assert "taken back already" in refused.stderr


def test_a_minute_is_given_unless_another_time_is_asked_for(shop: World) -> None:
    shop.firewall("apply")

    (timer,) = waiting(shop)
    assert timer.split()[-1] == "60"


def test_confirmed_rules_stay(shop: World) -> None:
    shop.firewall("apply", "--seconds", "8")
    assert waiting(shop)
    shop.firewall("confirm")

    eventually(lambda: not waiting(shop))

    assert seen(shop) == {22}
    assert status(shop) == 0


def test_a_trial_that_fails_goes_back_to_the_rules_confirmed_before(shop: World) -> None:
    shop.stand()
    shop.host.write(".env.prod", "FIREWALL_SSH_PORTS=22 2222 9090\n")
    shop.firewall("apply", "--seconds", "8")
    assert seen(shop) == {22, 2222, 9090}

    eventually(lambda: not is_on_trial(shop))

    assert seen(shop) == {22}
    assert status(shop) == 0


def test_a_trial_can_be_ended_by_hand(shop: World) -> None:
    shop.firewall("apply")
    shop.firewall("revert")

    assert seen(shop) == set(HOST_TCP)
    assert shop.firewall("revert", check=False).returncode == 1
    assert [line["command"].split()[1:] for line in journal(shop)] == [["apply"], ["revert"]]


def test_a_second_trial_waits_for_the_first(shop: World) -> None:
    shop.firewall("apply")
    shop.host.write(".env.prod", "FIREWALL_SSH_PORTS=22 2222\n")

    refused = shop.firewall("apply", check=False)

    assert refused.returncode == 3
    assert seen(shop) == {22}


@pytest.mark.parametrize("action", ["apply", "confirm", "revert"])
def test_a_dry_run_changes_nothing(shop: World, action: str) -> None:
    tables = shop.host.run("nft", "list", "tables").stdout

    shop.firewall(action, "--dry-run")

    assert shop.host.run("nft", "list", "tables").stdout == tables
    assert "nexus-firewall" not in shop.host.run("ls", "/run", "/etc").stdout


def test_the_rules_are_back_after_a_reboot(shop: World) -> None:
    """A reboot leaves the files in /etc and empties the kernel's tables and /run."""
    shop.stand()
    shop.host.run("nft", "flush", "ruleset")
    assert seen(shop) == set(HOST_TCP)

    unit = shop.host.read("/etc/systemd/system/nexus-firewall.service")
    (start,) = (line for line in unit.splitlines() if line.startswith("ExecStart="))
    shop.host.run(*start.removeprefix("ExecStart=").split())

    assert seen(shop) == {22}
    assert status(shop) == 0
    enabled = "/etc/systemd/system/sysinit.target.wants/nexus-firewall.service"
    assert (
        shop.host.run("readlink", "-f", enabled).stdout.strip().endswith("nexus-firewall.service")
    )


def test_status_tells_when_somebody_changed_the_rules(shop: World) -> None:
    shop.stand()
    shop.host.run("nft", "add", "rule", "inet", "nexus_firewall", "forward", "accept")

    told = shop.firewall("status", check=False)

    assert told.returncode == 10
    assert f"the rules in force are not those in {RULES}" in told.stdout


def test_no_other_table_is_touched(shop: World) -> None:
    shop.host.run("nft", "add", "table", "inet", "somebody_elses")
    before = shop.host.run("nft", "--stateless", "list", "ruleset").stdout

    shop.stand()
    shop.firewall("revert", "--all")

    assert shop.host.run("nft", "--stateless", "list", "ruleset").stdout == before


TALK = (
    "exec 3<>/dev/tcp/{0}/{1}; while read -r line; do echo $line >&3;"
    " read -r -t 2 heard <&3 && echo $heard || echo silence; done"
)


def test_connections_that_are_open_survive_new_rules(shop: Shop) -> None:
    """Those to the host, to a container, and those that the host or a container opened."""
    talks = [
        (shop.client, HOST["ip"], 22),
        (shop.client, HOST["ip6"], 80),
        (shop.client, HOST["ip"], 5432),
        (shop.host, CLIENT["ip"], 7000),
        (shop.container, CLIENT["ip6"], 7000),
    ]
    processes = [machine.start("bash", "-c", TALK.format(*to)) for machine, *to in talks]

    def say(word: bytes) -> list[bytes]:
        heard = []
        for process in processes:
            assert process.stdin
            assert process.stdout
            process.stdin.write(word + b"\n")
            process.stdin.flush()
            heard.append(process.stdout.readline())
        return heard

    assert say(b"one") == [b"one\n"] * 5

    shop.stand()

    assert say(b"two") == [b"two\n"] * 5
