from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

KEY = "ALTER TABLE catalog_stockmovement VALIDATE CONSTRAINT stock_movement_warehouse"


class Migration(migrations.Migration):
    dependencies = [("catalog", "0015_sold_ahead")]
    operations = [
        migrations.RunSQL(KEY, migrations.RunSQL.noop),
        ValidateConstraint("stock", "stock_allocated_within_limit"),
        ValidateConstraint("stock", "stock_policy_known"),
        ValidateConstraint("stock", "stock_preorder_has_date"),
    ]
