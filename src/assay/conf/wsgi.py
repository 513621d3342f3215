"""What the web server calls: Django, with the installation opened and its code warmed up."""

import os

from django.core.wsgi import get_wsgi_application

from assay.service.installation import this_installation

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.conf.settings")
application = get_wsgi_application()
this_installation()
