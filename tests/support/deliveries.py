"""A small delivery for tests: 200 items, control items, an audit with two errors found and corrected."""

from dataclasses import dataclass, replace
from pathlib import Path

from assay.core.ids import digest_of_labels
from assay.core.labels.label_values import Choice, LabelClass, LabelledItem, LabelSchema, schema_of
from assay.core.labels.loss_rules import StatedLoss
from assay.core.ports.file_format import Naming
from assay.core.quality.audit_attempts import delta_of_attempt
from assay.core.quality.betting_martingale import standing
from assay.core.quality.certificate import AuditVerdict, Certificate, issue
from assay.core.quality.sample_draw import draw_order, draw_seed
from assay.service.delivery.documents.document_facts import (
    Comparison,
    Confusion,
    Decision,
    GalleryItem,
    ReportFacts,
    SheetFacts,
    Spending,
    StageCount,
)
from assay.service.delivery.write_delivery import DeliveryContent, SetAside, Written, write_delivery
from assay.service.trail.nonce_commitment import commit
from assay.service.trail.signatures import SigningKey, load_or_create_key

LABELS = ("cola", "water", "=juice")
NONCE = b"\x07" * 16
ISSUED = "2026-11-24T10:00:00"


def differs(a: str, b: str) -> float:
    return float(a != b)


def frozen_labels(items: int = 200) -> dict[str, str]:
    return {f"shelf-{number:04}": LABELS[number % 3] for number in range(items)}


def drawn(frozen: dict[str, str], nonce: bytes = NONCE) -> list[str]:
    return draw_order(
        list(frozen), seed=draw_seed(nonce=nonce, labels_digest=digest_of_labels(frozen.items()))
    )


def verdicts_on(frozen: dict[str, str], *, wrong: tuple[int, ...] = (), checks: int) -> list[AuditVerdict]:
    """Judge the first items of the draw; the positions in `wrong` turn out to be water, or cola."""
    found = []
    for position, key in enumerate(drawn(frozen)[:checks]):
        label = frozen[key]
        if position in wrong:
            right = "water" if label != "water" else "cola"
            found.append(AuditVerdict(key=key, verdict=right, correction=right))
        else:
            found.append(AuditVerdict(key=key, verdict=label, second=label if position % 10 == 0 else None))
    return found


def certificate_of(
    frozen: dict[str, str],
    verdicts: list[AuditVerdict],
    *,
    right: float = 0.95,
    attempt: int = 1,
    control_items: int = 2,
    set_aside: int = 1,
    workforce: str = "people",
) -> Certificate:
    return issue(
        version="0.1.0",
        project="shelf-photos",
        batch="batch-1",
        task="classification",
        schema=schema_of(LABELS),
        stated_loss=StatedLoss("one_label", 2, (("branch", 1.0),)),
        frozen=frozen,
        control_items=control_items,
        set_aside=set_aside,
        right=right,
        confidence=0.95,
        attempt=attempt,
        delta_spent=delta_of_attempt(0.05, attempt),
        nonce=NONCE,
        verdicts=verdicts,
        loss=differs,
        auditors=2,
        workforce=workforce,
        issued_at=ISSUED,
    )


def enough_checks(items: int, *, wrong: tuple[int, ...], right: float = 0.95) -> int:
    """Return how many checks certify a batch."""
    losses = [1.0 if position in wrong else 0.0 for position in range(items)]
    return standing(losses, items=items, allowed=1 - right, delta=0.05).checks


def report_facts(gallery: tuple[GalleryItem, ...] = ()) -> ReportFacts:
    return ReportFacts(
        started_at="2026-11-23T09:00:00",
        finished_at=ISSUED,
        deadline="2026-12-20",
        machine_labelled=64,
        stages=(
            StageCount("Ingest", 203, "1 row set aside"),
            StageCount("Label", 138, "312 answers by 12 people"),
            StageCount("Review", 21, "14 by experts"),
        ),
        spending=Spending("EUR", 3248, 40000, 312, 4, 100, 20),
        comparison=Comparison(3, 6000, 0.912, "From the first three answers of each audited item."),
        confusion=Confusion(LABELS, ((40, 1, 0), (0, 38, 0), (1, 0, 39))),
        gallery=gallery,
        decisions=(Decision("Labelled by the model alone", "audited: at most 1.9 % wrong", 64),),
    )


def sheet_facts() -> SheetFacts:
    return SheetFacts(
        purpose="Find empty shelves.",
        media="image",
        source="items.csv",
        data_class="internal",
        counts=tuple((label, 67) for label in LABELS),
        instructions="guide.md",
        people=12,
        answers=312,
        automatic=64,
        experts=2,
    )


def labelled(key: str, label: str, *, control: bool = False) -> LabelledItem:
    return LabelledItem(
        key=key,
        media=f"photos/{key}.jpg",
        text=None,
        extra={"shop": "north"},
        value=Choice(label),
        confidence=0.97,
        human=True,
        made_at="2026-11-23T12:00:00.000000",
        control=control,
    )


def content_of(certificate: Certificate, frozen: dict[str, str], key: SigningKey) -> DeliveryContent:
    corrections = {line.item: line.correction for line in certificate.sample if line.correction is not None}
    items = [labelled(key, corrections.get(key, label)) for key, label in frozen.items()]
    items += [
        labelled(f"control-{number}", "water", control=True) for number in range(certificate.control_items)
    ]
    return DeliveryContent(
        items=items,
        keys=[(item.key, item.control) for item in items],
        frozen=frozen,
        set_aside=[SetAside(17, "=broken", "The picture cannot be decoded.")],
        commitment=commit(
            key,
            project=certificate.project,
            batch=certificate.batch,
            nonce_commitment=certificate.nonce_commitment,
            at="2026-11-23T09:00:00",
        ),
        certificate=certificate,
        naming=Naming(
            "shelf-photos",
            "labeling-job/shelf-photos",
            "groundtruth/image-classification",
            LabelSchema(tuple(LabelClass(name) for name in LABELS)),
        ),
        formats=("augmented_manifest", "csv", "jsonl"),
        report=report_facts(),
        sheet=sheet_facts(),
    )


@dataclass(frozen=True)
class Delivery:
    folder: Path
    key: SigningKey
    written: Written
    content: DeliveryContent


def deliver(tmp_path: Path, *, workforce: str = "people", wrong: tuple[int, ...] = (3, 30)) -> Delivery:
    """Write a certified delivery, signed by a key of its own."""
    frozen = frozen_labels()
    verdicts = verdicts_on(frozen, wrong=wrong, checks=enough_checks(len(frozen), wrong=wrong))
    certificate = certificate_of(frozen, verdicts, workforce=workforce)
    key = load_or_create_key(tmp_path / "keys" / "signing.pem", demonstration=workforce != "people")
    content = content_of(certificate, frozen, key)
    folder = tmp_path / "delivery"
    return Delivery(folder, key, write_delivery(folder=folder, content=content, key=key), content)


def without_line(certificate: Certificate, position: int) -> Certificate:
    lines = certificate.sample
    return replace(certificate, sample=lines[:position] + lines[position + 1 :])
