"""Items' media: served by signed links only, sandboxed, with a type that the content says (SEC-13, PRIV-7)."""

from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.utils.http import content_disposition_header

from assay.core.errors import NotFound
from assay.entry.web.page_access import clock
from assay.service.access.permissions import Actor
from assay.service.labelling.media_links import open_media
from assay.service.sign_in.actor_of_key_or_session import actor_of_key


def serve_media(request: HttpRequest, link: str) -> HttpResponseBase:
    """Return the file behind a link of the caller; their session or key must still be good."""
    actor = _caller(request)
    if actor is None or actor.member is None:
        raise NotFound(noun="media link", key=link[:40])
    found = open_media(actor.scope, link=link, member=actor.member, now=clock())
    response = FileResponse(found.open(), content_type=found.type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=600, immutable"
    response.headers["Content-Disposition"] = (
        content_disposition_header(not found.type.startswith("image/"), "item") or "attachment"
    )
    return response


def _caller(request: HttpRequest) -> Actor | None:
    """Return the signed-in member, or the owner of the key in the Authorization header."""
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    if kind == "Bearer":
        return actor_of_key(key, source="media", address=request.address, now=clock())  # type: ignore[attr-defined]
    who = request.signed_in  # type: ignore[attr-defined]
    found: Actor | None = who.actor if who else None
    return found
