from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0013_movement_warehouse")]
    operations = [
        AddIndexConcurrently(
            "stockmovement",
            models.Index(name="stock_movement_by_warehouse", fields=["warehouse", "-id"]),
        )
    ]
