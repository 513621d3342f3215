"""The addresses of the requester's pages."""

from django.urls import path, register_converter

from assay.entry.web.views import batches, deliveries, projects, requests


class RowNumber:
    """A row's number, as large as databases hold."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        """Return the number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Return its digits."""
        return str(value)


class PlainName:
    """A name without slashes and NUL, which no database holds."""

    regex = r"[^/\x00]{1,200}"

    def to_python(self, value: str) -> str:
        """Return it."""
        return value

    def to_url(self, value: str) -> str:
        """Return it."""
        return value


class ItemKey(PlainName):
    """An item's id, which may hold slashes."""

    regex = r"[^\x00]{1,512}"


register_converter(RowNumber, "rownumber")
register_converter(PlainName, "plainname")
register_converter(ItemKey, "itemkey")

urlpatterns = [
    path("requests/", requests.drafts),
    path("requests/new", requests.new),
    path("requests/<rownumber:draft>/", requests.draft),
    path("requests/<rownumber:draft>/save/", requests.save),
    path("requests/<rownumber:draft>/text/", requests.text),
    path("requests/<rownumber:draft>/preview/", requests.preview),
    path("requests/<rownumber:draft>/quote/", requests.quote),
    path("requests/<rownumber:draft>/files/", requests.files),
    path("requests/<rownumber:draft>/files/<plainname:link>", requests.picture),
    path("requests/<rownumber:draft>/submit/", requests.submit),
    path("requests/<rownumber:draft>/delete/", requests.delete),
    path("projects/", projects.projects),
    path("projects/<plainname:project>/", projects.project),
    path("projects/<plainname:project>/approve/", projects.approve),
    path("batches/<plainname:batch>/", batches.batch),
    path("batches/<plainname:batch>/gallery/", batches.items),
    path("batches/<plainname:batch>/charts/", batches.charts),
    path("batches/<plainname:batch>/certificate/", batches.certificate),
    path("batches/<plainname:batch>/accept/", batches.accept),
    path("batches/<plainname:batch>/reject/", batches.reject),
    path("batches/<plainname:batch>/items/<itemkey:key>", batches.item),
    path("deliveries/", deliveries.deliveries),
    path("deliveries/<plainname:batch>/", deliveries.delivery),
]
