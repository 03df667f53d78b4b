"""The settings of the databases: the primary, a pooler before it, a replica beside it."""

from typing import Any

from ecommerce_backend.env import given, switch
from ecommerce_backend.env_addresses import database

PRIMARY, REPLICA = "default", "replica"
_TIME_LIMITS = (
    "-c statement_timeout=5s -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s"
)
# A pooler refuses the options, since it lends one connection to many: the role must have them.
_DIRECT = {"options": _TIME_LIMITS}


def databases() -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES.

    Raises ImproperlyConfigured.
    """
    is_pooled = switch("SHOP_DATABASE_POOLER", default=False)
    configured = {PRIMARY: _settings(database("DATABASE_URL"), is_pooled=is_pooled)}
    if given("DATABASE_REPLICA_URL"):
        replica = _settings(database("DATABASE_REPLICA_URL"), is_pooled=is_pooled)
        # Milliseconds: whoever asks a host that has vanished can ask the primary instead.
        replica["OPTIONS"]["tcp_user_timeout"] = 5000
        configured[REPLICA] = replica
    return configured


def _settings(address: dict[str, Any], *, is_pooled: bool) -> dict[str, Any]:
    return {
        **address,
        # Measured: one kept per thread costs less than a pool, and far less than a new one.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        # A cursor on the server would outlive the transaction, and the loan of the connection.
        "DISABLE_SERVER_SIDE_CURSORS": is_pooled,
        "OPTIONS": {
            "connect_timeout": 3,
            "application_name": "nexus",
            **({} if is_pooled else _DIRECT),
            **address.get("OPTIONS", {}),  # such as sslmode
        },
    }
