from django.db import migrations

from users.roles import write_groups


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0007_roles_of_warehouses"),
        ("catalog", "0021_imports"),
    ]

    operations = [migrations.RunPython(write_groups, migrations.RunPython.noop)]
