from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0037_product_links")]
    operations = [
        migrations.AddField(
            model_name="catalogimport",
            name="can_go_on",
            field=models.BooleanField(db_default=False, default=False),
        ),
        AddConstraintNotValid(
            model_name="catalogimport",
            constraint=models.CheckConstraint(
                condition=models.Q(("can_go_on", False), ("status", "failed"), _connector="OR"),
                name="catalog_import_goes_on_if_failed",
            ),
        ),
    ]
