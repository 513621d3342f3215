"""Near-duplicates of an item are found by their group: without this every check read the whole batch."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0003_given_back")]
    operations = [
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                condition=models.Q(("near_group__isnull", False)),
                fields=["batch", "near_group"],
                name="item_near",
            ),
        )
    ]
