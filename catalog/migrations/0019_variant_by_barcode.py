from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0018_search_words")]
    operations = [
        AddIndexConcurrently(
            model_name="productvariant",
            index=models.Index(
                name="variant_by_barcode",
                fields=["barcode"],
                condition=models.Q(("barcode", ""), _negated=True),
            ),
        )
    ]
