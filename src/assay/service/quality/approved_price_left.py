"""What may be spent on a batch without asking: its own limit, or what its project's limit leaves it.

A limit that a requester set for a project stays one limit, however many batches come: those that have none of their own
share it. What the others have cost, and what is open in them, is no longer there for this one.
"""

from assay.core.project.intake import Intake
from assay.core.project.price_of_work import assumed_work
from assay.service.quality.price_of_answers import cents_unpaid
from assay.store.labelling import answers_and_pay_ledger
from assay.store.projects.further_batches import sharing_the_limit
from assay.store.projects.projects import ProjectRow


def approved_price_left(project: ProjectRow, intake: Intake) -> int | None:
    """Return the cents up to which nobody is asked about a batch, as its project was read for it; None: no limit."""
    limit = intake.approved_price
    if limit is None or project.own_limit:
        return limit
    others = sharing_the_limit(project.id, but=project.further)
    return max(0, limit - sum(_committed(batch, intake) for batch in others))


def _committed(batch: int, intake: Intake) -> int:
    """Return what a batch has cost, and what it will where all that is open or held is answered."""
    expected = assumed_work(intake.money.answer).cents[1]
    return answers_and_pay_ledger.spent(batch) + cents_unpaid(batch, money=intake.money, expected=expected)
