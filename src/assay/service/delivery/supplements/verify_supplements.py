"""Verify the supplements of a delivery: signed by the same key, about this certificate, holding the delivered labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay.core.labels.label_values import LabelSchema
from assay.core.ports.task_type import TaskType
from assay.core.quality.certificate_statement import Claims, Finding
from assay.core.quality.certificate_verification import compare_delivered
from assay.core.quality.supplement import Supplement, read_supplement, supplement_differs
from assay.formats import FORMATS
from assay.service.delivery.check_signature import check_signature
from assay.service.delivery.label_files_of_a_delivery import label_file
from assay.service.delivery.read_delivered_files import DeliveredFiles
from assay.service.delivery.supplements.write_supplement import STATEMENT, SUPPLEMENTS, name_of_statement
from assay.service.delivery.synced_files import LISTING
from assay.service.trail import signatures


@dataclass(frozen=True, slots=True)
class DeliveredLabels:
    """The labels of a delivery, with which those of its supplements are compared.

    Attributes:
        claims: the certificate's.
        task: the task type, None where this version has none of that name.
        schema: the labels.
        keys: the ids in the order of the label files.
        expected: the label of each item as delivered.
    """

    claims: Claims
    task: TaskType | None
    schema: LabelSchema
    keys: list[str]
    expected: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CheckedSupplement:
    """One supplement that was found: its number, and the formats that it says it holds."""

    number: int
    formats: tuple[str, ...]


def verify_supplements(
    folder: Path, delivery: DeliveredLabels, *, statement: Mapping[str, Any], signed_by: str | None
) -> tuple[list[CheckedSupplement], list[Finding]]:
    """Return the supplements below a delivery's folder, and everything that does not hold about them.

    Args:
        folder: of the delivery.
        delivery: its labels.
        statement: the certificate's.
        signed_by: fingerprint of the key whose signature of the certificate fits, or None.
    """
    found: list[CheckedSupplement] = []
    findings: list[Finding] = []
    place = folder / SUPPLEMENTS
    for path in sorted(place.iterdir() if place.is_dir() else ()):
        name = f"{SUPPLEMENTS}/{path.name}"
        number = int(path.name) if path.name.isascii() and path.name.isdecimal() else 0
        if path.is_symlink() or not path.is_dir() or str(number) != path.name or number < 1:
            findings.append(Finding("supplement", f"'{name}' is no folder of a supplement"))
            continue
        files = DeliveredFiles(path)
        said, problems = _verify(files, number, delivery, statement=statement, signed_by=signed_by)
        findings += [Finding(one.about, f"{name}: {one.sentence}") for one in problems]
        found.append(CheckedSupplement(number, said.formats if said is not None else ()))
    return sorted(found, key=lambda one: one.number), findings


def _verify(
    files: DeliveredFiles,
    number: int,
    delivery: DeliveredLabels,
    *,
    statement: Mapping[str, Any],
    signed_by: str | None,
) -> tuple[Supplement | None, list[Finding]]:
    whole = files.signed(STATEMENT)
    if whole is None:
        return None, files.findings
    findings = _signature(whole, signed_by)
    said = read_supplement(whole["statement"])
    if isinstance(said, list):
        return None, findings + said
    findings += supplement_differs(
        said, number=number, certificate=name_of_statement(statement), claimed=statement
    )
    stated = dict(said.files)
    files.stated_digests(stated, by="the supplement")
    findings += _beside(files.folder, stated)
    findings += _labels(files, said, stated, delivery)
    return said, findings + files.findings


def _signature(whole: Mapping[str, Any], certificate_by: str | None) -> list[Finding]:
    findings, signed_by = check_signature(whole["statement"], whole["signature"])
    both = signed_by is not None and certificate_by is not None
    if both and not signatures.same_fingerprint(str(signed_by), str(certificate_by)):
        findings.append(
            Finding("key", f"it is signed by the key {signed_by}, the certificate by {certificate_by}")
        )
    return findings


def _beside(folder: Path, stated: Mapping[str, str]) -> list[Finding]:
    """Name what lies in a supplement's folder and is neither vouched for nor of a folder with a listing."""
    vouched = {STATEMENT, *stated, *(name.removesuffix(LISTING) for name in stated)}
    return [
        Finding("files", f"the supplement does not vouch for '{path.name}'")
        for path in sorted(folder.iterdir())
        if path.name not in vouched
    ][:20]


def _labels(
    files: DeliveredFiles, said: Supplement, stated: Mapping[str, str], delivery: DeliveredLabels
) -> list[Finding]:
    """Compare the labels of each format that the supplement names with the delivered ones."""
    if delivery.task is None:
        return []  # the certificate's own labels cannot be read either, which is a finding already
    layouts = FORMATS.all()
    due = {name: label_file(layouts[name]) for name in said.formats if name in layouts}
    findings = [
        Finding("supplement", f"this version knows no format '{name}'")
        for name in said.formats
        if name not in layouts
    ]
    read = files.all_labels(
        stated,
        task=delivery.task,
        schema=delivery.schema,
        keys=delivery.keys,
        expected=delivery.expected,
    )
    findings += [
        Finding("files", f"it names the format {name}, but holds no '{file}' that can be read")
        for name, file in due.items()
        if file not in read
    ]
    for file, labels in read.items():
        findings += compare_delivered(file, labels, delivery.expected, delivery.claims)
    return findings
