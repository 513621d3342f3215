"""Download a delivery, whole or one file of it; every download is an event (AUD-1)."""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.core.errors import NotFound
from assay.core.ids import canonical
from assay.service.access.permissions import Actor, record, require
from assay.service.access.refuse_own_work import refuse_to_read_own_batch
from assay.service.delivery.deliveries import file_type, walk
from assay.service.delivery.delivery_folder import delivered
from assay.store import db

CHUNK: Final = 1 << 18
EVERY_FILE: Final = 10_000_000
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Download:
    """What is sent: the name it is saved under, its type, and its bytes, read as they are sent."""

    name: str
    type: str
    size: int | None
    chunks: Iterator[bytes]


def download_file(actor: Actor, *, batch: str, name: str, now: int) -> Download:
    """Return one file of a delivery.

    Raises:
        NotFound: if the delivery, or a file of that name in it, does not exist.
    """
    require(actor, "download a delivery", now=now)
    row = delivered(actor, batch)
    refuse_to_read_own_batch(actor, row, verb="download its delivery", now=now, may_filer=True)
    folder = Path(row.folder)
    # The caller's name is only compared with those that are there (SEC-17).
    found = next((one for one in walk(folder, most=EVERY_FILE) if one == name), None)
    if found is None:
        raise NotFound(noun="file", key=name[:200])
    _note(actor, batch, file=found, now=now)
    path = folder / found
    return Download(
        name=f"{batch}-{found.replace('/', '-')}",
        type=file_type(found),
        size=path.stat().st_size,
        chunks=_read(path),
    )


def download_archive(actor: Actor, *, batch: str, now: int) -> Download:
    """Return a whole delivery as a ZIP archive that is made while it is sent.

    Raises:
        NotFound: if there is no such delivery.
    """
    require(actor, "download a delivery", now=now)
    row = delivered(actor, batch)
    refuse_to_read_own_batch(actor, row, verb="download its delivery", now=now, may_filer=True)
    folder = Path(row.folder)
    _note(actor, batch, file="", now=now)
    return Download(name=f"{batch}.zip", type="application/zip", size=None, chunks=_archive(folder, batch))


class _Sink(io.RawIOBase):
    """Where the archive writes to: holds what was not sent yet, and can only go on."""

    def __init__(self) -> None:
        super().__init__()
        self.held: list[bytes] = []

    def writable(self) -> bool:
        """Say yes."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Hold some bytes."""
        self.held.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """Return what is held, and hold it no more."""
        found = b"".join(self.held)
        self.held.clear()
        return found


def _archive(folder: Path, top: str) -> Iterator[bytes]:
    """Yield a ZIP archive whose files are stored as they are, so that nothing has to be held."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for name in walk(folder, most=EVERY_FILE):
            entry = zipfile.ZipInfo(f"{top}/{name}", date_time=_MOMENT)
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w", force_zip64=True) as out:
                for chunk in _read(folder / name):
                    out.write(chunk)
                    yield sink.taken()
    yield sink.taken()


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _note(actor: Actor, batch: str, *, file: str, now: int) -> None:
    with db.transaction():
        record(
            actor,
            now=now,
            verb="download a delivery",
            subject=f"batch {batch}",
            detail=canonical({"file": file or "everything"}).decode(),
        )
