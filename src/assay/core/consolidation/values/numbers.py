"""Consolidation of numbers: mean, Huber's mean, or a model of people's bias and precision.

    mean        m_i = mean of the answers to item i
    huber       m_i with weights min(1, c s / |x - m_i|), s the spread within items (Huber 1964), c = `HUBER`
    precision   x_ip = m_i + b_p + noise of variance v_p; by turns m_i (weights 1 / v_p), b_p and v_p, the last
                two drawn to none and to everybody's by `SHRINKS` pseudo-answers (one method for each)

None is best everywhere: where the truth lies between what people say the mean beats robust ones. Which is used control
items decide (mean squared error) where there are `ENOUGH`, else by held-out answers: each answer against the value of
the others; careless outliers are not seen by that, as it asks what the next one will say. Of methods that cannot be told apart (two standard errors of the difference) the first is taken.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.consolidation.consolidation_outcome import Outcome
from assay.core.errors import InvalidLabel
from assay.core.lazy_import import Late
from assay.core.ports.answers import AnswerTable, Consensus, Floats

_special = Late("scipy.special")

HUBER: Final = 1.345
"""The constant at which Huber's mean is 95 % efficient under normal noise."""

SHRINKS: Final = (10.0, 100.0)

ENOUGH: Final = 30
"""Control items that decide."""

SPREAD: Final = 5.0
"""Pseudo-answers that draw the spread within an item to the usual one."""

ROUNDS: Final = 20
_WORST: Final = 1e-12


def number_loss(said: float, true: float, *, tolerance: float) -> float:
    """Return min(1, |said - true| / tolerance); symmetric."""
    return min(1.0, abs(said - true) / tolerance)


def consolidate_numbers(
    table: AnswerTable,
    *,
    known: Sequence[str | None] | None = None,
    tolerance: float | None = None,
) -> Outcome:
    """Return the number of each item and its expected 1 - `number_loss`.

    Skills are people's mean 1 - loss against the values. `Outcome.method` says which method was used.

    Args:
        table: the answers, numbers as text.
        known: length items, the known number of a control item or None.
        tolerance: from so far away a number is wrong altogether; None: a tenth of the range of the answers.

    Raises:
        InvalidLabel: if an answer is no finite number.
    """
    said = np.array([_number(text) for text in table.value])
    truth = np.array([math.nan if text is None else _number(text) for text in known or [None] * table.items])
    wide = float(np.ptp(said)) if len(said) else 0.0
    limit = tolerance or wide / 10.0 or 1.0
    given = ~np.isnan(truth) & (np.bincount(table.item, minlength=table.items) > 0)
    if given.sum() >= ENOUGH:
        errors = {
            name: _known_out(table, said, truth, given=given, method=one) for name, one in METHODS.items()
        }
    else:
        errors = {name: _held_out(table, said, one(table, said, truth)) for name, one in METHODS.items()}
    method = _best(errors)
    value = METHODS[method](table, said, truth)
    off = _off(table, said, value)
    if given.sum() >= ENOUGH:
        # What all answers err by together only known numbers tell.
        losses = np.minimum(np.abs(value - truth)[given] / limit, 1.0)
        off = off * _stretch(off[given], loss=float(losses.mean()), tolerance=limit)
    return Outcome(
        _consensus(table, said, value=value, off=off, limit=limit),
        _skill(table, said, value=value, limit=limit),
        method,
    )


def expected_loss(off: Floats, *, tolerance: float) -> Floats:
    """Return the expected min(1, |e| / tolerance) of a normal error e of standard deviation `off`."""
    reach = tolerance / np.maximum(off, _WORST)
    near = math.sqrt(2.0 / math.pi) / reach * (1.0 - np.exp(-0.5 * np.minimum(reach, 1e3) ** 2))
    loss: Floats = np.minimum(near + 2.0 * (1.0 - _special.ndtr(reach)), 1.0)
    return loss


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InvalidLabel(label=text, reason="it is no finite number")
    return value


def _average(table: AnswerTable, value: Floats, weight: Floats) -> Floats:
    total = np.bincount(table.item, weights=weight, minlength=table.items)
    found = np.bincount(table.item, weights=weight * value, minlength=table.items).astype(np.float64)
    average: Floats = found / np.where(total > 0.0, total, 1.0)
    return average


def _spread(table: AnswerTable, said: Floats, value: Floats) -> float:
    """Return the standard deviation of answers around their items' values."""
    free = len(said) - len(np.unique(table.item))
    return math.sqrt(float(((said - value[table.item]) ** 2).sum()) / max(free, 1)) or 1.0


def _mean(table: AnswerTable, said: Floats, truth: Floats) -> Floats:
    del truth
    return _average(table, said, np.ones(len(said)))


