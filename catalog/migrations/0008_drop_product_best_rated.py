from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0007_product_rated_best")]
    operations = [RemoveIndexConcurrently(model_name="product", name="product_best_rated")]
