"""What the web server calls: Django, once the database has this version's tables.

The server may start before the database is ready, or while another process brings it to this version: the
first requests wait for that, or are told to come again.
"""

import atexit
import gc
import os
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import Error as DatabaseError
from django.urls import get_resolver

from assay.conf.work_goes_first import WorkGoesFirst
from assay.service.installation import this_installation
from assay.service.private_home import keep_private
from assay.service.unfinished_restore import RestoreUnfinished

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "assay.conf.settings")
keep_private()
gc.disable()  # nothing that is loaded here is ever garbage; looking for some takes a tenth of the time
_django = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - all pages are loaded before the first of them is asked for
gc.freeze()
atexit.register(gc.unfreeze)  # libraries look at the end for what was not collected
gc.enable()
_LATER = b"The database cannot be used yet; nothing was done. Come again in a few seconds.\n"


def _application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer one request."""
    try:
        this_installation()
    except (DatabaseError, RestoreUnfinished):
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", "5")]
        start_response("503 Service Unavailable", headers)
        return [_LATER]
    return _django(environ, start_response)


application = WorkGoesFirst(_application, others=settings.ASSAY.threads)
