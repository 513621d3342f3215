"""Drawing pictures: everything is drawn at twice its size and then reduced, so that edges are smooth.

Coordinates are pixels of the finished picture.
"""

from io import BytesIO
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from assay.core.ids import canonical
from assay.core.labels.label_text import value_to_json
from assay.core.labels.label_values import Boxes

Colour = tuple[int, int, int]
Rectangle = tuple[float, float, float, float]
"""Left, top, width and height."""

ZOOM: Final = 2
GRAIN: Final = 3.0
"""Grey levels by which the grain of a photograph spreads."""

WHITE: Final[Colour] = (250, 250, 248)


class Sheet:
    """A picture in the making."""

    def __init__(self, width: int, height: int, background: Colour) -> None:
        """Begin with one colour everywhere."""
        self.width, self.height = width, height
        self._image = Image.new("RGB", (width * ZOOM, height * ZOOM), background)
        self._draw = ImageDraw.Draw(self._image)

    def box(self, place: Rectangle, fill: Colour, *, rounded: float = 0.0) -> None:
        """Draw a rectangle, with rounded corners if asked for."""
        self._draw.rounded_rectangle(_corners(place), radius=rounded * ZOOM, fill=fill)

    def oval(self, place: Rectangle, fill: Colour) -> None:
        """Draw an oval that fills a rectangle."""
        self._draw.ellipse(_corners(place), fill=fill)

    def shape(self, points: list[tuple[float, float]], fill: Colour) -> None:
        """Draw a polygon."""
        self._draw.polygon([(x * ZOOM, y * ZOOM) for x, y in points], fill=fill)

    def line(self, points: list[tuple[float, float]], fill: Colour, *, width: float = 1.0) -> None:
        """Draw a line through points."""
        self._draw.line(
            [(x * ZOOM, y * ZOOM) for x, y in points],
            fill=fill,
            width=max(round(width * ZOOM), 1),
            joint="curve",
        )

    def soften(self, radius: float) -> None:
        """Blur what is drawn so far, as a lens does with what is not in focus."""
        self._image = self._image.filter(ImageFilter.GaussianBlur(radius * ZOOM))
        self._draw = ImageDraw.Draw(self._image)

    def paste(self, other: "Sheet", *, inside: list[tuple[float, float]]) -> None:
        """Lay another sheet of the same size over this one, within a polygon."""
        mask = Image.new("L", self._image.size, 0)
        ImageDraw.Draw(mask).polygon([(x * ZOOM, y * ZOOM) for x, y in inside], fill=255)
        self._image.paste(other._image, mask=mask)  # noqa: SLF001 - another sheet

    def photograph(self, draw: np.random.Generator) -> bytes:
        """Return a JPEG with light from one side and some grain."""
        small = self._image.resize((self.width, self.height), Image.Resampling.LANCZOS)
        values = np.asarray(small, dtype=np.float64)
        across, down = np.meshgrid(np.linspace(-1, 1, self.width), np.linspace(-1, 1, self.height))
        light = 1.0 + draw.uniform(-0.06, 0.06) * across + draw.uniform(-0.06, 0.06) * down
        light = light * draw.uniform(0.93, 1.04)
        grain = draw.normal(0.0, GRAIN, (self.height, self.width, 1))
        shown = np.clip(values * light[:, :, None] + grain, 0, 255)
        out = BytesIO()
        Image.fromarray(np.rint(shown).astype(np.uint8)).save(out, format="JPEG", quality=88)
        return out.getvalue()


def sized_label(value: Boxes) -> str:
    """Return boxes as text with the size of their picture, which a truth may hold."""
    boxes = value_to_json(value)
    assert isinstance(boxes, dict)
    return canonical(boxes | {"size": list(value.size or ())}).decode()


def shade(colour: Colour, factor: float) -> Colour:
    """Return a darker (below 1) or lighter (above 1) colour."""
    red, green, blue = (min(max(round(one * factor), 0), 255) for one in colour)
    return red, green, blue


def near(colour: Colour, draw: np.random.Generator, *, spread: float = 12.0) -> Colour:
    """Return a colour that differs a little."""
    red, green, blue = (
        min(max(round(one + float(step)), 0), 255)
        for one, step in zip(colour, draw.normal(0.0, spread, 3), strict=True)
    )
    return red, green, blue


def _corners(place: Rectangle) -> tuple[float, float, float, float]:
    left, top, width, height = (one * ZOOM for one in place)
    return left, top, left + width, top + height
