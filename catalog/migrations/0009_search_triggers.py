"""What search and lists look through is kept by the database, whatever writes.

A statement's trigger works out anew what follows from the rows it changed, once for each product.
It first locks the products' search entries, in key order, and then reads: of two transactions that
each add a variant or a price, the later one sees what the earlier one did.
"""

from django.db import migrations

WORDS = """
CREATE FUNCTION catalog_plain(written text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT trim(regexp_replace(
        lower(unaccent(lower(normalize(translate(coalesce(written, ''), '™®©', '   '), NFKC)))),
        '[^[:alnum:]]+', ' ', 'g'
    ))
$$;

-- "T-Shirt" is one word to some, "tshirt", and two to others.
CREATE FUNCTION catalog_joined(written text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT catalog_plain(regexp_replace(
        coalesce(written, ''), '([[:alnum:]])[-''’./]([[:alnum:]])', '\\1\\2', 'g'
    ))
$$;

-- Each word as it is, and by its stem in each of the shop's languages.
CREATE FUNCTION catalog_search_vector(
    name text, brand text, codes text, shelves text, description text
) RETURNS tsvector LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
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

CREATE FUNCTION catalog_search_contents(products bigint[])
RETURNS TABLE (product_id bigint, vector tsvector, name_key text)
LANGUAGE sql STABLE AS $$
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
    )
    SELECT
        chosen.id,
        catalog_search_vector(
            chosen.name, brand.name, codes.codes, shelves.names, chosen.description
        ),
        left(catalog_plain(chosen.name), 255)
    FROM chosen
    LEFT JOIN catalog_brand AS brand ON brand.id = chosen.brand_id
    LEFT JOIN shelves ON shelves.id = chosen.category_id
    LEFT JOIN codes ON codes.product_id = chosen.id
$$;
"""
REFRESHING = """
CREATE FUNCTION catalog_lock_search_entries(products bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO catalog_searchentry (product_id)
    SELECT id FROM catalog_product WHERE id = ANY (products) ORDER BY id
    ON CONFLICT DO NOTHING;
    PERFORM FROM catalog_searchentry WHERE product_id = ANY (products)
    ORDER BY product_id FOR NO KEY UPDATE;
END $$;

CREATE FUNCTION catalog_refresh_search(products bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
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
    UPDATE catalog_searchentry AS entry
    SET vector = contents.vector, name_key = contents.name_key, is_stale = false
    FROM catalog_search_contents(others) AS contents
    WHERE entry.product_id = contents.product_id
        AND (entry.vector, entry.name_key, entry.is_stale)
            IS DISTINCT FROM (contents.vector, contents.name_key, false);
END $$;

-- A statement has five seconds; what would take longer is left to a job.
CREATE FUNCTION catalog_refresh_search_of_many(products bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(products) <= 1000 THEN
        PERFORM catalog_refresh_search(products);
    ELSE
        UPDATE catalog_searchentry SET is_stale = true WHERE product_id = ANY (products);
    END IF;
END $$;

CREATE FUNCTION catalog_refresh_lowest_prices(products bigint[]) RETURNS void
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
TRIGGERS = """
CREATE FUNCTION catalog_note_product() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER product_is_searchable AFTER UPDATE ON catalog_product
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_product();
CREATE TRIGGER product_leaves_search AFTER DELETE ON catalog_product
    REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_product();

CREATE FUNCTION catalog_note_variant() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER variant_added_to_search AFTER INSERT ON catalog_productvariant
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_variant();
CREATE TRIGGER variant_changed_in_search AFTER UPDATE ON catalog_productvariant
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_variant();
CREATE TRIGGER variant_leaves_search AFTER DELETE ON catalog_productvariant
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_variant();

CREATE FUNCTION catalog_note_price() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER price_added AFTER INSERT ON catalog_price
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_price();
CREATE TRIGGER price_changed AFTER UPDATE ON catalog_price
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_price();
CREATE TRIGGER price_taken_away AFTER DELETE ON catalog_price
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_price();

CREATE FUNCTION catalog_note_brand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_refresh_search_of_many(array_agg(product.id))
    FROM (SELECT id, name FROM after EXCEPT SELECT id, name FROM before) AS changed
    JOIN catalog_product AS product ON product.brand_id = changed.id
    HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER brand_renamed AFTER UPDATE ON catalog_brand
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_brand();

CREATE FUNCTION catalog_note_category() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM catalog_refresh_search_of_many(array_agg(DISTINCT product.id))
    FROM (SELECT id, name, path FROM after EXCEPT SELECT id, name, path FROM before) AS changed
    JOIN catalog_category AS category
        ON left(category.path, length(changed.path)) = changed.path
    JOIN catalog_product AS product ON product.category_id = category.id
    HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER category_renamed_or_moved AFTER UPDATE ON catalog_category
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_category();
"""
BACKWARD = """
DROP TRIGGER product_is_searchable ON catalog_product;
DROP TRIGGER product_leaves_search ON catalog_product;
DROP TRIGGER variant_added_to_search ON catalog_productvariant;
DROP TRIGGER variant_changed_in_search ON catalog_productvariant;
DROP TRIGGER variant_leaves_search ON catalog_productvariant;
DROP TRIGGER price_added ON catalog_price;
DROP TRIGGER price_changed ON catalog_price;
DROP TRIGGER price_taken_away ON catalog_price;
DROP TRIGGER brand_renamed ON catalog_brand;
DROP TRIGGER category_renamed_or_moved ON catalog_category;
DROP FUNCTION catalog_note_product, catalog_note_variant, catalog_note_price, catalog_note_brand,
    catalog_note_category, catalog_refresh_lowest_prices, catalog_refresh_search_of_many,
    catalog_refresh_search,
    catalog_lock_search_entries, catalog_search_contents, catalog_search_vector, catalog_joined,
    catalog_plain;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0008_drop_product_best_rated")]
    operations = [migrations.RunSQL(WORDS + REFRESHING + TRIGGERS, BACKWARD)]
