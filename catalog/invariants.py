from ecommerce_backend.common.invariants import Invariant

INVARIANTS = (
    Invariant(
        name="stock_within_on_hand",
        statement="No more is promised than is on hand, and neither is negative.",
        offenders="""
            SELECT format('%s: %s on hand, %s allocated', variant.sku, on_hand, allocated)
            FROM catalog_stock AS stock
            JOIN catalog_productvariant AS variant ON variant.id = stock.variant_id
            WHERE NOT (allocated BETWEEN 0 AND on_hand)
            ORDER BY variant.sku
        """,
    ),
    Invariant(
        name="stock_ledger_adds_up",
        statement="On hand and allocated are what the stock ledger adds up to.",
        offenders="""
            SELECT format(
                '%s: %s on hand and %s allocated, %s and %s in the ledger',
                variant.sku, on_hand, allocated,
                coalesce(sum(on_hand_change), 0), coalesce(sum(allocated_change), 0)
            )
            FROM catalog_stock AS stock
            JOIN catalog_productvariant AS variant ON variant.id = stock.variant_id
            LEFT JOIN catalog_stockmovement AS movement ON movement.stock_id = stock.variant_id
            GROUP BY stock.variant_id, variant.sku
            HAVING on_hand <> coalesce(sum(on_hand_change), 0)
                OR allocated <> coalesce(sum(allocated_change), 0)
            ORDER BY variant.sku
        """,
    ),
)
