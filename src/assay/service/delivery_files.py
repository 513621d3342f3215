"""Write the files of a delivery into a fresh folder: the same content and key give the same bytes."""

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final

from assay.core.errors import AssayError
from assay.core.ids import canonical
from assay.core.labels import LabelledItem
from assay.core.ports import Naming
from assay.core.quality.certificate import Certificate, line_as_json
from assay.formats import FORMATS
from assay.formats.csv.writing import guarded, record_writer
from assay.service.documents.certificate_page import render_certificate
from assay.service.documents.data_sheet import render_data_sheet
from assay.service.documents.facts import ReportFacts, SheetFacts
from assay.service.documents.report import render_report
from assay.service.signing import ALGORITHM, Signature, SigningKey

CERTIFICATE: Final = "certificate.json"
FROZEN: Final = "frozen.jsonl"
AUDIT: Final = "audit.jsonl"
KEYS: Final = "keys.jsonl"
COMMITMENT: Final = "commitment.json"
SET_ASIDE: Final = "set_aside.csv"
DATA_SHEET: Final = "datasheet.md"
CERTIFICATE_PAGE: Final = "certificate.html"
REPORT: Final = "report.html"
CHECKSUMS: Final = "checksums.sha256"
VOUCHED: Final = (FROZEN, AUDIT, KEYS, COMMITMENT, SET_ASIDE, DATA_SHEET)
"""What the certificate vouches for beside the label files."""

PAGES: Final = (CERTIFICATE, CERTIFICATE_PAGE, REPORT)
"""What shows the certificate, so that only the checksums can list it."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """One received row that is no item of the batch; `reason` is a sentence."""

    line: int
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class DeliveryContent:
    """Everything that a delivery holds.

    Attributes:
        items: the labelled items in the order of the label files, control items included; walked once
            per format and once more, so a one-way iterator will not do.
        frozen: the frozen label of each of the N items, as text.
        set_aside: in the order of their lines.
        commitment: the signed commitment to the nonce, as `commitments.commit` wrote it.
        certificate: without files; `write_delivery` fills them in.
        naming: what the label files need to know about the project.
        formats: names of the formats to write, each once.
        report: what the report shows.
        sheet: what the data sheet says.
    """

    items: Iterable[LabelledItem]
    frozen: Mapping[str, str]
    set_aside: Sequence[SetAside]
    commitment: str
    certificate: Certificate
    naming: Naming
    formats: tuple[str, ...]
    report: ReportFacts
    sheet: SheetFacts


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: the certificate with its files, its signature, and (name, SHA-256) of every file."""

    certificate: Certificate
    signature: Signature
    files: tuple[tuple[str, str], ...]


@dataclass(eq=False, kw_only=True)
class FolderExists(AssayError):
    """The folder {folder} of this delivery exists already."""

    folder: str


@dataclass(eq=False, kw_only=True)
class WrongKey(AssayError):
    """A certificate of a {workforce} workforce cannot be signed by this key: demonstrations have their own."""

    workforce: str


@dataclass(eq=False, kw_only=True)
class WritesNoLabels(AssayError):
    """The format '{format}' holds no labels, so nothing can be delivered in it."""

    exit_code = 2
    format: str


@dataclass(eq=False, kw_only=True)
class WrongCount(AssayError):
    """The delivery would hold {found} items, but the certificate covers {items} items and {control} control items."""

    found: int
    items: int
    control: int


