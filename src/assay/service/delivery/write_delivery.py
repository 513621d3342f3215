"""Write the files of a delivery into a fresh folder: the same content and key give the same bytes."""

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from assay.core.errors import AssayError
from assay.core.ids import canonical, canonical_pair
from assay.core.labels.label_values import LabelledItem
from assay.core.ports.file_format import Naming
from assay.core.quality.certificate import Certificate, line_as_json
from assay.formats.csv.writing import guarded, record_writer
from assay.service.delivery.documents.certificate_page import render_certificate
from assay.service.delivery.documents.data_sheet import render_data_sheet
from assay.service.delivery.documents.document_facts import ReportFacts, SheetFacts
from assay.service.delivery.documents.report import render_report
from assay.service.delivery.label_files_of_a_delivery import write_labels
from assay.service.delivery.synced_files import LISTING, SyncedFiles
from assay.service.trail.signatures import ALGORITHM, Signature, SigningKey

CERTIFICATE: Final = "certificate.json"
FROZEN: Final = "frozen.jsonl"
AUDIT: Final = "audit.jsonl"
KEYS: Final = "keys.jsonl"
COMMITMENT: Final = "commitment.json"
SET_ASIDE: Final = "set_aside.csv"
DATA_SHEET: Final = "datasheet.md"
CERTIFICATE_PAGE: Final = "certificate.html"
REPORT: Final = "report.html"
CHECKSUMS: Final = f"checksums{LISTING}"
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
            per format, so a one-way iterator will not do.
        keys: of the same items in the same order: the id, and whether it is a control item.
        frozen: the frozen label of each of the N items, as text.
        set_aside: in the order of their lines.
        commitment: the signed commitment to the nonce, as `nonce_commitment.commit` wrote it.
        certificate: without files; `write_delivery` fills them in.
        naming: what the label files need to know about the project.
        formats: names of the formats to write, each once.
        report: what the report shows.
        sheet: what the data sheet says.
    """

    items: Iterable[LabelledItem]
    keys: Iterable[tuple[str, bool]]
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


def write_delivery(*, folder: Path, content: DeliveryContent, key: SigningKey) -> Written:
    """Write and sync all files of a delivery; the caller moves the folder to its place.

    Raises:
        FolderExists: if the folder is there already.
        WrongKey: if a demonstration would be signed by another key than a demonstration key, or the reverse.
        WrongCount: if the items are not those that the certificate counts.
        UnknownMember: if there is no such format.
    """
    if content.certificate.demonstration != key.demonstration:
        raise WrongKey(workforce=content.certificate.workforce)
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise FolderExists(folder=str(folder)) from None
    files = SyncedFiles(folder)
    labels = [
        write_labels(
            files,
            name,
            labelled=content.items,
            naming=content.naming,
            items=content.certificate.items,
            control_items=content.certificate.control_items,
        )
        for name in content.formats
    ]
    files.write(KEYS, lambda path: _write_keys(path, content))
    files.write(FROZEN, lambda path: _write_frozen(path, content))
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
    files.sync()
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


def _write_keys(path: Path, content: DeliveryContent) -> None:
    with path.open("xb") as out:
        out.writelines(canonical_pair(key, control) + b"\n" for key, control in content.keys)


def _write_frozen(path: Path, content: DeliveryContent) -> None:
    with path.open("xb") as out:
        out.writelines(canonical_pair(key, label) + b"\n" for key, label in sorted(content.frozen.items()))


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
