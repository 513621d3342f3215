"""Confident learning: bars by class, the confident joint, and the order in which labels are looked at."""

import subprocess

import numpy as np
import pytest
from bench.quality.apart import installed
from bench.quality.label_errors import VERSION
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from assay.core.review.label_errors import label_errors


@st.composite
def labelled_rows(draw):
    """Rows whose probabilities are all different, so that no order hangs on equals."""
    dice = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    labels, items = draw(st.integers(2, 5)), draw(st.integers(1, 40))
    return dice.dirichlet(np.full(labels, 0.4), size=items), dice.integers(0, labels, size=items)


def test_a_hand_example():
    rows = np.array([[0.9, 0.1], [0.7, 0.3], [0.2, 0.8], [0.1, 0.9], [0.45, 0.55], [0.8, 0.2]])
    label = np.array([0, 0, 0, 1, 1, 1])
    found = label_errors(rows, label)
    # The bars: (0.9 + 0.7 + 0.2) / 3 and (0.9 + 0.55 + 0.2) / 3.
    assert found.threshold == pytest.approx([0.6, 0.55])
    assert found.better.tolist() == [0, 0, 1, 1, 1, 0]
    assert found.suspect.tolist() == [False, False, True, False, False, True]
    assert found.margin == pytest.approx([0.8, 0.4, -0.6, 0.8, 0.1, -0.6])
    assert found.joint == pytest.approx(np.array([[2, 1], [1, 2]]) / 6)
    assert found.errors == pytest.approx(1 / 3)
    assert found.order().tolist() == [2, 5, 4, 1, 0, 3]


def test_a_class_that_the_model_is_unsure_of_has_a_lower_bar():
    # Class 0 is hard: 0.4 is what it usually gets, so an item of class 1 with 0.45 for class 0 is a suspect.
    rows = np.array([[0.4, 0.3, 0.3]] * 4 + [[0.0, 1.0, 0.0]] * 4 + [[0.45, 0.25, 0.3]])
    label = np.array([0] * 4 + [1] * 4 + [1])
    found = label_errors(rows, label)
    assert found.suspect.tolist() == [False] * 8 + [True]
    assert found.order()[0] == 8


def test_a_label_that_no_item_has_is_believed_where_the_model_is_certain_alone():
    found = label_errors(np.array([[0.5, 0.5], [0.4, 0.6], [0.0, 1.0]]), np.array([0, 0, 0]))
    assert found.suspect.tolist() == [False, False, True]
    assert found.joint.sum() == pytest.approx(1.0)


@given(labelled_rows())
def test_the_joint_holds_every_item_once_and_keeps_the_shares_of_the_labels(given_rows):
    rows, label = given_rows
    joint = label_errors(rows, label).joint
    assert joint.sum(axis=1) == pytest.approx(np.bincount(label, minlength=rows.shape[1]) / len(label))
    assert (joint >= 0.0).all()


@given(labelled_rows())
def test_the_models_sure_class_is_the_safest_label_an_item_can_have(given_rows):
    rows, label = given_rows
    rows[0] = np.eye(rows.shape[1])[label[0]]
    found = label_errors(rows, label)
    assert not found.suspect[0]
    assert found.margin[0] == 1.0 == found.margin.max()


@given(labelled_rows(), st.randoms(use_true_random=False))
def test_the_order_of_items_does_not_matter(given_rows, dice):
    rows, label = given_rows
    shuffled = list(range(len(label)))
    dice.shuffle(shuffled)
    plain, mixed = label_errors(rows, label), label_errors(rows[shuffled], label[shuffled])
    assert mixed.margin.tolist() == plain.margin[shuffled].tolist()
    assert mixed.suspect.tolist() == plain.suspect[shuffled].tolist()
    assert np.array(shuffled)[mixed.order()].tolist() == plain.order().tolist()


@given(labelled_rows(), st.randoms(use_true_random=False))
def test_the_names_of_the_labels_do_not_matter(given_rows, dice):
    rows, label = given_rows
    column = list(range(rows.shape[1]))
    dice.shuffle(column)
    renamed = np.argsort(column)
    plain, other = label_errors(rows, label), label_errors(rows[:, column], renamed[label])
    assert other.suspect.tolist() == plain.suspect.tolist()
    assert other.margin.tolist() == plain.margin.tolist()
    assert other.better.tolist() == renamed[plain.better].tolist()
    assert other.joint == pytest.approx(plain.joint[np.ix_(column, column)])


def test_nothing_to_score_is_no_error():
    assert label_errors(np.zeros((0, 2)), np.zeros(0, dtype=np.int64)).errors == 0.0


@pytest.mark.parametrize(
    ("rows", "label"),
    [
        (np.ones((2, 2)), np.array([0])),
        (np.ones((1, 1)), np.array([0])),
        (np.ones((1, 2)), np.array([2])),
        (np.ones((1, 2)), np.array([-1])),
    ],
)
def test_what_does_not_fit_is_refused(rows, label):
    with pytest.raises(ValueError, match="label"):
        label_errors(rows, label)


def _flipped_digits():
    pixels, truth = load_digits(return_X_y=True)
    pixels, truth = pixels[:500] / 16, truth[:500]
    dice = np.random.default_rng(1)
    label = truth.copy()
    wrong = dice.choice(len(truth), 25, replace=False)
    label[wrong] = (label[wrong] + dice.integers(1, 10, len(wrong))) % 10
    rows = cross_val_predict(LogisticRegression(max_iter=500), pixels, label, cv=5, method="predict_proba")
    return rows, label, truth


def test_flipped_digits_are_found():
    rows, label, truth = _flipped_digits()
    first = label_errors(rows, label).order()[:25]
    assert (label != truth)[first].mean() >= 0.8


CLEANLAB = """
import sys
import numpy as np
from cleanlab.filter import find_label_issues
data = np.load(sys.argv[1])
np.save(sys.argv[2], find_label_issues(data["label"], data["rows"], filter_by="confident_learning", n_jobs=1))
"""


@pytest.mark.slow
def test_cleanlab_finds_the_same_suspects(tmp_path):
    rows, label, _ = _flipped_digits()
    np.savez(tmp_path / "given.npz", rows=rows, label=label)
    program = installed(f"cleanlab-{VERSION}", needs=(f"cleanlab=={VERSION}",))
    assert program is not None, "cleanlab could not be installed into an environment of its own"
    subprocess.run([program, "-c", CLEANLAB, tmp_path / "given.npz", tmp_path / "found.npy"], check=True)
    theirs = np.load(tmp_path / "found.npy")
    assert label_errors(rows, label).suspect.tolist() == theirs.tolist()
