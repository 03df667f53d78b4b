import re
from ipaddress import ip_network

import pytest

from scripts.deploy.firewall.rules import ANYWHERE, TEMPLATE, Rules
from scripts.deploy.site import CHECKOUT

EVERYTHING = Rules(
    ssh_ports=frozenset({22, 2222}),
    ssh_from=(ip_network("203.0.113.0/24"), ip_network("2001:db8::/48")),
    web_tcp=frozenset({80, 443}),
    web_udp=frozenset({443}),
    trusted=frozenset({"wg0"}),
    uplinks=frozenset({"eth0", "eth1"}),
)


def rendered(rules: Rules) -> str:
    return rules.text((CHECKOUT / TEMPLATE).read_text())


def members(text: str) -> dict[str, list[str]]:
    """The elements by the name of their set."""
    sets = re.findall(r"set (\w+) \{(.*?)\n    \}", text, re.DOTALL)
    found = {name: re.search(r"elements = \{ (.*) \}", body) for name, body in sets}
    return {name: match[1].split(", ") if match else [] for name, match in found.items()}


def test_every_rule_names_the_set_that_was_asked_for() -> None:
    assert members(rendered(EVERYTHING)) == {
        "ssh_ports": ["22", "2222"],
        "ssh_from4": ["203.0.113.0/24"],
        "ssh_from6": ["2001:db8::/48"],
        "web_tcp": ["80", "443"],
        "web_udp": ["443"],
        "trusted": ['"wg0"'],
        "uplinks": ['"eth0"', '"eth1"'],
        "ssh_rate4": [],
        "ssh_rate6": [],
    }


def test_by_default_ssh_http_and_https_are_open_to_both_families() -> None:
    assert members(rendered(Rules(ssh_ports=frozenset({22})))) == {
        "ssh_ports": ["22"],
        "ssh_from4": ["0.0.0.0/0"],
        "ssh_from6": ["::/0"],
        "web_tcp": ["80", "443"],
        "web_udp": [],
        "trusted": [],
        "uplinks": [],
        "ssh_rate4": [],
        "ssh_rate6": [],
    }


def test_both_ways_into_the_host_are_closed_by_default_and_no_other_table_is_named() -> None:
    text = rendered(EVERYTHING)

    assert text.count("policy drop") == 2
    assert "hook input priority filter; policy drop" in text
    assert "hook forward priority filter; policy drop" in text
    assert "flush" not in text
    assert set(re.findall(r"(?m)^(?:delete )?table (\w+ \w+)", text)) == {"inet nexus_firewall"}


@pytest.mark.parametrize(
    ("address", "port"),
    [
        ("203.0.113.7", 22),
        ("203.0.113.7", 2222),
        ("2001:db8::7", 22),
        ("::ffff:203.0.113.7", 22),
    ],
)
def test_who_is_let_in_by_ssh(address: str, port: int) -> None:
    assert EVERYTHING.admits_ssh(address=address, port=port, interface="eth0")


@pytest.mark.parametrize(
    ("address", "port"),
    [
        ("203.0.113.7", 2022),
        ("198.51.100.7", 22),
        ("2001:db8:1::7", 22),
        ("::ffff:198.51.100.7", 22),
        ("fe80::1%eth0", 22),
    ],
)
def test_who_is_kept_out_unless_by_a_trusted_interface(address: str, port: int) -> None:
    assert not EVERYTHING.admits_ssh(address=address, port=port, interface="eth0")
    assert EVERYTHING.admits_ssh(address=address, port=port, interface="wg0")


def test_anywhere_is_both_families() -> None:
    rules = Rules(ssh_ports=frozenset({22}), ssh_from=ANYWHERE)

    assert rules.admits_ssh(address="198.51.100.7", port=22, interface=None)
    assert rules.admits_ssh(address="2001:db8:1::7", port=22, interface=None)
