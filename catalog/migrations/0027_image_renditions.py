import django.db.models.deletion
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Let pictures be made by a job: a status, narrower copies, and the upload until then."""

    dependencies = [("catalog", "0026_fill_past_prices")]

    operations = [
        migrations.AddField(
            model_name="productimage",
            name="status",
            field=models.CharField(
                choices=[
                    ("processing", "Being made"),
                    ("ready", "Shown"),
                    ("failed", "Could not be made"),
                ],
                db_default="ready",
                default="ready",
                editable=False,
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="productimage",
            name="renditions",
            field=models.JSONField(db_default=[], default=list, editable=False),
        ),
        migrations.AddField(
            model_name="productimage",
            name="failure_code",
            field=models.CharField(blank=True, db_default="", editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="productimage",
            name="failure",
            field=models.CharField(blank=True, db_default="", editable=False, max_length=200),
        ),
        migrations.AlterField(
            model_name="productimage",
            name="width",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="productimage",
            name="height",
            field=models.PositiveIntegerField(editable=False, null=True),
        ),
        migrations.CreateModel(
            name="ImageUpload",
            fields=[
                (
                    "image",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="upload",
                        serialize=False,
                        to="catalog.productimage",
                    ),
                ),
                ("name", models.CharField(max_length=100, unique=True)),
                ("content", models.BinaryField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        AddConstraintNotValid(
            model_name="productimage",
            constraint=models.CheckConstraint(
                condition=Q(status="ready", width__isnull=False, width__gt=0, height__isnull=False, height__gt=0)
                & ~Q(file="")
                | Q(status__in=["processing", "failed"], file="", width=None, height=None),
                name="product_image_has_file_iff_ready",
            ),
        ),
        AddConstraintNotValid(
            model_name="productimage",
            constraint=models.CheckConstraint(
                condition=Q(status="failed") & ~Q(failure_code="")
                | ~Q(status="failed") & Q(failure_code="", failure=""),
                name="product_image_failed_iff_reason",
            ),
        ),
    ]
