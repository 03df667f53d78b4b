"""Stock of SKUs that are new: nobody can have promised any of it, so nothing is locked or read."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from catalog.models import Warehouse
from catalog.services.stock.holdings import Kind
from ecommerce_backend.common import events
from users.models import User

# The ledger's trigger gives the warehouse its levels.
_OPEN = """
WITH given AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(openings)s) AS opening (variant_id bigint, units int)
), opened AS (
    INSERT INTO catalog_stock (variant_id, on_hand, allocated, sellable)
    SELECT variant_id, units, 0, units FROM given
)
INSERT INTO catalog_stockmovement (
    stock_id, warehouse_id, kind, on_hand_change, allocated_change, reference, reason, actor_id,
    recorded_at
)
SELECT variant_id, %(warehouse)s, %(kind)s, units, 0, %(reference)s, '', %(actor)s,
    clock_timestamp()
FROM given WHERE units > 0
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A SKU without stock yet, and how many units of it there are."""

    variant_id: int
    sku: str
    units: int


@transaction.atomic
def open_skus(openings: Sequence[Opening], *, reference: str, actor: User | None = None) -> None:
    """Give new SKUs their stock, and put their units on the shelf of the default warehouse.

    Three queries for any number. That a new SKU can be had is no news of its return.
    """
    received = {opening.sku: opening.units for opening in openings if opening.units}
    with connection.cursor() as cursor:
        cursor.execute(
            _OPEN,
            {
                "openings": json.dumps(
                    [{"variant_id": one.variant_id, "units": one.units} for one in openings]
                ),
                "warehouse": Warehouse.objects.default().pk,
                "kind": Kind.RECEIPT,
                "reference": reference,
                "actor": actor.pk if actor else None,
            },
        )
    if received:
        events.record(
            "stock.changed",
            subject=f"stock:{Kind.RECEIPT}",
            payload={"reference": reference, "stock": received},
        )
