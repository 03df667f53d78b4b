from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("common", "0006_known_networks")]
    operations = [
        AddIndexConcurrently(
            "auditrecord",
            models.Index(name="audit_record_by_action", fields=["action", "id"]),
        )
    ]
