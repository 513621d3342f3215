"""What was suggested for items, and the confidence of each object of a label."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0002_append_only"),
    ]

    operations = [
        migrations.AddField(
            model_name="batch",
            name="suggested",
            field=models.BigIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="batch",
            name="suggested_done",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name="item",
            name="parts",
            field=models.TextField(db_default=""),
        ),
        migrations.CreateModel(
            name="Suggestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item_id", models.BigIntegerField()),
                ("source", models.IntegerField()),
                ("value", models.TextField()),
            ],
            options={
                "db_table": "suggestion",
                "constraints": [
                    models.UniqueConstraint(fields=("item_id", "source"), name="suggestion_once")
                ],
            },
        ),
    ]
