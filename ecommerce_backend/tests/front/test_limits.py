"""nginx's limits lie outside the shop's: a customer meets the shop's, a flood nginx's."""

import json
import re
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.conf import settings

from ecommerce_backend.tests.front.servers import (
    FILES,
    Answer,
    Front,
    answers,
    gunicorn,
    nginx,
    request,
)

pytestmark = pytest.mark.xdist_group("front")

# As nginx behind another proxy is told who asks, so that a test can be many customers.
SAID = "set_real_ip_from 127.0.0.1; real_ip_header X-Said;"
INSIDE = {  # the shop's limits by network, and the zone of nginx that lies around them
    "general": ("address",),
    "entry": ("login-address", "register-address"),
    "checkout": ("checkout-address",),
}


def flood(front: Front, count: int, *lines: str, method: str = "GET", target: str) -> list[Answer]:
    """Send requests one behind the other on one connection."""
    last = request(target, *lines, method=method)
    with front.connect(tls=True) as connection:
        connection.sendall(last.replace(b"Connection: close\r\n", b"") * (count - 1) + last)
        return answers(connection)


def is_nginxs(answer: Answer) -> bool:
    """Tell a 429 of nginx from one of the shop, which names the limit."""
    return answer.status == 429 and "violated-policies" not in json.loads(answer.body)


def configured() -> Mapping[str, tuple[int, int]]:
    """Return of each zone how many a minute and how many at once."""
    zones = (FILES / "site" / "zones.conf").read_text()
    rates = re.findall(r"limit_req_zone \S+ zone=(\w+):10m rate=(\d+)r/m;", zones)
    bursts = dict(
        re.findall(r"zone=(\w+) burst=(\d+) nodelay;", (FILES / "site/limits.conf").read_text())
    )
    return {zone: (int(rate), int(bursts[zone])) for zone, rate in rates}


@pytest.mark.parametrize("zone", INSIDE)
def test_whatever_the_shop_allows_passes_nginx(zone: str) -> None:
    inside = [settings.USUAL_RATE_LIMITS[name] for name in INSIDE[zone]]
    rate, burst = configured()[zone]

    assert burst == sum(quota for quota, _ in inside)
    assert rate == sum(2 * 60 * quota // seconds for quota, seconds in inside)
    assert set(configured()) == set(INSIDE)


def test_a_customer_meets_the_limit_of_the_shop_first(tmp_path: Path) -> None:
    quota = settings.USUAL_RATE_LIMITS["address"].quota
    # The usual number, in a window that a slow machine does not outlast.
    longer = {"SHOP_RATE_LIMITS": f"address={quota}/hour"}
    for part in ("shop", "front"):
        (tmp_path / part).mkdir()
    with (
        gunicorn(tmp_path / "shop", **longer) as shop,
        nginx(tmp_path / "front", upstream=shop.port, real_ip=SAID) as front,
    ):
        flooded = flood(front, 700, "X-Said: 198.51.100.7", target="/nowhere/")

    statuses = [answer.status for answer in flooded]
    assert statuses[:600] == [404] * 600
    assert set(statuses[600:]) == {429}
    assert not is_nginxs(flooded[600])
    assert json.loads(flooded[600].body)["violated-policies"] == ["address"]


def test_a_flood_does_not_reach_the_shop(shop: Front, tmp_path: Path) -> None:
    with nginx(tmp_path, upstream=shop.port) as front:
        flooded = flood(front, 900, target="/health/live/")  # the shop does not count these

    refused = [answer for answer in flooded if answer.status == 429]
    assert len(flooded) == 900
    assert 100 <= len(refused) <= 299  # 601 pass at once, and 20 in each second that it takes
    assert all(map(is_nginxs, refused))
    assert refused[0].one("Retry-After") == "1"


@pytest.mark.parametrize(
    ("target", "method", "passes"),
    [
        ("/api/v1/auth/login/", "POST", 51),
        ("/api/v1/auth/register/?x=1", "POST", 51),
        ("/admin/login/", "POST", 51),
        ("/admin/second-factor/", "POST", 51),
        ("/api/v1/orders/", "POST", 61),
        ("/api/v1/orders/N-1/payments/", "POST", 61),
        ("/api/v1/auth/login/", "GET", 150),
        ("/api/v1/orders/", "GET", 150),
        ("/api/v1/auth/refresh/", "POST", 150),
    ],
)
def test_what_is_dear_is_counted_apart(
    tmp_path: Path, closed: int, target: str, method: str, passes: int
) -> None:
    with nginx(tmp_path, upstream=closed) as front:
        flooded = flood(front, 150, "Content-Length: 0", target=target, method=method)

    passed = [answer for answer in flooded if answer.status == 502]
    assert passes <= len(passed) <= passes + 4  # 100 more a minute, in the seconds that it takes


def test_an_ipv6_customer_is_one_with_all_of_their_network(tmp_path: Path, closed: int) -> None:
    with nginx(tmp_path, upstream=closed, real_ip=SAID) as front:
        passed = {
            address: sum(
                answer.status == 502
                for answer in flood(
                    front, 80, f"X-Said: {address}", method="POST", target="/api/v1/orders/"
                )
            )
            for address in ("2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "192.0.2.1")
        }

    assert passed["2001:db8::1"] >= 61
    assert passed["2001:db8::2"] <= 2  # what has become free meanwhile
    assert passed["2001:db8:0:1::1"] >= 61
    assert passed["192.0.2.1"] >= 61


def test_idle_connections_do_not_keep_others_out(shop: Front, tmp_path: Path) -> None:
    events = "worker_connections 64;"
    with (
        nginx(tmp_path, upstream=shop.port, events=events, timeouts="") as front,
        ExitStack() as open_ones,
    ):
        idle = [open_ones.enter_context(front.connect()) for _ in range(100)]
        for oldest in idle[:36]:  # what does not fit: nginx has come to the last ones
            assert oldest.recv(1) == b""
        answer = front.exchange(request(), tls=True)[0]

    assert answer.status == 200


def test_one_address_has_forty_requests_under_way(tmp_path: Path, silent: int) -> None:
    with nginx(tmp_path, upstream=silent) as front, ExitStack() as open_ones:
        for _ in range(40):
            waiting = open_ones.enter_context(front.connect(tls=True))
            waiting.sendall(request("/api/v1/cart/"))
        refused = front.exchange(request("/api/v1/cart/"), tls=True)[0]

    assert refused.status == 429
    assert is_nginxs(refused)
