from django.contrib.postgres.indexes import OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0021_imports")]
    operations = [
        AddIndexConcurrently(
            model_name="brand",
            index=models.Index(OpClass(Lower("name"), "text_pattern_ops"), name="brand_begins_so"),
        )
    ]
