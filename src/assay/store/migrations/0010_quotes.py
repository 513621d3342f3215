"""Quotes that workers work out for whoever waits; who filed a project, and whether they may label in it."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0009_item_facts")]

    operations = [
        migrations.AddField(model_name="project", name="filed_by", field=models.BigIntegerField(null=True)),
        migrations.AddField(
            model_name="project", name="filer_labels", field=models.BooleanField(db_default=False)
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("draft_id", models.BigIntegerField()),
                ("member_id", models.BigIntegerField()),
                ("key", models.TextField()),
                ("state", models.TextField(db_default="waiting")),
                ("plan", models.TextField(db_default="")),
                ("problem", models.TextField(db_default="")),
                ("wanted_at", models.BigIntegerField()),
                ("tenant", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="store.tenant")),
            ],
            options={
                "db_table": "quote",
                "constraints": [models.UniqueConstraint(fields=("tenant", "key"), name="quote_key")],
            },
        ),
    ]
