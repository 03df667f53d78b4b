"""What the addresses of databases become for Django."""

import pytest

from ecommerce_backend.env_databases import databases

PRIMARY = "postgresql://me:word@primary:5432/shop?sslmode=verify-full"
REPLICA = "postgresql://me:word@replica:5432/shop"


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", PRIMARY)


def test_there_is_one_database_unless_a_replica_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert list(databases()) == ["default"]
    monkeypatch.setenv("DATABASE_REPLICA_URL", REPLICA)

    both = databases()

    assert [both[alias]["HOST"] for alias in ("default", "replica")] == ["primary", "replica"]
    assert both["replica"]["OPTIONS"]["tcp_user_timeout"] == 5000
    assert "tcp_user_timeout" not in both["default"]["OPTIONS"]


def test_the_shop_sends_its_time_limits_where_no_pooler_stands_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    direct = databases()["default"]
    monkeypatch.setenv("SHOP_DATABASE_POOLER", "true")
    pooled = databases()["default"]

    assert direct["OPTIONS"]["options"].startswith("-c statement_timeout=5s -c lock_timeout=3s")
    assert "options" not in pooled["OPTIONS"]
    assert [direct["DISABLE_SERVER_SIDE_CURSORS"], pooled["DISABLE_SERVER_SIDE_CURSORS"]] == [
        False,
        True,
    ]
    assert direct["OPTIONS"]["sslmode"] == pooled["OPTIONS"]["sslmode"] == "verify-full"
