"""Further formats of delivered batches, asked for after the delivery."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("store", "0012_page_saves")]

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
    ]
