"""Where items' media lie: below the data folder, wherever a name may try to lead (SEC-17); and what people see of them.

What people see is a copy made when the item was received, or the file itself where a copy would be the same. Copies
are blobs; each has a name made of its recipe's version and the fingerprint of the file that it was made of.
"""

import errno
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final, Literal

from assay.core.errors import InputError
from assay.core.geometry.picture_kinds import HEAD
from assay.core.layouts.media_paths import path_ends
from assay.core.ports.blobs import BlobDamaged, BlobMissing, Blobs, BlobWriting, Content
from assay.core.project.intake import Intake
from assay.providers.media.image import RECIPE
from assay.service.intake.data_source import place_of_source
from assay.service.stored_blobs import media_blobs
from assay.service.working_set.batch_at_hand import Work
from assay.store.items.items import BodyRow

OLD_COPIES: Final = "shown"
"""The folder in the home that holds the copies which versions before blobs made; rows name them by their place in it."""


@dataclass(eq=False, kw_only=True)
class RefusedMedia(InputError):
    """The row cannot be an item: {reason}."""

    reason: str


def media_root(work: Work) -> Path:
    """Return the folder that media names are relative to: the source itself, or the folder it lies in."""
    return root_of(work.folder, work.intake)


def root_of(folder: Path, intake: Intake) -> Path:
    """Return the same for a stored project's folder and intake."""
    source = place_of_source(intake.data, folder=folder).resolve()
    return source if source.is_dir() else source.parent


def media_path(root: Path, name: str) -> Path:
    """Return where an item's media lie; raises `RefusedMedia` for a name that leads out of the folder.

    Of a path that starts at the root of some machine the longest end that is there is taken.
    """
    if "://" in name and not name.lower().startswith("file:"):
        raise RefusedMedia(reason=f"'{name}' is not a file in the data folder; other places are not read yet")
    ends = [] if "\x00" in name else path_ends(name)
    found = [one for one in ((root / end).resolve() for end in ends) if one.is_relative_to(root)]
    there = next((one for one in found if one.exists()), None)
    if there is not None:
        return there
    if not found or PurePosixPath(name.replace("\\", "/")).is_absolute() or "://" in name:
        raise RefusedMedia(reason=f"'{name}' leads out of the data folder")
    return found[0]


@dataclass(frozen=True, slots=True)
class ShownCopy:
    """The copy that people see of a picture, by the name of its blob."""

    blobs: Blobs
    name: str

    def open(self, mode: Literal["rb"], /) -> IO[bytes]:
        """Return its bytes, compared with their digest; raises `OSError` with the sentence where they are not whole."""
        del mode
        blob = self.blobs.find(self.name)
        if blob is None:
            raise FileNotFoundError(errno.ENOENT, f"the copy {self.name} is not there")
        try:
            return self.blobs.open(blob.digest)
        except (BlobMissing, BlobDamaged) as problem:
            raise OSError(errno.EIO, str(problem)) from None

    def beginning(self) -> bytes:
        """Return its first bytes, which are compared only where they are all; raises `OSError` as `open`."""
        blob = self.blobs.find(self.name)
        try:
            return b"" if blob is None else next(self.blobs.read(blob.digest), b"")
        except (BlobMissing, BlobDamaged) as problem:
            raise OSError(errno.EIO, str(problem)) from None

    def is_there(self) -> bool:
        """Whether its name stands for a blob."""
        return self.blobs.find(self.name) is not None


def keep_shown_copy(writing: BlobWriting, *, fingerprint: str, content: bytes) -> str:
    """Store the copy of a file that people see, and return its name; the same file's copy is simply stored again."""
    name = f"{RECIPE}/{fingerprint}"
    writing.name(name, writing.put([content], shrinks=False))
    return name


def shown_content(body: BodyRow, *, root: Path, home: Path, tenant: int) -> Content:
    """Return what people and models see of an item; raises `RefusedMedia` as `media_path`."""
    if not body.shown:
        return media_path(root, body.media or "")
    if body.shown[0].isdigit():  # "<batch>/...": received before copies were blobs
        return home / OLD_COPIES / body.shown
    return ShownCopy(media_blobs(home, tenant=tenant), body.shown)


def beginning(content: Content) -> bytes:
    """Return the first bytes of a content, enough to tell what it is; raises `OSError` where it cannot be read."""
    if isinstance(content, ShownCopy):
        return content.beginning()
    with content.open("rb") as file:
        return file.read(HEAD)
