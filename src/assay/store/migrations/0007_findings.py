"""What was found about people: whose answers count as one voice, and what was seen."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("store", "0006_gallery")]

    operations = [
        migrations.AddField(model_name="person", name="link", field=models.BigIntegerField(db_default=0)),
        migrations.AddField(model_name="person", name="cleared", field=models.BooleanField(db_default=False)),
        migrations.AddField(model_name="person", name="findings", field=models.TextField(db_default="")),
    ]
