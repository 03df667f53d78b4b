from django.db import migrations

# Writers of the ledger wait while what there is gets its levels; readers do not.
LEVELS = """
LOCK TABLE catalog_stockmovement IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO catalog_warehousestock
    (stock_id, warehouse_id, on_hand, allocated, safety_stock, backorder_limit)
SELECT variant_id, 1, on_hand, allocated, 0, 0
FROM catalog_stock
WHERE on_hand > 0
ON CONFLICT DO NOTHING;
UPDATE catalog_stock SET sellable = on_hand - allocated WHERE on_hand > allocated;
"""
FOR_SALE = """
CREATE FUNCTION catalog_stock_for_sale(ids bigint[])
RETURNS TABLE (stock_id bigint, sellable int, room int) LANGUAGE sql STABLE AS $$
    SELECT stock.variant_id,
        coalesce(sum(
            greatest(level.on_hand - level.safety_stock - level.allocated, 0)
        ) FILTER (WHERE warehouse.is_active), 0)::int,
        coalesce(sum(
            greatest(
                level.backorder_limit
                - greatest(
                    level.allocated - greatest(level.on_hand - level.safety_stock, 0), 0
                ),
                0
            )
        ) FILTER (WHERE warehouse.is_active AND stock.policy <> 'none'), 0)::int
    FROM catalog_stock AS stock
    LEFT JOIN catalog_warehousestock AS level ON level.stock_id = stock.variant_id
    LEFT JOIN catalog_warehouse AS warehouse ON warehouse.id = level.warehouse_id
    WHERE stock.variant_id = ANY (ids)
    GROUP BY stock.variant_id
$$;
"""
APPLY = """
CREATE FUNCTION catalog_apply_movements() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Nobody closes a warehouse while something is booked into it.
    PERFORM 1 FROM catalog_warehouse WHERE id IN (SELECT warehouse_id FROM moved)
    ORDER BY priority, id FOR KEY SHARE;

    UPDATE catalog_warehousestock AS level
    SET on_hand = level.on_hand + change.on_hand,
        allocated = level.allocated + change.allocated
    FROM (
        SELECT stock_id, warehouse_id,
            sum(on_hand_change) AS on_hand, sum(allocated_change) AS allocated
        FROM moved GROUP BY stock_id, warehouse_id
    ) AS change
    WHERE level.stock_id = change.stock_id AND level.warehouse_id = change.warehouse_id;

    INSERT INTO catalog_warehousestock
        (stock_id, warehouse_id, on_hand, allocated, safety_stock, backorder_limit)
    SELECT stock_id, warehouse_id, sum(on_hand_change), sum(allocated_change), 0, 0
    FROM moved
    WHERE NOT EXISTS (
        SELECT FROM catalog_warehousestock AS level
        WHERE level.stock_id = moved.stock_id AND level.warehouse_id = moved.warehouse_id
    )
    GROUP BY stock_id, warehouse_id;

    UPDATE catalog_stock AS stock
    SET sellable = sums.sellable, backorder_room = sums.room
    FROM catalog_stock_for_sale(ARRAY(SELECT DISTINCT stock_id FROM moved)) AS sums
    WHERE stock.variant_id = sums.stock_id
        AND (stock.sellable, stock.backorder_room) <> (sums.sellable, sums.room);
    RETURN NULL;
END $$;
CREATE TRIGGER stock_movement_applied AFTER INSERT ON catalog_stockmovement
    REFERENCING NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_apply_movements();
"""
NOT_APPLIED = """
DROP TRIGGER stock_movement_applied ON catalog_stockmovement;
DROP FUNCTION catalog_apply_movements();
"""


class Migration(migrations.Migration):
    """Let each line of the ledger change the level that it speaks of, whoever writes it.

    So code of the release before, which knows no warehouses, leaves nothing behind that is wrong.
    """

    dependencies = [("catalog", "0016_stock_validated")]
    operations = [
        migrations.RunSQL(LEVELS, "DELETE FROM catalog_warehousestock"),
        migrations.RunSQL(FOR_SALE, "DROP FUNCTION catalog_stock_for_sale(bigint[])"),
        migrations.RunSQL(APPLY, NOT_APPLIED),
    ]
