from ipaddress import ip_network

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from ecommerce_backend.common.client_address import client_address


@pytest.fixture(autouse=True)
def _proxies(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", None, "203.0.113.9"),
        ("10.0.0.2", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.2", " 198.51.100.7 ", "198.51.100.7"),
        ("::ffff:10.0.0.2", "198.51.100.7", "198.51.100.7"),
        ("fd00::2", "2001:DB8::1", "2001:db8::1"),
        ("10.0.0.2", "::ffff:198.51.100.7", "198.51.100.7"),
        # A stranger's word about himself counts for nothing.
        ("203.0.113.9", "198.51.100.7", "203.0.113.9"),
        # Neither does a list, which our proxy never sends, nor rubbish.
        ("10.0.0.2", "198.51.100.7, 10.0.0.1", "10.0.0.2"),
        ("10.0.0.2", "198.51.100.7:443", "10.0.0.2"),
        ("10.0.0.2", "unknown", "10.0.0.2"),
        ("10.0.0.2", "", "10.0.0.2"),
        # A UNIX socket has no peer address.
        ("", "198.51.100.7", ""),
    ],
)
def test_the_address_is_the_peers_unless_our_proxy_names_another(
    rf: RequestFactory, peer: str, forwarded: str | None, address: str
) -> None:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}

    assert client_address(rf.get("/", headers=headers, REMOTE_ADDR=peer)) == address
