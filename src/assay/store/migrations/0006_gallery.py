"""Indexes of what requesters look at: items by risk and by state, automatic decisions, remarks of an item."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0005_cache")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("actor", "assay")),
                fields=["tenant", "subject", "id"],
                name="event_automatic",
            ),
        ),
        migrations.AddIndex(
            model_name="feedback", index=models.Index(fields=["item_id"], name="feedback_item")
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                condition=models.Q(("is_control", False), ("state", "settled")),
                fields=["batch", "chance", "id"],
                name="item_risk",
            ),
        ),
        migrations.RemoveIndex(model_name="item", name="item_unsettled"),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                condition=models.Q(("state", "settled"), _negated=True),
                fields=["batch", "state", "id"],
                name="item_unsettled",
            ),
        ),
    ]
