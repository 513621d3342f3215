"""Which items name a copy of a picture: asked before a copy that nothing names is removed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0013_further_batches")]

    operations = [
        migrations.AddIndex(
            model_name="itembody",
            index=models.Index(
                condition=models.Q(("shown", ""), _negated=True), fields=["shown"], name="item_body_shown"
            ),
        ),
    ]
