from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0038_import_can_go_on")]
    operations = [
        ValidateConstraint(model_name="catalogimport", name="catalog_import_goes_on_if_failed")
    ]
