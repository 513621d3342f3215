"""What a fixed number of answers each would have cost and reached, asked of the same simulated people."""

from collections.abc import Sequence
from typing import Final

from assay.core import chance
from assay.core.labels.label_values import Choice, LabelSchema, Preference
from assay.core.ports.task_type import TaskType
from assay.core.ports.workforce import Workforce
from assay.core.project.intake import Intake
from assay.core.project.price_of_work import assumed_work
from assay.core.quality.label_loss import Loss, loss_of
from assay.service.delivery.documents.document_facts import Comparison
from assay.store.items import items
from assay.store.labelling import answer_counts
from assay.store.projects.batches import BatchRow

COMPARED: Final = 3
MOST_COMPARED: Final = 1_000


def fixed_redundancy(
    *, batch: BatchRow, intake: Intake, task: TaskType, workforce: Workforce | None, seed: int
) -> Comparison | None:
    """Return what three answers each would have come to; None for real people, whom nobody can ask again.

    Of three answers the one that agrees most with the others counts: the majority, where labels are right or wrong.
    """
    if workforce is None:
        return None
    crew = [person.code for person in workforce.people() if not person.expert]
    expert = min(person.code for person in workforce.people() if person.expert)
    keys = [row.key for row in items.all_items(batch) if not row.is_control]
    loss = loss_of(task, intake.schema)
    way = "majority vote" if task.produces in (Choice, Preference) else "the answer nearest the others"
    reached: list[float] = []
    for position in chance.order(seed, "three answers each", keys)[:MOST_COMPARED]:
        key = keys[position]
        right = workforce.give(expert, key, expert=True).value
        able = workforce.able(key)
        votes = _votes(workforce, crew if able is None else able, key, seed=seed)
        if votes and right is not None:
            reached.append(1.0 - loss(_middle(votes, loss=loss, task=task, schema=intake.schema), right))
    return Comparison(
        answers_each=COMPARED,
        cost=round(batch.accepted * COMPARED * _each(batch, intake)),
        reached=sum(reached) / len(reached) if reached else None,
        how=f"{way} of {COMPARED} of the same people's answers, on {len(reached):,} items,"
        " against what an expert says",
        way=way,
    )


def _each(batch: BatchRow, intake: Intake) -> float:
    """Return what an answer costs in cents: where they are paid by what they hold, what those of the batch did on average."""
    price = intake.money.answer
    answers, cents = (0, 0) if price.is_fixed else answer_counts.paid_answers(batch.id)
    return cents / answers if answers else assumed_work(price).cents[1]


def _votes(workforce: Workforce, able: Sequence[str], key: str, *, seed: int) -> list[str]:
    votes: list[str] = []
    for position in chance.order(seed, f"three answers to {key}", able):
        value = workforce.give(able[position], key, expert=False).value
        if value is not None:
            votes.append(value)
        if len(votes) == COMPARED:
            break
    return votes


def _middle(votes: Sequence[str], *, loss: Loss, task: TaskType, schema: LabelSchema) -> str:
    """Return the answer that agrees most with the others; ties go to the earlier label in the schema."""
    spelled = [task.text(task.parse(vote, schema=schema)) for vote in votes]
    return min(
        spelled,
        key=lambda one: (sum(loss(one, other) for other in spelled), _place(one, schema.names), one),
    )


def _place(text: str, names: Sequence[str]) -> int:
    return names.index(text) if text in names else len(names)
