from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0006_search_tables")]
    operations = [
        AddIndexConcurrently(
            model_name="product",
            index=models.Index(
                models.F("status"),
                Coalesce("rating_average", 0, output_field=models.DecimalField()).desc(),
                models.F("rating_count").desc(),
                models.F("id").desc(),
                name="product_rated_best",
            ),
        )
    ]
