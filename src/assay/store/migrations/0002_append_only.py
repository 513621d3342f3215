"""Applications can append to the record, not edit it (AUD-1, FRAUD-4): triggers refuse the rest.

The one change an event sees is the sealer's: its block, from nothing to a number.
"""

from django.db import migrations

APPEND_ONLY = ("event", "answer", "ledger_entry", "block")
TOLD = ("id", "tenant_id", "at", "actor", "source", "verb", "subject", "outcome", "before", "after", "detail")
SEALING = "OLD.block IS NULL AND NEW.block IS NOT NULL AND " + " AND ".join(
    f"OLD.{column} = NEW.{column}" for column in TOLD
)


def _sqlite():
    for table in APPEND_ONLY:
        when = f"WHEN NOT ({SEALING})" if table == "event" else ""
        yield (
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {when} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
        yield (
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _postgres():
    yield (
        "CREATE FUNCTION append_only() RETURNS trigger AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"
    )
    for table in APPEND_ONLY:
        when = f"WHEN (NOT ({SEALING}))" if table == "event" else ""
        yield (
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
            f"FOR EACH ROW {when} EXECUTE FUNCTION append_only()"
        )
        yield (
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION append_only()"
        )


def create(apps, schema_editor):
    statements = _postgres() if schema_editor.connection.vendor == "postgresql" else _sqlite()
    for statement in statements:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    postgres = schema_editor.connection.vendor == "postgresql"
    for table in APPEND_ONLY:
        for what in ("update", "delete"):
            on = f" ON {table}" if postgres else ""
            schema_editor.execute(f"DROP TRIGGER {table}_no_{what}{on}", params=None)
    if postgres:
        schema_editor.execute("DROP FUNCTION append_only()", params=None)


class Migration(migrations.Migration):
    dependencies = [("store", "0001_tables")]
    operations = [migrations.RunPython(create, drop)]
