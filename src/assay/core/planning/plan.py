"""The plan: what a project will take, as ranges, rehearsed before anything starts.

A few hundred synthetic items go through `rehearse` with people drawn from the assumptions, optimistic, expected
and pessimistic; what grows with the batch is scaled up, what does not (the audit) is computed anew. A
pilot's measurements replace the assumptions (`Assumptions.measured`), and the same function makes the quote.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import numpy as np

from assay.core import chance
from assay.core.consolidation.task_bases.single_choice import SingleChoice
from assay.core.labels.label_values import LabelClass, LabelSchema
from assay.core.planning.rehearsal.rehearsal_scene import Rehearsal, Scene
from assay.core.planning.rehearsal.rehearse_batch import rehearse
from assay.core.planning.rehearsal.simulated_answers import SimulatedModel, SimulatedSource
from assay.core.ports.answers import Floats
from assay.core.ports.task_type import Ability, TaskType
from assay.core.project.intake import Money, Quality
from assay.core.project.price_of_work import ExpectedWork, assumed_work
from assay.core.quality.audit_attempts import expected_checks
from assay.core.review.control_and_pilot_sizes import CONTROL_STREAM, control_count, pilot_count
from assay.core.review.settle_ask_again_or_hand_on import Limits

REHEARSED = 600
_STAGES = ("ingest", "de-identify", "pre-label", "label", "consolidate", "validate", "review", "certify", "offer", "deliver")  # fmt: skip
_TASK: TaskType = SingleChoice(name="classification", media=None, manifest_type="")
_HALF_POINT = 0.005
_CONTROL_DEPTH = 2
"""Answers per control item by the end of a pilot: people see more of them among their first items."""

_LEFT_WRONG = {1: 0.25, 0: 0.5, -1: 1.0}
"""What more answers leave of a model's errors where nobody knows from how many labels it learnt."""

_SLOPES = {1: 0.5, 0: 0.35, -1: 0.2}
"""Errors of a model fall as a power of its labels, by slopes like these (Hestness et al. 2017, section 4)."""

_ASSUMED_PEOPLE = 10.0
"""People that the assumptions count for beside those whom a pilot measured."""

ASSUMED = "assumed people"
MEASURED = "assumed people, with what the pilot measured"
ITEMS = "the pilot's own items"
EARLIER = "the pilot of an earlier batch"
BASES = (ASSUMED, MEASURED, ITEMS, EARLIER)

_LUCK = (0.7, 1.1)
_MEASURED_LUCK = (0.8, 1.15)
"""What chance alone makes of an expected price: before a pilot a third less or a tenth more; after it less of both."""
_HOURS_PER_DAY_AROUND = 24.0


