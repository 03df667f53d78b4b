"""Which prices of lists hold is decided in one place, and lists of products reckon with them."""

from django.db import migrations

# Plain SQL, so that the planner sees through it: a page of products looks up a handful of rows.
RULE = """
CREATE FUNCTION catalog_list_prices(customer bigint, at timestamptz)
RETURNS TABLE (
    variant_id bigint, currency varchar, min_quantity integer, amount numeric, is_public boolean
) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT entry.variant_id, entry.currency, entry.min_quantity, entry.amount,
        list.customer_group_id IS NULL
    FROM catalog_pricelistentry AS entry
    JOIN catalog_pricelist AS list ON list.id = entry.price_list_id
    WHERE list.is_active
        AND (list.starts_at IS NULL OR list.starts_at <= at)
        AND (list.ends_at IS NULL OR list.ends_at > at)
        AND (list.customer_group_id IS NULL OR list.customer_group_id IN (
            SELECT membership.customergroup_id FROM users_customergroup_members AS membership
            WHERE membership.user_id = customer
        ))
$$;
"""
# By lists that are counted, not by the clock: so the stored number follows from stored rows alone.
LOWEST = """
CREATE OR REPLACE FUNCTION catalog_refresh_lowest_prices(products bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(products, '{}') = '{}' THEN
        RETURN;
    END IF;
    PERFORM catalog_lock_search_entries(products);
    DELETE FROM catalog_lowestprice AS lowest
    WHERE lowest.product_id = ANY (products) AND NOT EXISTS (
        SELECT FROM catalog_price AS price
        JOIN catalog_productvariant AS variant ON variant.id = price.variant_id
        WHERE variant.product_id = lowest.product_id AND variant.is_active
            AND price.currency = lowest.currency
    );
    INSERT INTO catalog_lowestprice AS lowest (product_id, currency, amount)
    SELECT variant.product_id, price.currency, min(least(price.amount, (
        SELECT min(entry.amount)
        FROM catalog_pricelistentry AS entry
        JOIN catalog_pricelist AS list ON list.id = entry.price_list_id AND list.is_counted
        WHERE entry.variant_id = price.variant_id AND entry.currency = price.currency
            AND entry.min_quantity = 1
    )))
    FROM catalog_productvariant AS variant
    JOIN catalog_price AS price ON price.variant_id = variant.id
    WHERE variant.product_id = ANY (products) AND variant.is_active
    GROUP BY variant.product_id, price.currency
    ON CONFLICT (product_id, currency) DO UPDATE SET amount = excluded.amount
    WHERE lowest.amount <> excluded.amount;
END $$;
"""
TRIGGERS = """
CREATE FUNCTION catalog_note_price_list() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.is_counted := NEW.is_active AND NEW.customer_group_id IS NULL
        AND (NEW.starts_at IS NULL OR NEW.starts_at <= clock_timestamp())
        AND (NEW.ends_at IS NULL OR NEW.ends_at > clock_timestamp());
    RETURN NEW;
END $$;
CREATE TRIGGER price_list_is_counted BEFORE INSERT OR UPDATE ON catalog_pricelist
    FOR EACH ROW EXECUTE FUNCTION catalog_note_price_list();

CREATE FUNCTION catalog_count_price_lists() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_refresh_lowest_prices(array_agg(DISTINCT variant.product_id))
    FROM before
    JOIN after ON after.id = before.id AND after.is_counted <> before.is_counted
    JOIN catalog_pricelistentry AS entry ON entry.price_list_id = after.id
    JOIN catalog_productvariant AS variant ON variant.id = entry.variant_id
    WHERE entry.min_quantity = 1;
    RETURN NULL;
END $$;
CREATE TRIGGER price_list_counts AFTER UPDATE ON catalog_pricelist
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_count_price_lists();

-- The lists are locked first: one that is counted from now on must see these entries, or these
-- entries must see that it is.
CREATE FUNCTION catalog_note_list_prices(lists bigint[], variants bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM catalog_pricelist WHERE id = ANY (lists) ORDER BY id FOR SHARE;
    PERFORM catalog_refresh_lowest_prices(array_agg(DISTINCT product_id))
    FROM catalog_productvariant WHERE id = ANY (variants);
END $$;

CREATE FUNCTION catalog_note_list_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        PERFORM catalog_note_list_prices(array_agg(price_list_id), array_agg(variant_id)) FROM (
            SELECT price_list_id, variant_id FROM before
            UNION SELECT price_list_id, variant_id FROM after
        ) AS changed;
    ELSE
        PERFORM catalog_note_list_prices(array_agg(price_list_id), array_agg(variant_id))
        FROM changed;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER list_price_added AFTER INSERT ON catalog_pricelistentry
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_list_entries();
CREATE TRIGGER list_price_changed AFTER UPDATE ON catalog_pricelistentry
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_list_entries();
CREATE TRIGGER list_price_taken_away AFTER DELETE ON catalog_pricelistentry
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_list_entries();
"""
LOWEST_BEFORE = """
CREATE OR REPLACE FUNCTION catalog_refresh_lowest_prices(products bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(products, '{}') = '{}' THEN
        RETURN;
    END IF;
    PERFORM catalog_lock_search_entries(products);
    DELETE FROM catalog_lowestprice AS lowest
    WHERE lowest.product_id = ANY (products) AND NOT EXISTS (
        SELECT FROM catalog_price AS price
        JOIN catalog_productvariant AS variant ON variant.id = price.variant_id
        WHERE variant.product_id = lowest.product_id AND variant.is_active
            AND price.currency = lowest.currency
    );
    INSERT INTO catalog_lowestprice AS lowest (product_id, currency, amount)
    SELECT variant.product_id, price.currency, min(price.amount)
    FROM catalog_productvariant AS variant
    JOIN catalog_price AS price ON price.variant_id = variant.id
    WHERE variant.product_id = ANY (products) AND variant.is_active
    GROUP BY variant.product_id, price.currency
    ON CONFLICT (product_id, currency) DO UPDATE SET amount = excluded.amount
    WHERE lowest.amount <> excluded.amount;
END $$;
"""
BACKWARD = f"""
DROP TRIGGER list_price_taken_away ON catalog_pricelistentry;
DROP TRIGGER list_price_changed ON catalog_pricelistentry;
DROP TRIGGER list_price_added ON catalog_pricelistentry;
DROP TRIGGER price_list_counts ON catalog_pricelist;
DROP TRIGGER price_list_is_counted ON catalog_pricelist;
DROP FUNCTION catalog_note_list_entries, catalog_note_list_prices, catalog_count_price_lists,
    catalog_note_price_list, catalog_list_prices;
{LOWEST_BEFORE}
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0033_price_lists")]
    operations = [migrations.RunSQL(RULE + LOWEST + TRIGGERS, BACKWARD)]
