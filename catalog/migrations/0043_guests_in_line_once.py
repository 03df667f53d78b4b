from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Lower

NAME = "back_in_stock_guest_once"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("catalog", "0042_guests_in_line")]

    operations = [
        # As Django makes it, but without keeping others from the table meanwhile.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {NAME}"
                    " ON catalog_backinstockrequest (lower(email), variant_id) WHERE email <> ''",
                    f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}",
                )
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="backinstockrequest",
                    constraint=models.UniqueConstraint(
                        Lower("email"), "variant", condition=~Q(email=""), name=NAME
                    ),
                )
            ],
        )
    ]
