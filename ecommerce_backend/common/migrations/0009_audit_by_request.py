from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("common", "0008_audit_by_address")]
    operations = [
        AddIndexConcurrently(
            "auditrecord",
            models.Index(name="audit_record_by_request", fields=["request_id", "id"]),
        )
    ]
