"""Whoever fills the catalogue may tell the planner so.

Only the owner of a table may ANALYZE it, and the shop does not own its tables: the function runs
with the rights of the role that migrates.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION catalog_analyze() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    ANALYZE catalog_brand, catalog_category, catalog_product, catalog_productvariant,
        catalog_price, catalog_pastprice, catalog_lowestprice, catalog_searchentry,
        catalog_stock, catalog_stockmovement;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("catalog", "0031_collections")]
    operations = [migrations.RunSQL(FORWARD, "DROP FUNCTION catalog_analyze()")]
