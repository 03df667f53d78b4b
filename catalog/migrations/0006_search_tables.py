import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_publish_window_validated")]

    operations = [
        migrations.CreateModel(
            name="LowestPrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("currency", models.CharField(max_length=3)),
                ("amount", models.DecimalField(decimal_places=3, max_digits=12)),
                ("product", models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="lowest_prices", to="catalog.product")),
            ],
            options={
                "indexes": [models.Index(fields=["currency", "amount", "product"], name="lowest_price_cheapest")],
                "constraints": [models.UniqueConstraint(fields=("product", "currency"), name="lowest_price_one_per_currency")],
            },
        ),
        migrations.CreateModel(
            name="SearchLanguage",
            fields=[
                ("name", models.CharField(help_text="A text search configuration of PostgreSQL.", max_length=63, primary_key=True, serialize=False)),
            ],
        ),
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("product", models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name="search_entry", serialize=False, to="catalog.product")),
                ("vector", django.contrib.postgres.search.SearchVectorField(db_default="")),
                ("name_key", models.CharField(db_default="", max_length=255)),
                ("units_sold", models.PositiveIntegerField(db_default=0, default=0)),
                ("is_stale", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["vector"], name="search_entry_vector"),
                    models.Index(fields=["name_key"], name="search_entry_name_key", opclasses=["text_pattern_ops"]),
                    models.Index(fields=["-units_sold", "-product"], name="search_entry_best_sold"),
                    models.Index(condition=models.Q(("is_stale", True)), fields=["product"], name="search_entry_stale"),
                ],
            },
        ),
    ]
