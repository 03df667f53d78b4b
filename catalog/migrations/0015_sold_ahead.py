import django.db.models.expressions
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    """Let units be promised that are not on hand, as many as a SKU's limit says and no more."""

    dependencies = [("catalog", "0014_movement_by_warehouse")]

    operations = [
        migrations.RemoveConstraint(
            model_name="stock",
            name="stock_allocated_within_on_hand",
        ),
        AddConstraintNotValid(
            model_name="stock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "allocated__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("on_hand"), "+", models.F("backorder_limit")
                        ),
                    )
                ),
                name="stock_allocated_within_limit",
            ),
        ),
        AddConstraintNotValid(
            model_name="stock",
            constraint=models.CheckConstraint(
                condition=models.Q(("policy__in", ["none", "backorder", "preorder"])),
                name="stock_policy_known",
            ),
        ),
        AddConstraintNotValid(
            model_name="stock",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("policy", "preorder"), _negated=True),
                    ("expected_on__isnull", False),
                    _connector="OR",
                ),
                name="stock_preorder_has_date",
            ),
        ),
    ]
