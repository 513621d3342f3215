"""Links to items' media: signed, bound to one member and one lease, and good for ten minutes at most (PRIV-7)."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from django.conf import settings

from assay.core.errors import NotFound
from assay.core.geometry.picture_kinds import served_type
from assay.core.ports.blobs import Content
from assay.service.working_set.media_files import RefusedMedia, beginning, root_of, shown_content
from assay.service.working_set.stored_project import work_constants
from assay.store.items import items
from assay.store.labelling import task_leases
from assay.store.projects.projects import project_of_item
from assay.store.scope import Scope

LIFE: Final = 600_000_000
"""Microseconds that a link lives."""
SLOT: Final = 60_000_000
"""Links of one minute are the same, so that a browser's cache can know them again."""


@dataclass(frozen=True, slots=True)
class MediaFile:
    """What is to be served, and its type, which its bytes say and never its name."""

    content: Content
    type: str

    def open(self) -> IO[bytes]:
        """Return its bytes; raises `NotFound` where they are not whole, or not there any more."""
        try:
            return self.content.open("rb")
        except OSError:
            raise NotFound(noun="media file", key=self.type) from None


def media_link(*, item: int, member: int, now: int, lease: int = 0) -> str:
    """Return the address of an item's media for one member; whoever gives it out has checked access.

    With a `lease` it is good as long as that, too.
    """
    until = (now // SLOT) * SLOT + LIFE
    return f"/media/{item}.{member}.{until}.{lease}.{_mark(item, member, until, lease)}"


def open_media(scope: Scope, *, link: str, member: int, now: int) -> MediaFile:
    """Return the file behind a link.

    Raises:
        NotFound: if the link is not whole, has run out, is somebody else's, or its lease has ended.
    """
    missing = NotFound(noun="media link", key=link[:40])
    parts = link.split(".")
    if len(parts) != 5 or not all(part.isascii() and part.isdigit() and len(part) < 20 for part in parts[:4]):
        raise missing
    item, owner, until, lease = (int(part) for part in parts[:4])
    genuine = hmac.compare_digest(parts[4].encode(), _mark(item, owner, until, lease).encode())
    if not genuine or owner != member or until <= now:
        raise missing
    if not items.item_scope(scope, item) or (lease and not task_leases.is_held(lease, item=item, now=now)):
        raise missing
    shown = items.body(item)
    if shown.media is None:
        raise missing
    project = project_of_item(scope, item)
    intake, _ = work_constants(project.id, project.intake_digest, scope.tenant, project.version)
    try:
        root = root_of(Path(project.folder), intake)
        content = shown_content(shown, root=root, home=settings.ASSAY.home, tenant=scope.tenant)
        return MediaFile(content=content, type=served_type(beginning(content)))
    except (RefusedMedia, OSError):
        raise missing from None


def _mark(item: int, member: int, until: int, lease: int) -> str:
    key = hashlib.sha256(b"media links" + str(settings.SECRET_KEY).encode()).digest()
    digest = hmac.new(key, f"{item}.{member}.{until}.{lease}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()
