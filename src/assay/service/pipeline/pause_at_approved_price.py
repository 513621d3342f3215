"""The autopilot's limit: what goes beyond the approved price is not opened; the batch waits for a decision."""

from math import ceil, sqrt
from typing import Final

from assay.core.project import lifecycle
from assay.core.review import control_and_pilot_sizes
from assay.service.quality.approved_price_left import approved_price_left
from assay.service.quality.price_of_answers import cents_unpaid, expected_work
from assay.service.working_set import label_queues
from assay.service.working_set.batch_at_hand import Work
from assay.store.items import items
from assay.store.labelling import answer_counts, answers_and_pay_ledger, project_people
from assay.store.projects import batches, projects

_SURE: Final = 2.0
"""So many standard deviations more control items than expected are reckoned with: they ride along by chance."""


def pauses_for_budget(work: Work, *, answers: int = 0, judgements: int = 0) -> bool:
    """Pause the batch where so many answers and expert judgements more could exceed the approved price.

    Counted are what was paid, what people hold or may still take, and the control items that ride along with it. The
    caller then opens nothing and saves nothing, so that the same step comes again after the decision. A requester who
    approved the quote or lifted the limit by hand is not asked again; rework, which the requester asked for, goes on.

    Where answers are paid by what they hold, what is open can cost more than was expected when it was opened: then it is
    reckoned with anew whenever this is asked, also about nothing more.
    """
    money = work.intake.money
    if not (answers or judgements) and money.answer.is_fixed:
        return False
    if work.project.agreed or work.batch.status != lifecycle.IN_PROGRESS:
        return False
    limit = approved_price_left(work.project, work.intake)
    if limit is None:
        return False
    open_now = answer_counts.unpaid(work.batch.id)
    if not (answers or judgements or open_now):
        return False
    labellers = answers + sum(open_now.get(name, 0) for name in label_queues.LABEL_QUEUES)
    cost = answers_and_pay_ledger.spent(work.batch.id) + cents_unpaid(
        work.batch.id,
        money=money,
        expected=expected_work(work).cents[1],
        answers=answers + _riding_along(work, answers=labellers),
        judgements=judgements,
    )
    if cost <= limit:
        return False
    wanted = [
        f"{many:,} more {noun if many == 1 else noun + 's'}"
        for many, noun in ((answers, "answer"), (judgements, "expert judgement"))
        if many
    ]
    beside = " beside what is open now" if open_now else ""
    reason = (
        f"{' and '.join(wanted) + beside if wanted else 'what is open now'} would bring the cost to"
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
    crew = [one for one in project_people.list_people(work.scope, work.project.id) if not one.is_expert]
    served, controls = answer_counts.served_so_far(
        work.batch.id, queue=label_queues.LABEL, first=control_and_pilot_sizes.FIRST_ITEMS
    )
    first, later = control_and_pilot_sizes.CONTROL_SHARE_FIRST, control_and_pilot_sizes.CONTROL_SHARE
    new = min(answers, (1.0 - first) * max(0, len(crew) * control_and_pilot_sizes.FIRST_ITEMS - served))
    expected = new * first / (1.0 - first) + (answers - new) * later / (1.0 - later)
    # Nobody sees one twice.
    there = len(items.control_items(work.batch.id))
    if work.project.further is not None:
        other = items.known_of_other_batches(work.project.id, but=work.batch.id)
        there += sum(row.is_control and row.id < work.batch.first_item for row in other)
    unseen = max(0, len(crew) * there - controls)
    return min(ceil(expected + _SURE * sqrt(expected)), unseen)
