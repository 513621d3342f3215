"""The forecast: what the rest of a batch will take and how right it will be, from its own pilot, as ranges.

A batch is drawn again from the pilot: its items with their answers are drawn with replacement, and what people
would have said beyond these answers is drawn from what the pilot tells about items and people. The drawn batch
starts with the very answers of the pilot and goes through `rehearse`, so every decision is the real one.
Several such batches give a middle and a spread; the spread is widened by what held-out sets showed
(docs/methods/forecast.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaln, gammaln

from assay.core import chance
from assay.core.labels import LabelSchema
from assay.core.planning.drawn import DrawnSource, who_could_be_asked
from assay.core.planning.rehearsal import rehearse
from assay.core.planning.scene import Rehearsal, Scene
from assay.core.planning.sources import RecordedSource
from assay.core.ports import AnswerTable, Floats, Ints, TaskType
from assay.core.project.intake import Quality
from assay.core.quality.audit import expected_checks
from assay.core.review.redundancy import Limits

DRAWN: Final = 3
"""Batches that are drawn. A large one tells more than many small ones: whether an audit fails shows at full size only."""

REHEARSED: Final = 3000
"""Items beyond the pilot that a drawn batch has at most; what grows with the batch is scaled up."""

_SPREADS = np.array([0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 256.0, 1024.0])
_ROUNDS = 60

WIDER: Final = {
    "cost": 3.5,
    "answers_per_item": 3.0,
    "judgements": 3.3,
    "review": 3.0,
    "audit": 3.0,
    "right_before": 1.5,
    "right": 1.7,
}
"""Half a range in spreads: the 90 % quantile of what forecasts of recorded sets were off by (bench/quality/forecast.py,
which scores each set with the quantile of the other sets)."""

_HALF_COUNT = 0.5


@dataclass(frozen=True, slots=True)
class Pilot:
    """What a pilot found.

    Attributes:
        answers: to the pilot's items and to control items; labels of the schema, or "" which is ignored.
        chances: shape (items, labels), the probability that a label is right; 1 and 0 where an expert said so.
        control: shape (items,), which are control items, outside the batch.
        depth: people who can be asked about one item, those of the pilot included.
    """

    answers: AnswerTable
    chances: Floats
    control: NDArray[np.bool_]
    depth: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rest of the batch is held to: `Scene` explains each."""

    items: int
    quality: Quality
    limits: Limits
    expert_price: float
    seed: int
    judged: bool
    control_stream: float = 0.0
    may_skip_people: bool = False
    best_first: bool = True


@dataclass(frozen=True, slots=True)
class Estimate:
    """An expected value and the range that holds it with 90 %: low <= mid <= high.

    `spread` is one standard deviation by the pilot's size and the drawn batches alone; the range is wider.
    """

    low: float
    mid: float
    high: float
    spread: float


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the batch will take as a whole, its pilot included.

    Attributes:
        cost: answers + expert price x judgements, in answers.
        answers_per_item: people's answers.
        judgements: of experts, of every kind.
        review: of these, the items that experts redo before the audit.
        audit: of these, those that the audit's draws need.
        right_before: share of items whose consensus is right before experts redo any.
        right: share of items right as delivered.
    """

    cost: Estimate
    answers_per_item: Estimate
    judgements: Estimate
    review: Estimate
    audit: Estimate
    right_before: Estimate
    right: Estimate


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast work goes.

    Attributes:
        seconds: mean seconds of an answer, skips included.
        expert_seconds: of a judgement.
        people: labellers.
        experts: experts.
        hours_per_day: hours that a person works a day.
    """

    seconds: float
    expert_seconds: float
    people: int
    experts: int
    hours_per_day: float


def forecast(
    pilot: Pilot,
    *,
    terms: Terms,
    task: TaskType,
    schema: LabelSchema,
    drawn: int = DRAWN,
    most: int = REHEARSED,
) -> Forecast:
    """Foretell a batch of `terms.items` items from its pilot.

    Args:
        pilot: what was found.
        terms: what the batch is held to.
        task: its task type, one with a fixed set of labels.
        schema: the labels.
        drawn: how many batches are drawn.
        most: items that each has at most beyond the pilot.
    """
    crowd = _Crowd.learnt(pilot, schema=schema)
    cases = [
        _play(pilot, crowd, terms=terms, task=task, schema=schema, turn=turn, most=most)
        for turn in range(drawn)
    ]
    return _summed(cases, pilot=pilot, terms=terms)


