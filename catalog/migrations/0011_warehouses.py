import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0010_fill_search")]

    operations = [
        migrations.CreateModel(
            name="Warehouse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("code", models.SlugField(max_length=32, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("address", models.CharField(blank=True, max_length=300)),
                (
                    "country",
                    models.CharField(blank=True, help_text="ISO 3166, such as DE.", max_length=2),
                ),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        default=100, help_text="The lowest number sends first."
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True, help_text="What lies in an inactive one is not for sale."
                    ),
                ),
                (
                    "is_default",
                    models.BooleanField(
                        default=False, help_text="Deliveries arrive here unless another is named."
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_default", True)),
                        fields=("is_default",),
                        name="warehouse_one_default",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_default", False), ("is_active", True), _connector="OR"
                        ),
                        name="warehouse_default_is_active",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("country", ""), ("country__regex", "^[A-Z]{2}$"), _connector="OR"
                        ),
                        name="warehouse_country_code",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WarehouseStock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on_hand", models.PositiveIntegerField(default=0)),
                ("allocated", models.PositiveIntegerField(default=0)),
                (
                    "safety_stock",
                    models.PositiveIntegerField(default=0, help_text="Units kept back from sale."),
                ),
                (
                    "backorder_limit",
                    models.PositiveIntegerField(
                        default=0, help_text="Units that may be promised beyond those on hand."
                    ),
                ),
                (
                    "stock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="levels",
                        to="catalog.stock",
                    ),
                ),
                (
                    "warehouse",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="levels",
                        to="catalog.warehouse",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "warehouse stock",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stock", "warehouse"), name="warehouse_stock_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "allocated__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("on_hand"), "+", models.F("backorder_limit")
                                ),
                            )
                        ),
                        name="warehouse_stock_allocated_within_limit",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="stock",
            name="backorder_limit",
            field=models.PositiveIntegerField(
                db_default=0,
                default=0,
                help_text="Units that may be promised beyond those on hand, in all warehouses.",
            ),
        ),
        migrations.AddField(
            model_name="stock",
            name="backorder_room",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name="stock",
            name="expected_on",
            field=models.DateField(
                blank=True, help_text="When more will be there. Pre-orders need it.", null=True
            ),
        ),
        migrations.AddField(
            model_name="stock",
            name="low_stock_threshold",
            field=models.PositiveIntegerField(
                blank=True, help_text="So few units left are worth a notice.", null=True
            ),
        ),
        migrations.AddField(
            model_name="stock",
            name="policy",
            field=models.CharField(
                choices=[
                    ("none", "Sell what is there"),
                    ("backorder", "Take back-orders"),
                    ("preorder", "Take pre-orders"),
                ],
                db_default="none",
                default="none",
                help_text="What happens when nothing is left.",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="stock",
            name="sellable",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AlterField(
            model_name="stockmovement",
            name="kind",
            field=models.CharField(
                choices=[
                    ("receipt", "Received"),
                    ("adjustment", "Found or written off"),
                    ("count", "Counted"),
                    ("transfer", "Moved between warehouses"),
                    ("allocation", "Promised to an order"),
                    ("release", "Promise taken back"),
                    ("shipment", "Left the building"),
                    ("return", "Came back"),
                ],
                max_length=16,
            ),
        ),
    ]
