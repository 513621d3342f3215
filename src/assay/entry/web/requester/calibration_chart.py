"""The reliability diagram: how sure labels were said to be, and how often they turned out right."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from assay.entry.web.requester.svg_places import Dot, Tick, pixels, x_of, y_of
from assay.service import figures_in_words
from assay.service.batches.batch_quality import Calibrated
from assay.service.replay.replay_picture import tick_values


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


def reliability_chart(found: Calibrated) -> ReliabilityChart:
    """Return the reliability diagram of known items."""
    count = found.controls + found.audited
    parts = [
        figures_in_words.many(found.controls, "control item") + " (which taught the calibration too)"
        if found.controls
        else "",
        figures_in_words.many(found.audited, "item") + " of the audit" if found.audited else "",
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
        across=[Tick(pixels(x_of(value, low, 1.0)), figures_in_words.share(value)) for value in ticks],
        up=[Tick(pixels(y_of(value, low, 1.0)), figures_in_words.share(value)) for value in ticks],
        line=f"{pixels(x_of(low, low, 1.0))},{pixels(y_of(low, low, 1.0))} {pixels(x_of(1.0, low, 1.0))},{pixels(y_of(1.0, low, 1.0))}",
        dots=[
            Dot(
                x=pixels(x_of(one.believed, low, 1.0)),
                y=pixels(y_of(one.right, low, 1.0)),
                radius=pixels(3.0 + 6.0 * math.sqrt(one.count / biggest)),
                top=pixels(y_of(one.high, low, 1.0)),
                bottom=pixels(y_of(one.low, low, 1.0)),
            )
            for one in found.bins
        ],
        rows=[
            (
                figures_in_words.share(one.believed),
                figures_in_words.share(one.right),
                f"{figures_in_words.share(one.low)} to {figures_in_words.share(one.high)}",
                f"{one.count:,} of {count:,}",
            )
            for one in found.bins
        ],
    )
