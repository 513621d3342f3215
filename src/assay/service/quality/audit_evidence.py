"""What an audit found, as it is kept with a batch, and the certificate that follows from it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assay import __version__
from assay.core.ports.task_type import TaskType
from assay.core.project.intake import Intake
from assay.core.quality.audit_attempts import delta_of_attempt
from assay.core.quality.certificate import AuditVerdict, Certificate, issue
from assay.core.quality.label_loss import Loss, loss_of
from assay.service.stored_times import iso
from assay.service.working_set import texts_as_now
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.label_queues import AUDIT
from assay.store.items import items
from assay.store.labelling import answer_counts
from assay.store.projects.batches import BatchRow
from assay.store.projects.projects import ProjectRow


@dataclass(frozen=True, slots=True)
class Evidence:
    """The verdicts in the order of the draw, how many experts gave them, and when it was proven (microseconds).

    `people` is how many gave labels or judgements at all; 0 where that was not kept.
    """

    verdicts: tuple[AuditVerdict, ...]
    auditors: int
    issued_at: int
    people: int = 0


def audit_of(work: Work, *, verdicts: Sequence[AuditVerdict], issued_at: int) -> Evidence:
    """Return the evidence of an attempt that just succeeded."""
    fresh = [verdict.key for verdict in verdicts if verdict.fresh]
    rows = items.items_by_key(work.batch.id, fresh)
    judges = {
        answer.person
        for answer in texts_as_now.answers_of(work, [r.id for r in rows.values()], queues=(AUDIT,))
    }
    people = answer_counts.people_who_answered(work.batch.id)
    return Evidence(verdicts=tuple(verdicts), auditors=len(judges), issued_at=issued_at, people=people)


def verdict_of(given: Sequence[str], *, loss: Loss) -> str:
    """Return what counts of the auditors' answers: the first, unless a third is nearer to the second."""
    nearer_second = len(given) > 2 and loss(given[2], given[1]) < loss(given[2], given[0])
    return given[2] if nearer_second else given[0]


def evidence_to_json(evidence: Evidence) -> dict[str, object]:
    """Return the evidence as JSON values."""
    return {
        "auditors": evidence.auditors,
        "issued_at": evidence.issued_at,
        "people": evidence.people,
        "verdicts": [
            [verdict.key, verdict.verdict, verdict.correction, verdict.fresh, verdict.second]
            for verdict in evidence.verdicts
        ],
    }


def evidence_from_json(text: str) -> Evidence:
    """Read back what `evidence_to_json` gave."""
    found = json.loads(text)
    return Evidence(
        verdicts=tuple(AuditVerdict(*line) for line in found["verdicts"]),
        auditors=int(found["auditors"]),
        issued_at=int(found["issued_at"]),
        people=int(found.get("people", 0)),
    )


def certificate_of(
    *,
    project: ProjectRow,
    batch: BatchRow,
    intake: Intake,
    task: TaskType,
    frozen: Mapping[str, str],
    control_items: int,
) -> Certificate:
    """Compute the certificate of a batch whose attempt succeeded, from its stored evidence."""
    evidence = evidence_from_json(batch.certificate)
    schema, quality = intake.schema, intake.quality
    return issue(
        version=__version__,
        project=project.name,
        batch=batch.name,
        task=task.name,
        schema=schema,
        stated_loss=task.loss.stated(schema),
        frozen=frozen,
        control_items=control_items,
        set_aside=batch.rejected,
        right=quality.right,
        confidence=quality.confidence,
        attempt=batch.attempt,
        delta_spent=delta_of_attempt(quality.delta, batch.attempt),
        nonce=bytes.fromhex(batch.nonce),
        verdicts=evidence.verdicts,
        loss=loss_of(task, schema),
        auditors=evidence.auditors,
        workforce=intake.workforce.kind,
        issued_at=iso(evidence.issued_at),
        independent=intake.workforce.kind != "people" or intake.data.finished or evidence.people != 1,
        made_elsewhere=intake.data.finished,
    )
