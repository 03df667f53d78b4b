from django.db import migrations

# For each statement, not each row: an import changes five hundred prices at once. Of what one
# transaction sets one after the other only the last counts, because nobody has seen the others.
# The clock, not the transaction's beginning: whoever waited for a row began before what it replaces.
FORWARD = """
CREATE FUNCTION catalog_close_past_prices(prices jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM catalog_pastprice AS past
    USING jsonb_to_recordset(prices) AS gone(variant_id bigint, currency text)
    WHERE past.variant_id = gone.variant_id AND past.currency = gone.currency
        AND past.until IS NULL AND past.since >= transaction_timestamp();
    UPDATE catalog_pastprice AS past SET until = greatest(clock_timestamp(), past.since + interval '1 microsecond')
    FROM jsonb_to_recordset(prices) AS gone(variant_id bigint, currency text)
    WHERE past.variant_id = gone.variant_id AND past.currency = gone.currency
        AND past.until IS NULL;
END $$;

CREATE FUNCTION catalog_price_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_pastprice (variant_id, currency, amount, since)
    SELECT variant_id, currency, amount, clock_timestamp() FROM after
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_price_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed jsonb;
BEGIN
    SELECT jsonb_agg(jsonb_build_object('variant_id', former.variant_id, 'currency', former.currency))
    INTO changed
    FROM before AS former JOIN after AS present USING (id)
    WHERE (former.variant_id, former.currency, former.amount)
        IS DISTINCT FROM (present.variant_id, present.currency, present.amount);
    IF changed IS NOT NULL THEN
        PERFORM catalog_close_past_prices(changed);
        INSERT INTO catalog_pastprice (variant_id, currency, amount, since)
        SELECT variant_id, currency, amount, clock_timestamp() FROM after
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_price_removed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    removed jsonb;
BEGIN
    SELECT jsonb_agg(jsonb_build_object('variant_id', variant_id, 'currency', currency))
    INTO removed FROM before;
    IF removed IS NOT NULL THEN
        PERFORM catalog_close_past_prices(removed);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER price_added_is_kept AFTER INSERT ON catalog_price
    REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_price_added();
CREATE TRIGGER price_changed_is_kept AFTER UPDATE ON catalog_price
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_price_changed();
CREATE TRIGGER price_removed_is_kept AFTER DELETE ON catalog_price
    REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_price_removed();
"""
BACKWARD = """
DROP TRIGGER price_removed_is_kept ON catalog_price;
DROP TRIGGER price_changed_is_kept ON catalog_price;
DROP TRIGGER price_added_is_kept ON catalog_price;
DROP FUNCTION catalog_price_removed();
DROP FUNCTION catalog_price_changed();
DROP FUNCTION catalog_price_added();
DROP FUNCTION catalog_close_past_prices(jsonb);
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0024_past_prices")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