def finish(
    found: Forecast, *, pace: Pace, items: int, start: datetime
) -> tuple[datetime, datetime, datetime]:
    """Return when a batch of `items` items that starts at `start` is done: early, expected and late.

    Labellers work side by side, then experts; a day of 24 hours holds `hours_per_day` of work.
    """
    moments = []
    for end in ("low", "mid", "high"):
        answers = float(getattr(found.answers_per_item, end)) * items
        seconds = answers * pace.seconds / max(pace.people, 1)
        seconds += float(getattr(found.judgements, end)) * pace.expert_seconds / max(pace.experts, 1)
        moments.append(start + timedelta(seconds=seconds * 24.0 / pace.hours_per_day))
    early, expected, late = moments
    return early, expected, late


@dataclass(frozen=True, slots=True)
class _Case:
    """One drawn batch, scaled up."""

    cost: float
    answers_per_item: float
    judgements: float
    review: float
    audit: float
    right_before: float
    right: float


@dataclass(frozen=True, slots=True)
class _Crowd:
    """What a pilot tells about items and people.

    Attributes:
        votes: shape (items, labels), answers counted.
        confusion: shape (labels, labels), the right label first: how often which answer is given.
        alike: shape (items, weights), how likely each weight of `confusion` against the item's votes is.
        right: shape (people, labels), expected count of right answers where a label is right.
        wrong: shape (people, labels), expected count of wrong ones.
        share: shape (people,), share of the answers; the last ones are people whom the pilot did not meet.
        pooled: shape (labels,), everybody's rate of right answers where a label is right.
        same: shape (labels,), the weight of `pooled` beside a person's own answers: large where people hardly differ.
    """

    votes: Floats
    confusion: Floats
    alike: Floats
    right: Floats
    wrong: Floats
    share: Floats
    pooled: Floats
    same: Floats

    @staticmethod
    def learnt(pilot: Pilot, *, schema: LabelSchema) -> "_Crowd":
        place = {name: position for position, name in enumerate(schema.names)}
        table = pilot.answers
        said = np.array([place.get(value, -1) for value in table.value], dtype=np.int64)
        heard = said >= 0
        item, person, said = table.item[heard], table.person[heard], said[heard]
        votes = np.zeros((table.items, len(place)))
        np.add.at(votes, (item, said), 1.0)
        counts = pilot.chances.T @ votes + _HALF_COUNT * np.eye(len(place)) + _HALF_COUNT / len(place)
        confusion = counts / counts.sum(axis=1, keepdims=True)
        given = np.zeros((table.people, len(place)))
        right = np.zeros_like(given)
        np.add.at(given, person, pilot.chances[item])
        np.add.at(right, (person, said), pilot.chances[item, said])
        pooled = np.clip(confusion.diagonal(), 0.02, 0.98)
        number = np.bincount(person, minlength=table.people).astype(np.float64)
        strangers, mass = _unmet(number)
        nothing = np.zeros((strangers, len(place)))
        return _Crowd(
            votes=votes,
            confusion=confusion,
            alike=_alike(votes, pilot.chances, confusion),
            right=np.concatenate([right, nothing]),
            wrong=np.concatenate([np.maximum(given - right, 0.0), nothing]),
            share=np.append(
                number / max(number.sum(), 1.0) * (1.0 - mass), np.full(strangers, mass / max(strangers, 1))
            ),
            pooled=pooled,
            same=_same(right, given, pooled),
        )


def _unmet(given: Floats) -> tuple[int, float]:
    """Return how many people the pilot did not meet, and the share of answers that come from them.

    The share is Good's (1953, eq. 9): people met once among all answers; their number is Chao's (1984), f1^2 / (2 f2),
    twice the people met at most.
    """
    once, twice = int((given == 1).sum()), int((given == 2).sum())
    if not once:
        return 0, 0.0
    count = min(int(np.ceil(once**2 / (2.0 * max(twice, 1)))), 2 * int((given > 0).sum()))
    return count, min(once / float(given.sum()), 0.9)


def _same(right: Floats, given: Floats, pooled: Floats) -> Floats:
    """Return the weight of the pooled rates that makes the counts of right answers most likely, shape (labels,).

    The counts are beta-binomial; labels are taken one by one, and the weight is drawn to that of all of them.
    """
    wrong = np.maximum(given - right, 0.0)
    found = np.array(
        [
            (
                betaln(right + weight * pooled, wrong + weight * (1.0 - pooled))
                - betaln(weight * pooled, weight * (1.0 - pooled))
            ).sum(axis=0)
            for weight in _SPREADS
        ]
    )
    result: Floats = _SPREADS[np.argmax(found + found.sum(axis=1, keepdims=True) / found.shape[1], axis=0)]
    return result


