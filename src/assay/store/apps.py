"""Makes the store known to Django, which then finds its tables."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """The one Django app: all tables."""

    name = "assay.store"
    label = "store"
