from ecommerce_backend.common.invariants import Invariant

INVARIANTS = (
    Invariant(
        name="past_price_is_the_price",
        statement="The history of prices is open at what each variant costs now, and nowhere else.",
        offenders="""
            SELECT format('%s %s: %s, %s in the history', variant_id, currency,
                coalesce(price.amount::text, 'no price'), coalesce(past.amount::text, 'nothing'))
            FROM catalog_price AS price
            FULL JOIN (SELECT * FROM catalog_pastprice WHERE until IS NULL) AS past
                USING (variant_id, currency)
            WHERE price.amount IS DISTINCT FROM past.amount
            ORDER BY 1
        """,
    ),
    Invariant(
        name="past_list_price_is_the_price",
        statement="The history of price lists ends with what they ask of everybody from now on.",
        offenders="""
            SELECT format('%s %s: %s, %s in the history', variant_id, currency,
                coalesce(planned.amount::text, 'no price'), coalesce(past.amount::text, 'nothing'))
            FROM catalog_planned_list_prices(clock_timestamp()) AS planned
            FULL JOIN (
                SELECT * FROM catalog_pastlistprice
                WHERE until IS NULL OR until > clock_timestamp()
            ) AS past USING (entry_id, variant_id, currency)
            WHERE (planned.amount, planned.until) IS DISTINCT FROM (past.amount, past.until)
            ORDER BY 1
        """,
    ),
    Invariant(
        name="stock_within_on_hand",
        statement="No more is promised than is on hand or may be sold ahead; neither is negative.",
        offenders="""
            SELECT format('%s: %s on hand, %s allocated', variant.sku, on_hand, allocated)
            FROM catalog_stock AS stock
            JOIN catalog_productvariant AS variant ON variant.id = stock.variant_id
            WHERE NOT (allocated BETWEEN 0 AND on_hand + backorder_limit)
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
    Invariant(
        name="lowest_price_is_the_lowest",
        statement="The lowest price of a product is the least that its active variants cost,"
        " by their prices and those of the price lists that are counted.",
        offenders="""
            SELECT format(
                '%s: %s %s is stored, %s is true',
                product.slug, currency, kept.amount, actual.amount
            )
            FROM catalog_lowestprice AS kept
            FULL JOIN (
                SELECT variant.product_id, price.currency,
                    min(least(price.amount, listed.amount)) AS amount
                FROM catalog_price AS price
                JOIN catalog_productvariant AS variant ON variant.id = price.variant_id
                LEFT JOIN (
                    SELECT variant_id, currency, min(entry.amount) AS amount
                    FROM catalog_pricelistentry AS entry
                    JOIN catalog_pricelist AS list
                        ON list.id = entry.price_list_id AND list.is_counted
                    WHERE entry.min_quantity = 1
                    GROUP BY variant_id, currency
                ) AS listed USING (variant_id, currency)
                WHERE variant.is_active
                GROUP BY variant.product_id, price.currency
            ) AS actual USING (product_id, currency)
            LEFT JOIN catalog_product AS product ON product.id = product_id
            WHERE kept.amount IS DISTINCT FROM actual.amount
            ORDER BY 1
        """,
    ),
    Invariant(
        name="price_lists_are_counted",
        statement="Lists of products reckon with the price lists that are open to everybody, five"
        " minutes after they have opened or closed at the latest.",
        offenders="""
            SELECT name FROM catalog_pricelist
            WHERE is_counted <> (
                is_active AND customer_group_id IS NULL
                AND (starts_at IS NULL OR starts_at <= clock_timestamp())
                AND (ends_at IS NULL OR ends_at > clock_timestamp())
            ) AND greatest(
                updated_at,
                CASE WHEN starts_at <= clock_timestamp() THEN starts_at END,
                CASE WHEN ends_at <= clock_timestamp() THEN ends_at END
            ) < clock_timestamp() - interval '5 minutes'
            ORDER BY name
        """,
    ),
    Invariant(
        name="search_knows_every_product",
        statement="Every product with a variant can be searched for.",
        offenders="""
            SELECT product.slug
            FROM catalog_product AS product
            WHERE EXISTS (SELECT FROM catalog_productvariant WHERE product_id = product.id)
                AND NOT EXISTS (
                    SELECT FROM catalog_searchentry AS entry
                    WHERE entry.product_id = product.id AND entry.vector <> ''
                )
            ORDER BY product.slug
        """,
    ),
    Invariant(
        name="stock_warehouses_add_up",
        statement="What lies and is promised in a warehouse is what its ledger adds up to.",
        offenders="""
            SELECT format(
                '%s in %s: %s on hand and %s allocated, %s and %s in the ledger',
                variant.sku, warehouse.code,
                coalesce(level.on_hand, 0), coalesce(level.allocated, 0),
                coalesce(ledger.on_hand, 0), coalesce(ledger.allocated, 0)
            )
            FROM catalog_warehousestock AS level
            FULL JOIN (
                SELECT stock_id, warehouse_id,
                    sum(on_hand_change) AS on_hand, sum(allocated_change) AS allocated
                FROM catalog_stockmovement
                GROUP BY stock_id, warehouse_id
            ) AS ledger USING (stock_id, warehouse_id)
            JOIN catalog_productvariant AS variant ON variant.id = stock_id
            JOIN catalog_warehouse AS warehouse ON warehouse.id = warehouse_id
            WHERE coalesce(level.on_hand, 0) <> coalesce(ledger.on_hand, 0)
                OR coalesce(level.allocated, 0) <> coalesce(ledger.allocated, 0)
            ORDER BY variant.sku, warehouse.code
        """,
    ),
    Invariant(
        name="stock_for_sale_adds_up",
        statement="What a SKU has for sale is what its warehouses have, less what is kept back.",
        offenders="""
            SELECT format(
                '%s: %s sellable and %s ahead, %s and %s in warehouses',
                variant.sku, stock.sellable, stock.backorder_room, sums.sellable, sums.room
            )
            FROM catalog_stock AS stock
            JOIN catalog_productvariant AS variant ON variant.id = stock.variant_id
            JOIN catalog_stock_for_sale(ARRAY(SELECT variant_id FROM catalog_stock)) AS sums
                ON sums.stock_id = stock.variant_id
            WHERE (stock.sellable, stock.backorder_room) <> (sums.sellable, sums.room)
            ORDER BY variant.sku
        """,
    ),
)
