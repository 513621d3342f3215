"""Evidence against honesty, as e-values: how many times a wager against it would have multiplied its stake.

An e-value E has an expectation of 1 at most where the null hypothesis ("this person is honest", "these two do not
copy") holds, so that P(E >= 1 / a) <= a (Markov), and where it is a product over answers in their order this holds
at whatever moment one looks (Ville, "Etude critique de la notion de collectif", 1939). People are looked at with
every refit, so this matters. The mean of e-values is an e-value whatever their dependence (Vovk and Wang,
"E-values: calibration, combination and applications", Annals of Statistics 2021, proposition 3.1), and so the checks
of one person are combined.
"""

import numpy as np
from numpy.typing import NDArray

from assay.core.ports.answers import Floats

_MOST = 700.0
"""Logarithms are cut here, where their powers still are numbers."""


def mean_evidence(logs: Floats, *, weights: Floats) -> Floats:
    """Return the log of the weighted mean of e-values given as logs, over the last axis.

    Args:
        logs: shape (..., checks).
        weights: shape (checks,), summing to 1.
    """
    top = logs.max(axis=-1, keepdims=True)
    found: Floats = np.log((np.exp(logs - top) * weights).sum(axis=-1)) + top[..., 0]
    return found


def from_p_value(p: Floats) -> Floats:
    """Return the log e-value of p-values: E = 1 / (2 sqrt(p)) (Vovk and Wang 2021, equation 1 with kappa = 1/2)."""
    found: Floats = -np.log(2.0) - 0.5 * np.log(np.maximum(p, 1e-300))
    return found


def shared_out(suspected: NDArray[np.bool_], *, weight: float) -> Floats:
    """Return log weights that may be added to evidence: they favour the suspected and are 1 on average.

    Weighted e-BH (Wang and Ramdas 2022, section 4): weights that do not depend on the evidence, with a mean of 1,
    keep the rate of false findings. The suspected get `weight`, or less where they are many.

    Args:
        suspected: shape (hypotheses,), for which of them there is reason beside the evidence.
        weight: how many times as much.
    """
    count, many = len(suspected), int(suspected.sum())
    if many in (0, count):
        return np.zeros(count)
    more = min(weight, 0.5 * count / many + 0.5)
    less = (count - more * many) / (count - many)
    return np.log(np.where(suspected, more, less))


def found(logs: Floats, *, rate: float) -> NDArray[np.bool_]:
    """Return which hypotheses are rejected: of these, `rate` are true at most, in expectation (e-BH).

    Wang and Ramdas, "False discovery rate control with e-values" (JRSS B 2022), theorem 2, which holds whatever the
    dependence: the k with the largest evidence are found, for the largest k with E_(k) >= n / (k rate).

    Args:
        logs: shape (hypotheses,), the log e-values.
        rate: the share of false findings among the findings, in expectation.
    """
    count = len(logs)
    order = np.argsort(-np.minimum(logs, _MOST), kind="stable")
    enough = logs[order] >= np.log(count / (rate * np.arange(1, count + 1)))
    result = np.zeros(count, dtype=np.bool_)
    result[order[: int(np.flatnonzero(enough).max(initial=-1)) + 1]] = True
    return result
