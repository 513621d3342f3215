"""Pictures of what a batch's quality rests on, as places in an SVG that the template draws; a table stands behind each."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from assay.service.documents import wording
from assay.service.documents.replay_picture import tick_values
from assay.service.reads.batch_quality import Calibrated, ProofSoFar, WhoSaidWhat

WIDTH: Final = 360
HIGH: Final = 250
LEFT, RIGHT, TOP, BOTTOM = 44, 22, 12, 36
_MOST_POINTS: Final = 400
_SHADES: Final = 5


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid: its place in pixels and its name."""

    at: str
    name: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A bin of the reliability diagram: its place, its radius, and its interval from top to bottom."""

    x: str
    y: str
    radius: str
    top: str
    bottom: str


@dataclass(frozen=True, slots=True)
class ReliabilityChart:
    """The reliability diagram: heading, sentence, grid, dots, and the table behind it; empty dots: too few items."""

    title: str
    said: str
    across: Sequence[Tick]
    up: Sequence[Tick]
    line: str
    dots: Sequence[Dot]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the table of who said what: the count, and how dark it is (0 to 5); `right` is the diagonal."""

    count: str
    share: str
    shade: int
    right: bool


@dataclass(frozen=True, slots=True)
class ConfusionTable:
    """Who said what: heading, sentence, labels, and (label, cells, answers in all) of each row."""

    title: str
    said: str
    labels: Sequence[str]
    rows: Sequence[tuple[str, Sequence[Cell], str]]


@dataclass(frozen=True, slots=True)
class ProofChart:
    """How the evidence grew: heading, sentence, grid, path, the errors on it, and the height at which it is proof.

    `further` says how many more checks would prove the target, and `ahead` is the table of that.
    """

    title: str
    said: str
    across: Sequence[Tick]
    up: Sequence[Tick]
    path: str
    errors: Sequence[tuple[str, str]]
    goal: Tick
    rows: Sequence[Sequence[str]]
    further: str
    ahead: Sequence[Sequence[str]]


def reliability_chart(found: Calibrated) -> ReliabilityChart:
    """Return the reliability diagram of known items."""
    count = found.controls + found.audited
    parts = [
        wording.many(found.controls, "control item") + " (which taught the calibration too)"
        if found.controls
        else "",
        wording.many(found.audited, "item") + " of the audit" if found.audited else "",
    ]
    known = f"Known items: {' and '.join(part for part in parts if part)}."
    if not found.bins:
        return ReliabilityChart(
            "Calibration is not known yet", f"{known} That is too few.", (), (), "", (), ()
        )
    least = min(min(one.believed, one.low) for one in found.bins)
    ticks = [value for value in tick_values(least, 1.0, most=5) if value <= 1.0]
    low = ticks[0]
    biggest = max(one.count for one in found.bins)
    return ReliabilityChart(
        title=f"Calibration: off by {100 * found.error:.1f} points on average",
        said=f"{known} On the line, what is believed is what is right; bars are 95 % intervals, circles grow with the items.",
        across=[Tick(_px(_x(value, low, 1.0)), wording.share(value)) for value in ticks],
        up=[Tick(_px(_y(value, low, 1.0)), wording.share(value)) for value in ticks],
        line=f"{_px(_x(low, low, 1.0))},{_px(_y(low, low, 1.0))} {_px(_x(1.0, low, 1.0))},{_px(_y(1.0, low, 1.0))}",
        dots=[
            Dot(
                x=_px(_x(one.believed, low, 1.0)),
                y=_px(_y(one.right, low, 1.0)),
                radius=_px(3.0 + 6.0 * math.sqrt(one.count / biggest)),
                top=_px(_y(one.high, low, 1.0)),
                bottom=_px(_y(one.low, low, 1.0)),
            )
            for one in found.bins
        ],
        rows=[
            (
                wording.share(one.believed),
                wording.share(one.right),
                f"{wording.share(one.low)} to {wording.share(one.high)}",
                f"{one.count:,} of {count:,}",
            )
            for one in found.bins
        ],
    )


def confusion_table(found: WhoSaidWhat) -> ConfusionTable:
    """Return the table of who said what, each row shaded by its own shares."""
    total = sum(map(sum, found.counts))
    agreed = sum(row[place] for place, row in enumerate(found.counts))
    worst = max(
        (
            (count, found.labels[decided], found.labels[said])
            for decided, row in enumerate(found.counts)
            for said, count in enumerate(row)
            if said != decided
        ),
        default=(0, "", ""),
    )
    often = f" Most often '{worst[1]}' was called '{worst[2]}'." if worst[0] else ""
    some = "" if found.all_counted else " The first items alone are counted."
    rows = [
        (
            label,
            [
                Cell(
                    count=f"{count:,}",
                    share=wording.share(count / sum(row)) if sum(row) else "",
                    shade=math.ceil(_SHADES * count / sum(row)) if count else 0,
                    right=said == decided,
                )
                for said, count in enumerate(row)
            ],
            f"{sum(row):,}",
        )
        for decided, (label, row) in enumerate(zip(found.labels, found.counts, strict=True))
    ]
    return ConfusionTable(
        title=f"Who said what: {wording.share(agreed / total) if total else 'nothing'} as it was decided",
        said=f"{wording.many(total, 'answer')} of {found.people:,} people.{often}{some}",
        labels=found.labels,
        rows=rows,
    )


