"""Logistic regression on plain picture features, cross-fitted and calibrated.

An item's row always comes from a model that has not seen the item's own answers, so that the model can
stand beside the people's answers as one more prior without repeating them.
"""

import warnings
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from assay.core.ports import Floats, Ints
from assay.providers.prelabel.image_features.features import picture_features

MOST_CERTAIN: Final = 0.98
LEAST_PER_CLASS: Final = 3
LEAST_ANSWERED: Final = 20
"""Below this many answered items the temperature would rest on luck."""

DIRECTIONS: Final = 96
STRENGTH: Final = 0.03
"""C of the logistic regression: small, because answers are few and features many."""

SURPRISE: Final = 0.02
"""What is always left for the classes' own shares, so that no class is ruled out."""

LEAST_WEIGHT: Final = 0.02
_Bools = NDArray[np.bool_]


class ImageFeatures:
    """Proposes labels for images; implements `core.ports.Prelabeller`."""

    name = "image_features"
    media = "image"

    def features(self, path: Path | None, text: str | None) -> NDArray[np.float32] | None:
        """Return one image's features, or None where there is no readable image."""
        del text
        return None if path is None else picture_features(path)

    def predict(self, features: NDArray[np.float32], *, soft: Floats, answered: _Bools, fold: Ints) -> Floats:
        """Return calibrated class probabilities, shape (items, classes); none is above 0.98.

        Every row is uniform while too little is answered: fewer than two classes seen, or fewer than
        three answered items for each class seen, or fewer than twenty in all. A row of features with
        a NaN gets a uniform row.
        The same arguments give the same bytes: one thread adds the numbers up in one order.
        """
        items, classes = soft.shape
        even = np.full((items, classes), 1.0 / max(classes, 1))
        readable: _Bools = np.asarray(np.isfinite(features).all(axis=1))
        known = answered & readable
        seen = np.unique(soft[known].argmax(axis=1)) if known.any() else np.zeros(0, dtype=np.int64)
        if len(seen) < 2 or known.sum() < max(LEAST_ANSWERED, LEAST_PER_CLASS * len(seen)):
            return even
        with threadpool_limits(limits=1):
            inputs = _directions(features, readable)
            scores = _cross_fit(inputs, soft=soft, known=known, fold=fold)
            heard = known & np.isfinite(scores).all(axis=1)
            temperature = _temperature(scores[heard], soft[heard]) if heard.any() else 1.0
        spoken = readable & np.isfinite(scores).all(axis=1)
        share = (soft[known].sum(axis=0) + 1.0) / (known.sum() + classes)
        found = np.exp(log_softmax(scores[spoken] / temperature, axis=1))
        even[spoken] = _capped((1.0 - SURPRISE) * found + SURPRISE * share)
        return even


def _directions(features: NDArray[np.float32], readable: _Bools) -> Floats:
    """Standardise, then keep the principal directions; labels play no part, so all items may.

    Returns shape (items, at most DIRECTIONS), of unit variance on the average direction.
    """
    used = features[readable].astype(np.float64)
    centred = (used - used.mean(axis=0)) / np.maximum(used.std(axis=0), 0.02)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    kept = vectors[:, ::-1][:, :DIRECTIONS]
    # The sign of an eigenvector is arbitrary: its largest entry is made positive.
    kept = kept * np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])])
    scale = np.sqrt(max(float(values[::-1][:DIRECTIONS].mean()), 1e-9))
    inputs = np.zeros((len(features), kept.shape[1]))
    inputs[readable] = centred @ kept / scale
    return inputs


def _cross_fit(inputs: Floats, *, soft: Floats, known: _Bools, fold: Ints) -> Floats:
    """Return scores, shape (items, classes): each fold's from a model fitted on the other folds."""
    scores = np.full(soft.shape, np.nan)
    for which in np.unique(fold):
        held = fold == which
        scores[held] = _scores(inputs[known & ~held], soft[known & ~held], wanted=inputs[held])
    return scores


def _scores(inputs: Floats, soft: Floats, *, wanted: Floats) -> Floats:
    """Fit on soft labels, each an item repeated per class with its probability as the weight."""
    row, label = np.nonzero(soft >= LEAST_WEIGHT)
    scores = np.full((len(wanted), soft.shape[1]), np.nan)
    if len(np.unique(label)) < 2:
        return scores
    model = LogisticRegression(C=STRENGTH, max_iter=60, tol=1e-3)
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


def _temperature(scores: Floats, soft: Floats) -> float:
    """Return T > 0 that minimises the expected log loss of softmax(scores / T) (Guo et al., ICML 2017)."""

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
