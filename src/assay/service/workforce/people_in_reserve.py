"""The reserve: whose answers tell so much less than those of the best that others go first while they are at work."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.ports.answers import AnswerTable, Consolidator, Floats, KnowsRows
from assay.core.workforce.whom_to_ask import FAIR, information, reserve
from assay.service.quality.plan_and_quote import is_late
from assay.service.working_set.batch_at_hand import Work
from assay.store.labelling.project_people import PersonRow

_LEAST_LOSS: Final = 0.05
_MOST_ITEMS: Final = 500
_MOST_CELLS: Final = 20_000_000
"""So many open items are looked at, or as many as make so many products of people and pairs of labels."""


def reserve_of(
    work: Work,
    everybody: Sequence[PersonRow],
    *,
    model: Consolidator,
    table: AnswerTable,
    prior: Floats | None,
    still_open: NDArray[np.bool_],
) -> set[int] | None:
    """Return the ids of the people who are of the reserve; None where no item is open, and everything stays as it is.

    Recorded people are asked, not served (`labelling.route_recorded_people`): none of them waits. Where the plan ends after its date
    nobody does.

    Args:
        work: the batch.
        everybody: its people, in the order of the table's, behind whatever suggests labels.
        model: of people, just learnt.
        table: all answers that are heard.
        prior: shape (items, labels), the model's rows that it was learnt with.
        still_open: shape (items,), which items still want an answer.
    """
    if work.intake.workforce.kind == "recorded" or is_late(work):
        return set()
    if not still_open.any():
        return None
    able = np.array(
        [person.state == "active" and not person.is_expert for person in everybody], dtype=np.bool_
    )
    worth = worth_of(model, table=table, prior=prior, still_open=still_open)
    found = reserve(
        worth, pay=np.ones(len(everybody)), able=able, fairness=replace(FAIR, most=work.limits.exposure)
    )
    return {everybody[place].id for place in np.flatnonzero(found).tolist()}


def worth_of(
    model: Consolidator,
    *,
    table: AnswerTable,
    prior: Floats | None,
    still_open: NDArray[np.bool_],
) -> Floats:
    """Return what an answer of each tells about an open item, shape (people,).

    In nats, where the model knows rows and says how likely each label is. Elsewhere it is the precision of their answers,
    one over the square of their mean loss: of so many answers with independent errors the mean is as good.
    """
    rows = model.rows_of_people()[len(table.models) :] if isinstance(model, KnowsRows) else None
    belief: Floats | None = None
    if rows is not None:
        most = max(1, min(_MOST_ITEMS, _MOST_CELLS // max(rows.size, 1)))
        places = np.flatnonzero(still_open)
        some = places[np.linspace(0, len(places) - 1, min(most, len(places))).astype(np.int64)]
        belief = model.posteriors(_only(table, some), prior=None if prior is None else prior[some])
    if rows is None or belief is None:
        loss = 1.0 - model.skill()[len(table.models) :]
        return np.asarray(np.maximum(loss, _LEAST_LOSS) ** -2.0)
    return np.array([information(belief, each[None]).mean() for each in rows])


def _only(table: AnswerTable, places: NDArray[np.int64]) -> AnswerTable:
    """Return the answers to these items alone, which become items 0, 1, ... in their order."""
    new = np.full(table.items, -1, dtype=np.int64)
    new[places] = np.arange(len(places))
    kept = np.flatnonzero(new[table.item] >= 0)
    return replace(
        table,
        item=new[table.item[kept]],
        person=table.person[kept],
        value=[table.value[place] for place in kept.tolist()],
        items=len(places),
    )
