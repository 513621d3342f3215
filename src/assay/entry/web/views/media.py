"""Items' media: served by signed links only, sandboxed, with a type that the content says (SEC-13, PRIV-7)."""

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils.http import content_disposition_header

from assay.core.errors import NotFound
from assay.entry.web.access import clock
from assay.service.media_links import open_media


def serve_media(request: HttpRequest, link: str) -> HttpResponseBase:
    """Return the file behind a link of the signed-in member; its owner's session must still be good."""
    who = request.signed_in  # type: ignore[attr-defined]
    if not who:
        raise NotFound(noun="media link", key=link[:40])
    found = open_media(who.actor.scope, link=link, member=who.member.id, now=clock())
    response = FileResponse(found.path.open("rb"), content_type=found.type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=600, immutable"
    response.headers["Content-Disposition"] = (
        content_disposition_header(not found.type.startswith("image/"), "item") or "attachment"
    )
    return response
