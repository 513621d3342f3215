"""Labels are frozen and the sample is drawn: a digest of all N labels, an order that follows from it, and auditors asked in that order."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.core import chance
from assay.core.ids import digest_of_labels
from assay.core.quality.certificate import AuditVerdict
from assay.core.quality.label_loss import loss_of
from assay.core.quality.sample_draw import draw_order, draw_seed
from assay.core.review.control_and_pilot_sizes import AUDITED_TWICE
from assay.service.pipeline.pause_at_approved_price import pauses_for_budget
from assay.service.quality.audit_evidence import verdict_of
from assay.service.working_set import label_queues, texts_as_now
from assay.service.working_set.batch_at_hand import Work
from assay.store.items import items
from assay.store.labelling import project_people, wanted_answers
from assay.store.projects import batches


def freeze(work: Work) -> None:
    """Freeze the labels of all N items and start the next attempt; not those that rest on an answer just mended."""
    rows = [row for row in items.all_items(work.batch) if not row.is_control]
    digest = digest_of_labels((row.key, row.label) for row in rows)

    with work.saving():
        if not batches.is_as_learnt(work.scope, work.batch):
            return
        items.freeze_labels(work.batch)
        attempt = work.batch.attempt + 1
        batches.set_batch(work.scope, work.batch.id, frozen_digest=digest, attempt=attempt, drawn=0)
        work.record(
            "freeze labels",
            rule="frozen before the sample is drawn",
            after=digest,
            attempt=attempt,
            items=len(rows),
        )


@dataclass(frozen=True, slots=True)
class Draw:
    """The drawn order of an attempt, and what is known about its first items."""

    order: tuple[items.ItemRow, ...]
    verdicts: tuple[AuditVerdict, ...]
    open_disputes: tuple[items.ItemRow, ...]
    unjudged: tuple[items.ItemRow, ...]
    """Drawn, and no expert is left who could judge them."""


def load_draw(work: Work, rows: Sequence[items.ItemRow]) -> Draw:
    """Return the order that follows from nonce and digest, and the verdicts on what was drawn so far."""
    seed = draw_seed(nonce=bytes.fromhex(work.batch.nonce), labels_digest=work.batch.frozen_digest)
    by_key = {row.key: row for row in rows}
    order = tuple(by_key[key] for key in draw_order(list(by_key), seed=seed))
    drawn = order[: work.batch.drawn]
    said: dict[int, list[str]] = {}
    for answer in texts_as_now.answers_of(
        work, [row.id for row in drawn if not row.judged], queues=(label_queues.AUDIT,)
    ):
        said.setdefault(answer.item, []).append(answer.value)
    experts = sum(person.is_expert for person in project_people.list_people(work.scope, work.project.id))
    loss = loss_of(work.task, work.intake.schema)
    verdicts: list[AuditVerdict] = []
    disputes: list[items.ItemRow] = []
    unjudged: list[items.ItemRow] = []
    for row in drawn:
        given = said.get(row.id, [])
        if not given:  # an independent judgement of the frozen value exists, or nobody could say anything
            verdicts.append(AuditVerdict(key=row.key, verdict=row.frozen, fresh=False))
            if not row.judged:
                unjudged.append(row)
            continue
        apart = len(given) == 2 and loss(given[0], given[1]) > work.intake.quality.allowed
        if apart and experts > 2 and not row.stuck:
            disputes.append(row)
        verdict = verdict_of(given, loss=loss)
        verdicts.append(
            AuditVerdict(
                key=row.key,
                verdict=verdict,
                correction=verdict if verdict != row.frozen else None,
                fresh=True,
                second=(given[1] if verdict == given[0] else given[0]) if len(given) > 1 else None,
            )
        )
    return Draw(
        order=order, verdicts=tuple(verdicts), open_disputes=tuple(disputes), unjudged=tuple(unjudged)
    )


def ask_auditors(work: Work, wanted: Sequence[items.ItemRow], *, drawn: int) -> None:
    """Open audit tasks; a keyed share is judged twice, and whoever disputes is joined by a third."""
    tasks = [row.id for row in wanted]
    experts = sum(person.is_expert for person in project_people.list_people(work.scope, work.project.id))
    if experts > 1 and drawn > work.batch.drawn:
        twice = f"twice in attempt {work.batch.attempt}"
        tasks += [
            row.id for row in wanted if chance.uniform(work.project.seed, twice, row.key) < AUDITED_TWICE
        ]
    if pauses_for_budget(work, judgements=len(tasks)):
        return

    with work.saving():
        wanted_answers.open_tasks(work.batch.id, queue=label_queues.AUDIT, items=tasks)
        items.clear_dirty([row.id for row in wanted])
        batches.set_batch(work.scope, work.batch.id, drawn=drawn)
        work.record(
            "draw for the audit", rule="the next of the drawn order", drawn=drawn, judgements=len(tasks)
        )
