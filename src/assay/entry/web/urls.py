"""The pages and their addresses."""

from django.urls import include, path

from assay.entry.web import home_page
from assay.entry.web.work import item_media

urlpatterns = [
    path("", home_page.home),
    path("", include("assay.entry.web.administration_urls")),
    path("account/", include("allauth.urls")),
    path("", include("assay.entry.web.requester_urls")),
    path("", include("assay.entry.web.work_urls")),
    path("media/<str:link>", item_media.serve_media),
]
