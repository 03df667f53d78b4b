from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

MEASURES = {
    "weight_grams": "weight in g",
    "length_mm": "length in mm",
    "width_mm": "width in mm",
    "height_mm": "height in mm",
}


class Migration(migrations.Migration):
    dependencies = [("catalog", "0045_options_agree")]
    operations = [
        *(
            migrations.AddField(
                model_name="productvariant",
                name=name,
                field=models.PositiveIntegerField(blank=True, null=True, verbose_name=label),
            )
            for name, label in MEASURES.items()
        ),
        AddConstraintNotValid(
            model_name="productvariant",
            constraint=models.CheckConstraint(
                name="variant_weight_within_limits",
                condition=Q(weight_grams__range=(1, 10_000_000)),
            ),
        ),
        AddConstraintNotValid(
            model_name="productvariant",
            constraint=models.CheckConstraint(
                name="variant_measured_whole",
                condition=Q(length_mm=None, width_mm=None, height_mm=None)
                | Q(
                    length_mm__range=(1, 100_000),
                    width_mm__range=(1, 100_000),
                    height_mm__range=(1, 100_000),
                    length_mm__isnull=False,
                    width_mm__isnull=False,
                    height_mm__isnull=False,
                ),
                violation_error_message="Give length, width and height, or none of them.",
            ),
        ),
    ]
