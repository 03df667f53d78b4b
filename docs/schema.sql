-- The tables of the shop, as PostgreSQL has them after all migrations. Written by
-- scripts/describe_schema.sh; docs/DATABASE_README.md explains them. The tables of the job queue
-- (procrastinate_*) are left out.

-- Functions name tables, and one another, before those are made.
SET check_function_bodies = off;

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public;

CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public;

CREATE FUNCTION catalog_analyze() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_temp'
    AS $$
BEGIN
    ANALYZE catalog_brand, catalog_category, catalog_product, catalog_productvariant,
        catalog_price, catalog_pastprice, catalog_lowestprice, catalog_searchentry,
        catalog_stock, catalog_stockmovement,
        catalog_productattributevalue;
END $$;

CREATE FUNCTION catalog_apply_movements() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION catalog_attribute_words(products bigint[]) RETURNS TABLE(product_id bigint, words text)
    LANGUAGE sql STABLE
    AS $$
    SELECT value.product_id, string_agg(
        CASE value.type WHEN 'boolean' THEN attribute.name
            ELSE coalesce(choice.label, value.text) END,
        ' ' ORDER BY value.attribute_id, value.choice_id
    )
    FROM catalog_productattributevalue AS value
    JOIN catalog_attribute AS attribute
        ON attribute.id = value.attribute_id AND attribute.is_searchable
    LEFT JOIN catalog_attributechoice AS choice ON choice.id = value.choice_id
    WHERE value.product_id = ANY (products) AND value.boolean IS DISTINCT FROM false
    GROUP BY value.product_id
$$;

CREATE FUNCTION catalog_check_product_options() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM FROM catalog_product AS product
    JOIN catalog_productvariant AS variant ON variant.product_id = product.id
    WHERE product.id = NEW.id AND NOT catalog_options_agree(product.options, variant.options);
    IF FOUND THEN
        RAISE check_violation USING
            CONSTRAINT = 'product_options_are_the_variants',
            MESSAGE = format('variants of product %s name other options', NEW.id);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_check_variant_options() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    named jsonb;
