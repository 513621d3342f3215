"""The forecast: what the rest of a batch will take and how right it will be, from its own pilot, as ranges.

A batch is drawn again from the pilot: its items with their answers are drawn with replacement, and what people
would have said beyond these answers is drawn from what the pilot tells about items and people. The drawn batch
starts with the very answers of the pilot and goes through `rehearse`, so every decision is the real one.
Several such batches give a middle and a spread; the spread is widened by what held-out sets showed
(docs/methods/forecast.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from assay.core import chance
from assay.core.labels.label_values import LabelSchema
from assay.core.planning.pilot_findings import SPREADS, Crowd, Pilot
from assay.core.planning.rehearsal.answers_drawn_from_pilot import (
    DrawnModel,
    DrawnSets,
    DrawnSource,
    who_could_be_asked,
)
from assay.core.planning.rehearsal.people_right_in_part import PartCrowd, PartSource
from assay.core.planning.rehearsal.rehearsal_scene import Rehearsal, Scene, Start
from assay.core.planning.rehearsal.rehearse_batch import rehearse
from assay.core.planning.rehearsal.simulated_answers import RecordedSource
from assay.core.ports.answers import Floats, Ints
from assay.core.ports.task_type import Rows, TaskType
from assay.core.project.intake import Quality
from assay.core.quality.audit_attempts import expected_checks
from assay.core.review.settle_ask_again_or_hand_on import Limits

DRAWN: Final = 3
"""Batches that are drawn. A large one tells more than many small ones: whether an audit fails shows at full size only."""

SLOPES: Final = (0.9, 1.2, 0.6)
"""Errors of a model fall as a power of its labels. By which is known least: each drawn batch has another slope."""

REHEARSED: Final = 3000
"""Items beyond the pilot that a drawn batch has at most; what grows with the batch is scaled up."""

_EFFORT: Final = 450_000.0
_ITEM: Final = 70.0
_LEAST_REHEARSED: Final = 100
"""Items in all drawn batches times the characters of a label, each item being worth 70 more: some five seconds."""

WIDER: Final = {
    "cost": 1.9,
    "answers_per_item": 3.0,
    "judgements": 3.3,
    "review": 3.0,
    "audit": 3.0,
    "right_before": 1.5,
    "right": 1.7,
}
"""Half a range in spreads: the 90 % quantile of what forecasts of recorded sets were off by (bench/quality/forecast.py,
which scores each set with the quantile of the other sets)."""

_MISSED: Final = 0.1
"""Of the cost, the standard deviation of what drawing again cannot show: audits that fail, people who change."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What the rest of the batch is held to: `Scene` explains most of it.

    `twice` is the share of the audit that a second expert judges too; `known_free`, whether control items came with
    their labels, so that no expert was paid for them; `automatic`, whether the model may label items without people.
    """

    items: int
    quality: Quality
    limits: Limits
    expert_price: float
    seed: int
    control_stream: float = 0.0
    may_skip_people: bool = False
    best_first: bool = True
    twice: float = 0.0
    known_free: bool = False
    automatic: bool = False


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
        task: its task type.
        schema: the labels.
        drawn: how many batches are drawn.
        most: items that each has at most beyond the pilot.
    """
    people = _people(pilot, terms=terms, task=task, schema=schema)
    drawn, most = _within(pilot, drawn=drawn, most=most)
    cases = [
        _play(pilot, people, terms=terms, task=task, schema=schema, turn=turn, most=most)
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


def _play(
    pilot: Pilot,
    people: Crowd | PartCrowd,
    *,
    terms: Terms,
    task: TaskType,
    schema: LabelSchema,
    turn: int,
    most: int,
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
    right = np.minimum((draws[:, None] > cumulated[origin]).sum(axis=1), cumulated.shape[1] - 1)
    truth = _labels(pilot, origin=origin, right=right, schema=schema)
    source: DrawnSource | PartSource
    if isinstance(people, PartCrowd):
        source = PartSource(
            people,
            asked=who_could_be_asked(dice, people.share, items=len(keys), depth=pilot.depth),
            origin=origin,
            truth=truth,
            given=(place[pilot.answers.item], pilot.answers.person),
            task=task,
            schema=schema,
            best_first=terms.best_first,
            dice=dice,
        )
    else:
        source = _source(
            pilot, people, origin=origin, place=place, truth=right, schema=schema, terms=terms, dice=dice
        )
    table = pilot.answers
    scene = Scene(
        keys=keys,
        truth=truth,
        task=task,
        schema=schema,
        quality=terms.quality,
        limits=terms.limits,
        expert_price=terms.expert_price,
        seed=seed,
        controls=known,
        control_stream=terms.control_stream,
        pilot=in_pilot,
        start=Start(
            answers=replace(table, item=place[table.item], items=len(keys), people=source.people),
            judged=np.sort(place[pilot.judged]),
            by_chance=np.sort(place[pilot.judged & pilot.by_chance]),
        ),
        may_skip_people=terms.may_skip_people,
        proposer=None
        if pilot.prior is None
        else _model(
            pilot,
            origin=origin,
            rows=np.array([task.row(task.parse(text, schema=schema), schema=schema) for text in truth]),
            task=task,
            slope=SLOPES[turn % len(SLOPES)],
            times=rest / max(size, 1),
            dice=dice,
        ),
        automatic=terms.automatic,
    )
    found = rehearse(scene, source=source)
    return _scaled(found, pilot=pilot, terms=terms, size=size, rest=rest)


def _within(pilot: Pilot, *, drawn: int, most: int) -> tuple[int, int]:
    """Return how many batches are drawn, and how large, for labels that take long to read and to compare.

    Pictures with dozens of boxes get smaller batches, then fewer; a batch holds the pilot in any case.
    """
    if pilot.possible is None:
        return drawn, most
    size = float(np.mean([len(labels[0]) for labels in pilot.possible]))
    items = _EFFORT / (_ITEM + size)
    pilots = items / max(len(pilot.possible), 1)
    fewer = int(np.clip(pilots / 1.5, 1, drawn))
    return fewer, int(np.clip(items / fewer - len(pilot.possible), min(most, _LEAST_REHEARSED), most))


def _people(pilot: Pilot, *, terms: Terms, task: TaskType, schema: LabelSchema) -> Crowd | PartCrowd:
    if pilot.possible is None:
        return Crowd.learnt(pilot, schema=schema)
    return PartCrowd.learnt(pilot, task=task, schema=schema, seed=terms.seed)


def _labels(pilot: Pilot, *, origin: Ints, right: Ints, schema: LabelSchema) -> tuple[str, ...]:
    """Return the right label of each item as text; `right` are positions among those that may be."""
    if pilot.possible is None:
        return tuple(schema.names[position] for position in right.tolist())
    which = zip(origin.tolist(), right.tolist(), strict=True)
    return tuple(pilot.possible[item][min(at, len(pilot.possible[item]) - 1)] for item, at in which)


def _model(
    pilot: Pilot,
    *,
    origin: Ints,
    rows: Floats,
    task: TaskType,
    slope: float,
    times: float,
    dice: np.random.Generator,
) -> DrawnModel | DrawnSets:
    """Return the model that learns; `rows` are the right labels as 0 and 1, shape (items, labels)."""
    if task.rows is Rows.ANY:
        return DrawnSets(pilot, origin=origin, truth=rows > 0.5, slope=slope, times=times, dice=dice)
    return DrawnModel(pilot, origin=origin, truth=rows.argmax(axis=1), slope=slope, times=times, dice=dice)


def _weighted(dice: np.random.Generator, items: Ints, size: int) -> Ints:
    """Draw items with weights of a Bayesian bootstrap (Rubin 1981): what the pilot may have missed by chance."""
    return dice.choice(items, size=size, p=dice.dirichlet(np.ones(len(items))))


def _source(
    pilot: Pilot,
    crowd: Crowd,
    *,
    origin: Ints,
    place: Ints,
    truth: Ints,
    schema: LabelSchema,
    terms: Terms,
    dice: np.random.Generator,
) -> DrawnSource:
    table, names = pilot.answers, schema.names
    asked = who_could_be_asked(dice, crowd.share, items=len(origin), depth=pilot.depth)
    # Each item leans its own way: its votes and its label's confusion are one Dirichlet distribution.
    cut = dice.random(len(origin))[:, None] > crowd.alike.cumsum(axis=1)[origin]
    alike = SPREADS[np.minimum(cut.sum(axis=1), len(SPREADS) - 1)]
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
        crew=terms.best_first,
    )
    return DrawnSource(drawn, best_first=terms.best_first)


def _scaled(found: Rehearsal, *, pilot: Pilot, terms: Terms, size: int, rest: int) -> _Case:
    """Keep what the pilot took, scale up what the rest takes, and compute the audit for the whole batch."""
    taken = len(pilot.answers.value)
    times = rest / size if size else 1.0
    answers = taken + (found.answers - taken) * times
    control, judged = 0 if terms.known_free else found.control, int(pilot.judged.sum())
    review = (found.judgements - found.audit - found.control - judged) * times
    audit = found.audit * _audit_growth(found.items, terms=terms) * (1.0 + terms.twice)
    judgements = min(control + judged + review + audit, (1.0 + terms.twice) * terms.items + control)
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
        mid = middle[name]
        missed = _MISSED * mid if name == "cost" else 0.0
        known = np.hypot(whole * binomial_spread(share, count), missed) * np.sqrt(left)
        spread = float(np.hypot(known, by_chance))
        away = WIDER[name] * spread
        found[name] = Estimate(max(0.0, mid - away), mid, max(mid, min(most, mid + away)), spread)
    return Forecast(**found)


def binomial_spread(share: float, count: int) -> float:
    """Return the standard deviation of a share seen on `count` items, drawn to a half by one of each (Laplace)."""
    drawn = (min(max(share, 0.0), 1.0) * count + 1.0) / (count + 2.0)
    return float(np.sqrt(drawn * (1.0 - drawn) / max(count, 1)))
