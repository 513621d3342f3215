"""What the answers of a batch are expected to cost, where they are paid by what they hold; and what is still to be paid."""

import json
from math import ceil
from typing import Final

from assay.core.labels.item_facts import NOTHING_MEASURED
from assay.core.planning.plan_as_json import plan_from_json
from assay.core.project.intake import Money
from assay.core.project.price_of_work import PAGE, ExpectedWork, assumed_work, measured_work, units_of
from assay.service.working_set import texts_as_now
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.label_queues import EXPERT_QUEUES, LABEL_QUEUES
from assay.store.items import items
from assay.store.labelling import answer_counts

_COUNTS_FOR: Final = 20
"""So many answers the expected price counts for beside those that came."""


def expected_work(work: Work) -> ExpectedWork:
    """Return what the batch's quote says of its answers; what is assumed, before there is one."""
    price = work.intake.money.answer
    if price.is_fixed or not work.project.quote:
        return assumed_work(price)
    return plan_from_json(json.loads(work.project.quote)).work or assumed_work(price)


def work_so_far(work: Work) -> ExpectedWork:
    """Return what the batch's answers have held so far; what is assumed where there are none.

    An answer that the project's present labels cannot read any more is not measured.
    """
    price = work.intake.money.answer
    if price.is_fixed or not work.batch.accepted:
        return assumed_work(price)
    rows = items.all_items(work.batch)
    given = texts_as_now.answers_of(work, [row.id for row in rows], queues=LABEL_QUEUES)
    bodies = items.bodies_of([answer.item for answer in given]) if price.per == PAGE else {}
    return measured_work(
        price,
        [
            units_of(
                price.per,
                value=work.task.parse(answer.value, schema=work.intake.schema),
                facts=bodies[answer.item].facts if bodies else NOTHING_MEASURED,
                seconds=answer.seconds,
            )
            for answer in given
        ],
    )


def cents_unpaid(batch: int, *, money: Money, expected: float, answers: int = 0, judgements: int = 0) -> int:
    """Return what is to be paid for all that is open or held in a batch, and for so many answers and judgements more.

    Whoever holds an item may say whatever costs most, so the most is set aside for it. What waits is reckoned with as
    expected, in cents an answer; the more answers came, the more it is what they did cost.
    """
    waiting, held = answer_counts.unpaid(batch), answer_counts.held(batch)
    experts = judgements + sum(waiting.get(name, 0) for name in EXPERT_QUEUES)
    labellers = answers + sum(waiting.get(name, 0) for name in LABEL_QUEUES)
    taken = sum(held.get(name, 0) for name in LABEL_QUEUES)
    if not money.answer.is_fixed:
        came, paid = answer_counts.paid_answers(batch)
        expected = (paid + _COUNTS_FOR * expected) / (came + _COUNTS_FOR)
    return experts * money.expert + taken * money.answer.most + ceil((labellers - taken) * expected)
