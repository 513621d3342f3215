"""Leases that ended without an answer are found by item and person: few rows, so the index is small."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0002_append_only")]
    operations = [
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("state__in", ["released", "expired"])),
                fields=["item_id", "person"],
                name="assignment_given_back",
            ),
        )
    ]
