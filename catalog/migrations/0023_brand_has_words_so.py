from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0022_brand_begins_so")]
    operations = [
        AddIndexConcurrently(
            model_name="brand",
            index=GinIndex(OpClass(Lower("name"), "gin_trgm_ops"), name="brand_has_words_so"),
        )
    ]
