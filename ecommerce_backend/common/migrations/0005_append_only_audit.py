from django.db import migrations

FORWARD = """
CREATE FUNCTION refuse_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.recorded_at < now() - interval '399 days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_record_append_only BEFORE UPDATE OR DELETE ON common_auditrecord
    FOR EACH ROW EXECUTE FUNCTION refuse_forgetting();
"""
BACKWARD = """
DROP TRIGGER audit_record_append_only ON common_auditrecord;
DROP FUNCTION refuse_forgetting();
"""


class Migration(migrations.Migration):
    dependencies = [("common", "0004_audit")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
