from django.db import migrations

BATCH = 5000


def fill(apps, schema_editor):
    """Note prices that were there before the triggers; each has been so since it was last saved."""
    prices = apps.get_model("catalog", "Price").objects.using(schema_editor.connection.alias)
    last = 0
    while batch := list(prices.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO catalog_pastprice (variant_id, currency, amount, since)"
                " SELECT variant_id, currency, amount, updated_at FROM catalog_price"
                " WHERE id = ANY(%s) ON CONFLICT DO NOTHING",
                [batch],
            )
        last = batch[-1]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0025_past_prices_kept")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
