"""A model that learns with the people: labelme's crowd with the features of its pictures, no truth used.

    python -m bench.quality.model_in_loop [--scale 0.1]

Ours is what the pipeline does: `learn_with_model` alternates people and the pre-labeller's model, then the
task type's `fit` and `consensus` hear its rows. Figures are means over 20 draws of answers and folds: all
answers (2.5 an image), and 1.5 an image, every image keeping one. Beside it stand majority (expected over ties), Dawid-Skene
alone, one pass (a model taught by people who learn nothing from it), and CROWDLAB with a model of the same
features taught by majority votes. The second set is sentpol with sentence embeddings.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from bench.measuring import Finding, options, report
from bench.quality.crowd_sets import CrowdSet, crowd_sets, folder
from bench.quality.crowdlab import crowdlab
from numpy.typing import NDArray

from assay.core.consolidation.methods.model_in_loop import learn_with_model
from assay.core.consolidation.values.choices import to_choices
from assay.core.ports.answers import AnswerTable, Floats, Ints
from assay.core.ports.models import Prelabeller
from assay.providers.prelabel import PRELABELLERS
from assay.service.intake.answer_files import read_answers
from assay.service.pipeline.stages.prelabel import FOLDS
from assay.tasktypes import TASK_TYPES

DRAWS = 20
TARGETS = {("labelme", None): 0.87, ("labelme", 1.5): 0.82}
CASES: tuple[tuple[str, float | None], ...] = (
    ("labelme", None),
    ("labelme", 1.5),
    ("sentpol", None),
    ("sentpol", 1.5),
)
METHODS = ("ours", "majority", "Dawid-Skene", "one pass", "CROWDLAB")


def main() -> None:
    given = options(__doc__)
    place = folder()
    if place is None:
        print("the recorded sets are not here: nothing is measured")
        return
    draws = max(2, round(DRAWS * given.scale))
    sets = {one.name: one for one in crowd_sets(place) if one.name in {name for name, _ in CASES}}
    findings = []
    for name, each in CASES:
        features = features_of(place, name)
        found = np.array([_accuracies(sets[name], features, each=each, seed=seed) for seed in range(draws)])
        mean = dict(zip(METHODS, found.mean(axis=0).tolist(), strict=True))
        answers = "all answers" if each is None else f"{each:g} answers an item"
        beside = ", ".join(
            f"{method} {100 * mean[method]:.1f}" for method in METHODS[1:] if np.isfinite(mean[method])
        )
        target = TARGETS.get((name, each))
        findings.append(
            Finding(
                what=f"right with a model in the loop, {name}, {answers}",
                target="Dawid-Skene alone" if target is None else f">= {100 * target:g} %",
                measured=f"{100 * mean['ours']:.1f} % ({beside})",
                met=mean["ours"] >= (mean["Dawid-Skene"] if target is None else target),
            )
        )
        print(f"  {findings[-1].what}: {findings[-1].measured}", flush=True)
    report(given, findings)


def features_of(place: Path, name: str) -> NDArray[np.float32]:
    """Return what a network saw in each item, in the order of the answers' items, shape (items, d)."""
    stored = np.load(place / name / "features.npz")["features"].astype(np.float32)
    recorded = read_answers(next(place.joinpath(name).glob("answers.csv*")))
    # Row k belongs to the item called i<k>.
    return np.asarray(stored[[int(key[1:]) for key in recorded.items]])


def learner() -> Prelabeller:
    """Return the model that learns from embeddings."""
    return PRELABELLERS.get("image_embeddings")


def _accuracies(
    one: CrowdSet, features: NDArray[np.float32], *, each: float | None, seed: int
) -> tuple[float, ...]:
    """Return the share right by each of `METHODS`; NaN where a method is not there."""
    dice = np.random.default_rng(seed)
    table = one.table if each is None else thinned(one.table, each=each, dice=dice)
    fold = dice.integers(0, FOLDS, table.items)
    shown = CrowdSet(one.name, table, one.truth, one.schema)
    task = TASK_TYPES.get("classification")
    nothing: list[str | None] = [None] * table.items

    def right(prior: Floats | None) -> float:
        people = task.fit(table, schema=one.schema, known=nothing, prior=prior)
        return float(one.right(people.consensus(table, prior=prior).value)[one.scored].mean())

    passes = (
        learn_with_model(
            table,
            features=features,
            task=task,
            schema=one.schema,
            known=nothing,
            model=learner(),
            fold=fold,
            rounds=rounds,
        )
        for rounds in (1, 5)
    )
    single, ours = (right(rows) for rows in passes)
    return (
        ours,
        float(shown.majority()[one.scored].mean()),
        right(None),
        single,
        _peer(shown, features, fold=fold),
    )


def _peer(one: CrowdSet, features: NDArray[np.float32], *, fold: Ints) -> float:
    """Return CROWDLAB's share right; NaN where it cannot be installed."""
    choices = to_choices(one.table, names=one.schema.names)
    votes = np.zeros((choices.items, choices.classes))
    np.add.at(votes, (choices.item, choices.label), 1.0)
    soft = np.eye(choices.classes)[votes.argmax(axis=1)]
    rows = learner().predict(features, soft=soft, answered=votes.any(axis=1), fold=fold)
    labels = crowdlab(one.table, names=one.schema.names, rows=rows)
    if labels is None:
        return float("nan")
    return float(one.right([one.schema.names[label] for label in labels.tolist()])[one.scored].mean())


def thinned(table: AnswerTable, *, each: float, dice: np.random.Generator) -> AnswerTable:
    """Keep so many answers an item on average: one of each, and further ones by chance."""
    kept = np.sort(list(_kept(table, each=each, dice=dice)))
    values = [table.value[row] for row in kept.tolist()]
    return AnswerTable(table.item[kept], table.person[kept], values, table.items, table.people)


def _kept(table: AnswerTable, *, each: float, dice: np.random.Generator) -> Iterator[int]:
    order = dice.permutation(len(table.item))
    _, first = np.unique(table.item[order], return_index=True)
    yield from order[first].tolist()
    others = np.delete(order, first)
    yield from others[: max(0, round(each * table.items) - len(first))].tolist()


if __name__ == "__main__":
    main()
