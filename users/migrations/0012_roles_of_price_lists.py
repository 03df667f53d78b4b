from django.db import migrations

from users.roles import write_groups


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0011_customer_groups"),
        ("catalog", "0036_past_list_prices_kept"),
    ]

    operations = [migrations.RunPython(write_groups, migrations.RunPython.noop)]
