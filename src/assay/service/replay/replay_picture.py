"""The picture of a replay: cost per item against accuracy, ours at several wishes and the plain ways, as SVG."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from assay.core.planning.baselines_of_a_replay import Way
from assay.service import figures_in_words
from assay.service.delivery.documents.render_document import page

WIDTH: Final = 760
HEIGHT: Final = 460
LEFT, RIGHT, TOP, BOTTOM = 64, 24, 64, 52
_ROOM: Final = 1.12
"""How much further than the dearest proven way the axis goes; what is dearer stands at its end, with an arrow."""
_LETTER, _LINE, _GAP = 6.4, 15.0, 9.0
"""About how wide a letter of the labels is, how high a line, how far a label stands from its point; pixels."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A point of our curve: what is written beside it, and what came of it; `asked`: it is the one that was asked for."""

    title: str
    way: Way
    asked: bool = False


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid: where it is, in pixels, and what it is called."""

    at: str
    name: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A point with its label: pixels as text; `kind` is ours, other, either of them unproven.

    `leader` is where a thin line from the point to a label further away ends, None where it stands beside its point.
    """

    x: str
    y: str
    kind: str
    label_x: str
    label_y: str
    anchor: str
    lines: Sequence[tuple[str, str]]
    leader: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class _Frame:
    """From figures to pixels: cost from 0 to `most`, accuracy from `least` to 1."""

    most: float
    least: float

    def x(self, cost: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * min(cost / self.most, 1.0)

    def y(self, accuracy: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - accuracy) / (1.0 - self.least)


_Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""


def replay_picture(
    *, name: str, ours: Sequence[Stop], others: Sequence[Way], level: float, dashed: str
) -> bytes:
    """Return the picture as SVG that stands alone and follows the reader's light or dark scheme.

    Args:
        name: of the recorded answers.
        ours: what came of several wishes, the least one first; one of them was asked for.
        others: the plain ways.
        level: the accuracy of the dashed line.
        dashed: what that line is.
    """
    points = [*(stop.way for stop in ours), *others]
    seen = [way for way in points if way.proven] + [stop.way for stop in ours]
    costs = tick_values(0.0, _ROOM * max(way.cost_per_item for way in seen))
    rights = _rights(points, level)
    frame = _Frame(most=costs[-1], least=rights[0])
    places = [(frame.x(way.cost_per_item), frame.y(way.accuracy)) for way in points]
    curve = places[: len(ours)]
    return page(
        "replay.svg",
        {
            "width": WIDTH,
            "height": HEIGHT,
            "left": LEFT,
            "right": WIDTH - RIGHT,
            "top": TOP,
            "bottom": HEIGHT - BOTTOM,
            "middle_x": (LEFT + WIDTH - RIGHT) // 2,
            "name": name,
            "said": _said(ours, others),
            "dashed": dashed,
            "across": [Tick(_px(frame.x(value)), f"{value:g}") for value in costs],
            "up": [Tick(_px(frame.y(value)), figures_in_words.share(value)) for value in rights],
            "asked": _px(frame.y(level)),
            "curve": " ".join(f"{_px(x)},{_px(y)}" for x, y in curve),
            "spots": list(_spots(ours, others, places, most=costs[-1])),
        },
    )


def tick_values(low: float, high: float, most: int = 8) -> list[float]:
    """Return round values from at most `low` to at least `high`, `most` steps and fewer; steps are 1, 2 or 5 by tens."""
    span = max(high - low, 1e-9)
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(power * nice for nice in (1, 2, 5, 10, 20) if span / (power * nice) <= most)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, max(last, first + 1) + 1)]


def _rights(points: Sequence[Way], level: float) -> list[float]:
    least = min(level, *(way.accuracy for way in points))
    return [value for value in tick_values(least, 1.0, most=7) if value <= 1.0]


def _said(ours: Sequence[Stop], others: Sequence[Way]) -> str:
    """Return the picture in words, for those who do not see it."""
    shown = [next(stop.way for stop in ours if stop.asked), *others]
    return "; ".join(f"{way.name}: {_figures(way)}" for way in shown)


def _figures(way: Way) -> str:
    return f"{way.cost_per_item:.2f} an item, {figures_in_words.share(way.accuracy)} right"


