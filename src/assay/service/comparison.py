"""What a fixed number of answers each would have cost and reached, asked of the same simulated people."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from assay.core import chance
from assay.core.ports import Workforce
from assay.core.project.intake import Intake
from assay.service.documents.facts import Comparison
from assay.store import items
from assay.store.batches import BatchRow

COMPARED: Final = 3
MOST_COMPARED: Final = 3_000


def fixed_redundancy(
    *, batch: BatchRow, intake: Intake, workforce: Workforce | None, seed: int
) -> Comparison | None:
    """Return what three answers each would have come to; None for real people, whom nobody can ask again."""
    if workforce is None:
        return None
    crew = [person.code for person in workforce.people() if not person.expert]
    expert = min(person.code for person in workforce.people() if person.expert)
    keys = [row.key for row in items.all_items(batch) if not row.is_control]
    reached: list[bool] = []
    for position in chance.order(seed, "three answers each", keys)[:MOST_COMPARED]:
        key = keys[position]
        right = workforce.give(expert, key, expert=True).value
        able = workforce.able(key)
        votes = _votes(workforce, crew if able is None else able, key, seed=seed)
        if votes and right is not None:
            reached.append(_majority(votes, intake.schema.names) == right)
    return Comparison(
        answers_each=COMPARED,
        cost=batch.accepted * COMPARED * intake.money.answer,
        reached=sum(reached) / len(reached) if reached else None,
        how=f"the majority of {COMPARED} of the same people's answers, on {len(reached):,} items,"
        " against what an expert says",
    )


def _votes(workforce: Workforce, able: Sequence[str], key: str, *, seed: int) -> Counter[str]:
    votes: Counter[str] = Counter()
    for position in chance.order(seed, f"three answers to {key}", able):
        value = workforce.give(able[position], key, expert=False).value
        if value is not None:
            votes[value] += 1
        if votes.total() == COMPARED:
            break
    return votes


def _majority(votes: Counter[str], names: Sequence[str]) -> str:
    """Return the most frequent label; ties go to the earlier one in the schema."""
    most = max(votes.values())
    return next(name for name in names if votes.get(name) == most)
