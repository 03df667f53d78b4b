from django.db import migrations

from users.roles import write_groups


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0006_data_export"),
        ("catalog", "0020_back_in_stock_requests"),
    ]

    operations = [migrations.RunPython(write_groups, migrations.RunPython.noop)]
