"""Further batches of a project: what each asks for, and how far it has come on the project's way."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0012_page_saves")]

    operations = [
        migrations.CreateModel(
            name="FurtherBatch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked", models.TextField()),
                ("intake_digest", models.TextField()),
                ("folder", models.TextField()),
                ("own_limit", models.BooleanField()),
                ("seed", models.BigIntegerField()),
                ("status", models.TextField()),
                ("plan", models.TextField(db_default="")),
                ("quote", models.TextField(db_default="")),
                ("agreed", models.BooleanField(db_default=False)),
                ("filed_by", models.BigIntegerField(null=True)),
                ("tenant", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.tenant")),
                (
                    "project",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.project"),
                ),
                (
                    "batch",
                    models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, to="store.batch"),
                ),
            ],
            options={
                "db_table": "further_batch",
                "constraints": [
                    models.UniqueConstraint(fields=("project", "intake_digest"), name="further_batch_once")
                ],
            },
        ),
    ]
