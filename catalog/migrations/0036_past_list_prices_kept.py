"""The lowest price before a reduction reckons with what lists asked of everybody."""

from django.db import migrations

# Whatever was planned and has not begun is planned anew; so is what this transaction itself wrote,
# which nobody has seen. The list is locked by the triggers that come before these.
KEEPING = """
CREATE FUNCTION catalog_keep_list_prices(entries bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz := clock_timestamp();
BEGIN
    IF coalesce(entries, '{}') = '{}' THEN
        RETURN;
    END IF;
    DELETE FROM catalog_pastlistprice
    WHERE entry_id = ANY (entries) AND since >= transaction_timestamp();

    WITH wanted AS MATERIALIZED (
        SELECT * FROM catalog_planned_list_prices(moment) WHERE entry_id = ANY (entries)
    ), closed AS (
        UPDATE catalog_pastlistprice AS past SET until = moment
        WHERE past.entry_id = ANY (entries) AND (past.until IS NULL OR past.until > moment)
            AND NOT EXISTS (
                SELECT FROM wanted
                WHERE wanted.entry_id = past.entry_id AND wanted.since = moment
                    AND (wanted.variant_id, wanted.currency, wanted.amount)
                        = (past.variant_id, past.currency, past.amount)
            )
        RETURNING past.id
    ), running AS (
        UPDATE catalog_pastlistprice AS past SET until = wanted.until
        FROM wanted
        WHERE past.entry_id = wanted.entry_id AND (past.until IS NULL OR past.until > moment)
            AND wanted.since = moment
            AND (wanted.variant_id, wanted.currency, wanted.amount)
                = (past.variant_id, past.currency, past.amount)
        RETURNING past.entry_id
    )
    INSERT INTO catalog_pastlistprice (entry_id, variant_id, currency, amount, since, until)
    SELECT entry_id, variant_id, currency, amount, since, until FROM wanted
    WHERE entry_id NOT IN (SELECT entry_id FROM running);
END $$;

CREATE FUNCTION catalog_planned_list_prices(moment timestamptz)
RETURNS TABLE (
    entry_id bigint, variant_id bigint, currency varchar, amount numeric,
    since timestamptz, until timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT entry.id, entry.variant_id, entry.currency, entry.amount,
        greatest(list.starts_at, moment), list.ends_at
    FROM catalog_pricelistentry AS entry
    JOIN catalog_pricelist AS list ON list.id = entry.price_list_id
    WHERE entry.min_quantity = 1 AND list.is_active AND list.customer_group_id IS NULL
        AND (list.ends_at IS NULL OR list.ends_at > moment)
$$;
"""
TRIGGERS = """
CREATE FUNCTION catalog_list_prices_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_keep_list_prices(array_agg(id)) FROM changed;
    RETURN NULL;
END $$;
CREATE TRIGGER list_price_added_is_kept AFTER INSERT ON catalog_pricelistentry
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_list_prices_changed();
CREATE TRIGGER list_price_changed_is_kept AFTER UPDATE ON catalog_pricelistentry
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_list_prices_changed();
CREATE TRIGGER list_price_taken_away_is_kept AFTER DELETE ON catalog_pricelistentry
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_list_prices_changed();

CREATE FUNCTION catalog_price_list_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_keep_list_prices(array_agg(entry.id))
    FROM (
        SELECT id, customer_group_id, starts_at, ends_at, is_active FROM after
        EXCEPT SELECT id, customer_group_id, starts_at, ends_at, is_active FROM before
    ) AS changed
    JOIN catalog_pricelistentry AS entry ON entry.price_list_id = changed.id;
    RETURN NULL;
END $$;
CREATE TRIGGER price_list_is_kept AFTER UPDATE ON catalog_pricelist
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_price_list_changed();

SELECT catalog_keep_list_prices(ARRAY(SELECT id FROM catalog_pricelistentry));
"""
# What everybody paid is the least of what held at a moment; so the least of a time is the least of
# all that held at any moment of it. The present price began when it was first asked, or when the
# last lower one ended.
LOWEST_BEFORE = """
CREATE FUNCTION catalog_lowest_before(variant bigint, code text, at timestamptz) RETURNS numeric
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    WITH asked AS MATERIALIZED (
        SELECT amount, since, coalesce(until, 'infinity') AS until FROM catalog_pastprice
        WHERE variant_id = variant AND currency = code AND since <= at
        UNION ALL
        SELECT amount, since, coalesce(until, 'infinity') FROM catalog_pastlistprice
        WHERE variant_id = variant AND currency = code AND since <= at
    ), present AS MATERIALIZED (
        SELECT min(amount) AS amount FROM asked WHERE until > at
    ), begun AS MATERIALIZED (
        SELECT greatest(
            min(since) FILTER (WHERE asked.amount = present.amount AND until > at),
            max(until) FILTER (WHERE asked.amount < present.amount AND until <= at)
        ) AS since
        FROM asked, present
    )
    SELECT min(asked.amount) FROM asked, begun
    WHERE asked.since < begun.since AND asked.until > begun.since - interval '30 days'
$$;
"""
BACKWARD = """
DROP TRIGGER price_list_is_kept ON catalog_pricelist;
DROP TRIGGER list_price_taken_away_is_kept ON catalog_pricelistentry;
DROP TRIGGER list_price_changed_is_kept ON catalog_pricelistentry;
DROP TRIGGER list_price_added_is_kept ON catalog_pricelistentry;
DROP FUNCTION catalog_lowest_before, catalog_price_list_changed, catalog_list_prices_changed,
    catalog_keep_list_prices, catalog_planned_list_prices;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0035_past_list_prices")]
    operations = [migrations.RunSQL(KEEPING + TRIGGERS + LOWEST_BEFORE, BACKWARD)]
