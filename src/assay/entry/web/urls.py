"""The pages and their addresses."""

from django.urls import include, path

from assay.entry.web.views import bench, home, media

urlpatterns = [
    path("", home.home),
    path("account/", include("allauth.urls")),
    path("media/<str:link>", media.serve_media),
    path("work/<str:batch>/", bench.bench),
]
