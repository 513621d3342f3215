"""Changes to a project's labels, the version that batches, answers and suggestions are of, and items asked about anew.

The new columns may be null, so that neither database makes a table anew, and the triggers of answers stay.
"""

import django.db.models.deletion
from django.db import migrations, models


def append_only(apps, schema_editor):
    """Let nobody change or remove a change of labels, as migration 0002 has it for answers."""
    postgres = schema_editor.connection.vendor == "postgresql"
    does = (
        "FOR EACH ROW EXECUTE FUNCTION append_only()"
        if postgres
        else "BEGIN SELECT RAISE(ABORT, 'schema_change is append-only'); END"
    )
    for what in ("update", "delete"):
        schema_editor.execute(
            f"CREATE TRIGGER schema_change_no_{what} BEFORE {what.upper()} ON schema_change {does}",
            params=None,
        )


class Migration(migrations.Migration):
    dependencies = [("store", "0015_supplements_and_mended_answers")]

    operations = [
        migrations.CreateModel(
            name="AskedAnew",
            fields=[
                ("item_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("last_answer", models.BigIntegerField()),
            ],
            options={"db_table": "asked_anew"},
        ),
        migrations.CreateModel(
            name="SchemaChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.IntegerField()),
                ("request_id", models.TextField()),
                ("what", models.TextField()),
                ("reason", models.TextField()),
                ("actor", models.TextField()),
                ("at", models.BigIntegerField()),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.project"
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.tenant"
                    ),
                ),
            ],
            options={
                "db_table": "schema_change",
                "constraints": [
                    models.UniqueConstraint(fields=("project", "version"), name="schema_change_version"),
                    models.UniqueConstraint(fields=("tenant", "request_id"), name="schema_change_request"),
                ],
            },
        ),
        migrations.RunPython(append_only, migrations.RunPython.noop),
        migrations.AddField(model_name="batch", name="schema_version", field=models.IntegerField(null=True)),
        migrations.AddField(model_name="answer", name="schema_version", field=models.IntegerField(null=True)),
        migrations.AddField(
            model_name="suggestion", name="schema_version", field=models.IntegerField(null=True)
        ),
    ]
