from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("catalog", "0043_guests_in_line_once")]
    operations = [ValidateConstraint("backinstockrequest", "back_in_stock_of_somebody")]
