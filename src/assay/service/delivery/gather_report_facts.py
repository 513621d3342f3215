"""What the report and the data sheet of a delivery show, gathered from the store."""

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from assay.core import chance
from assay.core.labels.label_values import Choice, LabelValue, Preference, label_names
from assay.core.labels.values.value_kind import kind_of_value, kinds
from assay.core.quality.certificate import Certificate
from assay.providers.media.image.thumbnail import marked_picture, thumbnail
from assay.service.delivery.documents.document_facts import (
    Confusion,
    Decision,
    GalleryItem,
    ReportFacts,
    SheetFacts,
    Spending,
    StageCount,
)
from assay.service.delivery.fixed_redundancy import fixed_redundancy
from assay.service.delivery.more_data import more_data
from assay.service.figures_in_words import many, price_of_work
from assay.service.labels_in_words import in_words, marked, noun_of
from assay.service.quality.doubts_in_the_trail import LOOKED
from assay.service.stored_times import iso
from assay.service.working_set import label_queues
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.media_files import media_root, shown_content
from assay.store.items import items
from assay.store.labelling import answer_counts, answers_and_pay_ledger, project_people
from assay.store.trail import events

GALLERY: Final = 48
LONGEST_TEXT: Final = 280
MOST_CONFUSED: Final = 40
"""A table of more labels than these would be read by nobody."""
SHOWN_DECISIONS: Final = (
    "approve (project)",
    "agree (project)",
    "pause a person",
    LOOKED,
    "send the riskiest to experts",
    "fail to certify",
    "certify",
    "accept (batch)",
)


def report_facts(work: Work, *, certificate: Certificate) -> ReportFacts:
    """Return everything the report shows beside the certificate."""
    counts = answers_and_pay_ledger.count_answers(work.batch.id)
    money = work.intake.money
    answers = counts.get(label_queues.LABEL, 0) + counts.get(label_queues.PEER, 0)
    judgements = counts.get(label_queues.EXPERT, 0) + counts.get(label_queues.AUDIT, 0)
    return ReportFacts(
        started_at=iso(work.batch.created_at),
        finished_at=certificate.issued_at,
        deadline=None if work.intake.deadline is None else work.intake.deadline.isoformat(),
        machine_labelled=items.count_decided(work.batch, by=items.MODEL),
        stages=_stages(work, counts, certificate),
        spending=Spending(
            currency=money.currency,
            spent=answers_and_pay_ledger.spent(work.batch.id),
            budget=work.intake.max_price or money.budget,
            answers=answers,
            answer_price=money.answer.cents,
            expert_judgements=judgements,
            expert_price=money.expert,
            answers_paid=answer_counts.paid_answers(work.batch.id)[1],
            paid_by="" if money.answer.is_fixed else price_of_work(money.answer),
        ),
        comparison=fixed_redundancy(
            batch=work.batch,
            intake=work.intake,
            task=work.task,
            workforce=work.workforce,
            seed=work.project.seed,
        ),
        confusion=_confusion(work, certificate),
        gallery=_gallery(work, certificate),
        decisions=_decisions(work),
        more_data=more_data(work),
    )


def sheet_facts(work: Work, labels: Mapping[str, int]) -> SheetFacts:
    """Return what the data sheet says beside the certificate; `labels` counts the delivered ones by their text."""
    counts = answers_and_pay_ledger.count_answers(work.batch.id, heard=True)
    crew = project_people.list_people(work.scope, work.project.id)
    delivered: Counter[str] = Counter()
    for label, count in labels.items():
        for name in label_names(_value(work, label)):
            delivered[name] += count
    return SheetFacts(
        purpose=f"{work.project.name}: {work.task.name.replace('_', ' ')}",
        media=work.task.media or "item",
        source=work.intake.data.path,
        data_class=work.intake.data_class,
        counts=tuple((name, delivered[name]) for name in work.intake.schema.names),
        instructions=work.intake.instructions or "",
        people=sum(not person.is_expert and person.state != project_people.EXCLUDED for person in crew),
        answers=counts.get(label_queues.LABEL, 0) + counts.get(label_queues.PEER, 0),
        automatic=items.count_decided(work.batch, by=items.MODEL),
        experts=sum(person.is_expert for person in crew),
        counted=noun_of(work.task.produces),
        compared=work.task.compared,
    )


def _stages(work: Work, counts: dict[str, int], certificate: Certificate) -> tuple[StageCount, ...]:
    batch = work.batch
    controls = certificate.control_items
    return (
        StageCount("ingest", batch.accepted, f"{batch.received:,} received, {batch.rejected:,} set aside"),
        StageCount("control", controls, "items with a known label, outside the batch"),
        StageCount("label", certificate.items, many(counts.get(label_queues.LABEL, 0), "answer")),
        StageCount("peer review", counts.get(label_queues.PEER, 0), "second looks by peers"),
        StageCount("expert review", counts.get(label_queues.EXPERT, 0), "judgements on what was riskiest"),
        StageCount("certify", len(certificate.sample), "drawn at random and judged blind"),
        StageCount("deliver", certificate.items + controls, "with their labels"),
    )


