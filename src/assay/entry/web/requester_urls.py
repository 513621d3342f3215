"""The addresses of the requester's pages."""

from django.urls import path, register_converter

from assay.entry.web.requester import (
    batch_pages,
    delivery_pages,
    further_batch_page,
    project_pages,
    request_pages,
    request_saving,
)


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
    path("requests/", request_pages.drafts),
    path("requests/new", request_pages.new),
    path("requests/<rownumber:draft>/", request_pages.draft),
    path("requests/<rownumber:draft>/save/", request_saving.save),
    path("requests/<rownumber:draft>/text/", request_pages.text),
    path("requests/<rownumber:draft>/preview/", request_pages.preview),
    path("requests/<rownumber:draft>/quote/", request_pages.quote),
    path("requests/<rownumber:draft>/files/", request_pages.files),
    path("requests/<rownumber:draft>/files/<plainname:link>", request_pages.picture),
    path("requests/<rownumber:draft>/submit/", request_saving.submit),
    path("requests/<rownumber:draft>/delete/", request_pages.delete),
    path("projects/", project_pages.projects),
    path("projects/<plainname:project>/", project_pages.project),
    path("projects/<plainname:project>/approve/", project_pages.approve),
    path("projects/<plainname:project>/batches/", further_batch_page.add),
    path("batches/<plainname:batch>/", batch_pages.batch),
    path("batches/<plainname:batch>/gallery/", batch_pages.items),
    path("batches/<plainname:batch>/charts/", batch_pages.charts),
    path("batches/<plainname:batch>/certificate/", batch_pages.certificate),
    path("batches/<plainname:batch>/accept/", batch_pages.accept),
    path("batches/<plainname:batch>/reject/", batch_pages.reject),
    path("batches/<plainname:batch>/formats/", batch_pages.formats),
    path("batches/<plainname:batch>/items/<itemkey:key>", batch_pages.item),
    path("deliveries/", delivery_pages.deliveries),
    path("deliveries/<plainname:batch>/", delivery_pages.delivery),
]