BEGIN
    SELECT options INTO named FROM catalog_product WHERE id = NEW.product_id FOR SHARE;
    PERFORM FROM catalog_productvariant
    WHERE id = NEW.id AND product_id = NEW.product_id
        AND NOT catalog_options_agree(named, options);
    IF FOUND THEN
        RAISE check_violation USING
            CONSTRAINT = 'variant_options_are_the_products',
            MESSAGE = format('variant %s does not name the options of its product', NEW.sku);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_close_past_prices(prices jsonb) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION catalog_count_price_lists() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM catalog_refresh_lowest_prices(array_agg(DISTINCT variant.product_id))
    FROM before
    JOIN after ON after.id = before.id AND after.is_counted <> before.is_counted
    JOIN catalog_pricelistentry AS entry ON entry.price_list_id = after.id
    JOIN catalog_productvariant AS variant ON variant.id = entry.variant_id
    WHERE entry.min_quantity = 1;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_joined(written text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT catalog_plain(regexp_replace(
        coalesce(written, ''), '([[:alnum:]])[-''’./]([[:alnum:]])', '\1\2', 'g'
    ))
$$;

CREATE FUNCTION catalog_keep_list_prices(entries bigint[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION catalog_key_synonym() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.term_key := catalog_plain(NEW.term);
    NEW.replacement_key := catalog_plain(NEW.replacement);
    RETURN NEW;
END $$;

CREATE FUNCTION catalog_list_prices(customer bigint, at timestamp with time zone) RETURNS TABLE(variant_id bigint, currency character varying, min_quantity integer, amount numeric, is_public boolean)
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
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

CREATE FUNCTION catalog_list_prices_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM catalog_keep_list_prices(array_agg(id)) FROM changed;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_lock_search_entries(products bigint[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO catalog_searchentry (product_id)
    SELECT id FROM catalog_product WHERE id = ANY (products) ORDER BY id
    ON CONFLICT DO NOTHING;
    PERFORM FROM catalog_searchentry WHERE product_id = ANY (products)
    ORDER BY product_id FOR NO KEY UPDATE;
END $$;

CREATE FUNCTION catalog_lowest_before(variant bigint, code text, at timestamp with time zone) RETURNS numeric
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
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

CREATE FUNCTION catalog_note_attribute() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM catalog_refresh_search_of_many(array_agg(DISTINCT value.product_id))
    FROM (
        SELECT id, is_searchable, CASE WHEN type = 'boolean' AND is_searchable THEN name END
        FROM after
        EXCEPT
        SELECT id, is_searchable, CASE WHEN type = 'boolean' AND is_searchable THEN name END
        FROM before
    ) AS changed
    JOIN catalog_productattributevalue AS value ON value.attribute_id = changed.id
    HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_note_attribute_choice() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM catalog_refresh_search_of_many(array_agg(DISTINCT value.product_id))
    FROM (SELECT id, attribute_id, label FROM after
        EXCEPT SELECT id, attribute_id, label FROM before) AS changed
    JOIN catalog_attribute AS attribute
        ON attribute.id = changed.attribute_id AND attribute.is_searchable
    JOIN catalog_productattributevalue AS value ON value.choice_id = changed.id
    HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_note_attribute_value() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    touched bigint[];
BEGIN
    IF TG_OP = 'UPDATE' THEN
        SELECT array_agg(DISTINCT product_id) INTO touched FROM (
            (SELECT id, product_id, attribute_id, text, "boolean", choice_id FROM after
                EXCEPT SELECT id, product_id, attribute_id, text, "boolean", choice_id FROM before)
            UNION (SELECT id, product_id, attribute_id, text, "boolean", choice_id FROM before
                EXCEPT SELECT id, product_id, attribute_id, text, "boolean", choice_id FROM after)
        ) AS changed JOIN catalog_attribute AS attribute
            ON attribute.id = changed.attribute_id AND attribute.is_searchable;
    ELSE
        SELECT array_agg(DISTINCT product_id) INTO touched
        FROM changed JOIN catalog_attribute AS attribute
            ON attribute.id = changed.attribute_id AND attribute.is_searchable;
    END IF;
    PERFORM catalog_refresh_search_of_many(array_agg(product_id))
    FROM unnest(touched) AS one(product_id)
    WHERE EXISTS (
        SELECT FROM catalog_productvariant AS variant WHERE variant.product_id = one.product_id
    ) HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_note_brand() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM catalog_refresh_search_of_many(array_agg(product.id))
    FROM (SELECT id, name FROM after EXCEPT SELECT id, name FROM before) AS changed
    JOIN catalog_product AS product ON product.brand_id = changed.id
    HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_note_category() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM catalog_refresh_search_of_many(array_agg(DISTINCT product.id))
    FROM (SELECT id, name, path FROM after EXCEPT SELECT id, name, path FROM before) AS changed
    JOIN catalog_category AS category
        ON left(category.path, length(changed.path)) = changed.path
    JOIN catalog_product AS product ON product.category_id = category.id
    HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_note_list_entries() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION catalog_note_list_prices(lists bigint[], variants bigint[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM FROM catalog_pricelist WHERE id = ANY (lists) ORDER BY id FOR SHARE;
    PERFORM catalog_refresh_lowest_prices(array_agg(DISTINCT product_id))
    FROM catalog_productvariant WHERE id = ANY (variants);
END $$;

CREATE FUNCTION catalog_note_price() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        PERFORM catalog_refresh_lowest_prices(array_agg(DISTINCT variant.product_id)) FROM (
            (SELECT id, variant_id, currency, amount FROM after
                EXCEPT SELECT id, variant_id, currency, amount FROM before)
            UNION (SELECT id, variant_id, currency, amount FROM before
                EXCEPT SELECT id, variant_id, currency, amount FROM after)
        ) AS changed JOIN catalog_productvariant AS variant ON variant.id = changed.variant_id;
    ELSE
        PERFORM catalog_refresh_lowest_prices(array_agg(DISTINCT variant.product_id))
        FROM changed JOIN catalog_productvariant AS variant ON variant.id = changed.variant_id;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_note_price_list() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.is_counted := NEW.is_active AND NEW.customer_group_id IS NULL
        AND (NEW.starts_at IS NULL OR NEW.starts_at <= clock_timestamp())
        AND (NEW.ends_at IS NULL OR NEW.ends_at > clock_timestamp());
    RETURN NEW;
END $$;

CREATE FUNCTION catalog_note_product() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM catalog_lowestprice WHERE product_id IN (SELECT id FROM before);
        DELETE FROM catalog_searchentry WHERE product_id IN (SELECT id FROM before);
        RETURN NULL;
    END IF;
    PERFORM catalog_refresh_search(array_agg(DISTINCT id)) FROM (
        SELECT id, name, description, brand_id, category_id FROM after
        EXCEPT SELECT id, name, description, brand_id, category_id FROM before
    ) AS changed HAVING count(*) > 0;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_note_variant() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        PERFORM catalog_refresh_search(array_agg(DISTINCT product_id)) FROM (
            (SELECT id, product_id, sku, barcode FROM after
                EXCEPT SELECT id, product_id, sku, barcode FROM before)
            UNION (SELECT id, product_id, sku, barcode FROM before
                EXCEPT SELECT id, product_id, sku, barcode FROM after)
        ) AS changed HAVING count(*) > 0;
        PERFORM catalog_refresh_lowest_prices(array_agg(DISTINCT product_id)) FROM (
            (SELECT id, product_id, is_active FROM after
                EXCEPT SELECT id, product_id, is_active FROM before)
            UNION (SELECT id, product_id, is_active FROM before
                EXCEPT SELECT id, product_id, is_active FROM after)
        ) AS changed;
    ELSE
        PERFORM catalog_refresh_search(array_agg(DISTINCT product_id)) FROM changed
        HAVING count(*) > 0;
    END IF;
    IF TG_OP = 'DELETE' THEN
        PERFORM catalog_refresh_lowest_prices(array_agg(DISTINCT product_id)) FROM changed;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_options_agree(named jsonb, said jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
    SELECT jsonb_typeof(named) = 'array' AND jsonb_typeof(said) = 'object'
        AND jsonb_array_length(named) = (SELECT count(*) FROM jsonb_object_keys(said))
        AND said ?& ARRAY(SELECT jsonb_array_elements_text(named))
$$;

CREATE FUNCTION catalog_plain(written text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
    SELECT trim(regexp_replace(
        lower(unaccent(lower(normalize(translate(coalesce(written, ''), '™®©', '   '), NFKC)))),
        '[^[:alnum:]]+', ' ', 'g'
    ))
$$;

CREATE FUNCTION catalog_planned_list_prices(moment timestamp with time zone) RETURNS TABLE(entry_id bigint, variant_id bigint, currency character varying, amount numeric, since timestamp with time zone, until timestamp with time zone)
    LANGUAGE sql STABLE
    AS $$
    SELECT entry.id, entry.variant_id, entry.currency, entry.amount,
        greatest(list.starts_at, moment), list.ends_at
    FROM catalog_pricelistentry AS entry
    JOIN catalog_pricelist AS list ON list.id = entry.price_list_id
    WHERE entry.min_quantity = 1 AND list.is_active AND list.customer_group_id IS NULL
        AND (list.ends_at IS NULL OR list.ends_at > moment)
$$;

CREATE FUNCTION catalog_price_added() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO catalog_pastprice (variant_id, currency, amount, since)
    SELECT variant_id, currency, amount, clock_timestamp() FROM after
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_price_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION catalog_price_list_changed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM catalog_keep_list_prices(array_agg(entry.id))
    FROM (
        SELECT id, customer_group_id, starts_at, ends_at, is_active FROM after
        EXCEPT SELECT id, customer_group_id, starts_at, ends_at, is_active FROM before
    ) AS changed
    JOIN catalog_pricelistentry AS entry ON entry.price_list_id = changed.id;
    RETURN NULL;
END $$;

CREATE FUNCTION catalog_price_removed() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION catalog_refresh_lowest_prices(products bigint[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
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

CREATE FUNCTION catalog_refresh_search(products bigint[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    fresh bigint[];
    others bigint[];
BEGIN
    -- Nobody else has a row that we insert, so that what we read for it is all there is.
    WITH inserted AS (
        INSERT INTO catalog_searchentry (product_id, vector, name_key)
        SELECT * FROM catalog_search_contents(ARRAY(
            SELECT unnest(products) EXCEPT
            SELECT product_id FROM catalog_searchentry WHERE product_id = ANY (products)
        )) AS contents ORDER BY contents.product_id
        ON CONFLICT DO NOTHING RETURNING product_id
    )
    SELECT array_agg(product_id) INTO fresh FROM inserted;
    others := ARRAY(SELECT unnest(products) EXCEPT SELECT unnest(fresh));
    IF others = '{}' THEN
        RETURN;
    END IF;
    PERFORM catalog_lock_search_entries(others);
    WITH contents AS MATERIALIZED (SELECT * FROM catalog_search_contents(others))
    UPDATE catalog_searchentry AS entry
    SET vector = contents.vector, name_key = contents.name_key, is_stale = false
    FROM contents
    WHERE entry.product_id = contents.product_id
        AND (entry.vector, entry.name_key, entry.is_stale)
            IS DISTINCT FROM (contents.vector, contents.name_key, false);
END $$;

CREATE FUNCTION catalog_refresh_search_of_many(products bigint[]) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF cardinality(products) <= 1000 THEN
        PERFORM catalog_refresh_search(products);
    ELSE
        UPDATE catalog_searchentry SET is_stale = true WHERE product_id = ANY (products);
    END IF;
END $$;

CREATE FUNCTION catalog_search_contents(products bigint[]) RETURNS TABLE(product_id bigint, vector tsvector, name_key text)
    LANGUAGE sql STABLE
    AS $$
    WITH chosen AS MATERIALIZED (
        SELECT product.* FROM catalog_product AS product WHERE product.id = ANY (products)
    ), shelves AS MATERIALIZED (
        SELECT category.id, string_agg(above.name, ' ') AS names
        FROM catalog_category AS category
        JOIN catalog_category AS above ON above.path = ANY (ARRAY(
            SELECT left(category.path, length) FROM generate_series(4, length(category.path), 4) AS length
        ))
        WHERE category.id IN (SELECT chosen.category_id FROM chosen)
        GROUP BY category.id
    ), codes AS MATERIALIZED (
        SELECT variant.product_id, string_agg(concat_ws(' ', sku, barcode), ' ') AS codes
        FROM catalog_productvariant AS variant
        WHERE variant.product_id = ANY (products)
        GROUP BY variant.product_id
    ), said AS MATERIALIZED (
        SELECT * FROM catalog_attribute_words(products)
    )
    SELECT
        chosen.id,
        catalog_search_vector(
            chosen.name, brand.name, codes.codes,
            concat_ws(' ', shelves.names, said.words), chosen.description
        ),
        left(catalog_plain(chosen.name), 255)
    FROM chosen
    LEFT JOIN catalog_brand AS brand ON brand.id = chosen.brand_id
    LEFT JOIN shelves ON shelves.id = chosen.category_id
    LEFT JOIN codes ON codes.product_id = chosen.id
    LEFT JOIN said ON said.product_id = chosen.id
$$;

CREATE FUNCTION catalog_search_vector(name text, brand text, codes text, shelves text, description text) RETURNS tsvector
    LANGUAGE plpgsql STABLE PARALLEL SAFE
    AS $$
DECLARE
    plain_name text := catalog_plain(name);
    plain_shelves text := catalog_plain(shelves);
    plain_description text := catalog_plain(left(description, 20000));
    language regconfig;
    vector tsvector;
BEGIN
    vector := setweight(
            to_tsvector('pg_catalog.simple', concat_ws(' ', plain_name, catalog_joined(name))), 'A'
        ) || setweight(to_tsvector('pg_catalog.simple', concat_ws(
            ' ', catalog_plain(brand), catalog_plain(codes), catalog_joined(codes)
        )), 'B') || setweight(to_tsvector('pg_catalog.simple', plain_shelves), 'C');
    FOR language IN
        SELECT coalesce(chosen.name, 'english')
        FROM (VALUES (1)) AS always LEFT JOIN catalog_searchlanguage AS chosen ON true
    LOOP
        vector := vector || setweight(to_tsvector(language, plain_name), 'A')
            || setweight(to_tsvector(language, plain_shelves), 'C')
            || setweight(to_tsvector(language, plain_description), 'D');
    END LOOP;
    RETURN vector;
END $$;

CREATE FUNCTION catalog_stock_for_sale(ids bigint[]) RETURNS TABLE(stock_id bigint, sellable integer, room integer)
    LANGUAGE sql STABLE
    AS $$
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

CREATE FUNCTION refuse_all_but_erasure() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND NEW.details = OLD.details - '{text,reason,bank_reference}'::text[]
        AND to_jsonb(NEW) - 'details' = to_jsonb(OLD) - 'details'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION refuse_forgetting() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.recorded_at < now() - interval '399 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

-- auth_group

CREATE TABLE auth_group (
    id integer NOT NULL,
    name character varying(150) NOT NULL
);
ALTER TABLE auth_group ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY auth_group ADD CONSTRAINT auth_group_name_key UNIQUE (name);
ALTER TABLE ONLY auth_group ADD CONSTRAINT auth_group_pkey PRIMARY KEY (id);
CREATE INDEX auth_group_name_a6ea08ec_like ON auth_group USING btree (name varchar_pattern_ops);

-- auth_group_permissions

CREATE TABLE auth_group_permissions (
    id bigint NOT NULL,
    group_id integer NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE auth_group_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY auth_group_permissions ADD CONSTRAINT auth_group_permissions_group_id_permission_id_0cd325b0_uniq UNIQUE (group_id, permission_id);
ALTER TABLE ONLY auth_group_permissions ADD CONSTRAINT auth_group_permissions_pkey PRIMARY KEY (id);
CREATE INDEX auth_group_permissions_group_id_b120cbf9 ON auth_group_permissions USING btree (group_id);
CREATE INDEX auth_group_permissions_permission_id_84c5c92e ON auth_group_permissions USING btree (permission_id);

-- auth_permission

CREATE TABLE auth_permission (
    id integer NOT NULL,
    name character varying(255) NOT NULL,
    content_type_id integer NOT NULL,
    codename character varying(100) NOT NULL
);
ALTER TABLE auth_permission ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY auth_permission ADD CONSTRAINT auth_permission_content_type_id_codename_01ab375a_uniq UNIQUE (content_type_id, codename);
ALTER TABLE ONLY auth_permission ADD CONSTRAINT auth_permission_pkey PRIMARY KEY (id);
CREATE INDEX auth_permission_content_type_id_2f476e4b ON auth_permission USING btree (content_type_id);

-- cart_cart

CREATE TABLE cart_cart (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    token_hash character varying(64),
    currency character varying(3) NOT NULL,
    version integer NOT NULL,
    customer_id bigint,
    CONSTRAINT cart_cart_version_check CHECK ((version >= 0)),
    CONSTRAINT cart_of_customer_or_guest CHECK ((((customer_id IS NULL) AND (token_hash IS NOT NULL)) OR ((customer_id IS NOT NULL) AND (token_hash IS NULL))))
);
ALTER TABLE cart_cart ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY cart_cart ADD CONSTRAINT cart_cart_customer_id_key UNIQUE (customer_id);
ALTER TABLE ONLY cart_cart ADD CONSTRAINT cart_cart_pkey PRIMARY KEY (id);
ALTER TABLE ONLY cart_cart ADD CONSTRAINT cart_cart_token_hash_key UNIQUE (token_hash);
CREATE INDEX cart_cart_token_hash_e93c059e_like ON cart_cart USING btree (token_hash varchar_pattern_ops);
CREATE INDEX cart_guest_age ON cart_cart USING btree (updated_at) WHERE (customer_id IS NULL);

-- cart_cartline

CREATE TABLE cart_cartline (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    quantity smallint NOT NULL,
    seen_price numeric(12,3) NOT NULL,
    cart_id bigint NOT NULL,
    variant_id bigint NOT NULL,
    CONSTRAINT cart_cartline_quantity_check CHECK ((quantity >= 0)),
    CONSTRAINT cart_line_quantity_in_range CHECK (((quantity >= 1) AND (quantity <= 999)))
);
ALTER TABLE cart_cartline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY cart_cartline ADD CONSTRAINT cart_cartline_pkey PRIMARY KEY (id);
ALTER TABLE ONLY cart_cartline ADD CONSTRAINT cart_line_unique_variant UNIQUE (cart_id, variant_id);
CREATE INDEX cart_cartline_cart_id_c7b9981e ON cart_cartline USING btree (cart_id);
CREATE INDEX cart_cartline_variant_id_dbca56c9 ON cart_cartline USING btree (variant_id);

-- catalog_attribute

CREATE TABLE catalog_attribute (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    code character varying(64) NOT NULL,
    name character varying(255) NOT NULL,
    type character varying(16) NOT NULL,
    unit character varying(16) NOT NULL,
    is_filterable boolean NOT NULL,
    is_searchable boolean NOT NULL,
    "position" smallint NOT NULL,
    CONSTRAINT attribute_code_plain CHECK (((code)::text ~ '^[a-z0-9]+(?:[-_][a-z0-9]+)*$'::text)),
    CONSTRAINT attribute_filter_has_values CHECK (((NOT is_filterable) OR ((type)::text = ANY ((ARRAY['number'::character varying, 'boolean'::character varying, 'choice'::character varying, 'color'::character varying])::text[])))),
    CONSTRAINT attribute_search_has_words CHECK (((NOT is_searchable) OR ((type)::text = ANY ((ARRAY['text'::character varying, 'boolean'::character varying, 'choice'::character varying, 'color'::character varying])::text[])))),
    CONSTRAINT attribute_type_known CHECK (((type)::text = ANY ((ARRAY['text'::character varying, 'number'::character varying, 'boolean'::character varying, 'choice'::character varying, 'color'::character varying])::text[]))),
    CONSTRAINT attribute_unit_of_number CHECK ((((unit)::text = ''::text) OR ((type)::text = 'number'::text))),
    CONSTRAINT catalog_attribute_position_check CHECK (("position" >= 0))
);
ALTER TABLE catalog_attribute ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_attribute ADD CONSTRAINT attribute_of_one_type UNIQUE (id, type);
ALTER TABLE ONLY catalog_attribute ADD CONSTRAINT catalog_attribute_code_key UNIQUE (code);
ALTER TABLE ONLY catalog_attribute ADD CONSTRAINT catalog_attribute_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX attribute_name_once ON catalog_attribute USING btree (lower((name)::text));
CREATE INDEX catalog_attribute_code_6837f1c0_like ON catalog_attribute USING btree (code varchar_pattern_ops);
CREATE TRIGGER attribute_searched_otherwise AFTER UPDATE ON catalog_attribute REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_attribute();

-- catalog_attributecategory

CREATE TABLE catalog_attributecategory (
    id bigint NOT NULL,
    attribute_id bigint NOT NULL,
    category_id bigint NOT NULL
);
ALTER TABLE catalog_attributecategory ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_attributecategory ADD CONSTRAINT attribute_category_once UNIQUE (attribute_id, category_id);
ALTER TABLE ONLY catalog_attributecategory ADD CONSTRAINT catalog_attributecategory_pkey PRIMARY KEY (id);
CREATE INDEX catalog_attributecategory_attribute_id_c7460c45 ON catalog_attributecategory USING btree (attribute_id);
CREATE INDEX catalog_attributecategory_category_id_4b015740 ON catalog_attributecategory USING btree (category_id);

-- catalog_attributechoice

CREATE TABLE catalog_attributechoice (
    id bigint NOT NULL,
    type character varying(16) NOT NULL,
    code character varying(64) NOT NULL,
    label character varying(255) NOT NULL,
    color character varying(7) NOT NULL,
    "position" smallint NOT NULL,
    attribute_id bigint NOT NULL,
    CONSTRAINT attribute_choice_code_plain CHECK (((code)::text ~ '^[a-z0-9]+(?:[-_][a-z0-9]+)*$'::text)),
    CONSTRAINT attribute_choice_colored CHECK (((((color)::text = ''::text) AND ((type)::text = 'choice'::text)) OR (((color)::text ~ '^#[0-9A-F]{6}$'::text) AND ((type)::text = 'color'::text)))),
    CONSTRAINT catalog_attributechoice_position_check CHECK (("position" >= 0))
);
ALTER TABLE catalog_attributechoice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_attributechoice ADD CONSTRAINT attribute_choice_of_attribute UNIQUE (id, attribute_id);
ALTER TABLE ONLY catalog_attributechoice ADD CONSTRAINT attribute_choice_once UNIQUE (attribute_id, code);
ALTER TABLE ONLY catalog_attributechoice ADD CONSTRAINT catalog_attributechoice_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX attribute_choice_label_once ON catalog_attributechoice USING btree (attribute_id, lower((label)::text));
CREATE INDEX catalog_attributechoice_attribute_id_4c5d8ab3 ON catalog_attributechoice USING btree (attribute_id);
CREATE TRIGGER attribute_choice_renamed AFTER UPDATE ON catalog_attributechoice REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_attribute_choice();

-- catalog_backinstockrequest

CREATE TABLE catalog_backinstockrequest (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    told_at timestamp with time zone,
    customer_id bigint,
    variant_id bigint NOT NULL,
    email character varying(254) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT back_in_stock_of_somebody CHECK ((((customer_id IS NOT NULL) AND ((email)::text = ''::text)) OR ((customer_id IS NULL) AND (NOT ((email)::text = ''::text))) OR ((customer_id IS NULL) AND (told_at IS NOT NULL))))
);
ALTER TABLE catalog_backinstockrequest ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_backinstockrequest ADD CONSTRAINT back_in_stock_once UNIQUE (customer_id, variant_id);
ALTER TABLE ONLY catalog_backinstockrequest ADD CONSTRAINT catalog_backinstockrequest_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX back_in_stock_guest_once ON catalog_backinstockrequest USING btree (lower((email)::text), variant_id) WHERE ((email)::text <> ''::text);
CREATE INDEX back_in_stock_queue ON catalog_backinstockrequest USING btree (variant_id, id) WHERE (told_at IS NULL);
CREATE INDEX catalog_backinstockrequest_customer_id_dfdd5c64 ON catalog_backinstockrequest USING btree (customer_id);
CREATE INDEX catalog_backinstockrequest_variant_id_f09d1ccb ON catalog_backinstockrequest USING btree (variant_id);

-- catalog_boughttogether

CREATE TABLE catalog_boughttogether (
    id bigint NOT NULL,
    orders integer NOT NULL,
    other_id bigint NOT NULL,
    product_id bigint NOT NULL,
    CONSTRAINT catalog_boughttogether_orders_check CHECK ((orders >= 0))
);
ALTER TABLE catalog_boughttogether ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_boughttogether ADD CONSTRAINT bought_together_once UNIQUE (product_id, other_id);
ALTER TABLE ONLY catalog_boughttogether ADD CONSTRAINT catalog_boughttogether_pkey PRIMARY KEY (id);
CREATE INDEX catalog_boughttogether_other_id_e9ac4911 ON catalog_boughttogether USING btree (other_id);
CREATE INDEX catalog_boughttogether_product_id_ee7ff04d ON catalog_boughttogether USING btree (product_id);

-- catalog_brand

CREATE TABLE catalog_brand (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    name character varying(255) NOT NULL,
    slug character varying(255) NOT NULL
);
ALTER TABLE catalog_brand ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_brand ADD CONSTRAINT catalog_brand_name_key UNIQUE (name);
ALTER TABLE ONLY catalog_brand ADD CONSTRAINT catalog_brand_pkey PRIMARY KEY (id);
ALTER TABLE ONLY catalog_brand ADD CONSTRAINT catalog_brand_slug_key UNIQUE (slug);
CREATE INDEX brand_begins_so ON catalog_brand USING btree (lower((name)::text) text_pattern_ops);
CREATE INDEX brand_has_words_so ON catalog_brand USING gin (lower((name)::text) gin_trgm_ops);
CREATE INDEX catalog_brand_name_ea62c47f_like ON catalog_brand USING btree (name varchar_pattern_ops);
CREATE INDEX catalog_brand_slug_988c8dbc_like ON catalog_brand USING btree (slug varchar_pattern_ops);
CREATE TRIGGER brand_renamed AFTER UPDATE ON catalog_brand REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_brand();

-- catalog_catalogimport

CREATE TABLE catalog_catalogimport (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    reference character varying(64) NOT NULL,
    file_name character varying(255) NOT NULL,
    format character varying(8) NOT NULL,
    size bigint NOT NULL,
    mode character varying(16) NOT NULL,
    is_dry_run boolean NOT NULL,
    opening_stock integer NOT NULL,
    status character varying(16) NOT NULL,
    created integer NOT NULL,
    updated integer NOT NULL,
    unchanged integer NOT NULL,
    refused integer NOT NULL,
    last_line integer NOT NULL,
    bytes_read bigint NOT NULL,
    ignored_columns jsonb NOT NULL,
    preview jsonb NOT NULL,
    problem character varying(500) NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    actor_id bigint,
    can_go_on boolean DEFAULT false NOT NULL,
    CONSTRAINT catalog_catalogimport_bytes_read_check CHECK ((bytes_read >= 0)),
    CONSTRAINT catalog_catalogimport_created_check CHECK ((created >= 0)),
    CONSTRAINT catalog_catalogimport_last_line_check CHECK ((last_line >= 0)),
    CONSTRAINT catalog_catalogimport_opening_stock_check CHECK ((opening_stock >= 0)),
    CONSTRAINT catalog_catalogimport_refused_check CHECK ((refused >= 0)),
    CONSTRAINT catalog_catalogimport_size_check CHECK ((size >= 0)),
    CONSTRAINT catalog_catalogimport_unchanged_check CHECK ((unchanged >= 0)),
    CONSTRAINT catalog_catalogimport_updated_check CHECK ((updated >= 0)),
    CONSTRAINT catalog_import_ended_iff_over CHECK ((((ended_at IS NOT NULL) AND ((status)::text = ANY ((ARRAY['succeeded'::character varying, 'failed'::character varying])::text[]))) OR ((ended_at IS NULL) AND ((status)::text = ANY ((ARRAY['waiting'::character varying, 'running'::character varying])::text[]))))),
    CONSTRAINT catalog_import_goes_on_if_failed CHECK (((NOT can_go_on) OR ((status)::text = 'failed'::text))),
    CONSTRAINT catalog_import_mode_known CHECK (((mode)::text = ANY ((ARRAY['row_by_row'::character varying, 'all_or_nothing'::character varying])::text[]))),
    CONSTRAINT catalog_import_status_known CHECK (((status)::text = ANY ((ARRAY['waiting'::character varying, 'running'::character varying, 'succeeded'::character varying, 'failed'::character varying])::text[])))
);
ALTER TABLE catalog_catalogimport ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_catalogimport ADD CONSTRAINT catalog_catalogimport_pkey PRIMARY KEY (id);
ALTER TABLE ONLY catalog_catalogimport ADD CONSTRAINT catalog_catalogimport_reference_key UNIQUE (reference);
CREATE INDEX catalog_catalogimport_actor_id_32b4fafe ON catalog_catalogimport USING btree (actor_id);
CREATE INDEX catalog_catalogimport_reference_b373caec_like ON catalog_catalogimport USING btree (reference varchar_pattern_ops);

-- catalog_category

CREATE TABLE catalog_category (
    id bigint NOT NULL,
    path character varying(255) NOT NULL,
    depth integer NOT NULL,
    numchild integer NOT NULL,
    name character varying(255) NOT NULL,
    slug character varying(255) NOT NULL,
    description text NOT NULL,
    CONSTRAINT catalog_category_depth_check CHECK ((depth >= 0)),
    CONSTRAINT catalog_category_numchild_check CHECK ((numchild >= 0))
);
ALTER TABLE catalog_category ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_category ADD CONSTRAINT catalog_category_path_key UNIQUE (path);
ALTER TABLE ONLY catalog_category ADD CONSTRAINT catalog_category_pkey PRIMARY KEY (id);
ALTER TABLE ONLY catalog_category ADD CONSTRAINT catalog_category_slug_key UNIQUE (slug);
CREATE INDEX catalog_category_path_382c688d_like ON catalog_category USING btree (path varchar_pattern_ops);
CREATE INDEX catalog_category_slug_dbf63ad0_like ON catalog_category USING btree (slug varchar_pattern_ops);
CREATE TRIGGER category_renamed_or_moved AFTER UPDATE ON catalog_category REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_category();

-- catalog_collection

CREATE TABLE catalog_collection (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    name character varying(255) NOT NULL,
    slug character varying(255) NOT NULL,
    description text NOT NULL,
    status character varying(16) NOT NULL,
    publish_from timestamp with time zone,
    publish_until timestamp with time zone,
    seo_title character varying(255) DEFAULT ''::character varying NOT NULL,
    seo_description character varying(320) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT collection_status_known CHECK (((status)::text = ANY ((ARRAY['draft'::character varying, 'published'::character varying, 'archived'::character varying])::text[]))),
    CONSTRAINT collection_window_opens_first CHECK ((publish_until > publish_from))
);
ALTER TABLE catalog_collection ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_collection ADD CONSTRAINT catalog_collection_pkey PRIMARY KEY (id);
ALTER TABLE ONLY catalog_collection ADD CONSTRAINT catalog_collection_slug_key UNIQUE (slug);
CREATE INDEX catalog_collection_slug_233fbd4d_like ON catalog_collection USING btree (slug varchar_pattern_ops);

-- catalog_collectionproduct

CREATE TABLE catalog_collectionproduct (
    id bigint NOT NULL,
    "position" smallint NOT NULL,
    collection_id bigint NOT NULL,
    product_id bigint NOT NULL,
    CONSTRAINT catalog_collectionproduct_position_check CHECK (("position" >= 0)),
    CONSTRAINT collection_product_few CHECK (("position" < 1000))
);
ALTER TABLE catalog_collectionproduct ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_collectionproduct ADD CONSTRAINT catalog_collectionproduct_pkey PRIMARY KEY (id);
ALTER TABLE ONLY catalog_collectionproduct ADD CONSTRAINT collection_product_once UNIQUE (collection_id, product_id);
ALTER TABLE ONLY catalog_collectionproduct ADD CONSTRAINT collection_product_place UNIQUE (collection_id, "position") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX catalog_collectionproduct_collection_id_eda66c28 ON catalog_collectionproduct USING btree (collection_id);
CREATE INDEX catalog_collectionproduct_product_id_cd7106ae ON catalog_collectionproduct USING btree (product_id);

-- catalog_imageupload

CREATE TABLE catalog_imageupload (
    image_id bigint NOT NULL,
    name character varying(100) NOT NULL,
    content bytea NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY catalog_imageupload ADD CONSTRAINT catalog_imageupload_name_key UNIQUE (name);
ALTER TABLE ONLY catalog_imageupload ADD CONSTRAINT catalog_imageupload_pkey PRIMARY KEY (image_id);
CREATE INDEX catalog_imageupload_name_38ad8b04_like ON catalog_imageupload USING btree (name varchar_pattern_ops);

-- catalog_importflaw

CREATE TABLE catalog_importflaw (
    id bigint NOT NULL,
    line integer NOT NULL,
    "column" character varying(255) NOT NULL,
    value character varying(1000) NOT NULL,
    code character varying(64) NOT NULL,
    reason character varying(500) NOT NULL,
    source_id bigint NOT NULL,
    CONSTRAINT catalog_importflaw_line_check CHECK ((line >= 0))
);
ALTER TABLE catalog_importflaw ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_importflaw ADD CONSTRAINT catalog_importflaw_pkey PRIMARY KEY (id);
CREATE INDEX catalog_importflaw_source_id_b98651cb ON catalog_importflaw USING btree (source_id);
CREATE INDEX import_flaw_order ON catalog_importflaw USING btree (source_id, id);

-- catalog_importpart

CREATE TABLE catalog_importpart (
    id bigint NOT NULL,
    number integer NOT NULL,
    content bytea NOT NULL,
    source_id bigint NOT NULL,
    CONSTRAINT catalog_importpart_number_check CHECK ((number >= 0))
);
ALTER TABLE catalog_importpart ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_importpart ADD CONSTRAINT catalog_importpart_pkey PRIMARY KEY (id);
ALTER TABLE ONLY catalog_importpart ADD CONSTRAINT import_part_once UNIQUE (source_id, number);
CREATE INDEX catalog_importpart_source_id_4c5a7200 ON catalog_importpart USING btree (source_id);

-- catalog_lowestprice

CREATE TABLE catalog_lowestprice (
    id bigint NOT NULL,
    currency character varying(3) NOT NULL,
    amount numeric(12,3) NOT NULL,
    product_id bigint NOT NULL
);
ALTER TABLE catalog_lowestprice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_lowestprice ADD CONSTRAINT catalog_lowestprice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY catalog_lowestprice ADD CONSTRAINT lowest_price_one_per_currency UNIQUE (product_id, currency);
CREATE INDEX catalog_lowestprice_product_id_171287c1 ON catalog_lowestprice USING btree (product_id);
CREATE INDEX lowest_price_cheapest ON catalog_lowestprice USING btree (currency, amount, product_id);

-- catalog_pastlistprice

CREATE TABLE catalog_pastlistprice (
    id bigint NOT NULL,
    entry_id bigint NOT NULL,
    currency character varying(3) NOT NULL,
    amount numeric(12,3) NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone,
    variant_id bigint NOT NULL,
    CONSTRAINT past_list_price_in_order CHECK (((until IS NULL) OR (until > since)))
);
ALTER TABLE catalog_pastlistprice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_pastlistprice ADD CONSTRAINT catalog_pastlistprice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY catalog_pastlistprice ADD CONSTRAINT past_list_price_once UNIQUE (entry_id, since);
CREATE INDEX past_list_price_of_variant ON catalog_pastlistprice USING btree (variant_id, currency);

-- catalog_pastprice

CREATE TABLE catalog_pastprice (
    id bigint NOT NULL,
    currency character varying(3) NOT NULL,
    amount numeric(12,3) NOT NULL,
    since timestamp with time zone NOT NULL,
    until timestamp with time zone,
    variant_id bigint NOT NULL,
    CONSTRAINT past_price_in_order CHECK (((until IS NULL) OR (until > since)))
);
ALTER TABLE catalog_pastprice ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_pastprice ADD CONSTRAINT catalog_pastprice_pkey PRIMARY KEY (id);
CREATE INDEX catalog_pastprice_variant_id_cf5aab9a ON catalog_pastprice USING btree (variant_id);
CREATE INDEX past_price_by_end ON catalog_pastprice USING btree (variant_id, currency, until);
CREATE UNIQUE INDEX past_price_one_open ON catalog_pastprice USING btree (variant_id, currency) WHERE (until IS NULL);

-- catalog_price

CREATE TABLE catalog_price (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    currency character varying(3) NOT NULL,
    amount numeric(12,3) NOT NULL,
    compare_at numeric(12,3),
    variant_id bigint NOT NULL,
    CONSTRAINT price_compare_at_higher CHECK ((compare_at > amount)),
    CONSTRAINT price_currency_code CHECK (((currency)::text ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT price_not_negative CHECK ((amount >= (0)::numeric))
);
ALTER TABLE catalog_price ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_price ADD CONSTRAINT catalog_price_pkey PRIMARY KEY (id);
ALTER TABLE ONLY catalog_price ADD CONSTRAINT price_one_per_currency UNIQUE (variant_id, currency);
CREATE INDEX catalog_price_variant_id_5c50f590 ON catalog_price USING btree (variant_id);
CREATE INDEX price_by_amount ON catalog_price USING btree (currency, amount, variant_id);
CREATE TRIGGER price_added AFTER INSERT ON catalog_price REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_price();
CREATE TRIGGER price_added_is_kept AFTER INSERT ON catalog_price REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION catalog_price_added();
CREATE TRIGGER price_changed AFTER UPDATE ON catalog_price REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_price();
CREATE TRIGGER price_changed_is_kept AFTER UPDATE ON catalog_price REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION catalog_price_changed();
CREATE TRIGGER price_removed_is_kept AFTER DELETE ON catalog_price REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION catalog_price_removed();
CREATE TRIGGER price_taken_away AFTER DELETE ON catalog_price REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_price();

-- catalog_pricelist

CREATE TABLE catalog_pricelist (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    name character varying(255) NOT NULL,
    starts_at timestamp with time zone,
    ends_at timestamp with time zone,
    is_active boolean NOT NULL,
    is_counted boolean DEFAULT false NOT NULL,
    customer_group_id bigint,
    CONSTRAINT price_list_name_not_empty CHECK ((NOT ((name)::text = ''::text))),
    CONSTRAINT price_list_window_opens_first CHECK ((ends_at > starts_at))
);
ALTER TABLE catalog_pricelist ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_pricelist ADD CONSTRAINT catalog_pricelist_name_key UNIQUE (name);
ALTER TABLE ONLY catalog_pricelist ADD CONSTRAINT catalog_pricelist_pkey PRIMARY KEY (id);
CREATE INDEX catalog_pricelist_customer_group_id_45440898 ON catalog_pricelist USING btree (customer_group_id);
CREATE INDEX catalog_pricelist_name_4baf1f75_like ON catalog_pricelist USING btree (name varchar_pattern_ops);
CREATE TRIGGER price_list_counts AFTER UPDATE ON catalog_pricelist REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION catalog_count_price_lists();
CREATE TRIGGER price_list_is_counted BEFORE INSERT OR UPDATE ON catalog_pricelist FOR EACH ROW EXECUTE FUNCTION catalog_note_price_list();
CREATE TRIGGER price_list_is_kept AFTER UPDATE ON catalog_pricelist REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION catalog_price_list_changed();

-- catalog_pricelistentry

CREATE TABLE catalog_pricelistentry (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    currency character varying(3) NOT NULL,
    min_quantity integer NOT NULL,
    amount numeric(12,3) NOT NULL,
    price_list_id bigint NOT NULL,
    variant_id bigint NOT NULL,
    CONSTRAINT catalog_pricelistentry_min_quantity_check CHECK ((min_quantity >= 0)),
    CONSTRAINT price_list_entry_currency_code CHECK (((currency)::text ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT price_list_entry_from_one_on CHECK ((min_quantity >= 1)),
    CONSTRAINT price_list_entry_not_negative CHECK ((amount >= (0)::numeric))
);
ALTER TABLE catalog_pricelistentry ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_pricelistentry ADD CONSTRAINT catalog_pricelistentry_pkey PRIMARY KEY (id);
ALTER TABLE ONLY catalog_pricelistentry ADD CONSTRAINT price_list_entry_one_per_quantity UNIQUE (price_list_id, variant_id, currency, min_quantity);
CREATE INDEX catalog_pricelistentry_price_list_id_064ba669 ON catalog_pricelistentry USING btree (price_list_id);
CREATE INDEX catalog_pricelistentry_variant_id_72eab371 ON catalog_pricelistentry USING btree (variant_id);
CREATE INDEX price_list_entry_of_variant ON catalog_pricelistentry USING btree (variant_id, currency);
CREATE TRIGGER list_price_added AFTER INSERT ON catalog_pricelistentry REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_list_entries();
CREATE TRIGGER list_price_added_is_kept AFTER INSERT ON catalog_pricelistentry REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog_list_prices_changed();
CREATE TRIGGER list_price_changed AFTER UPDATE ON catalog_pricelistentry REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_list_entries();
CREATE TRIGGER list_price_changed_is_kept AFTER UPDATE ON catalog_pricelistentry REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog_list_prices_changed();
CREATE TRIGGER list_price_taken_away AFTER DELETE ON catalog_pricelistentry REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_list_entries();
CREATE TRIGGER list_price_taken_away_is_kept AFTER DELETE ON catalog_pricelistentry REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog_list_prices_changed();

-- catalog_product

CREATE TABLE catalog_product (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    name character varying(255) NOT NULL,
    slug character varying(255) NOT NULL,
    description text NOT NULL,
    status character varying(16) NOT NULL,
    options jsonb NOT NULL,
    attributes jsonb NOT NULL,
    source_image_url character varying(1000) NOT NULL,
    search_text text NOT NULL,
    rating_average numeric(3,2),
    rating_count integer NOT NULL,
    brand_id bigint,
    category_id bigint,
    publish_from timestamp with time zone,
    publish_until timestamp with time zone,
    seo_title character varying(255) DEFAULT ''::character varying NOT NULL,
    seo_description character varying(320) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT catalog_product_rating_count_check CHECK ((rating_count >= 0)),
    CONSTRAINT product_rating_average_iff_rated CHECK ((((rating_average IS NULL) AND (rating_count = 0)) OR (((rating_average >= (1)::numeric) AND (rating_average <= (5)::numeric)) AND (rating_count > 0)))),
    CONSTRAINT product_status_known CHECK (((status)::text = ANY ((ARRAY['draft'::character varying, 'published'::character varying, 'archived'::character varying])::text[]))),
    CONSTRAINT product_window_opens_first CHECK ((publish_until > publish_from))
);
ALTER TABLE catalog_product ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_product ADD CONSTRAINT catalog_product_pkey PRIMARY KEY (id);
ALTER TABLE ONLY catalog_product ADD CONSTRAINT catalog_product_slug_key UNIQUE (slug);
CREATE INDEX catalog_product_brand_id_bb0c7890 ON catalog_product USING btree (brand_id);
CREATE INDEX catalog_product_category_id_35bf920b ON catalog_product USING btree (category_id);
CREATE INDEX catalog_product_slug_f37848b0_like ON catalog_product USING btree (slug varchar_pattern_ops);
CREATE INDEX product_by_name ON catalog_product USING btree (status, name, id);
CREATE INDEX product_newest ON catalog_product USING btree (status, created_at DESC, id DESC);
CREATE INDEX product_rated_best ON catalog_product USING btree (status, COALESCE(rating_average, (0)::numeric) DESC, rating_count DESC, id DESC);
CREATE INDEX product_search ON catalog_product USING gin (search_text gin_trgm_ops);
CREATE TRIGGER product_is_searchable AFTER UPDATE ON catalog_product REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_product();
CREATE TRIGGER product_leaves_search AFTER DELETE ON catalog_product REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_product();
CREATE CONSTRAINT TRIGGER product_options_are_the_variants AFTER UPDATE ON catalog_product DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ((old.options <> new.options)) EXECUTE FUNCTION catalog_check_product_options();

-- catalog_productattributevalue

CREATE TABLE catalog_productattributevalue (
    id bigint NOT NULL,
    type character varying(16) NOT NULL,
    text character varying(1000),
    number numeric(15,6),
    "boolean" boolean,
    attribute_id bigint NOT NULL,
    choice_id bigint,
    product_id bigint NOT NULL,
    CONSTRAINT attribute_value_of_its_type CHECK (((("boolean" IS NULL) AND (choice_id IS NULL) AND (number IS NULL) AND (text IS NOT NULL) AND ((type)::text = 'text'::text) AND (NOT (((text)::text = ''::text) AND (text IS NOT NULL)))) OR (("boolean" IS NULL) AND (choice_id IS NULL) AND (number IS NOT NULL) AND (text IS NULL) AND ((type)::text = 'number'::text)) OR (("boolean" IS NOT NULL) AND (choice_id IS NULL) AND (number IS NULL) AND (text IS NULL) AND ((type)::text = 'boolean'::text)) OR (("boolean" IS NULL) AND (choice_id IS NOT NULL) AND (number IS NULL) AND (text IS NULL) AND ((type)::text = ANY ((ARRAY['choice'::character varying, 'color'::character varying])::text[])))))
);
ALTER TABLE catalog_productattributevalue ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_productattributevalue ADD CONSTRAINT attribute_value_once UNIQUE NULLS NOT DISTINCT (product_id, attribute_id, choice_id);
ALTER TABLE ONLY catalog_productattributevalue ADD CONSTRAINT catalog_productattributevalue_pkey PRIMARY KEY (id);
CREATE INDEX attribute_value_by_boolean ON catalog_productattributevalue USING btree (attribute_id, "boolean", product_id) WHERE ("boolean" IS NOT NULL);
CREATE INDEX attribute_value_by_choice ON catalog_productattributevalue USING btree (choice_id, product_id) WHERE (choice_id IS NOT NULL);
CREATE INDEX attribute_value_by_number ON catalog_productattributevalue USING btree (attribute_id, number, product_id) WHERE (number IS NOT NULL);
CREATE INDEX catalog_productattributevalue_attribute_id_41dfc498 ON catalog_productattributevalue USING btree (attribute_id);
CREATE TRIGGER attribute_value_added AFTER INSERT ON catalog_productattributevalue REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_attribute_value();
CREATE TRIGGER attribute_value_changed AFTER UPDATE ON catalog_productattributevalue REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_attribute_value();
CREATE TRIGGER attribute_value_taken_away AFTER DELETE ON catalog_productattributevalue REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_attribute_value();

-- catalog_productimage

CREATE TABLE catalog_productimage (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    file character varying(100) NOT NULL,
    width integer,
    height integer,
    alt character varying(255) NOT NULL,
    "position" smallint NOT NULL,
    product_id bigint NOT NULL,
    status character varying(16) DEFAULT 'ready'::character varying NOT NULL,
    renditions jsonb DEFAULT '[]'::jsonb NOT NULL,
    failure_code character varying(64) DEFAULT ''::character varying NOT NULL,
    failure character varying(200) DEFAULT ''::character varying NOT NULL,
    CONSTRAINT catalog_productimage_height_check CHECK ((height >= 0)),
    CONSTRAINT catalog_productimage_position_check CHECK (("position" >= 0)),
    CONSTRAINT catalog_productimage_width_check CHECK ((width >= 0)),
    CONSTRAINT product_image_failed_iff_reason CHECK (((((status)::text = 'failed'::text) AND (NOT ((failure_code)::text = ''::text))) OR ((NOT ((status)::text = 'failed'::text)) AND ((failure)::text = ''::text) AND ((failure_code)::text = ''::text)))),
    CONSTRAINT product_image_has_file_iff_ready CHECK ((((height > 0) AND (height IS NOT NULL) AND ((status)::text = 'ready'::text) AND (width > 0) AND (width IS NOT NULL) AND (NOT ((file)::text = ''::text))) OR (((file)::text = ''::text) AND (height IS NULL) AND ((status)::text = ANY ((ARRAY['processing'::character varying, 'failed'::character varying])::text[])) AND (width IS NULL))))
);
ALTER TABLE catalog_productimage ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_productimage ADD CONSTRAINT catalog_productimage_pkey PRIMARY KEY (id);
CREATE INDEX catalog_productimage_product_id_1f42dd8c ON catalog_productimage USING btree (product_id);
CREATE INDEX product_image_order ON catalog_productimage USING btree (product_id, "position", id);

-- catalog_productlink

CREATE TABLE catalog_productlink (
    id bigint NOT NULL,
    kind character varying(16) NOT NULL,
    "position" smallint NOT NULL,
    product_id bigint NOT NULL,
    target_id bigint NOT NULL,
    CONSTRAINT catalog_productlink_position_check CHECK (("position" >= 0)),
    CONSTRAINT product_link_few CHECK (("position" < 50)),
    CONSTRAINT product_link_kind_known CHECK (((kind)::text = ANY ((ARRAY['related'::character varying, 'up_sell'::character varying])::text[]))),
    CONSTRAINT product_link_not_to_itself CHECK ((NOT (target_id = product_id)))
);
ALTER TABLE catalog_productlink ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_productlink ADD CONSTRAINT catalog_productlink_pkey PRIMARY KEY (id);
ALTER TABLE ONLY catalog_productlink ADD CONSTRAINT product_link_once UNIQUE (product_id, kind, target_id);
ALTER TABLE ONLY catalog_productlink ADD CONSTRAINT product_link_place UNIQUE (product_id, kind, "position") DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX catalog_productlink_product_id_3d8dc7f2 ON catalog_productlink USING btree (product_id);
CREATE INDEX catalog_productlink_target_id_3be995e7 ON catalog_productlink USING btree (target_id);

-- catalog_productvariant

CREATE TABLE catalog_productvariant (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    sku character varying(64) NOT NULL,
    barcode character varying(64) NOT NULL,
    options jsonb NOT NULL,
    "position" smallint NOT NULL,
    is_active boolean NOT NULL,
    product_id bigint NOT NULL,
    weight_grams integer,
    length_mm integer,
    width_mm integer,
    height_mm integer,
    CONSTRAINT catalog_productvariant_height_mm_check CHECK ((height_mm >= 0)),
    CONSTRAINT catalog_productvariant_length_mm_check CHECK ((length_mm >= 0)),
    CONSTRAINT catalog_productvariant_position_check CHECK (("position" >= 0)),
    CONSTRAINT catalog_productvariant_weight_grams_check CHECK ((weight_grams >= 0)),
    CONSTRAINT catalog_productvariant_width_mm_check CHECK ((width_mm >= 0)),
    CONSTRAINT variant_measured_whole CHECK ((((height_mm IS NULL) AND (length_mm IS NULL) AND (width_mm IS NULL)) OR ((height_mm IS NOT NULL) AND ((height_mm >= 1) AND (height_mm <= 100000)) AND (length_mm IS NOT NULL) AND ((length_mm >= 1) AND (length_mm <= 100000)) AND (width_mm IS NOT NULL) AND ((width_mm >= 1) AND (width_mm <= 100000))))),
    CONSTRAINT variant_sku_not_empty CHECK ((NOT ((sku)::text = ''::text))),
    CONSTRAINT variant_weight_within_limits CHECK (((weight_grams >= 1) AND (weight_grams <= 10000000)))
);
ALTER TABLE catalog_productvariant ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_productvariant ADD CONSTRAINT catalog_productvariant_pkey PRIMARY KEY (id);
ALTER TABLE ONLY catalog_productvariant ADD CONSTRAINT catalog_productvariant_sku_key UNIQUE (sku);
ALTER TABLE ONLY catalog_productvariant ADD CONSTRAINT variant_unique_options UNIQUE (product_id, options);
CREATE INDEX catalog_productvariant_product_id_422f9d19 ON catalog_productvariant USING btree (product_id);
CREATE INDEX catalog_productvariant_sku_da81620a_like ON catalog_productvariant USING btree (sku varchar_pattern_ops);
CREATE INDEX variant_by_barcode ON catalog_productvariant USING btree (barcode) WHERE (NOT ((barcode)::text = ''::text));
CREATE TRIGGER variant_added_to_search AFTER INSERT ON catalog_productvariant REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_variant();
CREATE TRIGGER variant_changed_in_search AFTER UPDATE ON catalog_productvariant REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_variant();
CREATE TRIGGER variant_leaves_search AFTER DELETE ON catalog_productvariant REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_variant();
CREATE CONSTRAINT TRIGGER variant_options_are_the_products AFTER INSERT ON catalog_productvariant DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION catalog_check_variant_options();
CREATE CONSTRAINT TRIGGER variant_options_stay_the_products AFTER UPDATE ON catalog_productvariant DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (((old.options <> new.options) OR (old.product_id <> new.product_id))) EXECUTE FUNCTION catalog_check_variant_options();

-- catalog_searchentry

CREATE TABLE catalog_searchentry (
    product_id bigint NOT NULL,
    vector tsvector DEFAULT ''::tsvector NOT NULL,
    name_key character varying(255) DEFAULT ''::character varying NOT NULL,
    units_sold integer DEFAULT 0 NOT NULL,
    is_stale boolean DEFAULT false NOT NULL,
    CONSTRAINT catalog_searchentry_units_sold_check CHECK ((units_sold >= 0))
);
ALTER TABLE ONLY catalog_searchentry ADD CONSTRAINT catalog_searchentry_pkey PRIMARY KEY (product_id);
CREATE INDEX search_entry_best_sold ON catalog_searchentry USING btree (units_sold DESC, product_id DESC);
CREATE INDEX search_entry_name_key ON catalog_searchentry USING btree (name_key text_pattern_ops);
CREATE INDEX search_entry_stale ON catalog_searchentry USING btree (product_id) WHERE is_stale;
CREATE INDEX search_entry_vector ON catalog_searchentry USING gin (vector);

-- catalog_searchlanguage

CREATE TABLE catalog_searchlanguage (
    name character varying(63) NOT NULL
);
ALTER TABLE ONLY catalog_searchlanguage ADD CONSTRAINT catalog_searchlanguage_pkey PRIMARY KEY (name);
CREATE INDEX catalog_searchlanguage_name_7746f338_like ON catalog_searchlanguage USING btree (name varchar_pattern_ops);

-- catalog_searchmiss

CREATE TABLE catalog_searchmiss (
    query character varying(60) NOT NULL,
    count integer NOT NULL,
    last_seen_on date NOT NULL,
    CONSTRAINT catalog_searchmiss_count_check CHECK ((count >= 0))
);
ALTER TABLE ONLY catalog_searchmiss ADD CONSTRAINT catalog_searchmiss_pkey PRIMARY KEY (query);
CREATE INDEX catalog_searchmiss_query_5a62bc66_like ON catalog_searchmiss USING btree (query varchar_pattern_ops);
CREATE INDEX search_miss_most ON catalog_searchmiss USING btree (count DESC, query);

-- catalog_searchword

CREATE TABLE catalog_searchword (
    word character varying(40) NOT NULL,
    products integer NOT NULL,
    CONSTRAINT catalog_searchword_products_check CHECK ((products >= 0))
);
ALTER TABLE ONLY catalog_searchword ADD CONSTRAINT catalog_searchword_pkey PRIMARY KEY (word);
CREATE INDEX catalog_searchword_word_fb48ee13_like ON catalog_searchword USING btree (word varchar_pattern_ops);
CREATE INDEX search_word_alike ON catalog_searchword USING gist (word gist_trgm_ops);

-- catalog_stock

CREATE TABLE catalog_stock (
    variant_id bigint NOT NULL,
    on_hand integer NOT NULL,
    allocated integer NOT NULL,
    backorder_limit integer DEFAULT 0 NOT NULL,
    backorder_room integer DEFAULT 0 NOT NULL,
    expected_on date,
    low_stock_threshold integer,
    policy character varying(16) DEFAULT 'none'::character varying NOT NULL,
    sellable integer DEFAULT 0 NOT NULL,
    CONSTRAINT catalog_stock_allocated_check CHECK ((allocated >= 0)),
    CONSTRAINT catalog_stock_backorder_limit_check CHECK ((backorder_limit >= 0)),
    CONSTRAINT catalog_stock_backorder_room_check CHECK ((backorder_room >= 0)),
    CONSTRAINT catalog_stock_low_stock_threshold_check CHECK ((low_stock_threshold >= 0)),
    CONSTRAINT catalog_stock_on_hand_check CHECK ((on_hand >= 0)),
    CONSTRAINT catalog_stock_sellable_check CHECK ((sellable >= 0)),
    CONSTRAINT stock_allocated_within_limit CHECK ((allocated <= (on_hand + backorder_limit))),
    CONSTRAINT stock_policy_known CHECK (((policy)::text = ANY ((ARRAY['none'::character varying, 'backorder'::character varying, 'preorder'::character varying])::text[]))),
    CONSTRAINT stock_preorder_has_date CHECK (((NOT ((policy)::text = 'preorder'::text)) OR (expected_on IS NOT NULL)))
);
ALTER TABLE ONLY catalog_stock ADD CONSTRAINT catalog_stock_pkey PRIMARY KEY (variant_id);

-- catalog_stockmovement

CREATE TABLE catalog_stockmovement (
    id bigint NOT NULL,
    kind character varying(16) NOT NULL,
    on_hand_change integer NOT NULL,
    allocated_change integer NOT NULL,
    reference character varying(64) NOT NULL,
    reason character varying(200) NOT NULL,
    recorded_at timestamp with time zone NOT NULL,
    actor_id bigint,
    stock_id bigint NOT NULL,
    warehouse_id bigint DEFAULT 1 NOT NULL,
    CONSTRAINT stock_movement_moves_something CHECK ((NOT ((allocated_change = 0) AND (on_hand_change = 0))))
);
ALTER TABLE catalog_stockmovement ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_stockmovement ADD CONSTRAINT catalog_stockmovement_pkey PRIMARY KEY (id);
CREATE INDEX catalog_stockmovement_actor_id_88dcc6b6 ON catalog_stockmovement USING btree (actor_id);
CREATE INDEX catalog_stockmovement_reference_f327bbbe ON catalog_stockmovement USING btree (reference);
CREATE INDEX catalog_stockmovement_reference_f327bbbe_like ON catalog_stockmovement USING btree (reference varchar_pattern_ops);
CREATE INDEX catalog_stockmovement_stock_id_ca72cbdf ON catalog_stockmovement USING btree (stock_id);
CREATE INDEX stock_movement_by_warehouse ON catalog_stockmovement USING btree (warehouse_id, id DESC);
CREATE TRIGGER stock_movement_append_only BEFORE DELETE OR UPDATE ON catalog_stockmovement FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER stock_movement_applied AFTER INSERT ON catalog_stockmovement REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION catalog_apply_movements();

-- catalog_synonym

CREATE TABLE catalog_synonym (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    term character varying(60) NOT NULL,
    replacement character varying(60) NOT NULL,
    is_one_way boolean NOT NULL,
    term_key character varying(240) NOT NULL,
    replacement_key character varying(240) NOT NULL,
    CONSTRAINT synonym_has_words CHECK (((NOT ((term_key)::text = ''::text)) AND (NOT ((replacement_key)::text = ''::text)))),
    CONSTRAINT synonym_of_another_word CHECK ((NOT ((term_key)::text = (replacement_key)::text)))
);
ALTER TABLE catalog_synonym ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_synonym ADD CONSTRAINT catalog_synonym_pkey PRIMARY KEY (id);
ALTER TABLE ONLY catalog_synonym ADD CONSTRAINT synonym_said_once UNIQUE (term_key, replacement_key);
CREATE TRIGGER synonym_key BEFORE INSERT OR UPDATE ON catalog_synonym FOR EACH ROW EXECUTE FUNCTION catalog_key_synonym();

-- catalog_warehouse

CREATE TABLE catalog_warehouse (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    code character varying(32) NOT NULL,
    name character varying(120) NOT NULL,
    address character varying(300) NOT NULL,
    country character varying(2) NOT NULL,
    priority smallint NOT NULL,
    is_active boolean NOT NULL,
    is_default boolean NOT NULL,
    CONSTRAINT catalog_warehouse_priority_check CHECK ((priority >= 0)),
    CONSTRAINT warehouse_country_code CHECK ((((country)::text = ''::text) OR ((country)::text ~ '^[A-Z]{2}$'::text))),
    CONSTRAINT warehouse_default_is_active CHECK (((NOT is_default) OR is_active))
);
ALTER TABLE catalog_warehouse ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_warehouse ADD CONSTRAINT catalog_warehouse_code_key UNIQUE (code);
ALTER TABLE ONLY catalog_warehouse ADD CONSTRAINT catalog_warehouse_pkey PRIMARY KEY (id);
CREATE INDEX catalog_warehouse_code_e98f7bc5_like ON catalog_warehouse USING btree (code varchar_pattern_ops);
CREATE UNIQUE INDEX warehouse_one_default ON catalog_warehouse USING btree (is_default) WHERE is_default;

-- catalog_warehousestock

CREATE TABLE catalog_warehousestock (
    id bigint NOT NULL,
    on_hand integer NOT NULL,
    allocated integer NOT NULL,
    safety_stock integer NOT NULL,
    backorder_limit integer NOT NULL,
    stock_id bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    CONSTRAINT catalog_warehousestock_allocated_check CHECK ((allocated >= 0)),
    CONSTRAINT catalog_warehousestock_backorder_limit_check CHECK ((backorder_limit >= 0)),
    CONSTRAINT catalog_warehousestock_on_hand_check CHECK ((on_hand >= 0)),
    CONSTRAINT catalog_warehousestock_safety_stock_check CHECK ((safety_stock >= 0)),
    CONSTRAINT warehouse_stock_allocated_within_limit CHECK ((allocated <= (on_hand + backorder_limit)))
);
ALTER TABLE catalog_warehousestock ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY catalog_warehousestock ADD CONSTRAINT catalog_warehousestock_pkey PRIMARY KEY (id);
ALTER TABLE ONLY catalog_warehousestock ADD CONSTRAINT warehouse_stock_once UNIQUE (stock_id, warehouse_id);
CREATE INDEX catalog_warehousestock_stock_id_1c644df1 ON catalog_warehousestock USING btree (stock_id);
CREATE INDEX catalog_warehousestock_warehouse_id_5c802497 ON catalog_warehousestock USING btree (warehouse_id);

-- common_auditrecord

CREATE TABLE common_auditrecord (
    id bigint NOT NULL,
    action character varying(64) NOT NULL,
    subject character varying(128) NOT NULL,
    actor_id bigint,
    address inet,
    request_id character varying(64) NOT NULL,
    details jsonb NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);
ALTER TABLE common_auditrecord ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY common_auditrecord ADD CONSTRAINT common_auditrecord_pkey PRIMARY KEY (id);
CREATE INDEX audit_record_age ON common_auditrecord USING btree (recorded_at);
CREATE INDEX audit_record_by_action ON common_auditrecord USING btree (action, id);
CREATE INDEX audit_record_by_actor ON common_auditrecord USING btree (actor_id, id);
CREATE INDEX audit_record_by_address ON common_auditrecord USING btree (address, id);
CREATE INDEX audit_record_by_request ON common_auditrecord USING btree (request_id, id);
CREATE INDEX audit_record_by_subject ON common_auditrecord USING btree (subject, id);
CREATE INDEX audit_record_known_network ON common_auditrecord USING btree (subject, address) WHERE ((action)::text = ANY ((ARRAY['sign_in.succeeded'::character varying, 'password.reset'::character varying])::text[]));
CREATE TRIGGER audit_record_append_only BEFORE DELETE OR UPDATE ON common_auditrecord FOR EACH ROW EXECUTE FUNCTION refuse_forgetting();

-- common_event

CREATE TABLE common_event (
    id bigint NOT NULL,
    type character varying(64) NOT NULL,
    subject character varying(128) NOT NULL,
    payload jsonb NOT NULL,
    recorded_at timestamp with time zone NOT NULL
);
ALTER TABLE common_event ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY common_event ADD CONSTRAINT common_event_pkey PRIMARY KEY (id);
CREATE INDEX event_by_subject ON common_event USING btree (subject, id);

-- common_idempotencyrecord

CREATE TABLE common_idempotencyrecord (
    id bigint NOT NULL,
    principal character varying(80) NOT NULL,
    route character varying(200) NOT NULL,
    key_hash character varying(64) NOT NULL,
    fingerprint character varying(64) NOT NULL,
    status smallint NOT NULL,
    body jsonb,
    created_at timestamp with time zone NOT NULL,
    headers jsonb DEFAULT '{}'::jsonb NOT NULL,
    CONSTRAINT common_idempotencyrecord_status_check CHECK ((status >= 0)),
    CONSTRAINT idempotency_record_status_final CHECK (((status >= 200) AND (status < 500)))
);
ALTER TABLE common_idempotencyrecord ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY common_idempotencyrecord ADD CONSTRAINT common_idempotencyrecord_pkey PRIMARY KEY (id);
ALTER TABLE ONLY common_idempotencyrecord ADD CONSTRAINT idempotency_record_once UNIQUE (principal, route, key_hash);
CREATE INDEX idempotency_record_age ON common_idempotencyrecord USING btree (created_at);

-- common_measurement

CREATE TABLE common_measurement (
    id bigint NOT NULL,
    kind character varying(32) NOT NULL,
    name character varying(100) NOT NULL,
    value bigint NOT NULL,
    measured_at timestamp with time zone NOT NULL
);
ALTER TABLE common_measurement ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY common_measurement ADD CONSTRAINT common_measurement_pkey PRIMARY KEY (id);
ALTER TABLE ONLY common_measurement ADD CONSTRAINT measurement_once UNIQUE (kind, name);

-- django_admin_log

CREATE TABLE django_admin_log (
    id integer NOT NULL,
    action_time timestamp with time zone NOT NULL,
    object_id text,
    object_repr character varying(200) NOT NULL,
    action_flag smallint NOT NULL,
    change_message text NOT NULL,
    content_type_id integer,
    user_id bigint NOT NULL,
    CONSTRAINT django_admin_log_action_flag_check CHECK ((action_flag >= 0))
);
ALTER TABLE django_admin_log ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY django_admin_log ADD CONSTRAINT django_admin_log_pkey PRIMARY KEY (id);
CREATE INDEX django_admin_log_content_type_id_c4bce8eb ON django_admin_log USING btree (content_type_id);
CREATE INDEX django_admin_log_user_id_c564eba6 ON django_admin_log USING btree (user_id);

-- django_content_type

CREATE TABLE django_content_type (
    id integer NOT NULL,
    app_label character varying(100) NOT NULL,
    model character varying(100) NOT NULL
);
ALTER TABLE django_content_type ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY django_content_type ADD CONSTRAINT django_content_type_app_label_model_76bd3d3b_uniq UNIQUE (app_label, model);
ALTER TABLE ONLY django_content_type ADD CONSTRAINT django_content_type_pkey PRIMARY KEY (id);

-- django_session

CREATE TABLE django_session (
    session_key character varying(40) NOT NULL,
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL
);
ALTER TABLE ONLY django_session ADD CONSTRAINT django_session_pkey PRIMARY KEY (session_key);
CREATE INDEX django_session_expire_date_a5c62663 ON django_session USING btree (expire_date);
CREATE INDEX django_session_session_key_c0390e0f_like ON django_session USING btree (session_key varchar_pattern_ops);

-- orders_order

CREATE TABLE orders_order (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    number character varying(10) NOT NULL,
    email character varying(254) NOT NULL,
    status character varying(16) NOT NULL,
    payment_status character varying(24) NOT NULL,
    fulfillment_status character varying(24) NOT NULL,
    currency character varying(3) NOT NULL,
    subtotal numeric(18,3) NOT NULL,
    discount_total numeric(18,3) NOT NULL,
    shipping_total numeric(18,3) NOT NULL,
    tax_total numeric(18,3) NOT NULL,
    total numeric(18,3) NOT NULL,
    shipping_method_code character varying(64) NOT NULL,
    shipping_method_name character varying(120) NOT NULL,
    shipping_address jsonb NOT NULL,
    billing_address jsonb NOT NULL,
    taxes jsonb NOT NULL,
    payment_due_at timestamp with time zone,
    customer_id bigint,
    CONSTRAINT order_amounts_not_negative CHECK (((discount_total >= (0)::numeric) AND (shipping_total >= (0)::numeric) AND (subtotal >= (0)::numeric) AND (tax_total >= (0)::numeric) AND (total >= (0)::numeric))),
    CONSTRAINT order_status_known CHECK (((status)::text = ANY ((ARRAY['pending'::character varying, 'confirmed'::character varying, 'fulfilled'::character varying, 'completed'::character varying, 'canceled'::character varying, 'expired'::character varying])::text[]))),
    CONSTRAINT order_total_adds_up CHECK ((total = (((subtotal - discount_total) + shipping_total) + tax_total)))
);
ALTER TABLE orders_order ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY orders_order ADD CONSTRAINT orders_order_number_key UNIQUE (number);
ALTER TABLE ONLY orders_order ADD CONSTRAINT orders_order_pkey PRIMARY KEY (id);
CREATE INDEX order_customer_newest ON orders_order USING btree (customer_id, created_at DESC, id DESC);
CREATE INDEX order_newest ON orders_order USING btree (created_at DESC, id DESC);
CREATE INDEX order_overdue ON orders_order USING btree (payment_due_at) WHERE ((status)::text = 'pending'::text);
CREATE INDEX orders_order_customer_id_0b76f6a4 ON orders_order USING btree (customer_id);
CREATE INDEX orders_order_number_abc9e0f2_like ON orders_order USING btree (number varchar_pattern_ops);

-- orders_orderevent

CREATE TABLE orders_orderevent (
    id bigint NOT NULL,
    kind character varying(32) NOT NULL,
    from_status character varying(16) NOT NULL,
    to_status character varying(16) NOT NULL,
    details jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    actor_id bigint,
    order_id bigint NOT NULL
);
ALTER TABLE orders_orderevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY orders_orderevent ADD CONSTRAINT orders_orderevent_pkey PRIMARY KEY (id);
CREATE INDEX order_event_newest ON orders_orderevent USING btree (order_id, created_at DESC, id DESC);
CREATE INDEX orders_orderevent_actor_id_4ce1466c ON orders_orderevent USING btree (actor_id);
CREATE INDEX orders_orderevent_order_id_b26297f3 ON orders_orderevent USING btree (order_id);
CREATE TRIGGER order_event_append_only BEFORE DELETE OR UPDATE ON orders_orderevent FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasure();

-- orders_orderline

CREATE TABLE orders_orderline (
    id bigint NOT NULL,
    "position" smallint NOT NULL,
    sku character varying(64) NOT NULL,
    name character varying(255) NOT NULL,
    options jsonb NOT NULL,
    unit_price numeric(12,3) NOT NULL,
    quantity smallint NOT NULL,
    quantity_fulfilled smallint NOT NULL,
    total numeric(18,3) NOT NULL,
    tax_total numeric(18,3) NOT NULL,
    order_id bigint NOT NULL,
    variant_id bigint NOT NULL,
    CONSTRAINT order_line_not_overfulfilled CHECK ((quantity_fulfilled <= quantity)),
    CONSTRAINT order_line_quantity_positive CHECK ((quantity > 0)),
    CONSTRAINT order_line_total_adds_up CHECK ((total = (unit_price * (quantity)::numeric))),
    CONSTRAINT orders_orderline_position_check CHECK (("position" >= 0)),
    CONSTRAINT orders_orderline_quantity_check CHECK ((quantity >= 0)),
    CONSTRAINT orders_orderline_quantity_fulfilled_check CHECK ((quantity_fulfilled >= 0))
);
ALTER TABLE orders_orderline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY orders_orderline ADD CONSTRAINT order_line_unique_variant UNIQUE (order_id, variant_id);
ALTER TABLE ONLY orders_orderline ADD CONSTRAINT orders_orderline_pkey PRIMARY KEY (id);
CREATE INDEX orders_orderline_order_id_17f8f3ef ON orders_orderline USING btree (order_id);
CREATE INDEX orders_orderline_variant_id_0aa9a0d5 ON orders_orderline USING btree (variant_id);

-- orders_payment

CREATE TABLE orders_payment (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    provider character varying(32) NOT NULL,
    status character varying(16) NOT NULL,
    currency character varying(3) NOT NULL,
    amount numeric(18,3) NOT NULL,
    captured_total numeric(18,3) NOT NULL,
    refunded_total numeric(18,3) NOT NULL,
    reference character varying(32) NOT NULL,
    provider_reference character varying(128) NOT NULL,
    return_url character varying(1000) NOT NULL,
    next_action jsonb,
    failure_code character varying(64) NOT NULL,
    order_id bigint NOT NULL,
    CONSTRAINT payment_captured_within_amount CHECK (((captured_total >= (0)::numeric) AND (captured_total <= amount))),
    CONSTRAINT payment_refunded_within_captured CHECK (((refunded_total >= (0)::numeric) AND (refunded_total <= captured_total)))
);
ALTER TABLE orders_payment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY orders_payment ADD CONSTRAINT orders_payment_pkey PRIMARY KEY (id);
ALTER TABLE ONLY orders_payment ADD CONSTRAINT orders_payment_reference_key UNIQUE (reference);
CREATE INDEX orders_payment_order_id_bdccf250 ON orders_payment USING btree (order_id);
CREATE INDEX orders_payment_reference_f485cd77_like ON orders_payment USING btree (reference varchar_pattern_ops);
CREATE UNIQUE INDEX payment_one_open_per_order ON orders_payment USING btree (order_id) WHERE ((status)::text = ANY ((ARRAY['created'::character varying, 'pending'::character varying])::text[]));
CREATE UNIQUE INDEX payment_unique_provider_reference ON orders_payment USING btree (provider, provider_reference) WHERE (NOT ((provider_reference)::text = ''::text));

-- orders_providerevent

CREATE TABLE orders_providerevent (
    id bigint NOT NULL,
    provider character varying(32) NOT NULL,
    event_id character varying(128) NOT NULL,
    type character varying(64) NOT NULL,
    payload jsonb NOT NULL,
    outcome character varying(16) NOT NULL,
    detail character varying(200) NOT NULL,
    received_at timestamp with time zone NOT NULL,
    payment_id bigint
);
ALTER TABLE orders_providerevent ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY orders_providerevent ADD CONSTRAINT orders_providerevent_pkey PRIMARY KEY (id);
ALTER TABLE ONLY orders_providerevent ADD CONSTRAINT provider_event_once UNIQUE (provider, event_id);
CREATE INDEX orders_providerevent_payment_id_14253ad4 ON orders_providerevent USING btree (payment_id);

-- orders_refund

CREATE TABLE orders_refund (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    status character varying(16) NOT NULL,
    amount numeric(18,3) NOT NULL,
    reason character varying(200) NOT NULL,
    reference character varying(32) NOT NULL,
    payment_id bigint NOT NULL,
    CONSTRAINT refund_amount_positive CHECK ((amount > (0)::numeric))
);
ALTER TABLE orders_refund ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY orders_refund ADD CONSTRAINT orders_refund_pkey PRIMARY KEY (id);
ALTER TABLE ONLY orders_refund ADD CONSTRAINT orders_refund_reference_key UNIQUE (reference);
CREATE INDEX orders_refund_payment_id_a6b07753 ON orders_refund USING btree (payment_id);
CREATE INDEX orders_refund_reference_3e022da9_like ON orders_refund USING btree (reference varchar_pattern_ops);

-- orders_sandboxsession

CREATE TABLE orders_sandboxsession (
    id bigint NOT NULL,
    token character varying(64) NOT NULL,
    payment_reference character varying(32) NOT NULL,
    status character varying(16) NOT NULL,
    description character varying(200) NOT NULL,
    currency character varying(3) NOT NULL,
    amount numeric(18,3) NOT NULL,
    return_url character varying(1000) NOT NULL,
    refunds jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL
);
ALTER TABLE orders_sandboxsession ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY orders_sandboxsession ADD CONSTRAINT orders_sandboxsession_payment_reference_key UNIQUE (payment_reference);
ALTER TABLE ONLY orders_sandboxsession ADD CONSTRAINT orders_sandboxsession_pkey PRIMARY KEY (id);
ALTER TABLE ONLY orders_sandboxsession ADD CONSTRAINT orders_sandboxsession_token_key UNIQUE (token);
CREATE INDEX orders_sandboxsession_payment_reference_0908d338_like ON orders_sandboxsession USING btree (payment_reference varchar_pattern_ops);
CREATE INDEX orders_sandboxsession_token_d9d22305_like ON orders_sandboxsession USING btree (token varchar_pattern_ops);

-- orders_shipment

CREATE TABLE orders_shipment (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    carrier character varying(60) NOT NULL,
    tracking_number character varying(100) NOT NULL,
    tracking_url character varying(500) NOT NULL,
    delivered_at timestamp with time zone,
    order_id bigint NOT NULL
);
ALTER TABLE orders_shipment ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY orders_shipment ADD CONSTRAINT orders_shipment_pkey PRIMARY KEY (id);
CREATE INDEX orders_shipment_order_id_661ed8ed ON orders_shipment USING btree (order_id);

-- orders_shipmentline

CREATE TABLE orders_shipmentline (
    id bigint NOT NULL,
    quantity smallint NOT NULL,
    order_line_id bigint NOT NULL,
    shipment_id bigint NOT NULL,
    CONSTRAINT orders_shipmentline_quantity_check CHECK ((quantity >= 0)),
    CONSTRAINT shipment_line_quantity_positive CHECK ((quantity > 0))
);
ALTER TABLE orders_shipmentline ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY orders_shipmentline ADD CONSTRAINT orders_shipmentline_pkey PRIMARY KEY (id);
ALTER TABLE ONLY orders_shipmentline ADD CONSTRAINT shipment_line_unique_order_line UNIQUE (shipment_id, order_line_id);
CREATE INDEX orders_shipmentline_order_line_id_ca48a18c ON orders_shipmentline USING btree (order_line_id);
CREATE INDEX orders_shipmentline_shipment_id_fa484a42 ON orders_shipmentline USING btree (shipment_id);

-- orders_shippingmethod

CREATE TABLE orders_shippingmethod (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    code character varying(64) NOT NULL,
    name character varying(120) NOT NULL,
    is_active boolean NOT NULL,
    "position" smallint NOT NULL,
    CONSTRAINT orders_shippingmethod_position_check CHECK (("position" >= 0))
);
ALTER TABLE orders_shippingmethod ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY orders_shippingmethod ADD CONSTRAINT orders_shippingmethod_code_key UNIQUE (code);
ALTER TABLE ONLY orders_shippingmethod ADD CONSTRAINT orders_shippingmethod_pkey PRIMARY KEY (id);
CREATE INDEX orders_shippingmethod_code_90d6e3c4_like ON orders_shippingmethod USING btree (code varchar_pattern_ops);

-- orders_shippingrate

CREATE TABLE orders_shippingrate (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    country character varying(2) NOT NULL,
    currency character varying(3) NOT NULL,
    amount numeric(12,3) NOT NULL,
    method_id bigint NOT NULL,
    CONSTRAINT shipping_rate_country_code CHECK (((country)::text ~ '^([A-Z]{2})?$'::text)),
    CONSTRAINT shipping_rate_not_negative CHECK ((amount >= (0)::numeric))
);
ALTER TABLE orders_shippingrate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY orders_shippingrate ADD CONSTRAINT orders_shippingrate_pkey PRIMARY KEY (id);
ALTER TABLE ONLY orders_shippingrate ADD CONSTRAINT shipping_rate_once UNIQUE (method_id, country, currency);
CREATE INDEX orders_shippingrate_method_id_0bc7f9f9 ON orders_shippingrate USING btree (method_id);

-- orders_taxrate

CREATE TABLE orders_taxrate (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    country character varying(2) NOT NULL,
    name character varying(60) NOT NULL,
    percent numeric(6,3) NOT NULL,
    CONSTRAINT tax_rate_country_code CHECK (((country)::text ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT tax_rate_percent_in_range CHECK (((percent >= (0)::numeric) AND (percent <= (100)::numeric)))
);
ALTER TABLE orders_taxrate ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY orders_taxrate ADD CONSTRAINT orders_taxrate_country_key UNIQUE (country);
ALTER TABLE ONLY orders_taxrate ADD CONSTRAINT orders_taxrate_pkey PRIMARY KEY (id);
CREATE INDEX orders_taxrate_country_93bb3e03_like ON orders_taxrate USING btree (country varchar_pattern_ops);

-- reviews_review

CREATE TABLE reviews_review (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    rating smallint NOT NULL,
    title character varying(150) NOT NULL,
    text text NOT NULL,
    status character varying(16) NOT NULL,
    is_verified_purchase boolean NOT NULL,
    rejection_reason character varying(200) NOT NULL,
    author_id bigint NOT NULL,
    product_id bigint NOT NULL,
    CONSTRAINT review_rating_in_range CHECK (((rating >= 1) AND (rating <= 5))),
    CONSTRAINT review_status_known CHECK (((status)::text = ANY ((ARRAY['pending'::character varying, 'published'::character varying, 'rejected'::character varying])::text[]))),
    CONSTRAINT reviews_review_rating_check CHECK ((rating >= 0))
);
ALTER TABLE reviews_review ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY reviews_review ADD CONSTRAINT review_one_per_author UNIQUE (product_id, author_id);
ALTER TABLE ONLY reviews_review ADD CONSTRAINT reviews_review_pkey PRIMARY KEY (id);
CREATE INDEX review_newest ON reviews_review USING btree (product_id, status, created_at DESC, id DESC);
CREATE INDEX reviews_review_author_id_ed71e278 ON reviews_review USING btree (author_id);
CREATE INDEX reviews_review_product_id_ce2fa4c6 ON reviews_review USING btree (product_id);

-- users_address

CREATE TABLE users_address (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    full_name character varying(150) NOT NULL,
    company character varying(150) NOT NULL,
    line1 character varying(200) NOT NULL,
    line2 character varying(200) NOT NULL,
    city character varying(100) NOT NULL,
    region character varying(100) NOT NULL,
    postal_code character varying(20) NOT NULL,
    country character varying(2) NOT NULL,
    phone character varying(32) NOT NULL,
    is_default_shipping boolean NOT NULL,
    is_default_billing boolean NOT NULL,
    user_id bigint NOT NULL,
    CONSTRAINT address_country_code CHECK (((country)::text ~ '^[A-Z]{2}$'::text))
);
ALTER TABLE users_address ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY users_address ADD CONSTRAINT users_address_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX address_one_default_billing ON users_address USING btree (user_id) WHERE is_default_billing;
CREATE UNIQUE INDEX address_one_default_shipping ON users_address USING btree (user_id) WHERE is_default_shipping;
CREATE INDEX users_address_user_id_4c106ba4 ON users_address USING btree (user_id);

-- users_customergroup

CREATE TABLE users_customergroup (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    code character varying(64) NOT NULL,
    name character varying(150) NOT NULL,
    CONSTRAINT customer_group_code_not_empty CHECK ((NOT ((code)::text = ''::text)))
);
ALTER TABLE users_customergroup ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY users_customergroup ADD CONSTRAINT users_customergroup_code_key UNIQUE (code);
ALTER TABLE ONLY users_customergroup ADD CONSTRAINT users_customergroup_pkey PRIMARY KEY (id);
CREATE INDEX users_customergroup_code_3fd6653a_like ON users_customergroup USING btree (code varchar_pattern_ops);

-- users_customergroup_members

CREATE TABLE users_customergroup_members (
    id bigint NOT NULL,
    customergroup_id bigint NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE users_customergroup_members ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY users_customergroup_members ADD CONSTRAINT users_customergroup_memb_customergroup_id_user_id_5d0ac125_uniq UNIQUE (customergroup_id, user_id);
ALTER TABLE ONLY users_customergroup_members ADD CONSTRAINT users_customergroup_members_pkey PRIMARY KEY (id);
CREATE INDEX users_customergroup_members_customergroup_id_5fc16a77 ON users_customergroup_members USING btree (customergroup_id);
CREATE INDEX users_customergroup_members_user_id_0b84492a ON users_customergroup_members USING btree (user_id);

-- users_dataexport

CREATE TABLE users_dataexport (
    id bigint NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    ready_at timestamp with time zone,
    content bytea,
    user_id bigint NOT NULL,
    CONSTRAINT data_export_ready_with_content CHECK ((((content IS NULL) AND (ready_at IS NULL)) OR ((content IS NOT NULL) AND (ready_at IS NOT NULL))))
);
ALTER TABLE users_dataexport ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY users_dataexport ADD CONSTRAINT users_dataexport_pkey PRIMARY KEY (id);
ALTER TABLE ONLY users_dataexport ADD CONSTRAINT users_dataexport_user_id_key UNIQUE (user_id);

-- users_loginsession

CREATE TABLE users_loginsession (
    id bigint NOT NULL,
    created_at timestamp with time zone NOT NULL,
    last_seen_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    address inet,
    user_agent character varying(256) NOT NULL,
    user_id bigint NOT NULL,
    second_factor_at timestamp with time zone
);
ALTER TABLE users_loginsession ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY users_loginsession ADD CONSTRAINT users_loginsession_pkey PRIMARY KEY (id);
CREATE INDEX login_session_live ON users_loginsession USING btree (user_id) WHERE (revoked_at IS NULL);
CREATE INDEX users_loginsession_user_id_8cb0cb18 ON users_loginsession USING btree (user_id);

-- users_recoverycode

CREATE TABLE users_recoverycode (
    id bigint NOT NULL,
    code_hash character varying(64) NOT NULL,
    used_at timestamp with time zone,
    factor_id bigint NOT NULL
);
ALTER TABLE users_recoverycode ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY users_recoverycode ADD CONSTRAINT users_recoverycode_code_hash_key UNIQUE (code_hash);
ALTER TABLE ONLY users_recoverycode ADD CONSTRAINT users_recoverycode_pkey PRIMARY KEY (id);
CREATE INDEX users_recoverycode_code_hash_390972f5_like ON users_recoverycode USING btree (code_hash varchar_pattern_ops);
CREATE INDEX users_recoverycode_factor_id_71ff789d ON users_recoverycode USING btree (factor_id);

-- users_refreshtoken

CREATE TABLE users_refreshtoken (
    id bigint NOT NULL,
    jti_hash character varying(64) NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    session_id bigint NOT NULL
);
ALTER TABLE users_refreshtoken ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY users_refreshtoken ADD CONSTRAINT users_refreshtoken_jti_hash_key UNIQUE (jti_hash);
ALTER TABLE ONLY users_refreshtoken ADD CONSTRAINT users_refreshtoken_pkey PRIMARY KEY (id);
CREATE INDEX users_refreshtoken_expires_at_bfc17586 ON users_refreshtoken USING btree (expires_at);
CREATE INDEX users_refreshtoken_jti_hash_a3be18db_like ON users_refreshtoken USING btree (jti_hash varchar_pattern_ops);
CREATE INDEX users_refreshtoken_session_id_5d937c39 ON users_refreshtoken USING btree (session_id);

-- users_secondfactor

CREATE TABLE users_secondfactor (
    id bigint NOT NULL,
    sealed_secret character varying(255) NOT NULL,
    last_step bigint,
    created_at timestamp with time zone NOT NULL,
    user_id bigint NOT NULL
);
ALTER TABLE users_secondfactor ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY users_secondfactor ADD CONSTRAINT users_secondfactor_pkey PRIMARY KEY (id);
ALTER TABLE ONLY users_secondfactor ADD CONSTRAINT users_secondfactor_user_id_key UNIQUE (user_id);

-- users_staffsession

CREATE TABLE users_staffsession (
    session_data text NOT NULL,
    expire_date timestamp with time zone NOT NULL,
    session_key character varying(64) NOT NULL,
    user_id bigint
);
ALTER TABLE ONLY users_staffsession ADD CONSTRAINT users_staffsession_pkey PRIMARY KEY (session_key);
CREATE INDEX users_staffsession_expire_date_e7af3749 ON users_staffsession USING btree (expire_date);
CREATE INDEX users_staffsession_session_key_1e7c02d9_like ON users_staffsession USING btree (session_key varchar_pattern_ops);
CREATE INDEX users_staffsession_user_id_05f7c652 ON users_staffsession USING btree (user_id);

-- users_user

CREATE TABLE users_user (
    id bigint NOT NULL,
    password character varying(128) NOT NULL,
    last_login timestamp with time zone,
    is_superuser boolean NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    email character varying(254) NOT NULL,
    email_canonical character varying(254) GENERATED ALWAYS AS (lower(NORMALIZE(email, NFKC))) STORED,
    first_name character varying(150) NOT NULL,
    last_name character varying(150) NOT NULL,
    is_active boolean NOT NULL,
    is_staff boolean NOT NULL,
    email_verified_at timestamp with time zone,
    second_factor_at timestamp with time zone
);
ALTER TABLE users_user ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY users_user ADD CONSTRAINT user_unique_email UNIQUE (email_canonical);
ALTER TABLE ONLY users_user ADD CONSTRAINT users_user_pkey PRIMARY KEY (id);

-- users_user_groups

CREATE TABLE users_user_groups (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    group_id integer NOT NULL
);
ALTER TABLE users_user_groups ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY users_user_groups ADD CONSTRAINT users_user_groups_pkey PRIMARY KEY (id);
ALTER TABLE ONLY users_user_groups ADD CONSTRAINT users_user_groups_user_id_group_id_b88eab82_uniq UNIQUE (user_id, group_id);
CREATE INDEX users_user_groups_group_id_9afc8d0e ON users_user_groups USING btree (group_id);
CREATE INDEX users_user_groups_user_id_5f6f5a90 ON users_user_groups USING btree (user_id);

-- users_user_user_permissions

CREATE TABLE users_user_user_permissions (
    id bigint NOT NULL,
    user_id bigint NOT NULL,
    permission_id integer NOT NULL
);
ALTER TABLE users_user_user_permissions ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;
ALTER TABLE ONLY users_user_user_permissions ADD CONSTRAINT users_user_user_permissions_pkey PRIMARY KEY (id);
ALTER TABLE ONLY users_user_user_permissions ADD CONSTRAINT users_user_user_permissions_user_id_permission_id_43338c45_uniq UNIQUE (user_id, permission_id);
CREATE INDEX users_user_user_permissions_permission_id_0b93982e ON users_user_user_permissions USING btree (permission_id);
CREATE INDEX users_user_user_permissions_user_id_20aca447 ON users_user_user_permissions USING btree (user_id);

-- References

ALTER TABLE ONLY catalog_attributechoice ADD CONSTRAINT attribute_choice_has_attribute FOREIGN KEY (attribute_id, type) REFERENCES catalog_attribute(id, type);
ALTER TABLE ONLY catalog_productattributevalue ADD CONSTRAINT attribute_value_has_attribute FOREIGN KEY (attribute_id, type) REFERENCES catalog_attribute(id, type);
ALTER TABLE ONLY catalog_productattributevalue ADD CONSTRAINT attribute_value_has_choice FOREIGN KEY (choice_id, attribute_id) REFERENCES catalog_attributechoice(id, attribute_id);
ALTER TABLE ONLY catalog_productattributevalue ADD CONSTRAINT attribute_value_has_product FOREIGN KEY (product_id) REFERENCES catalog_product(id) ON DELETE CASCADE;
ALTER TABLE ONLY auth_group_permissions ADD CONSTRAINT auth_group_permissio_permission_id_84c5c92e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_group_permissions ADD CONSTRAINT auth_group_permissions_group_id_b120cbf9_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY auth_permission ADD CONSTRAINT auth_permission_content_type_id_2f476e4b_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY cart_cart ADD CONSTRAINT cart_cart_customer_id_bbe4c408_fk_users_user_id FOREIGN KEY (customer_id) REFERENCES users_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY cart_cartline ADD CONSTRAINT cart_cartline_cart_id_c7b9981e_fk_cart_cart_id FOREIGN KEY (cart_id) REFERENCES cart_cart(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY cart_cartline ADD CONSTRAINT cart_cartline_variant_id_dbca56c9_fk_catalog_productvariant_id FOREIGN KEY (variant_id) REFERENCES catalog_productvariant(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_attributecategory ADD CONSTRAINT catalog_attributecat_attribute_id_c7460c45_fk_catalog_a FOREIGN KEY (attribute_id) REFERENCES catalog_attribute(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_attributecategory ADD CONSTRAINT catalog_attributecat_category_id_4b015740_fk_catalog_c FOREIGN KEY (category_id) REFERENCES catalog_category(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_backinstockrequest ADD CONSTRAINT catalog_backinstockr_customer_id_dfdd5c64_fk_users_use FOREIGN KEY (customer_id) REFERENCES users_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_backinstockrequest ADD CONSTRAINT catalog_backinstockr_variant_id_f09d1ccb_fk_catalog_p FOREIGN KEY (variant_id) REFERENCES catalog_productvariant(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_boughttogether ADD CONSTRAINT catalog_boughttogeth_product_id_ee7ff04d_fk_catalog_p FOREIGN KEY (product_id) REFERENCES catalog_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_boughttogether ADD CONSTRAINT catalog_boughttogether_other_id_e9ac4911_fk_catalog_product_id FOREIGN KEY (other_id) REFERENCES catalog_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_catalogimport ADD CONSTRAINT catalog_catalogimport_actor_id_32b4fafe_fk_users_user_id FOREIGN KEY (actor_id) REFERENCES users_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_collectionproduct ADD CONSTRAINT catalog_collectionpr_collection_id_eda66c28_fk_catalog_c FOREIGN KEY (collection_id) REFERENCES catalog_collection(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_collectionproduct ADD CONSTRAINT catalog_collectionpr_product_id_cd7106ae_fk_catalog_p FOREIGN KEY (product_id) REFERENCES catalog_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_imageupload ADD CONSTRAINT catalog_imageupload_image_id_7b7d17fb_fk_catalog_p FOREIGN KEY (image_id) REFERENCES catalog_productimage(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_importflaw ADD CONSTRAINT catalog_importflaw_source_id_b98651cb_fk_catalog_c FOREIGN KEY (source_id) REFERENCES catalog_catalogimport(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_importpart ADD CONSTRAINT catalog_importpart_source_id_4c5a7200_fk_catalog_c FOREIGN KEY (source_id) REFERENCES catalog_catalogimport(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_price ADD CONSTRAINT catalog_price_variant_id_5c50f590_fk_catalog_productvariant_id FOREIGN KEY (variant_id) REFERENCES catalog_productvariant(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_pricelist ADD CONSTRAINT catalog_pricelist_customer_group_id_45440898_fk_users_cus FOREIGN KEY (customer_group_id) REFERENCES users_customergroup(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_pricelistentry ADD CONSTRAINT catalog_pricelistent_price_list_id_064ba669_fk_catalog_p FOREIGN KEY (price_list_id) REFERENCES catalog_pricelist(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_pricelistentry ADD CONSTRAINT catalog_pricelistent_variant_id_72eab371_fk_catalog_p FOREIGN KEY (variant_id) REFERENCES catalog_productvariant(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_product ADD CONSTRAINT catalog_product_brand_id_bb0c7890_fk_catalog_brand_id FOREIGN KEY (brand_id) REFERENCES catalog_brand(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_product ADD CONSTRAINT catalog_product_category_id_35bf920b_fk_catalog_category_id FOREIGN KEY (category_id) REFERENCES catalog_category(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_productimage ADD CONSTRAINT catalog_productimage_product_id_1f42dd8c_fk_catalog_product_id FOREIGN KEY (product_id) REFERENCES catalog_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_productlink ADD CONSTRAINT catalog_productlink_product_id_3d8dc7f2_fk_catalog_product_id FOREIGN KEY (product_id) REFERENCES catalog_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_productlink ADD CONSTRAINT catalog_productlink_target_id_3be995e7_fk_catalog_product_id FOREIGN KEY (target_id) REFERENCES catalog_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_productvariant ADD CONSTRAINT catalog_productvaria_product_id_422f9d19_fk_catalog_p FOREIGN KEY (product_id) REFERENCES catalog_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_stock ADD CONSTRAINT catalog_stock_variant_id_cfbe30d8_fk_catalog_productvariant_id FOREIGN KEY (variant_id) REFERENCES catalog_productvariant(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_stockmovement ADD CONSTRAINT catalog_stockmovemen_stock_id_ca72cbdf_fk_catalog_s FOREIGN KEY (stock_id) REFERENCES catalog_stock(variant_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_stockmovement ADD CONSTRAINT catalog_stockmovement_actor_id_88dcc6b6_fk_users_user_id FOREIGN KEY (actor_id) REFERENCES users_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_warehousestock ADD CONSTRAINT catalog_warehousesto_stock_id_1c644df1_fk_catalog_s FOREIGN KEY (stock_id) REFERENCES catalog_stock(variant_id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_warehousestock ADD CONSTRAINT catalog_warehousesto_warehouse_id_5c802497_fk_catalog_w FOREIGN KEY (warehouse_id) REFERENCES catalog_warehouse(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY django_admin_log ADD CONSTRAINT django_admin_log_content_type_id_c4bce8eb_fk_django_co FOREIGN KEY (content_type_id) REFERENCES django_content_type(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY django_admin_log ADD CONSTRAINT django_admin_log_user_id_c564eba6_fk_users_user_id FOREIGN KEY (user_id) REFERENCES users_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY orders_order ADD CONSTRAINT orders_order_customer_id_0b76f6a4_fk_users_user_id FOREIGN KEY (customer_id) REFERENCES users_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY orders_orderevent ADD CONSTRAINT orders_orderevent_actor_id_4ce1466c_fk_users_user_id FOREIGN KEY (actor_id) REFERENCES users_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY orders_orderevent ADD CONSTRAINT orders_orderevent_order_id_b26297f3_fk_orders_order_id FOREIGN KEY (order_id) REFERENCES orders_order(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY orders_orderline ADD CONSTRAINT orders_orderline_order_id_17f8f3ef_fk_orders_order_id FOREIGN KEY (order_id) REFERENCES orders_order(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY orders_orderline ADD CONSTRAINT orders_orderline_variant_id_0aa9a0d5_fk_catalog_p FOREIGN KEY (variant_id) REFERENCES catalog_productvariant(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY orders_payment ADD CONSTRAINT orders_payment_order_id_bdccf250_fk_orders_order_id FOREIGN KEY (order_id) REFERENCES orders_order(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY orders_providerevent ADD CONSTRAINT orders_providerevent_payment_id_14253ad4_fk_orders_payment_id FOREIGN KEY (payment_id) REFERENCES orders_payment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY orders_refund ADD CONSTRAINT orders_refund_payment_id_a6b07753_fk_orders_payment_id FOREIGN KEY (payment_id) REFERENCES orders_payment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY orders_shipment ADD CONSTRAINT orders_shipment_order_id_661ed8ed_fk_orders_order_id FOREIGN KEY (order_id) REFERENCES orders_order(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY orders_shipmentline ADD CONSTRAINT orders_shipmentline_order_line_id_ca48a18c_fk_orders_or FOREIGN KEY (order_line_id) REFERENCES orders_orderline(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY orders_shipmentline ADD CONSTRAINT orders_shipmentline_shipment_id_fa484a42_fk_orders_shipment_id FOREIGN KEY (shipment_id) REFERENCES orders_shipment(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY orders_shippingrate ADD CONSTRAINT orders_shippingrate_method_id_0bc7f9f9_fk_orders_sh FOREIGN KEY (method_id) REFERENCES orders_shippingmethod(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY reviews_review ADD CONSTRAINT reviews_review_author_id_ed71e278_fk_users_user_id FOREIGN KEY (author_id) REFERENCES users_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY reviews_review ADD CONSTRAINT reviews_review_product_id_ce2fa4c6_fk_catalog_product_id FOREIGN KEY (product_id) REFERENCES catalog_product(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY catalog_stockmovement ADD CONSTRAINT stock_movement_warehouse FOREIGN KEY (warehouse_id) REFERENCES catalog_warehouse(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY users_address ADD CONSTRAINT users_address_user_id_4c106ba4_fk_users_user_id FOREIGN KEY (user_id) REFERENCES users_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY users_customergroup_members ADD CONSTRAINT users_customergroup__customergroup_id_5fc16a77_fk_users_cus FOREIGN KEY (customergroup_id) REFERENCES users_customergroup(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY users_customergroup_members ADD CONSTRAINT users_customergroup_members_user_id_0b84492a_fk_users_user_id FOREIGN KEY (user_id) REFERENCES users_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY users_dataexport ADD CONSTRAINT users_dataexport_user_id_f82cf951_fk_users_user_id FOREIGN KEY (user_id) REFERENCES users_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY users_loginsession ADD CONSTRAINT users_loginsession_user_id_8cb0cb18_fk_users_user_id FOREIGN KEY (user_id) REFERENCES users_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY users_recoverycode ADD CONSTRAINT users_recoverycode_factor_id_71ff789d_fk_users_secondfactor_id FOREIGN KEY (factor_id) REFERENCES users_secondfactor(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY users_refreshtoken ADD CONSTRAINT users_refreshtoken_session_id_5d937c39_fk_users_loginsession_id FOREIGN KEY (session_id) REFERENCES users_loginsession(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY users_secondfactor ADD CONSTRAINT users_secondfactor_user_id_858e1df8_fk_users_user_id FOREIGN KEY (user_id) REFERENCES users_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY users_staffsession ADD CONSTRAINT users_staffsession_user_id_05f7c652_fk_users_user_id FOREIGN KEY (user_id) REFERENCES users_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY users_user_groups ADD CONSTRAINT users_user_groups_group_id_9afc8d0e_fk_auth_group_id FOREIGN KEY (group_id) REFERENCES auth_group(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY users_user_groups ADD CONSTRAINT users_user_groups_user_id_5f6f5a90_fk_users_user_id FOREIGN KEY (user_id) REFERENCES users_user(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY users_user_user_permissions ADD CONSTRAINT users_user_user_perm_permission_id_0b93982e_fk_auth_perm FOREIGN KEY (permission_id) REFERENCES auth_permission(id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY users_user_user_permissions ADD CONSTRAINT users_user_user_permissions_user_id_20aca447_fk_users_user_id FOREIGN KEY (user_id) REFERENCES users_user(id) DEFERRABLE INITIALLY DEFERRED;
