"""Places in an SVG: ticks, dots, and where a value lies."""

from dataclasses import dataclass
from typing import Final

WIDTH: Final = 360
HIGH: Final = 250
LEFT, RIGHT, TOP, BOTTOM = 44, 22, 12, 36


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


def x_of(value: float, low: float, high: float) -> float:
    """Return how far to the right a value lies, in pixels."""
    return LEFT + (WIDTH - LEFT - RIGHT) * (value - low) / (high - low)


def y_of(value: float, low: float, high: float) -> float:
    """Return how far down a value lies, in pixels."""
    return HIGH - BOTTOM - (HIGH - TOP - BOTTOM) * (value - low) / (high - low)


def pixels(value: float) -> str:
    """Return a length as the template writes it."""
    return f"{value:.1f}"
