from django.db import migrations

from users.roles import write_groups


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0009_roles_of_attributes"),
        ("catalog", "0031_collections"),
    ]

    operations = [migrations.RunPython(write_groups, migrations.RunPython.noop)]
