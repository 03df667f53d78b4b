import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

COLUMN = "ALTER TABLE catalog_backinstockrequest ALTER COLUMN customer_id"


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0040_search_attributes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Django would make the foreign key anew, and look through both tables for it.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(f"{COLUMN} DROP NOT NULL", f"{COLUMN} SET NOT NULL")
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="backinstockrequest",
                    name="customer",
                    field=models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="back_in_stock_requests",
                        to=settings.AUTH_USER_MODEL,
                    ),
                )
            ],
        )
    ]
