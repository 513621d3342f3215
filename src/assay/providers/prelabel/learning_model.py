"""What the pre-labellers that learn have in common: logistic regression on features, cross-fitted and calibrated.

An item's row always comes from a model that has not seen the item's own answers, so that the model can
stand beside the people's answers as one more prior without repeating them. An item without answers has its row
from a model of all answered ones.

Features come as they are, as directions of one length (an embedding says by its angle what it saw), or as
nearness to other items; and labels are clean or doubtful. Which view of the features and which strength fit here
is what cross-fitted rows say by their log loss.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from assay.core.ports.answers import Floats, Ints
from assay.core.ports.task_type import Rows

MOST_CERTAIN: Final = 0.98
LEAST_PER_CLASS: Final = 3
LEAST_ANSWERED: Final = 20
"""Below this many answered items the temperature would rest on luck."""

STRENGTHS: Final = (1.0, 10.0)
"""Multiples of a member's strength: where people err, a model that follows every label repeats their errors."""

COMPARED: Final = 1_500
"""Views and strengths are compared on so many answered items at most."""

LANDMARKS: Final = 600
"""So many items say what nearness is."""

_TOGETHER: Final = 10_000
"""Items whose nearness is computed at once, which bounds the memory."""

SURPRISE: Final = 0.02
"""What is always left for the classes' own shares, so that no class is ruled out."""

LEAST_WEIGHT: Final = 0.02
_Bools = NDArray[np.bool_]


class LearningModel:
    """A pre-labeller that learns from features: a member says what they are and how they are weighed.

    Attributes:
        auto: whether it is used where the intake names no model.
        directions: how many principal directions of the features are kept at most.
        strength: C of the logistic regression, or a tenth of it: small, because answers are few and
            features many.
    """

    directions: int
    strength: float
    auto = True

    def check_installed(self) -> None:
        """Do nothing: all that is needed is always there."""

    def predict(
        self,
        features: NDArray[np.float32],
        *,
        soft: Floats,
        answered: _Bools,
        fold: Ints,
        rows: Rows = Rows.ONE,
    ) -> Floats:
        """Return calibrated label probabilities, shape (items, labels): see `learnt_rows`."""
        return learnt_rows(
            features,
            soft=soft,
            answered=answered,
            fold=fold,
            rows=rows,
            directions=self.directions,
            strength=self.strength,
        )


def learnt_rows(
    features: NDArray[np.float32],
    *,
    soft: Floats,
    answered: _Bools,
    fold: Ints,
    rows: Rows,
    directions: int,
    strength: float,
) -> Floats:
    """Return calibrated label probabilities, shape (items, labels); none is above 0.98.

    Where one label is right, every row is uniform while too little is answered: fewer than two labels
    seen, or fewer than three answered items for each label seen, or fewer than twenty in all. A row of
    features with a NaN gets a uniform row. Where each label is right by itself, each is learnt by itself as
    a question of yes and no, and its uniform row is 0.5.
    The same arguments give the same bytes: one thread adds the numbers up in one order.

    Args:
        features: shape (items, d).
        soft: shape (items, labels), what people's answers say; read where `answered`.
        answered: shape (items,).
        fold: shape (items,), the cross-fitting fold of each item.
        rows: what a row of probabilities means.
        directions: how many principal directions of the features are kept at most.
        strength: C of the logistic regression: small, because answers are few and features many.
    """
    readable: _Bools = np.asarray(np.isfinite(features).all(axis=1))
    known = answered & readable
    learner = _Learner(known=known, readable=readable, fold=fold, strength=strength)
    with threadpool_limits(limits=1):
        views = _views(features, readable, most=directions) if known.any() else ()
        if rows is Rows.ONE:
            return learner.rows(views, soft)
        each = [learner.rows(views, np.column_stack([1.0 - column, column]))[:, 1] for column in soft.T]
    return np.column_stack(each) if each else np.zeros(soft.shape)


