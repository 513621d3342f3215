"""Would more data help? The learning curve of the project's own model on what is delivered."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core import chance
from assay.core.ports.answers import Ints
from assay.core.ports.task_type import Rows
from assay.core.quality.learning_curve import LEAST_ITEMS, LearningCurve, learning_curve
from assay.service.delivery.documents.document_facts import MoreData
from assay.service.figures_in_words import many, share
from assay.service.intake.earlier_labels_and_models import learner_of
from assay.service.working_set.batch_at_hand import Work
from assay.store.items import items, model_proposals

MOST_LEARNT: Final = 1_500
"""Items that the curve is measured on at most: what a report may take."""


def more_data(work: Work) -> MoreData:
    """Return what a model trained on parts of the delivered labels says about having more of them."""
    model = learner_of(work.intake)
    if model is None:
        return _unknown("no model that learns from these items takes part")
    if work.task.rows is not Rows.ONE:
        return _unknown("the model is judged on one label an item, and here an item may have several")
    place = {name: position for position, name in enumerate(work.intake.schema.names)}
    labelled = [row for row in items.all_items(work.batch) if row.label in place]
    order = chance.order(work.project.seed, "learning curve", [row.key for row in labelled])[:MOST_LEARNT]
    rows = sorted((labelled[position] for position in order), key=lambda row: row.id)
    stored = model_proposals.features_of([row.id for row in rows])
    rows = [row for row in rows if stored.get(row.id)]
    if len(rows) < LEAST_ITEMS:
        return _unknown(f"that takes {LEAST_ITEMS} labelled items that the model can read")
    features = np.stack([np.frombuffer(stored[row.id], dtype=np.float32) for row in rows])
    labels = np.array([place[row.label] for row in rows], dtype=np.int64)
    soft = np.eye(len(place))[labels]

    def predict(taught: NDArray[np.bool_], fold: Ints) -> Ints:
        found = model.predict(features, soft=soft, answered=taught, fold=fold, rows=work.task.rows)
        best: Ints = found.argmax(axis=1)
        return best

    curve = learning_curve(predict, labels=labels, seed=work.project.seed)
    if curve is None:
        return _unknown("all delivered labels are the same")
    return MoreData(
        sentence=_sentence(curve, model.name), points=tuple((p.items, p.error) for p in curve.points)
    )


def _unknown(why: str) -> MoreData:
    return MoreData(sentence=f"Whether more data would help cannot be said: {why}.")


def _sentence(curve: LearningCurve, model: str) -> str:
    last = curve.points[-1]
    if curve.low > 0.005:
        answer = "More data would help such a model"
    elif curve.high <= 0.01:
        answer = "More data would hardly help such a model"
    else:
        answer = "Whether more data would help such a model is uncertain"
    return (
        f"{answer}: {model}, trained on {many(last.items, 'label')}, is right about {share(1.0 - last.error)} of items that"
        f" it has not seen; with twice as many labels about {100 * curve.gain:.1f} points more"
        f" ({100 * curve.low:.1f} to {100 * curve.high:.1f}) are expected."
    )
