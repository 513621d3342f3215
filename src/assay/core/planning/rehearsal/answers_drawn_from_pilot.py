"""Answers and proposals that were drawn from what a pilot tells."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.lazy_import import Late
from assay.core.planning.pilot_findings import Pilot
from assay.core.planning.rehearsal.rehearsal_scene import Given
from assay.core.planning.rehearsal.simulated_answers import RecordedSource
from assay.core.ports.answers import Floats, Ints

_special = Late("scipy.special")


class DrawnSource:
    """Gives drawn answers; implements `AnswerSource`."""

    def __init__(self, drawn: RecordedSource, *, best_first: bool) -> None:
        """Take the answers; `best_first`: the most skilled are asked first, else people come as they come."""
        self.people = drawn.people
        self._drawn, self._best_first = drawn, best_first

    def more(self, items: Ints, *, skill: Floats) -> Given:
        """Return one more answer for each of these items that has one left."""
        return self._drawn.more(items, skill=skill if self._best_first else np.zeros(self.people))

    def prospect(self, items: Ints, *, skill: Floats) -> float:
        """Return the mean skill of those who would be asked next about these items (0: nobody is chosen)."""
        return self._drawn.prospect(items, skill=skill) if self._best_first else 0.0


_SUREST: Final = 8.0
_TINY: Final = 1e-9
_LEAST_KNOWN: Final = 0.02
_APART: Final = np.linspace(0.0, 12.0, 241)
"""By how much a right label stands out, in standard deviations."""


@dataclass(frozen=True, slots=True)
class Learning:
    """How fast a model learns that met m labels in the pilot.

    Its errors fall as a power of its labels, (m / n)^slope, once it knows something (Hestness et al. 2017). One that
    hardly knows more than the most frequent label learns slower: what tells labels apart, measured in its noise, grows
    with the root of the labels at most (Raudys and Jain 1991, eq. 3 for few labels a feature). Where the right one of K
    labels stands out by d from the others' noise, which is normal, it is chosen with probability

        int phi(z - d) Phi(z)^(K - 1) dz

    and d grows as (n / m)^(slope / 2). Two labels are slow to be told apart, and among many the errors fall fast once
    the right one stands out. The slower of both counts.

    Attributes:
        first: m.
        wrong: the share of labels of which the model was wrong then.
        blind: the share of which the most frequent label is wrong.
        classes: K, how many labels there are, were they equally frequent.
        slope: by which power errors fall.
        times: how many items each drawn item beyond the pilot stands for.
    """

    first: float
    wrong: float
    blind: float
    classes: float
    slope: float
    times: float

    def better(self, answered: float) -> float:
        """Return by what errors are divided once so many drawn items are answered; 1 at least."""
        grown = (self.first + max(0.0, answered - self.first) * self.times) / self.first
        share = min(self.wrong / max(self.blind, _TINY), 1.0 - _LEAST_KNOWN)
        if share <= 0.0:
            return float(grown**self.slope)
        errors = _errors(round(max(self.classes, 2.0), 1))
        apart = float(np.interp(-share, -errors, _APART))
        left = float(np.interp(apart * grown ** (self.slope / 2.0), _APART, errors))
        return float(max(1.0, min(grown**self.slope, share / max(left, _TINY))))


@lru_cache(maxsize=32)
def _errors(classes: float) -> Floats:
    """Return the errors among so many labels, as a share of a blind guess's, at each of `_APART`; falling to 0."""
    at = np.linspace(-8.0, _APART[-1] + 8.0, 801)
    step = at[1] - at[0]
    away = np.exp(-((at - _APART[:, None]) ** 2) / 2.0) / np.sqrt(2.0 * np.pi)
    right = (away * _special.ndtr(at) ** (classes - 1.0)).sum(axis=1) * step
    found: Floats = np.clip((1.0 - right) / (1.0 - 1.0 / classes), 0.0, 1.0)
    return found


def _classes(share: Floats) -> float:
    """Return how many equally frequent labels are as uncertain as these, shares summing to 1: exp of the entropy."""
    return float(np.exp(-(share * np.log(np.maximum(share, _TINY))).sum()))


