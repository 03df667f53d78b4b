"""Each product's words are worked out once, whatever the planner makes of the tables.

Where statistics spoke of a handful of products, it joined entries and contents by a nested loop
and worked the words of five hundred products out two hundred and fifty thousand times.
"""

from django.db import migrations

FORWARD = """
CREATE OR REPLACE FUNCTION catalog_refresh_search(products bigint[]) RETURNS void
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
    WITH contents AS MATERIALIZED (SELECT * FROM catalog_search_contents(others))
    UPDATE catalog_searchentry AS entry
    SET vector = contents.vector, name_key = contents.name_key, is_stale = false
    FROM contents
    WHERE entry.product_id = contents.product_id
        AND (entry.vector, entry.name_key, entry.is_stale)
            IS DISTINCT FROM (contents.vector, contents.name_key, false);
END $$;
"""
BACKWARD = FORWARD.replace(
    "WITH contents AS MATERIALIZED (SELECT * FROM catalog_search_contents(others))\n    ", ""
).replace("FROM contents\n", "FROM catalog_search_contents(others) AS contents\n")


class Migration(migrations.Migration):
    dependencies = [("catalog", "0028_image_renditions_validated")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