def proof_chart(found: ProofSoFar) -> ProofChart:
    """Return how the evidence for the target grew with each judged item."""
    path = [1.0, *(max(wealth, 1e-6) for wealth in found.path)]
    last = max(len(path) - 1, math.ceil(found.expected or 0), 1)
    top = math.log10(found.goal) * 1.12
    low = min(-0.3, *(math.log10(wealth) for wealth in path))
    step = max(1, len(path) // _MOST_POINTS)
    shown = sorted({*range(0, len(path), step), len(path) - 1})
    places = {
        number: (_px(_x(number, 0, last)), _px(_y(min(math.log10(path[number]), top), low, top)))
        for number in range(len(path))
    }
    errors = [
        number
        for number, loss in enumerate(found.losses, start=1)
        if loss > found.allowed and number in places
    ]
    totals = list(accumulate(found.losses))
    return ProofChart(
        title=_proof_title(found),
        said=_proof_said(found),
        across=[
            Tick(_px(_x(value, 0, last)), f"{value:,.0f}")
            for value in tick_values(0, last, most=5)
            if value <= last
        ],
        up=[
            Tick(_px(_y(power, low, top)), f"{10.0**power:,.4g}")
            for power in range(math.ceil(low), math.floor(top) + 1)
        ],
        path=" ".join(",".join(places[number]) for number in shown),
        errors=[places[number] for number in errors],
        goal=Tick(_px(_y(math.log10(found.goal), low, top)), f"{found.goal:,.4g}: proof"),
        rows=[
            (f"{number:,}", f"{totals[number - 1]:,.4g}" if number else "0", f"{path[number]:,.4g}")
            for number in sorted({*range(0, len(path), max(1, len(path) // 12)), len(path) - 1})
        ],
        further=_further(found),
        ahead=[
            (_errors(errors), "not in this attempt" if checks is None else f"{checks:,}")
            for errors, checks in enumerate(found.further)
        ],
    )


def _further(found: ProofSoFar) -> str:
    """Return in a sentence how many more checks would prove the target, without an error and with one."""
    if not found.further:
        return ""
    right = wording.share(1.0 - found.allowed)
    more = "more " if found.losses else ""
    clean, one = found.further[0], found.further[1]
    if clean is None:
        return f"This attempt can no longer prove {right}."
    proves = "proves" if clean == 1 else "prove"
    said = f"{wording.many(clean, f'{more}check')} without an error {proves} {right}"
    return f"{said}; with one error {'this attempt cannot' if one is None else f'{one:,}'}."


def _errors(count: int) -> str:
    return ("no error", "one error", "two errors", "three errors")[count]


def _proof_title(found: ProofSoFar) -> str:
    judged = wording.many(len(found.losses), "judged item")
    if found.state == "proven":
        return f"The proof took {judged}"
    if found.state == "not proven":
        return f"Not proven after {judged}"
    about = "" if found.expected is None else f" of about {found.expected:,.0f}"
    if found.state == "in work":
        return f"The proof is in work: {len(found.losses):,}{about} items judged"
    return f"The proof will take about {found.expected:,.0f} judged items"


def _proof_said(found: ProofSoFar) -> str:
    errors = sum(loss > found.allowed for loss in found.losses)
    chance = wording.share(1.0 / found.goal)
    said = (
        f"Attempt {found.attempt}, N = {found.items:,}, at most {wording.share(found.allowed)} may be wrong."
        f" A batch that is worse would reach {found.goal:,.4g} with a chance of {chance} at most."
    )
    if found.losses:
        said += f" {wording.many(errors, 'error')} found."
    if found.by_exhaustion:
        said += " So many are judged that the others cannot miss the target."
    if found.state == "to come":
        said += " Expected from how right the labels are believed to be."
    return said


def _x(value: float, low: float, high: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (value - low) / (high - low)


def _y(value: float, low: float, high: float) -> float:
    return HIGH - BOTTOM - (HIGH - TOP - BOTTOM) * (value - low) / (high - low)


def _px(value: float) -> str:
    return f"{value:.1f}"