class DrawnModel:
    """A pre-labelling model as the pilot met it, which errs less with every label; implements `Proposer`.

    A drawn item has the row of its origin. With n labels where the pilot had m, a share of the items has the row of an
    item of which the model was right instead, its label exchanged for theirs: so errors fall as `Learning` says. By as
    much as errors fall the log odds of these rows grow: a better model is surer where it is right, and that is what
    labels without people rest on.
    """

    def __init__(
        self,
        pilot: Pilot,
        *,
        origin: Ints,
        truth: Ints,
        slope: float,
        times: float,
        dice: np.random.Generator,
    ) -> None:
        """Draw which items are mended first, and their rows then.

        Args:
            pilot: with the model's rows.
            origin: shape (items,), the pilot's item that each item is drawn from.
            truth: shape (items,), the position of each right label.
            slope: by which power errors fall.
            times: how many items each drawn item beyond the pilot stands for.
            dice: a generator.
        """
        assert pilot.prior is not None
        self._rows: Floats = pilot.prior[origin]
        heard = ~np.isnan(self._rows).any(axis=1)
        self._learning = Learning(
            first=float(max(pilot.learnt, 1)),
            wrong=float((self._rows[heard].argmax(axis=1) != truth[heard]).mean()) if heard.any() else 1.0,
            blind=1.0 - float(np.bincount(truth).max()) / len(truth),
            classes=_classes(np.bincount(truth) / len(truth)),
            slope=slope,
            times=times,
        )
        self._luck = dice.random(len(origin))
        self._mended: Floats = self._rows.copy()
        spoken = np.flatnonzero(~np.isnan(pilot.prior).any(axis=1))
        said = pilot.prior[spoken].argmax(axis=1)
        right = pilot.chances[spoken, said]
        if right.sum() > 0:
            chosen = dice.choice(len(spoken), size=len(origin), p=right / right.sum())
            every, label = np.arange(len(origin)), said[chosen]
            rows = pilot.prior[spoken[chosen]]
            rows[every, label], rows[every, truth] = rows[every, truth], rows[every, label].copy()
            self._mended = rows

    def propose(self, soft: Floats, *, answered: NDArray[np.bool_]) -> Floats:
        """Return label probabilities, shape (items, labels), of a model that learnt from so many items."""
        del soft
        better = self._learning.better(float(answered.sum()))
        surer = np.maximum(self._mended, _TINY) ** min(better, _SUREST)
        mended = self._luck < 1.0 - 1.0 / better
        rows: Floats = np.where(mended[:, None], surer / surer.sum(axis=1, keepdims=True), self._rows)
        return rows


class DrawnSets:
    """The same where each label is right or not by itself; implements `Proposer`.

    Of a share of all labels of all items the model is right instead, as sure as it was; and by as much as errors fall
    the log odds of these grow.
    """

    def __init__(
        self,
        pilot: Pilot,
        *,
        origin: Ints,
        truth: NDArray[np.bool_],
        slope: float,
        times: float,
        dice: np.random.Generator,
    ) -> None:
        """Draw which labels are mended first; `truth` has shape (items, labels), all else is `DrawnModel`'s."""
        assert pilot.prior is not None
        self._rows: Floats = pilot.prior[origin]
        heard = ~np.isnan(self._rows).any(axis=1)
        share = truth.mean(axis=0)
        self._learning = Learning(
            first=float(max(pilot.learnt, 1)),
            wrong=float(((self._rows > 0.5) != truth)[heard].mean()) if heard.any() else 1.0,
            blind=float(np.minimum(share, 1.0 - share).mean()),
            classes=2.0,
            slope=slope,
            times=times,
        )
        self._luck = dice.random(truth.shape)
        sure = np.maximum(self._rows, 1.0 - self._rows)
        self._mended: Floats = np.where(truth, sure, 1.0 - sure)

    def propose(self, soft: Floats, *, answered: NDArray[np.bool_]) -> Floats:
        """Return the probability of each label, shape (items, labels), of a model that learnt from so many items."""
        del soft
        better = self._learning.better(float(answered.sum()))
        power = min(better, _SUREST)
        yes, no = (np.maximum(one, _TINY) ** power for one in (self._mended, 1.0 - self._mended))
        mended = self._luck < 1.0 - 1.0 / better
        rows: Floats = np.where(mended, yes / (yes + no), self._rows)
        return rows


def who_could_be_asked(dice: np.random.Generator, share: Floats, *, items: int, depth: int) -> Ints:
    """Draw who could be asked about each item, shape (items, depth), as often as they answered in the pilot.

    The exponential race of Efraimidis and Spirakis (2006) draws without replacement.
    """
    active = np.flatnonzero(share > 0)
    width = min(depth, len(active))
    race = dice.standard_exponential((items, len(active))) / share[active]
    first: Ints = np.argpartition(race, width - 1, axis=1)[:, :width]
    return active[first]
