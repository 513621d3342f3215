"""Further formats of delivered batches, asked for after the delivery; answers that a person mended.

An answer and those that mend it are of one lease, which was theirs alone before. SQLite makes the table anew for that,
and with it the triggers by which it is append-only.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

CHANGES = ("update", "delete")


def may_change(apps, schema_editor):
    """Take the triggers from the table of answers, of which SQLite keeps none when it makes a table anew."""
    on = " ON answer" if schema_editor.connection.vendor == "postgresql" else ""
    for what in CHANGES:
        schema_editor.execute(f"DROP TRIGGER answer_no_{what}{on}", params=None)


def append_only(apps, schema_editor):
    """Let nobody change or remove answers, as migration 0002 has it."""
    postgres = schema_editor.connection.vendor == "postgresql"
    does = (
        "FOR EACH ROW EXECUTE FUNCTION append_only()"
        if postgres
        else "BEGIN SELECT RAISE(ABORT, 'answer is append-only'); END"
    )
    for what in CHANGES:
        schema_editor.execute(
            f"CREATE TRIGGER answer_no_{what} BEFORE {what.upper()} ON answer {does}", params=None
        )


class Migration(migrations.Migration):
    dependencies = [("store", "0014_blobs")]

    operations = [
        migrations.CreateModel(
            name="Supplement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.IntegerField()),
                ("formats", models.TextField()),
                ("state", models.TextField()),
                ("reason", models.TextField(db_default="")),
                ("digest", models.TextField(db_default="")),
                ("asked_at", models.BigIntegerField()),
                ("done_at", models.BigIntegerField(db_default=0)),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.batch"
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
                "db_table": "supplement",
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "number"), name="supplement_number")
                ],
                "indexes": [
                    models.Index(
                        fields=["tenant", "batch"], condition=Q(state="asked for"), name="supplement_asked"
                    )
                ],
            },
        ),
        migrations.RunPython(may_change, append_only),
        migrations.AlterField(
            model_name="answer",
            name="assignment",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="store.assignment"
            ),
        ),
        migrations.AddField(model_name="answer", name="supersedes", field=models.BigIntegerField(null=True)),
        migrations.AddField(model_name="answer", name="in_place", field=models.BooleanField(db_default=True)),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(
                fields=["assignment"], condition=Q(supersedes__isnull=True), name="answer_lease"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(
                fields=["supersedes"], condition=Q(supersedes__isnull=False), name="answer_mended_once"
            ),
        ),
        migrations.RunPython(append_only, may_change),
    ]
