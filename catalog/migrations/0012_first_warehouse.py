from django.db import migrations

FORWARD = """
INSERT INTO catalog_warehouse
    (id, created_at, updated_at, code, name, address, country, priority, is_active, is_default)
VALUES (1, now(), now(), 'main', 'Main warehouse', '', '', 100, true, true);
SELECT setval(pg_get_serial_sequence('catalog_warehouse', 'id'), 1);
"""


class Migration(migrations.Migration):
    """Make the warehouse in which everything has been lying so far."""

    dependencies = [("catalog", "0011_warehouses")]
    operations = [migrations.RunSQL(FORWARD, "DELETE FROM catalog_warehouse")]
