from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("catalog", "0041_waiting_without_account")]

    operations = [
        migrations.AddField(
            model_name="backinstockrequest",
            name="email",
            field=models.EmailField(blank=True, db_default="", default="", max_length=254),
        ),
        AddConstraintNotValid(
            model_name="backinstockrequest",
            constraint=models.CheckConstraint(
                condition=Q(customer__isnull=False, email="")
                | (Q(customer=None) & ~Q(email=""))
                | Q(customer=None, told_at__isnull=False),
                name="back_in_stock_of_somebody",
            ),
        ),
    ]