def _confusion(work: Work, certificate: Certificate) -> Confusion | None:
    """Count frozen labels against verdicts; None where an answer is not just one of the labels."""
    if work.task.produces not in (Choice, Preference) or len(certificate.labels) > MOST_CONFUSED:
        return None
    names = certificate.labels
    place = {name: position for position, name in enumerate(names)}
    counts = [[0] * len(names) for _ in names]
    for line in certificate.sample:
        (frozen,), (verdict,) = (label_names(_value(work, one)) for one in (line.frozen, line.verdict))
        counts[place[frozen]][place[verdict]] += 1
    return Confusion(labels=names, counts=tuple(tuple(row) for row in counts))


def _gallery(work: Work, certificate: Certificate) -> tuple[GalleryItem, ...]:
    corrected = {
        line.item: line.frozen
        for line in certificate.sample
        if line.correction is not None and line.loss > certificate.allowed
    }
    found = items.items_by_key(work.batch.id, sorted(corrected)[: GALLERY // 2])
    chosen = {row.id: row for row in sorted(found.values(), key=lambda row: (row.chance, row.id))}
    for row in items.riskiest_items(work.batch, GALLERY // 2):
        if len(chosen) < GALLERY // 2:
            chosen.setdefault(row.id, row)
    for row in items.items_at(work.batch, _draws(work)):
        if len(chosen) < GALLERY:
            chosen.setdefault(row.id, row)
    root = media_root(work)
    shown = []
    for row in chosen.values():
        body = items.body(row.id)
        value = _value(work, row.label) if row.label else None
        before = corrected.get(row.key)
        picture, kind = _picture(work, root, body, value)
        shown.append(
            GalleryItem(
                key=row.key,
                label="" if value is None else in_words(value),
                before=None if before is None else in_words(_value(work, before)),
                risk=1.0 - row.chance,
                text=() if body.text is None else marked(body.text, value, longest=LONGEST_TEXT),
                thumbnail=picture,
                thumbnail_type=kind,
                note=_note(row, corrected),
            )
        )
    return tuple(shown)


def _draws(work: Work) -> list[int]:
    """Return positions in the batch, drawn by its seed: more than are shown, since control items are among them."""
    size = work.batch.accepted
    if size <= 4 * GALLERY:
        return chance.order(work.project.seed, "gallery", map(str, range(size)))
    draws = (
        chance.pick(work.project.seed, "gallery", str(number), below=size) for number in range(4 * GALLERY)
    )
    return list(dict.fromkeys(draws))


def _picture(
    work: Work, root: Path, body: items.BodyRow, value: LabelValue | None
) -> tuple[bytes | None, str]:
    """Return a small picture of an item with its label drawn on it, and the picture's media type."""
    if work.task.media != "image" or body.media is None:
        return None, "image/png"
    picture = shown_content(body, root=root, home=work.limits.home, tenant=work.scope.tenant)
    marks = [] if value is None else kind_of_value(value).marks(value)
    if not marks and not kinds()[work.task.produces].drawn:
        return thumbnail(picture), "image/png"
    return marked_picture(picture, marks=marks, labels=work.intake.schema.names), "image/jpeg"


def _value(work: Work, label: str) -> LabelValue:
    return work.task.parse(label, schema=work.intake.schema)


def _note(row: items.ItemRow, corrected: dict[str, str]) -> str:
    if row.key in corrected:
        return "corrected in the audit"
    notes = {
        "expert": "judged by an expert",
        "audit": "judged in the audit",
        "peers": "settled by peers",
        "given": "as it came",
        items.MODEL: "labelled automatically",
    }
    return notes.get(row.decided_by, many(row.answers, "answer"))


def _decisions(work: Work) -> tuple[Decision, ...]:
    found = []
    for event in events.events_about(work.scope, subject=f"batch {work.batch.name}", verbs=SHOWN_DECISIONS):
        detail = json.loads(event.detail)
        who = f" {detail['person']}" if "person" in detail else ""
        found.append(
            Decision(
                what=event.verb.replace(" (project)", " the project").replace(" (batch)", " the batch") + who,
                why=_why(detail),
                items=detail.get("items") or detail.get("checks"),
            )
        )
    return tuple(found)


def _why(detail: Mapping[str, object]) -> str:
    """Return the rule that a step followed, with what each check found."""
    found = detail.get("found")
    told = ", ".join(f"{many} {rule}" for rule, many in found.items()) if isinstance(found, dict) else ""
    return f"{detail.get('rule', '')}{': ' if told else ''}{told}"
