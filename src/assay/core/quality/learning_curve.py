"""Would more data help? How well a model trained on a part of the delivered labels does, and what doubling them would gain.

A model is trained on 1/8, 1/4, 1/2 and all of the labels, each time judged on items that it was not trained on; a
power law through the four errors (Hestness et al. 2017, "Deep learning scaling is predictable, empirically", eq. 1)
is read off at twice the labels.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core import chance
from assay.core.ports.answers import Floats, Ints

SHARES: Final = (0.125, 0.25, 0.5, 1.0)
FOLDS: Final = 5
DRAWN: Final = (3, 2, 1, 1)
"""How many parts of each share are drawn: a small part depends more on which items are in it."""

LEAST_ITEMS: Final = 160
"""Below this an eighth is twenty items, of which no model learns."""

RESAMPLES: Final = 200
_SLOPES = np.linspace(0.05, 1.5, 30)

Predict = Callable[[NDArray[np.bool_], Ints], Ints]
"""From which labels may be learnt, shape (items,), and each item's fold, to the label that a model which has not
seen the item's fold gives it, shape (items,), as a position."""


@dataclass(frozen=True, slots=True)
class Point:
    """A model trained on `items` labels is wrong about this share of other items."""

    items: int
    error: float


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """How the error falls with the labels, and what doubling them would gain.

    Attributes:
        points: from few labels to all of them.
        floor: a of error = a + b n^-c: what no number of labels would mend.
        scale: b.
        slope: c.
        gain: share of items by which the error would fall with twice the labels.
        low: lower end of its 90 % interval.
        high: its upper end.
    """

    points: tuple[Point, ...]
    floor: float
    scale: float
    slope: float
    gain: float
    low: float
    high: float


def learning_curve(predict: Predict, *, labels: Ints, seed: int) -> LearningCurve | None:
    """Return the curve of a model on these labels; None with fewer than 160 items or fewer than two labels.

    Args:
        predict: trains and predicts.
        labels: shape (items,), the delivered labels as positions.
        seed: of folds, parts and resamples.
    """
    count = len(labels)
    if count < LEAST_ITEMS or len(np.unique(labels)) < 2:
        return None
    dice = chance.generator(seed, "learning curve", "parts")
    fold: Ints = dice.permutation(count) % FOLDS
    wrong = np.array(
        [
            np.mean(
                [predict(_part(dice, count, share), fold) != labels for _ in range(times)],
                axis=0,
            )
            for share, times in zip(SHARES, DRAWN, strict=True)
        ]
    )
    sizes = np.array([_size(count, share) for share in SHARES])
    errors = wrong.mean(axis=1)
    floor, scale, slope = power_law(sizes, errors)
    gains = [_gain(sizes, wrong[:, dice.integers(0, count, count)].mean(axis=1)) for _ in range(RESAMPLES)]
    low, high = np.quantile(gains, [0.05, 0.95])
    gain = _gain(sizes, errors)
    return LearningCurve(
        points=tuple(Point(int(n), float(e)) for n, e in zip(sizes, errors, strict=True)),
        floor=floor,
        scale=scale,
        slope=slope,
        gain=gain,
        low=min(float(low), gain),
        high=max(float(high), gain),
    )


def power_law(sizes: Floats, errors: Floats) -> tuple[float, float, float]:
    """Return (a, b, c) of error = a + b n^-c that fit best, with a and b at least 0 and c from 0.05 to 1.5.

    Squares are weighed by the labels: a model trained on few of them depends on which. For each c the best a and
    b are linear; one below 0 becomes 0 and the other is fitted alone.

    Args:
        sizes: shape (points,), labels, above 0.
        errors: shape (points,), shares.
    """
    weight = sizes / sizes.sum()
    best = (np.inf, float(errors.mean()), 0.0, float(_SLOPES[0]))
    for slope in _SLOPES:
        power = sizes**-slope
        middle, level = float(weight @ power), float(weight @ errors)
        spread = float(weight @ (power - middle) ** 2)
        scale = max(0.0, float(weight @ ((power - middle) * (errors - level))) / spread)
        floor = level - scale * middle
        if floor < 0.0:
            floor, scale = 0.0, float(weight @ (power * errors)) / float(weight @ power**2)
        loss = float(weight @ (errors - floor - scale * power) ** 2)
        if loss < best[0] - 1e-15:
            best = (loss, floor, scale, float(slope))
    return best[1], best[2], best[3]


def _gain(sizes: Floats, errors: Floats) -> float:
    _, scale, slope = power_law(sizes, errors)
    most = sizes[-1]
    return float(scale * (most**-slope - (2.0 * most) ** -slope))


def _size(count: int, share: float) -> float:
    """Return the labels that one fold's model is trained on."""
    return float(max(1, round(count * share * (FOLDS - 1) / FOLDS)))


def _part(dice: np.random.Generator, count: int, share: float) -> NDArray[np.bool_]:
    chosen = np.zeros(count, dtype=np.bool_)
    chosen[dice.permutation(count)[: max(1, round(count * share))]] = True
    return chosen
