"""What other batches of a project teach about its people and models: their known items, and what was said of them.

Known are control items, and items that an audit drew: both were drawn at random in their batch, so what people said of
them is a fair sample of how they answer. Items that experts saw because they looked risky are none of these.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from assay.core.ports.answers import AnswerTable, Floats
from assay.service.intake.earlier_labels_and_models import sources
from assay.service.quality.calibrated_consensus import columns
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.label_queues import LABEL_QUEUES
from assay.service.working_set.texts_as_now import always_as_now
from assay.store.items import items, model_proposals
from assay.store.labelling import answers_and_pay_ledger
from assay.store.labelling.project_people import PersonRow


@dataclass(frozen=True, slots=True)
class KnownElsewhere:
    """Known items of a project's other batches, answers to them as (item, person, value), and what models proposed for them."""

    rows: Sequence[items.ItemRow] = ()
    answers: Sequence[tuple[int, int, str]] = ()
    suggested: Sequence[tuple[int, int, str]] = ()

    @property
    def labels(self) -> list[str | None]:
        """What they are, in their order."""
        return [row.label for row in self.rows]


NOTHING: Final = KnownElsewhere()


def known_elsewhere(work: Work) -> KnownElsewhere:
    """Return what the project's other batches teach."""
    rows = items.known_of_other_batches(work.project.id, but=work.batch.id)
    if not rows:
        return NOTHING
    ids = [row.id for row in rows]
    found = KnownElsewhere(
        rows=rows,
        answers=[
            (answer.item, answer.person, answer.value)
            for answer in answers_and_pay_ledger.answers_of(ids, queues=LABEL_QUEUES)
        ],
        suggested=model_proposals.suggestions(ids) if sources(work.intake) else (),
    )
    return found if work.project.newest == 1 else _as_now(work, found)


def _as_now(work: Work, found: KnownElsewhere) -> KnownElsewhere:
    """Return it in the version that the batch is read in: others may be frozen under an older one, or ahead of it."""
    now = always_as_now(work.task, work.intake.schema)
    rows = [replace(row, label=label) for row in found.rows if (label := now(row.label)) is not None]
    known = {row.id for row in rows}

    def read(said: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
        return [
            (item, who, label)
            for item, who, text in said
            if item in known and (label := now(text)) is not None
        ]

    return KnownElsewhere(rows=rows, answers=read(found.answers), suggested=read(found.suggested))


def with_known_elsewhere(
    work: Work,
    other: KnownElsewhere,
    *,
    answers: Sequence[tuple[int, int, str]],
    suggested: Sequence[tuple[int, int, str]],
    items_in_order: Sequence[int],
    people: Sequence[PersonRow],
) -> AnswerTable:
    """Return a batch's answers as columns, with those to known items of other batches behind its own items."""
    return columns(
        work,
        [*answers, *other.answers],
        suggested=[*suggested, *other.suggested],
        items_in_order=[*items_in_order, *(row.id for row in other.rows)],
        people=people,
    )


def no_prior_elsewhere(prior: Floats | None, other: KnownElsewhere) -> Floats | None:
    """Return a learning model's rows with unknown ones for items of other batches: another model spoke of those."""
    if prior is None or not other.rows:
        return prior
    return np.vstack([prior, np.full((len(other.rows), prior.shape[1]), np.nan)])
