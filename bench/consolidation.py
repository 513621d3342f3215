"""Consolidation of 1 M items with 5 answers each, beside a plain NumPy Dawid-Skene EM in the same run.

    python -m bench.consolidation [--scale 0.1]

Ours is the task type's `fit` and `consensus`, from answers as text to labels as text. The peer starts from
numbers and runs as many EM steps over `bincount`s, without priors, pooling or a consensus at the end.
"""

import numpy as np
from bench.measuring import Finding, Measured, apart, measure, options, report

from assay.core.consolidation.dawid_skene import DEFAULTS
from assay.core.labels import LabelClass, LabelSchema
from assay.core.ports import AnswerTable
from assay.tasktypes import TASK_TYPES

ITEMS, EACH, PEOPLE = 1_000_000, 5, 500
NAMES = ("cat", "dog", "hen", "owl")
MOST = 3.0
"""Our own aim: text, priors and consensus included, no more than three times the bare iterations."""


def main() -> None:
    given = options(__doc__)
    items = int(ITEMS * given.scale)
    ours: Measured = apart(fit_and_consensus, items)
    raw: Measured = apart(plain_em, items)
    ratio = ours.cpu / raw.cpu
    report(
        given,
        [
            Finding(
                f"Consolidation of {items:,} items x {EACH} answers against plain NumPy EM",
                f"<= {MOST}x",
                f"{ratio:.2f}x ({ours.cpu:.1f} s and + {ours.growth:.0f} MiB against {raw.cpu:.1f} s and"
                f" + {raw.growth:.0f} MiB; right {ours.result:.4f} against {raw.result:.4f})",
                ratio <= MOST,
            )
        ],
    )


def fit_and_consensus(items: int) -> Measured:
    item, person, label, truth = _crowd(items)
    names = np.array(NAMES, dtype=object)
    table = AnswerTable(item, person, names[label].tolist(), items, PEOPLE)
    task, schema = TASK_TYPES.get("classification"), LabelSchema(tuple(LabelClass(name) for name in NAMES))
    known = [None] * items

    def work() -> list[str]:
        return list(task.fit(table, schema=schema, known=known).consensus(table).value)

    found = measure(work)
    right = float(np.mean(np.array(found.result, dtype=object) == names[truth]))
    return Measured(found.cpu, found.wall, found.growth, right)


def plain_em(items: int) -> Measured:
    item, person, label, truth = _crowd(items)
    K = len(NAMES)

    def work() -> np.ndarray:
        votes = np.bincount(item * K + label, minlength=items * K).reshape(items, K)
        belief = votes / votes.sum(axis=1, keepdims=True)
        for _ in range(DEFAULTS.iterations):
            theta = np.empty((PEOPLE, K, K))
            for k in range(K):
                counts = np.bincount(person * K + label, weights=belief[item, k], minlength=PEOPLE * K)
                theta[:, k] = counts.reshape(PEOPLE, K)
            theta /= theta.sum(axis=2, keepdims=True) + 1e-9
            logs, shares = np.log(theta + 1e-9), np.log(belief.mean(axis=0))
            for k in range(K):
                belief[:, k] = shares[k] + np.bincount(item, weights=logs[person, k, label], minlength=items)
            belief = np.exp(belief - belief.max(axis=1, keepdims=True))
            belief /= belief.sum(axis=1, keepdims=True)
        return belief.argmax(axis=1)

    found = measure(work)
    return Measured(found.cpu, found.wall, found.growth, float(np.mean(found.result == truth)))


def _crowd(items: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    dice = np.random.default_rng(1)
    truth = dice.integers(len(NAMES), size=items)
    item = np.repeat(np.arange(items), EACH)
    person = dice.integers(PEOPLE, size=items * EACH)
    right = dice.random(items * EACH) < 0.6 + 0.35 * person / PEOPLE
    label = np.where(right, truth[item], dice.integers(len(NAMES), size=items * EACH))
    return item, person, label, truth


if __name__ == "__main__":
    main()
