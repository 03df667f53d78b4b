from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0046_variant_measures")]
    operations = [
        ValidateConstraint(model_name="productvariant", name="variant_weight_within_limits"),
        ValidateConstraint(model_name="productvariant", name="variant_measured_whole"),
    ]
