"""What was measured of an item when it was received, and the copy of its picture that people see."""

from django.db import migrations, models

from assay.store.upkeep.measure_stored_items import measure_stored_items


def measure(apps, schema_editor):
    """Measure the items that are stored already."""
    with schema_editor.connection.cursor() as cursor:
        measure_stored_items(cursor)


class Migration(migrations.Migration):
    dependencies = [("store", "0008_reserve")]

    operations = [
        migrations.AddField(model_name="itembody", name="shown", field=models.TextField(db_default="")),
        *(
            migrations.AddField(model_name="itembody", name=name, field=models.IntegerField(null=True))
            for name in ("width", "height", "orientation", "pages")
        ),
        migrations.RunPython(measure, migrations.RunPython.noop),
    ]
