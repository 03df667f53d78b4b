"""What variants say they are of each option, and the names of the options, agree at each commit.

Both may change in one transaction, so that the check waits for its end. It reads the product under
a lock: who renames the options at this moment is waited for.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION catalog_options_agree(named jsonb, said jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT jsonb_typeof(named) = 'array' AND jsonb_typeof(said) = 'object'
        AND jsonb_array_length(named) = (SELECT count(*) FROM jsonb_object_keys(said))
        AND said ?& ARRAY(SELECT jsonb_array_elements_text(named))
$$;

CREATE FUNCTION catalog_check_variant_options() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE CONSTRAINT TRIGGER variant_options_are_the_products AFTER INSERT
    ON catalog_productvariant DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION catalog_check_variant_options();
CREATE CONSTRAINT TRIGGER variant_options_stay_the_products AFTER UPDATE
    ON catalog_productvariant DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.options <> NEW.options OR OLD.product_id <> NEW.product_id)
    EXECUTE FUNCTION catalog_check_variant_options();

CREATE FUNCTION catalog_check_product_options() RETURNS trigger LANGUAGE plpgsql AS $$
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
CREATE CONSTRAINT TRIGGER product_options_are_the_variants AFTER UPDATE
    ON catalog_product DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.options <> NEW.options)
    EXECUTE FUNCTION catalog_check_product_options();
"""
BACKWARD = """
DROP TRIGGER product_options_are_the_variants ON catalog_product;
DROP TRIGGER variant_options_stay_the_products ON catalog_productvariant;
DROP TRIGGER variant_options_are_the_products ON catalog_productvariant;
DROP FUNCTION catalog_check_product_options;
DROP FUNCTION catalog_check_variant_options;
DROP FUNCTION catalog_options_agree;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0044_guests_in_line_validated")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
