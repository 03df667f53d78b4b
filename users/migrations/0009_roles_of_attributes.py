from django.db import migrations

from users.roles import write_groups


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0008_roles_that_import"),
        ("catalog", "0030_attributes"),
    ]

    operations = [migrations.RunPython(write_groups, migrations.RunPython.noop)]
