"""The limits within which a batch asks and settles: its threshold, an expert's price in answers, the most answers of an item."""

from assay.core.planning.plan import in_answers
from assay.core.review.control_and_pilot_sizes import most_answers
from assay.service.quality.price_of_answers import expected_work
from assay.service.working_set.batch_at_hand import Work


def settle_at(work: Work) -> float:
    """Return the risk at which items settle: the batch's threshold, or the allowed rate before a refit."""
    return work.batch.threshold or work.intake.quality.allowed


def expert_price(work: Work) -> float:
    """Return what an expert judgement costs, in answers."""
    return in_answers(work.intake.money, answer=expected_work(work).cents[1])


def most_of(work: Work) -> int:
    """Return the most answers that an item gets."""
    return most_answers(least=work.intake.least, most=work.intake.most, expert_price=expert_price(work))
