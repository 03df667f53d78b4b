from django.db import migrations

from users.roles import write_groups


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0001_initial"),
        ("common", "0001_initial"),
        ("catalog", "0002_append_only_ledger"),
        ("cart", "0001_initial"),
        ("orders", "0002_append_only_events"),
        ("reviews", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(write_groups, migrations.RunPython.noop)]
