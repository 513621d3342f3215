"""Django's settings, made from the table."""

from assay.conf.settings_table import database, read_settings

ASSAY = read_settings()
DATABASES = {"default": database(ASSAY)}
INSTALLED_APPS = ["assay.store"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
# No page is served yet, so nothing is ever signed with this key; a server will make its own (SEC-6).
SECRET_KEY = "no server runs yet"  # noqa: S105 - not a secret, see above