def _alike(votes: Floats, chances: Floats, confusion: Floats) -> Floats:
    """Return how likely each weight of `_SPREADS` is for each item, shape (items, weights).

    The likelihood of an item's votes c given the right label t and weight a is Dirichlet-multinomial, Gamma(a) /
    Gamma(a + n) x prod_k Gamma(a p_k + c_k) / Gamma(a p_k) with p = confusion[t] and n = sum(c) (Minka 2000,
    Estimating a Dirichlet distribution, eq. 53). A small weight means that answers to one item resemble each
    other. The shares of the weights among the items are learnt by EM, so that a few misleading items may lie
    among many that are answered independently.
    """
    total = votes.sum(axis=1)
    found = []
    for weight in _SPREADS:
        mean = weight * confusion
        each = gammaln(mean[None] + votes[:, None, :]) - gammaln(mean)[None]
        log = each.sum(axis=2) + (gammaln(weight) - gammaln(weight + total))[:, None]
        found.append((chances * log).sum(axis=1))
    level = np.array(found).T
    likelihood = np.exp(level - level.max(axis=1, keepdims=True))
    share = np.full(len(_SPREADS), 1.0 / len(_SPREADS))
    for _ in range(_ROUNDS):
        joint = likelihood * share
        share = (joint / joint.sum(axis=1, keepdims=True)).mean(axis=0)
    joint = likelihood * share
    result: Floats = joint / joint.sum(axis=1, keepdims=True)
    return result


def _play(
    pilot: Pilot, crowd: _Crowd, *, terms: Terms, task: TaskType, schema: LabelSchema, turn: int, most: int
) -> _Case:
    """Draw a batch, rehearse it and scale it up."""
    known = int(pilot.control.sum())
    in_pilot = len(pilot.control) - known
    rest = max(0, terms.items - in_pilot)
    size = min(rest, most)
    seed = terms.seed + turn
    dice = chance.generator(seed, "forecast", "batch")
    keys = tuple(str(position) for position in range(known + in_pilot + size))
    shuffled = np.array(chance.order(seed, "control items", keys), dtype=np.int64)
    # The book takes control items, then the pilot, from the front of its keyed order.
    real = np.concatenate([np.flatnonzero(pilot.control), np.flatnonzero(~pilot.control)])
    place = np.empty(len(real), dtype=np.int64)
    place[real] = shuffled[: len(real)]
    copied = _weighted(dice, np.flatnonzero(~pilot.control), size)
    origin = np.empty(len(keys), dtype=np.int64)
    origin[place] = np.arange(len(real))
    origin[shuffled[len(real) :]] = copied

    cumulated = pilot.chances.cumsum(axis=1)
    draws = dice.random(len(keys))
    draws[place] = dice.random(len(real))
    truth = np.minimum((draws[:, None] > cumulated[origin]).sum(axis=1), len(schema.names) - 1)
    source = _source(
        pilot, crowd, origin=origin, place=place, truth=truth, schema=schema, terms=terms, dice=dice
    )
    scene = Scene(
        keys=keys,
        truth=tuple(schema.names[position] for position in truth.tolist()),
        task=task,
        schema=schema,
        quality=terms.quality,
        limits=terms.limits,
        expert_price=terms.expert_price,
        seed=seed,
        controls=known,
        control_stream=terms.control_stream,
        pilot=in_pilot,
        pilot_judged=terms.judged,
        pilot_depth=_depth(pilot),
        control_depth=_depth(pilot),
        may_skip_people=terms.may_skip_people,
    )
    found = rehearse(scene, source=source)
    return _scaled(found, pilot=pilot, terms=terms, size=size, rest=rest)


def _depth(pilot: Pilot) -> int:
    """Return the answers per item of the pilot."""
    given = np.bincount(pilot.answers.item, minlength=pilot.answers.items)[~pilot.control]
    return int(np.ceil(given.mean())) if len(given) else 1


def _weighted(dice: np.random.Generator, items: Ints, size: int) -> Ints:
    """Draw items with weights of a Bayesian bootstrap (Rubin 1981): what the pilot may have missed by chance."""
    return dice.choice(items, size=size, p=dice.dirichlet(np.ones(len(items))))


