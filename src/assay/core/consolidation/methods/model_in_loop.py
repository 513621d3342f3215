"""People and a pre-labelling model learn from one another: EM with a model of the items inside.

Raykar et al., "Learning from crowds" (JMLR 2010), section 2, with the maximisation over the model's weights
done by cross-fitting, and as in Branson, Van Horn and Perona, "Lean crowdsourcing: combining humans and
machines in an online system" (CVPR 2017). Symbols: T_i what is believed of item i's label, theta the people,
f_i the model's row for item i from a model that has not seen i's fold:

    f_i  = model trained on {(features_j, T_j): j answered, fold(j) != fold(i)}
    theta = people learnt from all answers with f as the items' prior
    T_i ~ f_i * prod over the item's answers of theta

Each pass teaches the model with labels that its own last rows made better. It ends early, when labels hardly
move or after `ROUNDS`: run further, model and people agree ever more about what both have wrong.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.labels.label_values import LabelSchema
from assay.core.ports.answers import AnswerTable, Floats, Ints
from assay.core.ports.models import Prelabeller
from assay.core.ports.task_type import TaskType

ROUNDS: Final = 5
STILL: Final = 0.01
"""Labels stand still when a pass moves less than one item in a hundred."""


def learn_with_model(
    table: AnswerTable,
    *,
    features: NDArray[np.float32],
    task: TaskType,
    schema: LabelSchema,
    known: Sequence[str | None],
    model: Prelabeller,
    fold: Ints,
    rounds: int = ROUNDS,
) -> Floats:
    """Return the model's row for every item, shape (items, labels), learnt together with the people.

    The people behind them are `task.fit(table, prior=rows)`.

    Args:
        table: the answers.
        features: shape (items, d), what the model sees; a row with a NaN cannot be read.
        task: a task type whose answers are labels (`rows` is not `Rows.NONE`).
        schema: the project's labels.
        known: length items, the known label or None.
        model: learns from labels as they come.
        fold: shape (items,), the cross-fitting fold of each item.
        rounds: passes at most; 1 is a model that learns from people who learn nothing from it.
    """
    answered: NDArray[np.bool_] = np.bincount(table.item, minlength=table.items) > 0
    answered |= np.array([label is not None for label in known], dtype=np.bool_)
    prior: Floats | None = None
    belief = _belief(table, task=task, schema=schema, known=known, prior=None)
    for turn in range(max(rounds, 1)):
        prior = model.predict(features, soft=belief, answered=answered, fold=fold, rows=task.rows)
        if turn + 1 == rounds:
            break
        fresh = _belief(table, task=task, schema=schema, known=known, prior=prior)
        moved = float(np.abs(fresh - belief)[answered].sum()) / (2.0 * max(int(answered.sum()), 1))
        belief = fresh
        if moved < STILL:
            break
    assert prior is not None
    return prior


def _belief(
    table: AnswerTable,
    *,
    task: TaskType,
    schema: LabelSchema,
    known: Sequence[str | None],
    prior: Floats | None,
) -> Floats:
    """Return what answers, and the model where it spoke, say of every item, shape (items, labels)."""
    people = task.fit(table, schema=schema, known=known, prior=prior)
    found = people.posteriors(table, prior=prior)
    assert found is not None, "a task type without rows has no model that learns"
    for item, label in enumerate(known):
        if label is not None:
            found[item] = task.row(task.parse(label, schema=schema), schema=schema)
    return found
