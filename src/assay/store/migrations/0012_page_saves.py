"""Which page saved a draft last, so that a save that comes twice or late is known for what it is."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0011_sign_in")]

    operations = [
        migrations.AddField(model_name="draft", name="saved_page", field=models.TextField(db_default="")),
        migrations.AddField(
            model_name="draft", name="saved_count", field=models.BigIntegerField(db_default=0)
        ),
        migrations.AddField(
            model_name="draft", name="saved_since", field=models.BigIntegerField(db_default=0)
        ),
    ]
