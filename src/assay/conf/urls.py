"""Which door answers which address."""

from django.urls import include, path

from assay.entry.api.api import api
from assay.entry.api.openapi_page import openapi_page

handler400 = "assay.entry.web.error_pages.bad_request"
handler403 = "assay.entry.web.error_pages.forbidden"
handler404 = "assay.entry.web.error_pages.not_found"
handler500 = "assay.entry.web.error_pages.server_error"

urlpatterns = [
    path("api/v1/openapi.json", openapi_page),
    path("api/v1/", api.urls),
    path("", include("assay.entry.web.urls")),
]
