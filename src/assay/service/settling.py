"""What stages share that decide about items: an item as a change, and the limits within which they ask and settle."""

import json

from assay.core.ports import Consensus
from assay.core.review.sizes import most_answers
from assay.service.work import Work
from assay.store import items


def change_of(row: items.ItemRow, *, now: int) -> items.ItemChange:
    """Return an item's present values as a change, to be replaced in part."""
    return items.ItemChange(
        item=row.id,
        state=row.state,
        label=row.label,
        chance=row.chance,
        answers=row.answers,
        judged=row.judged,
        decided_at=now,
        decided_by=row.decided_by,
        parts=row.parts,
    )


def parts_of(consensus: Consensus, position: int) -> str:
    """Return the confidence of each object of an item's label as it is stored, "" where there are none."""
    found = consensus.parts[position] if consensus.parts else ()
    return json.dumps([round(one, 4) for one in found]) if found else ""


def settle_at(work: Work) -> float:
    """Return the risk at which items settle: the batch's threshold, or the allowed rate before a refit."""
    return work.batch.threshold or work.intake.quality.allowed


def expert_price(work: Work) -> float:
    """Return what an expert judgement costs, in answers."""
    return work.intake.money.expert / max(work.intake.money.answer, 1)


def most_of(work: Work) -> int:
    """Return the most answers that an item gets."""
    return most_answers(least=work.intake.least, most=work.intake.most, expert_price=expert_price(work))
