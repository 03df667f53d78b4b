from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("catalog", "0003_publish_window")]

    operations = [
        AddConstraintNotValid(
            model_name="product",
            constraint=models.CheckConstraint(
                name="product_window_opens_first",
                condition=Q(publish_until__gt=F("publish_from")),
            ),
        )
    ]
