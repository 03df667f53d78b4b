from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_append_only_ledger")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="publish_from",
            field=models.DateTimeField(
                blank=True, help_text="Not shown before; empty: at once.", null=True
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="publish_until",
            field=models.DateTimeField(
                blank=True, help_text="Not shown from then on; empty: for good.", null=True
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="seo_title",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=255, verbose_name="SEO title"
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="seo_description",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                max_length=320,
                verbose_name="SEO description",
            ),
        ),
    ]
