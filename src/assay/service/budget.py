"""The autopilot's limit: what goes beyond the approved price is not opened; the batch waits for a decision."""

from math import ceil, sqrt
from typing import Final

from assay.core.project import lifecycle
from assay.service import label_loop
from assay.service.work import Work
from assay.store import batches, counting, items, people, projects, queue

_SURE: Final = 2.0
"""So many standard deviations more control items than expected are reckoned with: they ride along by chance."""


def pauses_for_budget(work: Work, *, answers: int = 0, judgements: int = 0) -> bool:
    """Pause the batch where so many answers and expert judgements more could exceed the approved price.

    Counted are what was paid, what people hold or may still take, and the control items that ride along with it. The
    caller then opens nothing and saves nothing, so that the same step comes again after the decision. A requester who
    approved the quote or lifted the limit by hand is not asked again; rework, which the requester asked for, goes on.
    """
    limit = work.intake.approved_price
    if not (answers or judgements) or limit is None or work.project.agreed:
        return False
    if work.batch.status != lifecycle.IN_PROGRESS:
        return False
    open_now = counting.unpaid(work.batch.id)
    experts = judgements + sum(open_now.get(name, 0) for name in label_loop.EXPERT_QUEUES)
    labellers = answers + sum(open_now.get(name, 0) for name in label_loop.LABEL_QUEUES)
    money = work.intake.money
    cost = queue.spent(work.batch.id) + experts * money.expert
    cost += (labellers + _riding_along(work, answers=labellers)) * money.answer
    if cost <= limit:
        return False
    wanted = [
        f"{many:,} more {noun if many == 1 else noun + 's'}"
        for many, noun in ((answers, "answer"), (judgements, "expert judgement"))
        if many
    ]
    reason = (
        f"{' and '.join(wanted)}{' beside what is open now' if open_now else ''} would bring the cost to"
        f" {cost / 100:,.2f} {money.currency}, approved are {limit / 100:,.2f}"
    )
    with work.saving():
        batches.move_batch(work.scope, work.batch, "pause", reason=reason)
        if work.project.status == lifecycle.PRODUCTION_IN_PROGRESS:
            projects.move_project(work.scope, work.project, "pause")
        work.record("pause", rule="the approved price is the limit", reason=reason)
    return True


def _riding_along(work: Work, *, answers: int) -> int:
    """Return how many control items may ride along with so many answers: more among a person's first items."""
    if not answers:
        return 0
    crew = [one for one in people.list_people(work.scope, work.project.id) if not one.is_expert]
    served, controls = counting.served_so_far(
        work.batch.id, queue=label_loop.LABEL, first=label_loop.FIRST_ITEMS
    )
    first, later = label_loop.CONTROL_SHARE_FIRST, label_loop.CONTROL_SHARE
    new = min(answers, (1.0 - first) * max(0, len(crew) * label_loop.FIRST_ITEMS - served))
    expected = new * first / (1.0 - first) + (answers - new) * later / (1.0 - later)
    # Nobody sees one twice.
    unseen = max(0, len(crew) * len(items.control_items(work.batch.id)) - controls)
    return min(ceil(expected + _SURE * sqrt(expected)), unseen)
