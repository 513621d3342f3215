"""What the report and the data sheet of a delivery show, gathered from the store."""

import json
from collections import Counter
from typing import Final

from assay.core import chance
from assay.core.quality.certificate import Certificate
from assay.providers.media.image.thumbnail import thumbnail
from assay.service import label_loop
from assay.service.comparison import fixed_redundancy
from assay.service.documents.facts import (
    Confusion,
    Decision,
    GalleryItem,
    ReportFacts,
    SheetFacts,
    Spending,
    StageCount,
)
from assay.service.media import media_path, media_root
from assay.service.timing import iso
from assay.service.work import Work
from assay.store import events, items, people, queue

GALLERY: Final = 48
SHOWN_DECISIONS: Final = (
    "approve (project)",
    "agree (project)",
    "pause a person",
    "send the riskiest to experts",
    "fail to certify",
    "certify",
    "accept (batch)",
)


def report_facts(work: Work, *, certificate: Certificate) -> ReportFacts:
    """Return everything the report shows beside the certificate."""
    counts = queue.count_answers(work.batch.id)
    money = work.intake.money
    answers = counts.get(label_loop.LABEL, 0) + counts.get(label_loop.PEER, 0)
    judgements = counts.get(label_loop.EXPERT, 0) + counts.get(label_loop.AUDIT, 0)
    return ReportFacts(
        started_at=iso(work.batch.created_at),
        finished_at=certificate.issued_at,
        deadline=None if work.intake.deadline is None else work.intake.deadline.isoformat(),
        machine_labelled=0,
        stages=_stages(work, counts, certificate),
        spending=Spending(
            currency=money.currency,
            spent=queue.spent(work.batch.id),
            budget=work.intake.max_price or money.budget,
            answers=answers,
            answer_price=money.answer,
            expert_judgements=judgements,
            expert_price=money.expert,
        ),
        comparison=fixed_redundancy(
            batch=work.batch, intake=work.intake, workforce=work.workforce, seed=work.project.seed
        ),
        confusion=_confusion(certificate),
        gallery=_gallery(work, certificate),
        decisions=_decisions(work),
    )


def sheet_facts(work: Work) -> SheetFacts:
    """Return what the data sheet says beside the certificate."""
    counts = queue.count_answers(work.batch.id)
    crew = people.list_people(work.scope, work.project.id)
    delivered: Counter[str] = Counter()
    for chunk in items.stream_delivery(work.batch):
        delivered.update(row.label for row in chunk if row.label)
    return SheetFacts(
        purpose=f"{work.project.name}: {work.task.name.replace('_', ' ')}",
        media=work.task.media or "item",
        source=work.intake.data.path,
        data_class=work.intake.data_class,
        counts=tuple((name, delivered[name]) for name in work.intake.schema.names),
        instructions=work.intake.instructions or "",
        people=sum(not person.is_expert for person in crew),
        answers=counts.get(label_loop.LABEL, 0) + counts.get(label_loop.PEER, 0),
        experts=sum(person.is_expert for person in crew),
    )


def _stages(work: Work, counts: dict[str, int], certificate: Certificate) -> tuple[StageCount, ...]:
    batch = work.batch
    controls = certificate.control_items
    return (
        StageCount("ingest", batch.accepted, f"{batch.received:,} received, {batch.rejected:,} set aside"),
        StageCount("control", controls, "items with a known label, outside the batch"),
        StageCount("label", certificate.items, f"{counts.get(label_loop.LABEL, 0):,} answers"),
        StageCount("peer review", counts.get(label_loop.PEER, 0), "second looks by peers"),
        StageCount("expert review", counts.get(label_loop.EXPERT, 0), "judgements on what was riskiest"),
        StageCount("certify", len(certificate.sample), "drawn at random and judged blind"),
        StageCount("deliver", certificate.items + controls, "with their labels"),
    )


def _confusion(certificate: Certificate) -> Confusion:
    names = certificate.labels
    place = {name: position for position, name in enumerate(names)}
    counts = [[0] * len(names) for _ in names]
    for line in certificate.sample:
        counts[place[line.frozen]][place[line.verdict]] += 1
    return Confusion(labels=names, counts=tuple(tuple(row) for row in counts))


def _gallery(work: Work, certificate: Certificate) -> tuple[GalleryItem, ...]:
    corrected = {line.item: line.frozen for line in certificate.sample if line.correction is not None}
    rows = [row for row in items.all_items(work.batch) if not row.is_control]
    risky = sorted(rows, key=lambda row: (row.key not in corrected, row.chance, row.id))
    chosen = risky[: GALLERY // 2]
    rest = risky[GALLERY // 2 :]
    order = chance.order(work.project.seed, "gallery", [row.key for row in rest])
    chosen += [rest[position] for position in order[: GALLERY - len(chosen)]]
    root = media_root(work)
    shown = []
    for row in chosen:
        body = items.body(row.id)
        picture = (
            thumbnail(media_path(root, body.media))
            if work.task.media == "image" and body.media is not None
            else None
        )
        shown.append(
            GalleryItem(
                key=row.key,
                label=row.label,
                before=corrected.get(row.key),
                risk=1.0 - row.chance,
                text=None if body.text is None else body.text[:300],
                thumbnail=picture,
                note=_note(row, corrected),
            )
        )
    return tuple(shown)


def _note(row: items.ItemRow, corrected: dict[str, str]) -> str:
    if row.key in corrected:
        return "corrected in the audit"
    return {"expert": "judged by an expert", "audit": "judged in the audit", "peers": "settled by peers"}.get(
        row.decided_by, f"{row.answers} answers"
    )


def _decisions(work: Work) -> tuple[Decision, ...]:
    found = []
    for event in events.events_about(work.scope, subject=f"batch {work.batch.name}", verbs=SHOWN_DECISIONS):
        detail = json.loads(event.detail)
        who = f" {detail['person']}" if "person" in detail else ""
        found.append(
            Decision(
                what=event.verb.replace(" (project)", " the project").replace(" (batch)", " the batch") + who,
                why=str(detail.get("rule", "")),
                items=detail.get("items") or detail.get("checks"),
            )
        )
    return tuple(found)
