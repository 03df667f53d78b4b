"""Guessing of one password by a crowd of addresses, at a shop with four workers."""

import math
import time
from functools import partial
from pathlib import Path

import pytest

from ecommerce_backend.tests.workers.shop import three_workers
from users.tests.factories import UserFactory

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("workers"),
]
CROWD, FREE = 60, 10


def test_of_sixty_addresses_ten_get_to_try_and_then_one_a_delay(tmp_path: Path) -> None:
    UserFactory.create(email="ada@shop.example")
    addresses = (f"198.51.100.{number}" for number in range(CROWD))

    with three_workers(
        tmp_path, workers=4, SHOP_RATE_LIMITS="", SHOP_TRUSTED_PROXIES="127.0.0.0/8"
    ) as shop:
        form = {"email": "ada@shop.example", "password": "a wrong password"}
        ask = partial(shop.http.post, "/api/v1/auth/login/", json=form)
        began = time.monotonic()
        answers = shop.at_once(CROWD, lambda: ask(headers={"X-Forwarded-For": next(addresses)}))
        seconds = time.monotonic() - began

    tried = [answer for answer in answers if answer.status_code == 401]
    refused = [answer for answer in answers if answer.status_code == 429]
    # The delays are 1, 2, 4 … seconds: so many fit into the time that the crowd took.
    assert FREE <= len(tried) <= FREE + int(math.log2(seconds + 1))
    assert len(tried) + len(refused) == CROWD
    assert {tuple(answer.json()["violated-policies"]) for answer in refused} == {("login-account",)}
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
