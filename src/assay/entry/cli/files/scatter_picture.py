"""A picture of a few points in signs, for terminals."""

from collections.abc import Sequence
from dataclasses import dataclass

HIGH = 13
NARROWEST = 40


@dataclass(frozen=True, slots=True)
class Point:
    """A point and the sign that stands for it."""

    sign: str
    x: float
    y: float


def scatter(points: Sequence[Point], *, level: float, width: int, across: str, up: str) -> str:
    """Return the points over axes: x from 0, y (shares) up to 1 with a dotted line at `level`; lines end with a break.

    Where two points fall on one place the later one moves to the next free one.
    """
    wide = max(NARROWEST, width) - 10
    most = max(one.x for one in points) * 1.05 or 1.0
    least = min(level, *(one.y for one in points))
    least -= (1.0 - least) * 0.08 or 0.01

    def row(value: float) -> int:
        return round((1.0 - value) / (1.0 - least) * (HIGH - 1))

    grid = [[" "] * wide for _ in range(HIGH)]
    grid[row(level)] = ["."] * wide
    for one in points:
        column = min(round(one.x / most * (wide - 1)), wide - 1)
        line = grid[row(one.y)]
        free = sorted(range(wide), key=lambda place: (abs(place - column), place))
        line[next(place for place in free if line[place] in " .")] = one.sign
    names = {0: "100 %", HIGH - 1: f"{100 * least:.1f} %"}
    names[row(level)] = f"{100 * level:g} %"
    lines = [f"{names.get(number, ''):>8} |{''.join(line).rstrip()}" for number, line in enumerate(grid)]
    end = f"{most:.1f}"
    axis = f"{'':>8} +{'-' * wide}"
    below = f"{'':>10}0{across:^{wide - 1 - len(end)}}{end}"
    return "\n".join([f"{'':>10}{up}", *lines, axis, below]) + "\n"
