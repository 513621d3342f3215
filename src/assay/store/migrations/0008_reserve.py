"""Who waits while others are at work, because their answers tell less."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0007_findings")]

    operations = [
        migrations.AddField(model_name="person", name="reserve", field=models.BooleanField(db_default=False)),
    ]
