"""Which door answers which address."""

from django.urls import include, path

from assay.entry.api.api import api

handler400 = "assay.entry.web.views.errors.bad_request"
handler403 = "assay.entry.web.views.errors.forbidden"
handler404 = "assay.entry.web.views.errors.not_found"
handler500 = "assay.entry.web.views.errors.server_error"

urlpatterns = [
    path("api/v1/", api.urls),
    path("", include("assay.entry.web.urls")),
]
