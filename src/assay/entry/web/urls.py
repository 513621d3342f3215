"""The pages and their addresses."""

from django.urls import include, path

from assay.entry.web.views import home, media

urlpatterns = [
    path("", home.home),
    path("", include("assay.entry.web.admin_urls")),
    path("account/", include("allauth.urls")),
    path("", include("assay.entry.web.requester_urls")),
    path("", include("assay.entry.web.work_urls")),
    path("media/<str:link>", media.serve_media),
]
