from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0027_image_renditions")]
    operations = [
        ValidateConstraint("productimage", "product_image_has_file_iff_ready"),
        ValidateConstraint("productimage", "product_image_failed_iff_reason"),
    ]
