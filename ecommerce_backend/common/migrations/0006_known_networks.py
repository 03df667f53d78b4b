from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("common", "0005_append_only_audit")]
    operations = [
        AddIndexConcurrently(
            model_name="auditrecord",
            index=models.Index(
                name="audit_record_known_network",
                fields=["subject", "address"],
                condition=models.Q(action__in=["sign_in.succeeded", "password.reset"]),
            ),
        ),
    ]
