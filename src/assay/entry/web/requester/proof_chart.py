"""The chart of the proof: how the evidence of an audit grows towards what would prove the target."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from assay.entry.web.requester.svg_places import Tick, pixels, x_of, y_of
from assay.service import figures_in_words
from assay.service.batches.batch_quality import ProofSoFar
from assay.service.replay.replay_picture import tick_values

_MOST_POINTS: Final = 400


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


def proof_chart(found: ProofSoFar) -> ProofChart:
    """Return how the evidence for the target grew with each judged item."""
    path = [1.0, *(max(wealth, 1e-6) for wealth in found.path)]
    last = max(len(path) - 1, math.ceil(found.expected or 0), 1)
    top = math.log10(found.goal) * 1.12
    low = min(-0.3, *(math.log10(wealth) for wealth in path))
    step = max(1, len(path) // _MOST_POINTS)
    shown = sorted({*range(0, len(path), step), len(path) - 1})
    places = {
        number: (pixels(x_of(number, 0, last)), pixels(y_of(min(math.log10(path[number]), top), low, top)))
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
            Tick(pixels(x_of(value, 0, last)), f"{value:,.0f}")
            for value in tick_values(0, last, most=5)
            if value <= last
        ],
        up=[
            Tick(pixels(y_of(power, low, top)), f"{10.0**power:,.4g}")
            for power in range(math.ceil(low), math.floor(top) + 1)
        ],
        path=" ".join(",".join(places[number]) for number in shown),
        errors=[places[number] for number in errors],
        goal=Tick(pixels(y_of(math.log10(found.goal), low, top)), f"{found.goal:,.4g}: proof"),
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
    right = figures_in_words.share(1.0 - found.allowed)
    more = "more " if found.losses else ""
    clean, one = found.further[0], found.further[1]
    if clean is None:
        return f"This attempt can no longer prove {right}."
    proves = "proves" if clean == 1 else "prove"
    said = f"{figures_in_words.many(clean, f'{more}check')} without an error {proves} {right}"
    return f"{said}; with one error {'this attempt cannot' if one is None else f'{one:,}'}."


def _errors(count: int) -> str:
    return ("no error", "one error", "two errors", "three errors")[count]


def _proof_title(found: ProofSoFar) -> str:
    judged = figures_in_words.many(len(found.losses), "judged item")
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
    chance = figures_in_words.share(1.0 / found.goal)
    said = (
        f"Attempt {found.attempt}, N = {found.items:,}, at most {figures_in_words.share(found.allowed)} may be wrong."
        f" A batch that is worse would reach {found.goal:,.4g} with a chance of {chance} at most."
    )
    if found.losses:
        said += f" {figures_in_words.many(errors, 'error')} found."
    if found.by_exhaustion:
        said += " So many are judged that the others cannot miss the target."
    if found.state == "to come":
        said += " Expected from how right the labels are believed to be."
    return said