def _huber(table: AnswerTable, said: Floats, truth: Floats) -> Floats:
    del truth
    value = _average(table, said, np.ones(len(said)))
    limit = HUBER * _spread(table, said, value)
    for _ in range(ROUNDS):
        weight = np.minimum(1.0, limit / np.maximum(np.abs(said - value[table.item]), _WORST))
        value = _average(table, said, weight)
    return value


def _precision(table: AnswerTable, said: Floats, truth: Floats, *, shrink: float) -> Floats:
    """Return the values under people's bias and precision; known numbers teach both."""
    value = _average(table, said, np.ones(len(said)))
    many = np.bincount(table.person, minlength=table.people)
    for _ in range(ROUNDS):
        apart = said - np.where(np.isnan(truth), value, truth)[table.item]
        bias = np.bincount(table.person, weights=apart, minlength=table.people) / (many + shrink)
        squares = (apart - bias[table.person]) ** 2
        usual = float(squares.mean()) if len(squares) else 1.0
        noise = np.bincount(table.person, weights=squares, minlength=table.people)
        weight = 1.0 / np.maximum((noise + shrink * usual) / (many + shrink), _WORST)
        value = _average(table, said - bias[table.person], weight[table.person])
    return value


METHODS: Final[Mapping[str, Callable[[AnswerTable, Floats, Floats], Floats]]] = {
    "mean": _mean,
    "huber": _huber,
    **{f"precision {shrink:g}": partial(_precision, shrink=shrink) for shrink in SHRINKS},
}


def _known_out(
    table: AnswerTable,
    said: Floats,
    truth: Floats,
    *,
    given: NDArray[np.bool_],
    method: Callable[[AnswerTable, Floats, Floats], Floats],
) -> Floats:
    """Return the squared error on each control item, where the other half of them was known."""
    half = given & (np.cumsum(given) % 2 == 0)
    found = [
        (method(table, said, np.where(asked, math.nan, truth)) - truth)[asked] ** 2
        for asked in (half, given & ~half)
    ]
    return np.concatenate(found)


def _held_out(table: AnswerTable, said: Floats, value: Floats) -> Floats:
    """Return the squared error of each answer against what its item's value is without it, shape (answers,).

    An answer moves its item's value by about its share of it.
    """
    many = np.bincount(table.item, minlength=table.items)[table.item]
    heard = many > 1
    error: Floats = ((said - value[table.item]) * many / np.maximum(many - 1, 1))[heard] ** 2
    return error


def _best(errors: Mapping[str, Floats]) -> str:
    chosen, *others = errors
    for name in others:
        gain = errors[chosen] - errors[name]
        if len(gain) > 1 and gain.mean() > 2.0 * gain.std(ddof=1) / math.sqrt(len(gain)):
            chosen = name
    return chosen


def _off(table: AnswerTable, said: Floats, value: Floats) -> Floats:
    """Return the standard error of each value, shape (items,)."""
    many = np.bincount(table.item, minlength=table.items)
    squares = np.bincount(table.item, weights=(said - value[table.item]) ** 2, minlength=table.items)
    usual = _spread(table, said, value) ** 2
    variance = (squares + SPREAD * usual) / (np.maximum(many - 1, 0) + SPREAD)
    found: Floats = np.sqrt(variance / np.maximum(many, 1))
    return found


def _stretch(off: Floats, *, loss: float, tolerance: float) -> float:
    """Return the factor on standard errors under which the expected loss is the one that was met."""
    low, high = -5.0, 10.0
    for _ in range(40):
        middle = (low + high) / 2
        if float(expected_loss(off * math.exp(middle), tolerance=tolerance).mean()) < loss:
            low = middle
        else:
            high = middle
    return math.exp(low)


def _consensus(table: AnswerTable, said: Floats, *, value: Floats, off: Floats, limit: float) -> Consensus:
    people = ~np.isin(table.person, sorted(table.models))
    count = np.bincount(table.item[people], minlength=table.items)
    alike = 1.0 - np.minimum(np.abs(said - value[table.item]) / limit, 1.0)
    agreement = np.bincount(table.item[people], weights=alike[people], minlength=table.items)
    answered = np.bincount(table.item, minlength=table.items) > 0
    return Consensus(
        value=[f"{one:.6g}" if heard else "" for one, heard in zip(value, answered, strict=True)],
        right=np.where(answered, 1.0 - expected_loss(off, tolerance=limit), 0.0),
        agreement=agreement / np.maximum(count, 1),
        count=count,
    )


def _skill(table: AnswerTable, said: Floats, *, value: Floats, limit: float) -> Floats:
    alike = 1.0 - np.minimum(np.abs(said - value[table.item]) / limit, 1.0)
    many = np.bincount(table.person, minlength=table.people)
    total = np.bincount(table.person, weights=alike, minlength=table.people)
    pool = float(alike.mean()) if len(alike) else 0.0
    skill: Floats = (total + SPREAD * pool) / (many + SPREAD)
    return skill
