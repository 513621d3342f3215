"""What the web server calls: Django, under the settings of this process."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.conf.settings")
application = get_wsgi_application()
