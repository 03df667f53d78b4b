from django.db import migrations

FORWARD = """
CREATE TRIGGER order_event_append_only BEFORE UPDATE OR DELETE ON orders_orderevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
BACKWARD = "DROP TRIGGER order_event_append_only ON orders_orderevent;"


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial"), ("catalog", "0002_append_only_ledger")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
