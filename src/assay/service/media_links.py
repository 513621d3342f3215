"""Links to items' media: signed, bound to one member, and good for ten minutes (PRIV-7)."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from assay.core.errors import NotFound
from assay.providers.media.kinds import served_type
from assay.service.media import RefusedMedia, media_path, root_of
from assay.service.running import work_constants
from assay.store import items
from assay.store.projects import project_of_item
from assay.store.scope import Scope

LIFE: Final = 600_000_000
"""Microseconds that a link lives."""
SLOT: Final = 60_000_000
"""Links of one minute are the same, so that a browser's cache can know them again."""


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file to be served, and its type, which its content says and never its name."""

    path: Path
    type: str


def media_link(*, item: int, member: int, now: int) -> str:
    """Return the address of an item's media for one member; whoever gives it out has checked access."""
    until = (now // SLOT) * SLOT + LIFE
    return f"/media/{item}.{member}.{until}.{_mark(item, member, until)}"


def open_media(scope: Scope, *, link: str, member: int, now: int) -> MediaFile:
    """Return the file behind a link.

    Raises:
        NotFound: if the link is not whole, has run out, or is somebody else's.
    """
    missing = NotFound(noun="media link", key=link[:40])
    parts = link.split(".")
    if len(parts) != 4 or not all(part.isascii() and part.isdigit() and len(part) < 20 for part in parts[:3]):
        raise missing
    item, owner, until = (int(part) for part in parts[:3])
    genuine = hmac.compare_digest(parts[3].encode(), _mark(item, owner, until).encode())
    if not genuine or owner != member or until <= now:
        raise missing
    if not items.item_scope(scope, item):
        raise missing
    shown = items.body(item)
    if shown.media is None:
        raise missing
    project = project_of_item(scope, item)
    intake, _ = work_constants(project.id, project.intake_digest, scope.tenant)
    try:
        path = media_path(root_of(Path(project.folder), intake), shown.media)
        kind = served_type(path)
    except (RefusedMedia, OSError):
        raise missing from None
    return MediaFile(path=path, type=kind)


def _mark(item: int, member: int, until: int) -> str:
    key = hashlib.sha256(b"media links" + str(settings.SECRET_KEY).encode()).digest()
    digest = hmac.new(key, f"{item}.{member}.{until}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()