@dataclass(frozen=True, slots=True)
class _Learner:
    """Which items are known and readable, their folds, and how strongly the model is held back."""

    known: _Bools
    readable: _Bools
    fold: Ints
    strength: float

    def rows(self, views: Sequence[Floats], soft: Floats) -> Floats:
        """Return label probabilities where exactly one label is right, shape (items, labels)."""
        items, classes = soft.shape
        known = self.known
        even = np.full((items, classes), 1.0 / max(classes, 1))
        seen = np.unique(soft[known].argmax(axis=1)) if known.any() else np.zeros(0, dtype=np.int64)
        if len(seen) < 2 or known.sum() < max(LEAST_ANSWERED, LEAST_PER_CLASS * len(seen)):
            return even
        inputs, strength = self._fitting(views, soft)
        scores = _cross_fit(inputs, soft=soft, known=known, fold=self.fold, strength=strength)
        heard = known & np.isfinite(scores).all(axis=1)
        temperature = _temperature(scores[heard], soft[heard]) if heard.any() else 1.0
        silent = self.readable & ~known
        scores[silent] = _scores(inputs[known], soft[known], wanted=inputs[silent], strength=strength)
        spoken = self.readable & np.isfinite(scores).all(axis=1)
        share = (soft[known].sum(axis=0) + 1.0) / (known.sum() + classes)
        found = np.exp(log_softmax(scores[spoken] / temperature, axis=1))
        even[spoken] = _capped((1.0 - SURPRISE) * found + SURPRISE * share)
        return even

    def _fitting(self, views: Sequence[Floats], soft: Floats) -> tuple[Floats, float]:
        """Return the view and the strength whose cross-fitted rows have the least log loss.

        A later candidate must be better by more than the standard error of the difference: in doubt the
        features stay as they are and the model is held back (Breiman, Friedman, Olshen and Stone,
        "Classification and regression trees", 1984, section 3.4.3).
        """
        positions = np.flatnonzero(self.known)
        some = positions[:: max(1, -(-len(positions) // COMPARED))]
        whole = np.ones(len(some), dtype=np.bool_)
        best, least = (views[0], self.strength), np.full(len(some), np.inf)
        for times in STRENGTHS:
            for view in views:
                strength = times * self.strength
                scores = _cross_fit(
                    view[some], soft=soft[some], known=whole, fold=self.fold[some], strength=strength
                )
                losses = _losses(scores, soft[some])
                if losses is not None and (np.isinf(least).any() or _clearly_less(losses, least)):
                    best, least = (view, strength), losses
        return best


def _views(features: NDArray[np.float32], readable: _Bools, *, most: int) -> tuple[Floats, Floats, Floats]:
    """Return principal directions of the features; labels play no part, so all items may.

    The first view has features of equal variance, the second has items of equal length, the third has what is
    near in the second (a kernel). Each has shape (items, at most `most`), of unit variance on the average
    direction.
    """
    used = features[readable].astype(np.float64)
    angle = used / np.maximum(np.linalg.norm(used, axis=1, keepdims=True), 1e-9)
    near = _kernel(angle, most=most)
    used -= used.mean(axis=0)
    used /= np.maximum(used.std(axis=0), 0.02)
    angle -= angle.mean(axis=0)
    near -= near.mean(axis=0)
    first, second, third = (_directions(centred, readable, most=most) for centred in (used, angle, near))
    return first, second, third


def _kernel(rows: Floats, *, most: int) -> Floats:
    """Return the leading features of exp(-2 d^2 / median d^2), shape (rows, at most `most`).

    Williams and Seeger, "Using the Nystroem method to speed up kernel machines" (NIPS 2000): K(rows, landmarks)
    times the eigenvectors of K(landmarks, landmarks), each divided by the root of its eigenvalue.
    """
    landmarks = rows[:: max(1, -(-len(rows) // LANDMARKS))]

    def squares(some: Floats) -> Floats:
        far: Floats = (some**2).sum(axis=1)[:, None] + (landmarks**2).sum(axis=1) - 2.0 * some @ landmarks.T
        return far

    between = squares(landmarks)
    width = max(float(np.median(between)) / 2.0, 1e-9)
    values, vectors = np.linalg.eigh(np.exp(-between / width))
    kept = vectors[:, ::-1][:, :most] / np.sqrt(np.maximum(values[::-1][:most], 1e-6))
    parts = [rows[start : start + _TOGETHER] for start in range(0, len(rows), _TOGETHER)]
    return np.concatenate([np.exp(-squares(part) / width) @ kept for part in parts])


def _directions(centred: Floats, readable: _Bools, *, most: int) -> Floats:
    """Keep the principal directions, shape (items, at most `most`); items that cannot be read are 0."""
    values, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    kept = vectors[:, ::-1][:, :most]
    # The sign of an eigenvector is arbitrary: its largest entry is made positive.
    kept = kept * np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])])
    scale = np.sqrt(max(float(values[::-1][:most].mean()), 1e-9))
    inputs = np.zeros((len(readable), kept.shape[1]))
    inputs[readable] = centred @ kept / scale
    return inputs


def _cross_fit(inputs: Floats, *, soft: Floats, known: _Bools, fold: Ints, strength: float) -> Floats:
    """Return scores, shape (items, classes): each fold's from a model fitted on the other folds."""
    scores = np.full(soft.shape, np.nan)
    for which in np.unique(fold):
        held = fold == which
        scores[held] = _scores(
            inputs[known & ~held], soft[known & ~held], wanted=inputs[held], strength=strength
        )
    return scores


def _scores(inputs: Floats, soft: Floats, *, wanted: Floats, strength: float) -> Floats:
    """Fit on soft labels, each an item repeated per class with its probability as the weight."""
    row, label = np.nonzero(soft >= LEAST_WEIGHT)
    scores = np.full((len(wanted), soft.shape[1]), np.nan)
    if len(np.unique(label)) < 2 or not len(wanted):
        return scores
    model = LogisticRegression(C=strength, max_iter=60, tol=1e-3)
    with warnings.catch_warnings():
        # Stopping after 60 steps only regularises a little more.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(inputs[row], label, sample_weight=soft[row, label])
    found = model.decision_function(wanted)
    if found.ndim == 1:  # two classes have one score between them
        found = np.stack([np.zeros(len(found)), found], axis=1)
    # A class that this model has not met scores low, not never; SURPRISE gives it its share.
    scores[:] = found.min(axis=1, keepdims=True) - 3.0
    scores[:, model.classes_] = found
    return scores


def _losses(scores: Floats, soft: Floats) -> Floats | None:
    """Return every item's expected log loss at the best temperature; None where something has no score."""
    if not np.isfinite(scores).all():
        return None
    return -np.asarray((soft * log_softmax(scores / _temperature(scores, soft), axis=1)).sum(axis=1))


def _clearly_less(losses: Floats, least: Floats) -> bool:
    """Say whether losses are smaller by more than the standard error of the paired difference."""
    gain = least - losses
    return float(gain.mean()) > float(gain.std() / np.sqrt(len(gain)))


def _temperature(scores: Floats, soft: Floats) -> float:
    """Return T > 0 that minimises the expected log loss of softmax(scores / T).

    Guo et al., "On calibration of modern neural networks" (ICML 2017), section 4.2.
    """

    def loss(log_temperature: float) -> float:
        return -float((soft * log_softmax(scores / np.exp(log_temperature), axis=1)).sum(axis=1).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded").x))


def _capped(rows: Floats) -> Floats:
    """Take what is above MOST_CERTAIN from the most likely class and give it to the others, evenly scaled."""
    top = rows.argmax(axis=1)
    every = np.arange(len(rows))
    highest = rows[every, top]
    over = highest > MOST_CERTAIN
    scaled = rows * ((1.0 - MOST_CERTAIN) / np.maximum(1.0 - highest, 1e-12))[:, None]
    scaled[every, top] = MOST_CERTAIN
    return np.where(over[:, None], scaled, rows)