@dataclass(frozen=True, slots=True)
class Range:
    """An estimate with what it may become: low <= mid <= high."""

    low: float
    mid: float
    high: float


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What is not known before a pilot.

    Attributes:
        skill: mean rate of right answers.
        skill_spread: its standard deviation between people.
        skill_doubt: how far the mean itself may be off: pessimistic and optimistic plans differ by it.
        confusion: share of errors that go to a person's favourite wrong label.
        care: probability that a person looks at all.
        spam: share of people who guess.
        seconds: median seconds per answer.
        expert_seconds: the same for an expert judgement.
        skip_rate: share of items that a person hands back.
        hours_per_day: hours that a person works a day.
        model_right: share of proposals that are right when a pre-labeller has learnt from a pilot alone.
        model_labels: from how many labelled items it had learnt; 0: not known.
        is_measured: whether a pilot's measurements are in it.
    """

    skill: float = 0.85
    skill_spread: float = 0.07
    skill_doubt: float = 0.05
    confusion: float = 0.3
    care: float = 0.98
    spam: float = 0.02
    seconds: float = 8.0
    expert_seconds: float = 15.0
    skip_rate: float = 0.02
    hours_per_day: float = 4.0
    model_right: float = 0.75
    model_labels: int = 0
    is_measured: bool = False

    def measured(
        self,
        *,
        skills: Floats,
        seconds: Floats,
        skip_rate: float,
        model_right: float | None = None,
        model_labels: int = 0,
    ) -> "Assumptions":
        """Return the assumptions with a pilot's measurements in their place.

        Skills are drawn to what was assumed, which counts for ten people: the first one who was measured may be
        anybody.

        Args:
            skills: shape (people,), the rates of right answers; they include carelessness and guessing.
            seconds: shape (answers,).
            skip_rate: share of items handed back.
            model_right: share of the pre-labeller's proposals that were right, None where it made none.
            model_labels: from how many labelled items it had learnt.
        """
        known = self
        if model_right is not None:
            known = replace(known, model_right=model_right, model_labels=model_labels)
        if not len(seconds):
            return known
        known = replace(known, seconds=float(np.median(seconds)), skip_rate=skip_rate, is_measured=True)
        if not len(skills):
            return known
        people = len(skills)
        trust = people / (people + _ASSUMED_PEOPLE)
        skill = trust * float(skills.mean()) + (1.0 - trust) * self.skill
        spread = trust * float(skills.var()) + (1.0 - trust) * self.skill_spread**2
        return replace(
            known,
            skill=float(np.clip(skill, 0.05, 0.99)),
            skill_spread=float(np.sqrt(spread)),
            skill_doubt=max(0.01, self.skill_doubt * float(np.sqrt(1.0 - trust))),
            # The measured rates hold carelessness and guessing already; what is assumed keeps its part.
            care=trust + (1.0 - trust) * self.care,
            spam=(1.0 - trust) * self.spam,
        )


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage of the plan: how many answers and judgements it takes and what they cost, in cents."""

    name: str
    answers: int
    judgements: int
    price: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a project will take.

    Attributes:
        items: N.
        stages: one line per stage, in order.
        models: names of the pre-labelling models.
        answers_per_item: range.
        control_items: how many.
        review_sample: items that experts redo before the audit.
        audit_sample: fresh judgements that the audit takes.
        expert_judgements: all of them, control items included.
        price: range, in cents.
        hours: range, from the start to the certificate, nights included.
        finish: the day and time by which the expected case is done.
        people: labellers planned for.
        experts: experts planned for.
        cost_of_quality: (share right, expected price in cents) for half points around the target.
        basis: what it is foretold from: one of `BASES`.
        right: range of the share right as delivered, None where it is not foretold.
        work: what an answer is expected to hold and to cost, None where all are paid the same.
    """

    items: int
    stages: tuple[StageLine, ...]
    models: tuple[str, ...]
    answers_per_item: Range
    control_items: int
    review_sample: int
    audit_sample: int
    expert_judgements: int
    price: Range
    hours: Range
    finish: datetime
    people: int
    experts: int
    cost_of_quality: tuple[tuple[float, int], ...]
    basis: str = ASSUMED
    right: Range | None = None
    work: ExpectedWork | None = None


def make_plan(
    *,
    items: int,
    classes: int,
    quality: Quality,
    limits: Limits,
    money: Money,
    people: int,
    experts: int,
    start: datetime,
    assumptions: Assumptions,
    seed: int,
    known_controls: int = 0,
    models: Sequence[str] = (),
    automatic: bool = False,
    work: ExpectedWork | None = None,
) -> Plan:
    """Plan a project by rehearsing it.

    Args:
        items: how many there are, without those whose label the requester knows.
        classes: how many labels there are.
        quality: the target.
        limits: fewest and most answers per item.
        money: prices in cents.
        people: labellers.
        experts: experts.
        start: when work starts.
        assumptions: about people, or a pilot's measurements.
        seed: of every draw.
        known_controls: control items whose label the requester gave; no expert has to judge them.
        models: names of the pre-labelling models.
        automatic: whether these may label items without people.
        work: what answers were measured to hold and cost; None: what is assumed.
    """
    work = work or assumed_work(money.answer)
    stage = _Stage(
        items,
        classes,
        limits,
        money,
        people,
        experts,
        assumptions,
        seed,
        known_controls,
        bool(models),
        automatic and bool(models),
        work,
    )
    cases = [stage.play(quality, luck=luck) for luck in (0, 1, -1)]
    expected = cases[0]
    around = [quality.right + _HALF_POINT * step for step in (-2, -1, 0, 1, 2)]
    curve = tuple(
        (
            round(right, 4),
            expected.price
            if step == 2
            else stage.play(Quality(right=right, confidence=quality.confidence), luck=0).price,
        )
        for step, right in enumerate(around)
        if 0.5 <= right <= 0.9995
    )
    curve = _rising(curve, at=quality.right)
    luck = _MEASURED_LUCK if assumptions.is_measured else _LUCK
    hours = _range([case.hours for case in cases], luck=luck)
    return Plan(
        items=stage.batch,
        stages=stage_lines(
            answers=expected.answers,
            control=expected.control,
            review=expected.review,
            judgements=expected.judgements,
            money=money,
            answer=work.cents[1],
        ),
        models=tuple(models),
        answers_per_item=_range([case.answers / stage.batch for case in cases], luck=luck),
        control_items=known_controls or stage.controls,
        review_sample=expected.review,
        audit_sample=expected.audit,
        expert_judgements=expected.judgements,
        price=_price_range(cases, work=work, money=money, luck=luck),
        hours=hours,
        finish=start + timedelta(hours=hours.mid),
        people=people,
        experts=experts,
        cost_of_quality=curve,
        basis=MEASURED if assumptions.is_measured else ASSUMED,
        work=None if money.answer.is_fixed else work,
    )


@dataclass(frozen=True, slots=True)
class _Case:
    """One rehearsal, scaled up to the batch."""

    answers: int
    control: int
    review: int
    audit: int
    judgements: int
    price: int
    hours: float


@dataclass(frozen=True, slots=True)
class _Stage:
    """What all rehearsals of a plan share."""

    items: int
    classes: int
    limits: Limits
    money: Money
    people: int
    experts: int
    assumptions: Assumptions
    seed: int
    known_controls: int
    has_model: bool
    automatic: bool
    work: ExpectedWork
    said: dict[int, dict[tuple[int, int], str]] = field(default_factory=dict)

    @property
    def controls(self) -> int:
        """Control items that experts have to label."""
        return 0 if self.known_controls else control_count(self.items)

    @property
    def batch(self) -> int:
        """N, without control items."""
        return max(1, self.items - self.controls)

    def play(self, quality: Quality, *, luck: int) -> _Case:
        """Rehearse with people and a model as expected (0), better (1) or worse (-1), and scale up."""
        known = self.controls or min(self.known_controls, control_count(20 * self.known_controls))
        size = max(20, min(REHEARSED, self.batch))
        schema = LabelSchema(tuple(LabelClass(f"label {k}") for k in range(max(2, self.classes))))
        keys = tuple(str(position) for position in range(size + known))
        true = [chance.pick(self.seed, "truth", key, below=len(schema.names)) for key in keys]
        truth = tuple(schema.names[position] for position in true)
        source = SimulatedSource(
            truth=truth,
            abilities=self._people(luck * self.assumptions.skill_doubt),
            task=_TASK,
            schema=schema,
            seed=self.seed,
            said=self.said.setdefault(luck, {}),
        )
        scene = Scene(
            keys=keys,
            truth=truth,
            task=_TASK,
            schema=schema,
            quality=quality,
            limits=self.limits,
            expert_price=in_answers(self.money, answer=self.work.cents[1]),
            seed=self.seed,
            controls=known,
            control_depth=_CONTROL_DEPTH,
            control_stream=CONTROL_STREAM,
            pilot=max(1, round(pilot_count(self.batch) * size / self.batch)),
            pilot_judged=False,
            may_skip_people=False,
            proposer=self._model(true, classes=len(schema.names), luck=luck),
            automatic=self.automatic,
        )
        return self._scaled(rehearse(scene, source=source), quality=quality, known=known)

    def _model(self, true: Sequence[int], *, classes: int, luck: int) -> SimulatedModel | None:
        """More labels mend a part of what a pilot's model gets wrong; with luck more, else less."""
        if not self.has_model:
            return None
        had = self.assumptions.model_labels
        left = min(1.0, (had / self.batch) ** _SLOPES[luck]) if had else _LEFT_WRONG[luck]
        wrong = (1.0 - self.assumptions.model_right) * left
        return SimulatedModel(truth=true, classes=classes, right=1.0 - wrong, seed=self.seed)

    def _people(self, shift: float) -> tuple[Ability, ...]:
        a = self.assumptions
        dice = chance.generator(self.seed, "people", "plan")
        skills = np.clip(a.skill + shift + a.skill_spread * dice.standard_normal(self.people), 0.05, 0.995)
        spams = dice.random(self.people) < a.spam
        return tuple(
            Ability(
                skill=float(skill), confusion=a.confusion, care=a.care, spam=bool(spam), seconds=a.seconds
            )
            for skill, spam in zip(skills, spams, strict=True)
        )

    def _scaled(self, found: Rehearsal, *, quality: Quality, known: int) -> _Case:
        times = self.batch / max(found.items, 1)
        fixed = known * _CONTROL_DEPTH
        answers = round((found.answers - fixed) * times) + fixed
        review = round((found.judgements - found.audit - found.control) * times)
        audit = round(found.audit * self._audit_growth(found.items, quality=quality))
        judgements = min(self.controls + review + audit, self.items)
        a = self.assumptions
        work = answers * a.seconds * (1.0 + a.skip_rate) / max(self.people, 1)
        work += judgements * a.expert_seconds / max(self.experts, 1)
        return _Case(
            answers=answers,
            control=self.controls,
            review=review,
            audit=audit,
            judgements=judgements,
            price=round(answers * self.work.cents[1]) + judgements * self.money.expert,
            hours=work / 3600.0 * _HOURS_PER_DAY_AROUND / a.hours_per_day,
        )

    def _audit_growth(self, rehearsed: int, *, quality: Quality) -> float:
        """An audit hardly grows with its batch; its length is computed for both sizes."""
        half = np.array([quality.allowed / 2.0])
        sizes = [
            float(expected_checks(items=n, allowed=quality.allowed, delta=quality.delta, rates=half)[0])
            for n in (rehearsed, self.batch)
        ]
        return sizes[1] / max(sizes[0], 1.0)