def _spots(
    ours: Sequence[Stop],
    others: Sequence[Way],
    places: Sequence[tuple[float, float]],
    *,
    most: float,
) -> Iterator[Spot]:
    """Yield every point with its label where none covers another; ours and the plain ways are placed first."""
    titled = [
        (
            place,
            "ours" if stop.way.proven else "ours unproven",
            [stop.title, _figures(stop.way) + _beside(stop.way, most)] if stop.asked else [stop.title],
        )
        for stop, place in zip(ours, places, strict=False)
    ]
    titled += [
        (place, "other" if way.proven else "other unproven", [way.name, _figures(way) + _beside(way, most)])
        for way, place in zip(others, places[len(ours) :], strict=True)
    ]
    # Seven pixels around each point stay free, whichever label comes first.
    taken = [(x - 7, y - 7, x + 7, y + 7) for x, y in places]
    lines = [
        (min(a[0], b[0]), (a[1] + b[1]) / 2, max(a[0], b[0]))
        for a, b in itertools.pairwise(places[: len(ours)])
    ]
    for place, kind, text in sorted(titled, key=lambda one: -len(one[2])):
        wide = max(map(len, text)) * _LETTER
        box, anchor = _free(place, wide, len(text) * _LINE, taken, lines)
        taken.append(box)
        at = {"start": box[0], "end": box[2], "middle": (box[0] + box[2]) / 2}[anchor]
        yield Spot(
            x=_px(place[0]),
            y=_px(place[1]),
            kind=kind,
            label_x=_px(at),
            label_y=_px(box[1] + 12.0),
            anchor=anchor,
            leader=_leader(place, box),
            lines=[(line, "0" if number == 0 else f"{_LINE:g}") for number, line in enumerate(text)],
        )


def _beside(way: Way, most: float) -> str:
    """Return what must be said of a way beside its figures: that nothing is proven, that it lies beyond the axis."""
    return ("" if way.proven else ", unproven") + (
        " \N{RIGHTWARDS ARROW}" if way.cost_per_item > most else ""
    )


def _leader(place: tuple[float, float], box: _Box) -> tuple[str, str] | None:
    """Return the nearest place of a label's box where that is not beside its point."""
    x, y = (min(max(place[0], box[0]), box[2]), min(max(place[1], box[1]), box[3]))
    return (_px(x), _px(y)) if math.hypot(x - place[0], y - place[1]) > 2 * _GAP else None


def _free(
    place: tuple[float, float],
    wide: float,
    high: float,
    taken: Sequence[_Box],
    lines: Sequence[tuple[float, float, float]],
) -> tuple[_Box, str]:
    """Return where a label goes: the nearest place around its point that covers nothing and stays in the picture."""
    x, y = place
    tried: list[tuple[float, _Box, str]] = []
    for far in range(40):
        drop = _LINE * far / 2
        for down in {y - high / 2 + drop, y - high / 2 - drop}:
            right = (x + _GAP, down, x + _GAP + wide, down + high)
            left = (x - _GAP - wide, down, x - _GAP, down + high)
            tried += [(far, right, "start"), (far + 0.2, left, "end")]
        for down in (y + _GAP + drop, y - _GAP - high - drop):
            middle = (x - wide / 2, down, x + wide / 2, down + high)
            tried.append((far + 1.0, middle, "middle"))

    def cost(option: tuple[float, _Box, str]) -> float:
        away, box, _ = option
        over = sum(_overlap(box, other) for other in taken)
        outside = box[0] < LEFT + 2 or box[2] > WIDTH - 4 or box[1] < TOP - 8 or box[3] > HEIGHT - BOTTOM - 2
        crossed = sum(
            box[0] < end and box[2] > start and box[1] < level < box[3] for start, level, end in lines
        )
        return away + 10.0 * over + 10_000.0 * outside + 3.0 * crossed

    _, box, anchor = min(tried, key=lambda option: (cost(option), option[1]))
    return box, anchor


def _overlap(one: _Box, other: _Box) -> float:
    """Return by how many pixels two boxes overlap."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across * down if across > 0 and down > 0 else 0.0


def _px(value: float) -> str:
    return f"{value:.1f}"