def write_delivery(*, folder: Path, content: DeliveryContent, key: SigningKey) -> Written:
    """Write and sync all files of a delivery; the caller moves the folder to its place.

    Raises:
        FolderExists: if the folder is there already.
        WrongKey: if a demonstration would be signed by another key than a demonstration key, or the reverse.
        WritesNoLabels: if a format cannot hold labels.
        WrongCount: if the items are not those that the certificate counts.
        UnknownMember: if there is no such format.
    """
    if content.certificate.demonstration != key.demonstration:
        raise WrongKey(workforce=content.certificate.workforce)
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise FolderExists(folder=str(folder)) from None
    files = _Files(folder)
    labels = [_write_labels(files, content, name) for name in content.formats]
    files.write(KEYS, lambda out: _write_keys(out, content))
    files.put(FROZEN, _lines([key, label] for key, label in sorted(content.frozen.items())))
    files.put(AUDIT, _lines(line_as_json(line) for line in content.certificate.sample))
    files.put(COMMITMENT, content.commitment.encode())
    files.put(SET_ASIDE, _set_aside(content.set_aside))
    sheet = replace(content.sheet, files=(*labels, *_HOLDS))
    files.put(DATA_SHEET, render_data_sheet(content.certificate, sheet))
    certificate = replace(content.certificate, files=tuple(sorted(files.digests.items())))
    signature = key.sign(canonical(certificate.statement()))
    files.put(CERTIFICATE, _certificate_file(certificate, signature))
    files.put(CERTIFICATE_PAGE, render_certificate(certificate, signature))
    files.put(REPORT, render_report(certificate, content.report))
    files.put(CHECKSUMS, "".join(f"{sha}  {name}\n" for name, sha in sorted(files.digests.items())).encode())
    _sync(folder)
    return Written(certificate=certificate, signature=signature, files=tuple(sorted(files.digests.items())))


_HOLDS: Final = (
    (KEYS, "the id of each line of the label files, and whether it was a control item"),
    (FROZEN, "the labels as they were frozen before the audit"),
    (AUDIT, "the audit sample: each judgement and correction"),
    (COMMITMENT, "the nonce of the draw, committed to and signed before labelling"),
    (SET_ASIDE, "rows that are no items, with the reason"),
    (CERTIFICATE, "what was proven, signed"),
    (CERTIFICATE_PAGE, "the certificate as a page"),
    (REPORT, "how the batch went"),
    (CHECKSUMS, "SHA-256 of every file"),
)


class _Files:
    """Files written into one folder, each synced, with their digests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.digests: dict[str, str] = {}

    def put(self, name: str, data: bytes) -> None:
        self.write(name, lambda out: out.write(data))

    def write(self, name: str, fill: Callable[[BinaryIO], object]) -> None:
        path = self.folder / name
        with path.open("xb") as out:
            fill(out)
            out.flush()
            os.fsync(out.fileno())
        with path.open("rb") as written:
            self.digests[name] = hashlib.file_digest(written, "sha256").hexdigest()


def _write_labels(files: _Files, content: DeliveryContent, name: str) -> tuple[str, str]:
    layout = FORMATS.get(name)
    if not layout.writes_labels:
        raise WritesNoLabels(format=name)
    file = f"labels{layout.suffix}"
    certificate = content.certificate

    def fill(out: BinaryIO) -> None:
        found = layout.write(content.items, out, naming=content.naming)
        if found != certificate.items + certificate.control_items:
            raise WrongCount(found=found, items=certificate.items, control=certificate.control_items)

    files.write(file, fill)
    return file, f"the labelled items, as {name}"


def _write_keys(out: BinaryIO, content: DeliveryContent) -> None:
    out.writelines(canonical([item.key, item.control]) + b"\n" for item in content.items)


def _lines(values: Iterable[object]) -> bytes:
    return b"".join(canonical(value) + b"\n" for value in values)


def _set_aside(rows: Sequence[SetAside]) -> bytes:
    text = io.StringIO(newline="")
    write = record_writer(text)
    write(("line", "key", "reason"))
    for row in rows:
        write((row.line, guarded(row.key), guarded(row.reason)))
    return text.getvalue().encode()


def _certificate_file(certificate: Certificate, signature: Signature) -> bytes:
    whole = {
        "statement": certificate.statement(),
        "signature": {
            "algorithm": ALGORITHM,
            "public_key": signature.public_key,
            "fingerprint": signature.fingerprint,
            "value": signature.value,
        },
    }
    return json.dumps(whole, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _sync(folder: Path) -> None:
    """Make the folder's entries durable, and its own entry in its parent."""
    for path in (folder, folder.parent):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
