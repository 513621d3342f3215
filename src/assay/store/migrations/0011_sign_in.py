"""What signing in keeps: sessions by digest, by what a key was made, notices, counted tries.

Sessions that were kept by their keys end, and people sign in again.
"""

import django.db.models.deletion
from django.db import migrations, models

from assay.store.accounts.makers_of_keys import note_makers_of_keys


def note_makers(apps, schema_editor):
    """Learn from the trail by what the stored keys were made."""
    with schema_editor.connection.cursor() as cursor:
        note_makers_of_keys(cursor)


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0010_quotes"),
        ("sessions", "0001_initial"),
        ("usersessions", "0001_initial"),
    ]

    operations = [
        migrations.AddField("apikey", "made_by", models.TextField(db_default="")),
        migrations.AddField(
            "apikey",
            "parent",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="store.apikey"),
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.BigIntegerField()),
                ("text", models.TextField()),
                (
                    "member",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.member"),
                ),
            ],
            options={"db_table": "notice"},
        ),
        migrations.CreateModel(
            name="CountedTry",
            fields=[
                ("bucket", models.TextField(primary_key=True, serialize=False)),
                ("owed_until", models.BigIntegerField()),
            ],
            options={"db_table": "counted_try"},
        ),
        migrations.RunSQL("DELETE FROM usersessions_usersession", migrations.RunSQL.noop),
        migrations.RunSQL("DELETE FROM django_session", migrations.RunSQL.noop),
        migrations.RunPython(note_makers, migrations.RunPython.noop),
    ]
