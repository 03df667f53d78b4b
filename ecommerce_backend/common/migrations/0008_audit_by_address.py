from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("common", "0007_audit_by_action")]
    operations = [
        AddIndexConcurrently(
            "auditrecord",
            models.Index(name="audit_record_by_address", fields=["address", "id"]),
        )
    ]
