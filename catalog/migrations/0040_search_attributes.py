"""Values of attributes are searched, and kept in step by the database as all else that is.

They weigh as categories do. A product of which there is nothing to buy yet is passed over: its
first variant brings its words. So what an import adds is worked out once.
"""

from importlib import import_module

from django.db import migrations

words = import_module("catalog.migrations.0009_search_triggers").WORDS
CONTENTS = "CREATE FUNCTION catalog_search_contents" + words.partition(
    "CREATE FUNCTION catalog_search_contents"
)[2]
SAID = """
CREATE FUNCTION catalog_attribute_words(products bigint[])
RETURNS TABLE (product_id bigint, words text)
LANGUAGE sql STABLE AS $$
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
"""
WITH_SAID = (
    CONTENTS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
    .replace(
        "        GROUP BY variant.product_id\n    )",
        "        GROUP BY variant.product_id\n    ), said AS MATERIALIZED (\n"
        "        SELECT * FROM catalog_attribute_words(products)\n    )",
    )
    .replace(
        "chosen.name, brand.name, codes.codes, shelves.names, chosen.description",
        "chosen.name, brand.name, codes.codes,\n"
        "            concat_ws(' ', shelves.names, said.words), chosen.description",
    )
    .replace(
        "    LEFT JOIN codes ON codes.product_id = chosen.id\n",
        "    LEFT JOIN codes ON codes.product_id = chosen.id\n"
        "    LEFT JOIN said ON said.product_id = chosen.id\n",
    )
)
WITHOUT_SAID = CONTENTS.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
TRIGGERS = """
CREATE FUNCTION catalog_note_attribute_value() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER attribute_value_added AFTER INSERT ON catalog_productattributevalue
    REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_attribute_value();
CREATE TRIGGER attribute_value_changed AFTER UPDATE ON catalog_productattributevalue
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_attribute_value();
CREATE TRIGGER attribute_value_taken_away AFTER DELETE ON catalog_productattributevalue
    REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_attribute_value();

CREATE FUNCTION catalog_note_attribute_choice() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER attribute_choice_renamed AFTER UPDATE ON catalog_attributechoice
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_attribute_choice();

-- The name of yes or no is itself what is searched.
CREATE FUNCTION catalog_note_attribute() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE TRIGGER attribute_searched_otherwise AFTER UPDATE ON catalog_attribute
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION catalog_note_attribute();
"""
DROPPED = """
DROP TRIGGER attribute_searched_otherwise ON catalog_attribute;
DROP TRIGGER attribute_choice_renamed ON catalog_attributechoice;
DROP TRIGGER attribute_value_taken_away ON catalog_productattributevalue;
DROP TRIGGER attribute_value_changed ON catalog_productattributevalue;
DROP TRIGGER attribute_value_added ON catalog_productattributevalue;
DROP FUNCTION catalog_note_attribute;
DROP FUNCTION catalog_note_attribute_choice;
DROP FUNCTION catalog_note_attribute_value;
"""
_ANALYZE = import_module("catalog.migrations.0032_statistics").FORWARD.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
WITH_VALUES = _ANALYZE.replace(
    "catalog_stockmovement;", "catalog_stockmovement,\n        catalog_productattributevalue;"
)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0039_import_can_go_on_validated")]
    operations = [
        migrations.RunSQL(
            SAID + WITH_SAID + TRIGGERS + WITH_VALUES,
            _ANALYZE + DROPPED + WITHOUT_SAID + "DROP FUNCTION catalog_attribute_words;",
        )
    ]
