from django.db import migrations

BATCH = 500


def fill(apps, schema_editor):
    """Make entries and lowest prices of products that were there before the triggers."""
    products = apps.get_model("catalog", "Product").objects.using(schema_editor.connection.alias)
    last = 0
    while batch := list(
        products.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]
    ):
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(
                "SELECT catalog_refresh_search(%s::bigint[]),"
                " catalog_refresh_lowest_prices(%s::bigint[])",
                [batch, batch],
            )
        last = batch[-1]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("catalog", "0009_search_triggers")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
