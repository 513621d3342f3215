"""The table of the shared cache, which counts tries to sign in over all servers."""

from django.core.management import call_command
from django.db import migrations


def make_table(apps, schema_editor):
    call_command("createcachetable", "cache_entry", verbosity=0, database=schema_editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("store", "0004_doors")]
    operations = [migrations.RunPython(make_table, migrations.RunPython.noop)]
