"""Write a supplement into a fresh folder: further label files, and the signed statement that vouches for them."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from assay.core.errors import AssayError
from assay.core.ids import digest_of, sha256
from assay.core.labels.label_values import LabelledItem
from assay.core.ports.file_format import Naming
from assay.core.quality.supplement import Supplement
from assay.service.delivery.label_files_of_a_delivery import write_labels
from assay.service.delivery.read_delivered_files import DeliveredFiles
from assay.service.delivery.synced_files import SyncedFiles
from assay.service.trail.signatures import SigningKey, same_fingerprint

SUPPLEMENTS: Final = "supplements"
"""The folder of a delivery that holds its supplements, one folder each, called by its number."""
STATEMENT: Final = "supplement.json"


@dataclass(eq=False, kw_only=True)
class CertificateGone(AssayError):
    """The certificate of the batch {batch} cannot be read where it was delivered: {reason}."""

    exit_code = 4
    batch: str
    reason: str


@dataclass(eq=False, kw_only=True)
class OtherKey(AssayError):
    """The certificate of the batch {batch} is signed by the key {before}, which must sign a supplement too, but the key here is {now} now."""

    exit_code = 4
    batch: str
    before: str
    now: str


def delivered_statement(folder: Path, *, batch: str, key: SigningKey) -> Mapping[str, Any]:
    """Return the statement of a delivered certificate, which the key has signed.

    Raises:
        CertificateGone: if it cannot be read.
        OtherKey: if another key has signed it.
    """
    files = DeliveredFiles(folder)
    whole = files.certificate()
    if whole is None:
        raise CertificateGone(batch=batch, reason=files.findings[0].sentence)
    before = str(whole["signature"].get("fingerprint"))
    if not same_fingerprint(before, key.fingerprint):
        raise OtherKey(batch=batch, before=before, now=key.fingerprint)
    statement: Mapping[str, Any] = whole["statement"]
    return statement


def write_supplement(
    *,
    folder: Path,
    supplement: Supplement,
    labelled: Iterable[LabelledItem],
    naming: Naming,
    items: int,
    control_items: int,
    key: SigningKey,
) -> str:
    """Write and sync all files of a supplement; return its statement file's SHA-256. The caller moves the folder.

    Args:
        folder: which is made.
        supplement: without files, which are filled in.
        labelled: the items in the order of the delivery, walked once per format.
        naming: what label files need to know about the project.
        items: how many items the certificate covers.
        control_items: how many control items stand beside them.
        key: that has signed the certificate.
    """
    folder.mkdir(parents=True)
    files = SyncedFiles(folder)
    for name in supplement.formats:
        write_labels(files, name, labelled=labelled, naming=naming, items=items, control_items=control_items)
    signed = key.signed(replace(supplement, files=tuple(sorted(files.digests.items()))).statement())
    text = json.dumps(signed, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    files.put(STATEMENT, text)
    files.sync()
    return sha256(text)


def name_of_statement(statement: Mapping[str, Any]) -> str:
    """Return the digest by which a supplement names a certificate; "" where the statement has no canonical form."""
    try:
        return digest_of(dict(statement))
    except (ValueError, RecursionError):
        return ""
