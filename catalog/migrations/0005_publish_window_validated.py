from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_publish_window_in_order")]

    operations = [
        ValidateConstraint(model_name="product", name="product_window_opens_first")
    ]
