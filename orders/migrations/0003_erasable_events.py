from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_all_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE'
        AND NEW.details = OLD.details - '{text,reason,bank_reference}'::text[]
        AND to_jsonb(NEW) - 'details' = to_jsonb(OLD) - 'details'
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER order_event_append_only BEFORE UPDATE OR DELETE ON orders_orderevent
    FOR EACH ROW EXECUTE FUNCTION refuse_all_but_erasure();
"""
BACKWARD = """
CREATE OR REPLACE TRIGGER order_event_append_only BEFORE UPDATE OR DELETE ON orders_orderevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
DROP FUNCTION refuse_all_but_erasure();
"""


class Migration(migrations.Migration):
    """Let the words that people typed be taken out of the history of orders, and nothing else."""

    dependencies = [("orders", "0002_append_only_events")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