def _source(
    pilot: Pilot,
    crowd: _Crowd,
    *,
    origin: Ints,
    place: Ints,
    truth: Ints,
    schema: LabelSchema,
    terms: Terms,
    dice: np.random.Generator,
) -> DrawnSource:
    table, names = pilot.answers, schema.names
    real = RecordedSource(
        item=place[table.item],
        person=table.person,
        value=table.value,
        people=len(crowd.share),
        seed=terms.seed,
    )
    asked = who_could_be_asked(dice, crowd.share, items=len(origin), depth=pilot.depth)
    # Each item leans its own way: its votes and its label's confusion are one Dirichlet distribution.
    cut = dice.random(len(origin))[:, None] > crowd.alike.cumsum(axis=1)[origin]
    alike = _SPREADS[np.minimum(cut.sum(axis=1), len(_SPREADS) - 1)]
    lean = dice.standard_gamma(
        np.maximum(crowd.votes[origin] + alike[:, None] * crowd.confusion[truth], 1e-9)
    )
    lean /= np.maximum(lean.sum(axis=1, keepdims=True), 1e-300)
    mean = crowd.same * crowd.pooled
    skill = np.clip(dice.beta(crowd.right + mean, crowd.wrong + crowd.same - mean), 0.01, 0.99)
    better = skill / (1.0 - skill) / (crowd.pooled / (1.0 - crowd.pooled))
    shape = asked.shape
    chances = np.repeat(lean[:, None, :], shape[1], axis=1)
    rows = np.arange(shape[0])
    chances[rows, :, truth] *= better[asked, truth[:, None]]
    chances /= chances.sum(axis=2, keepdims=True)
    said = np.minimum((dice.random(shape)[..., None] > chances.cumsum(axis=2)).sum(axis=2), len(names) - 1)
    fresh = np.ones(shape, dtype=np.bool_)
    # Whoever answered an item of the pilot is not asked about it again.
    for position, who in zip(place[table.item].tolist(), table.person.tolist(), strict=True):
        fresh[position] &= asked[position] != who
    drawn = RecordedSource(
        item=np.repeat(rows, shape[1]).reshape(shape)[fresh],
        person=asked[fresh],
        value=[names[k] for k in said[fresh].tolist()],
        people=len(crowd.share),
        seed=terms.seed,
    )
    return DrawnSource(real, drawn, best_first=terms.best_first)


def _scaled(found: Rehearsal, *, pilot: Pilot, terms: Terms, size: int, rest: int) -> _Case:
    """Keep what the pilot took, scale up what the rest takes, and compute the audit for the whole batch."""
    taken = len(pilot.answers.value)
    times = rest / size if size else 1.0
    answers = taken + (found.answers - taken) * times
    in_pilot = int((~pilot.control).sum()) if terms.judged else 0
    review = (found.judgements - found.audit - found.control - in_pilot) * times
    audit = found.audit * _audit_growth(found.items, terms=terms)
    judgements = min(found.control + in_pilot + review + audit, float(terms.items + found.control))
    return _Case(
        cost=answers + terms.expert_price * judgements,
        answers_per_item=answers / terms.items,
        judgements=judgements,
        review=review,
        audit=audit,
        right_before=found.right_before,
        right=found.right,
    )


def _audit_growth(rehearsed: int, *, terms: Terms) -> float:
    """Return how much longer the whole batch's audit is: it hardly grows."""
    quality = terms.quality
    half = np.array([quality.allowed / 2.0])
    sizes = [
        float(expected_checks(items=n, allowed=quality.allowed, delta=quality.delta, rates=half)[0])
        for n in (rehearsed, terms.items)
    ]
    return sizes[1] / max(sizes[0], 1.0)


def _summed(cases: Sequence[_Case], *, pilot: Pilot, terms: Terms) -> Forecast:
    """Return the middle of the drawn batches, and ranges from their spread and the pilot's size."""
    count = int((~pilot.control).sum())
    items, price = float(terms.items), terms.expert_price
    # What is in the pilot is known: a sample of n of N varies as one of N without end, times 1 - n / N.
    left = max(0.0, 1.0 - count / items)
    middle = {
        each.name: float(np.mean([getattr(case, each.name) for case in cases])) for each in fields(_Case)
    }
    # (the share that stands for it, what the whole of the share is, most)
    shares = {
        "cost": (middle["judgements"] / items, items * price, items * (price + terms.limits.most)),
        "answers_per_item": (middle["answers_per_item"] / terms.limits.most,)
        + (float(terms.limits.most),) * 2,
        "judgements": (middle["judgements"] / items, items, items + float(pilot.control.sum())),
        "review": (middle["review"] / items, items, items),
        "audit": (middle["audit"] / items, items, items),
        "right_before": (middle["right_before"], 1.0, 1.0),
        "right": (middle["right"], 1.0, 1.0),
    }
    found = {}
    for name, (share, whole, most) in shares.items():
        drawn = [getattr(case, name) for case in cases]
        by_chance = float(np.std(drawn, ddof=1)) if len(drawn) > 1 else 0.0
        spread = float(np.hypot(whole * binomial_spread(share, count) * np.sqrt(left), by_chance))
        mid, away = middle[name], WIDER[name] * spread
        found[name] = Estimate(max(0.0, mid - away), mid, max(mid, min(most, mid + away)), spread)
    return Forecast(**found)


def binomial_spread(share: float, count: int) -> float:
    """Return the standard deviation of a share seen on `count` items, drawn to a half by one of each (Laplace)."""
    drawn = (min(max(share, 0.0), 1.0) * count + 1.0) / (count + 2.0)
    return float(np.sqrt(drawn * (1.0 - drawn) / max(count, 1)))
