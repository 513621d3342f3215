"""How far each stage of a batch has come, for live progress."""

from dataclasses import dataclass

from assay.core.project import lifecycle
from assay.service.working_set import label_queues
from assay.service.working_set.batch_at_hand import Work
from assay.store.items import items
from assay.store.labelling import answers_and_pay_ledger


@dataclass(frozen=True, slots=True)
class StageProgress:
    """One line: so many done, of so many (0 where that is not known beforehand), and a few words."""

    name: str
    done: int
    total: int
    note: str = ""


def stage_progress(work: Work) -> tuple[StageProgress, ...]:
    """Return one line per stage that has anything to show."""
    batch = work.batch
    states = items.count_by_state(batch) if batch.accepted else {}
    total = sum(states.values())
    counts = answers_and_pay_ledger.count_answers(batch.id)
    answered = total - states.get(lifecycle.WAITING, 0) - states.get(lifecycle.LABELLING, 0)
    settled = states.get(lifecycle.SETTLED, 0)
    answers = counts.get(label_queues.LABEL, 0) + counts.get(label_queues.PEER, 0)
    audited = counts.get(label_queues.AUDIT, 0)
    delivered = batch.status == lifecycle.DATA_DELIVERED
    return (
        StageProgress("ingest", batch.accepted, batch.received, f"{batch.rejected:,} set aside"),
        StageProgress("label", answered if answers else 0, total, f"{answers:,} answers"),
        StageProgress("review", counts.get(label_queues.EXPERT, 0), 0, "expert judgements"),
        StageProgress("validate", settled, total, "settled"),
        StageProgress(
            "certify", audited, 0, f"blind judgements, attempt {batch.attempt}" if batch.attempt else ""
        ),
        StageProgress("deliver", total if delivered else 0, total),
    )