def in_answers(money: Money, *, answer: float) -> float:
    """Return what an expert judgement costs, in answers that cost so many cents."""
    return money.expert / max(answer, 1)


def stage_lines(
    *, answers: int, control: int, review: int, judgements: int, money: Money, answer: float
) -> tuple[StageLine, ...]:
    """Return one line per stage; what experts judge beside control items and review is the certificate's.

    `answer` is what one is expected to cost, in cents.
    """
    takes = {
        "label": (answers, control),
        "review": (0, review),
        "certify": (0, max(0, judgements - control - review)),
    }
    lines = []
    for name in _STAGES:
        given, judged = takes.get(name, (0, 0))
        price = round(given * answer) + judged * money.expert
        lines.append(StageLine(name=name, answers=given, judgements=judged, price=price))
    return tuple(lines)


def _price_range(
    cases: Sequence[_Case], *, work: ExpectedWork, money: Money, luck: tuple[float, float]
) -> Range:
    """Return the range of the price where answers may hold less or more than is expected, too."""
    low, mid, high = (
        _range(
            [float(round(case.answers * cents) + case.judgements * money.expert) for case in cases], luck=luck
        )
        for cents in work.cents
    )
    return Range(low=low.low, mid=mid.mid, high=high.high)


def _range(values: Sequence[float], *, luck: tuple[float, float]) -> Range:
    """The first value is the expected one; chance alone makes it less or more by `luck`."""
    less, more = luck
    return Range(low=min(*values, values[0] * less), mid=values[0], high=max(*values, values[0] * more))


def _rising(curve: tuple[tuple[float, int], ...], *, at: float) -> tuple[tuple[float, int], ...]:
    """More quality never costs less; single rehearsals may say so by chance. The price `at` the target stays."""
    middle = next(place for place, (right, _) in enumerate(curve) if abs(right - at) < _HALF_POINT / 2)
    prices = [price for _, price in curve]
    for place in range(middle + 1, len(prices)):
        prices[place] = max(prices[place], prices[place - 1])
    for place in range(middle - 1, -1, -1):
        prices[place] = min(prices[place], prices[place + 1])
    return tuple((right, price) for (right, _), price in zip(curve, prices, strict=True))
