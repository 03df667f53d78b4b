from typing import Any

from django.db import migrations, models

KEY = """
ALTER TABLE catalog_stockmovement ADD CONSTRAINT stock_movement_warehouse
    FOREIGN KEY (warehouse_id) REFERENCES catalog_warehouse (id)
    DEFERRABLE INITIALLY DEFERRED NOT VALID
"""
NO_KEY = "ALTER TABLE catalog_stockmovement DROP CONSTRAINT stock_movement_warehouse"


def _column(**options: Any) -> migrations.AddField:
    key = models.ForeignKey(
        "catalog.warehouse",
        on_delete=models.PROTECT,
        related_name="movements",
        db_default=1,
        db_index=False,
        **options,
    )
    return migrations.AddField("stockmovement", "warehouse", key)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0012_first_warehouse")]

    operations = [
        migrations.SeparateDatabaseAndState(
            [_column(db_constraint=False), migrations.RunSQL(KEY, NO_KEY)], [_column()]
        )
    ]
