"""Wrong labels found from a cross-fitted model's probabilities: ours, cleanlab's order, and chance.

    python -m bench.quality.label_errors [--scale 0.1]

scikit-learn's digits with 2, 5 and 10 % of the labels changed to another one, 20 draws each: logistic regression on the
pixels, five folds, learns from the changed labels. And labelme (real pictures' features, 8 labels) with the majority of what
its crowd really said: errors are not made, they are the crowd's. Precision is that of the first as many items as there
are errors; found is the share of the errors among the first tenth. The peer gets the same probabilities, in an environment of its own: its
issues in the order of self-confidence, then all others by the same score.
"""

import subprocess
import tempfile
from pathlib import Path
from typing import Final

import numpy as np
from bench.measuring import Finding, options, report
from bench.quality.apart import installed
from bench.quality.crowd_sets import crowd_sets, folder
from bench.quality.model_in_loop import features_of
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from assay.core.ports.answers import Floats, Ints
from assay.core.review.label_errors import label_errors

DRAWS: Final = 20
SHARES: Final = (0.02, 0.05, 0.10)
FOLDS: Final = 5
VERSION: Final = "2.9.0"
SCRIPT: Final = """
import sys
import numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_self_confidence_for_each_label
data = np.load(sys.argv[1])
orders = []
for label, rows in zip(data["label"], data["rows"]):
    issue = find_label_issues(label, rows, n_jobs=1)
    score = get_self_confidence_for_each_label(label, rows)
    orders.append(np.lexsort((score, ~issue)))
np.save(sys.argv[2], np.array(orders))
"""


def main() -> None:
    given = options(__doc__)
    draws = max(2, round(DRAWS * given.scale))
    pixels, truth = load_digits(return_X_y=True)
    findings = []
    for share in SHARES:
        label = np.array([_changed(truth, share, seed) for seed in range(draws)])
        rows = np.array([_rows(pixels / 16.0, one, seed) for seed, one in enumerate(label)])
        findings.append(_finding(f"digits, {100 * share:.0f} % changed, {draws} draws", rows, label, truth))
        print(f"  {findings[-1]}", flush=True)
    crowd = _labelme()
    if crowd is None:
        print("  labelme is not here: not measured")
    else:
        features, truth, majority = crowd
        label = np.repeat(majority[None], min(draws, 3), axis=0)
        rows = np.array([_rows(features, one, seed) for seed, one in enumerate(label)])
        findings.append(_finding("labelme, majority of its crowd", rows, label, truth))
    report(given, findings)


def _finding(name: str, rows: Floats, label: Ints, truth: Ints) -> Finding:
    wrong = label != truth
    ours = np.array([label_errors(*one).order() for one in zip(rows, label, strict=True)])
    peer = _peer(rows, label)
    mine, theirs = _figures(ours, wrong), None if peer is None else _figures(peer, wrong)
    chance = f"by chance {100 * wrong.mean():.1f} % and 10 %"
    beside = (
        "cleanlab did not run"
        if theirs is None
        else f"cleanlab {100 * theirs[0]:.1f} % and {100 * theirs[1]:.1f} %"
    )
    return Finding(
        f"Wrong labels, {name}: precision at their number, and share found in the first tenth",
        "cleanlab's less 0.5 points at least" if theirs is not None else "above chance",
        f"{100 * mine[0]:.1f} % and {100 * mine[1]:.1f} % ({beside}; {chance})",
        mine[0] > wrong.mean()
        and (theirs is None or (mine[0] >= theirs[0] - 0.005 and mine[1] >= theirs[1] - 0.005)),
    )


def _figures(orders: Ints, wrong: NDArray[np.bool_]) -> tuple[float, float]:
    """Return precision at the number of errors, and the share of errors in the first tenth; means of the draws."""
    found = []
    for order, bad in zip(orders, wrong, strict=True):
        first = bad[order]
        many = int(bad.sum())
        found.append((first[:many].mean(), first[: round(0.1 * len(first))].sum() / many))
    precision, share = np.mean(found, axis=0)
    return float(precision), float(share)


def _changed(truth: Ints, share: float, seed: int) -> Ints:
    dice = np.random.default_rng(seed)
    label: Ints = truth.astype(np.int64).copy()
    wrong = dice.choice(len(truth), round(share * len(truth)), replace=False)
    labels = int(truth.max()) + 1
    label[wrong] = (label[wrong] + dice.integers(1, labels, len(wrong))) % labels
    return label


def _rows(features: Floats, label: Ints, seed: int) -> Floats:
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
    model = LogisticRegression(max_iter=1_000)
    rows: Floats = cross_val_predict(model, features, label, cv=folds, method="predict_proba")
    return rows


def _labelme() -> tuple[Floats, Ints, Ints] | None:
    """Return features, truth and the majority's labels of labelme's items that have all three."""
    place = folder()
    if place is None:
        return None
    found = [one for one in crowd_sets(place) if one.name == "labelme"]
    if not found:
        return None
    one = found[0]
    place_of = {name: position for position, name in enumerate(one.schema.names)}
    votes = np.zeros((one.table.items, len(place_of)))
    np.add.at(votes, (one.table.item, [place_of[value] for value in one.table.value]), 1.0)
    truth = np.array([place_of[label] for label in one.truth if label is not None], dtype=np.int64)
    return features_of(place, "labelme")[one.scored], truth, votes.argmax(axis=1)[one.scored]


def _peer(rows: Floats, label: Ints) -> Ints | None:
    program = installed(f"cleanlab-{VERSION}", needs=(f"cleanlab=={VERSION}",))
    if program is None:
        return None
    with tempfile.TemporaryDirectory() as scratch:
        told, found = Path(scratch) / "rows.npz", Path(scratch) / "orders.npy"
        np.savez(told, rows=rows, label=label)
        subprocess.run([program, "-W", "ignore", "-c", SCRIPT, told, found], check=True)
        orders: Ints = np.load(found)
        return orders


if __name__ == "__main__":
    main()
