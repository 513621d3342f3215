"""The autopilot's limit: what goes beyond the approved price stops, and waits for a decision."""

from assay.core.project import lifecycle
from assay.service.work import Work
from assay.store import batches, projects, queue


def pauses_for_budget(work: Work, *, judgements: int) -> bool:
    """Pause batch and project where so many expert judgements more would exceed the approved price.

    A requester who approved a quote or lifted the limit by hand is not asked again; rework, which the
    requester asked for, goes on.
    """
    limit = work.intake.max_price if work.intake.max_price is not None else work.intake.money.budget
    if limit is None or work.project.agreed or work.batch.status != lifecycle.IN_PROGRESS:
        return False
    spent, more = queue.spent(work.batch.id), judgements * work.intake.money.expert
    if spent + more <= limit:
        return False
    currency = work.intake.money.currency
    reason = (
        f"{judgements:,} more expert judgements would bring the cost to {(spent + more) / 100:,.2f} {currency},"
        f" approved are {limit / 100:,.2f}"
    )
    with work.saving():
        batches.move_batch(work.scope, work.batch, "pause", reason=reason)
        projects.move_project(work.scope, work.project, "pause")
        work.record("pause", rule="the approved price is the limit", reason=reason)
    return True
