"""Micrographs of blood: a box around every cell, by its kind."""

from typing import Final

import numpy as np

from assay.core import chance
from assay.core.labels.label_values import Box, Boxes
from assay.service.examples.drawn_pictures import Colour, Rectangle, Sheet, near, shade, sized_label
from assay.service.examples.example_folder import SEED, Content, Example, intake_text, listed

COUNT: Final = 100
WIDTH: Final = 420
HEIGHT: Final = 320
LABELS: Final = (
    ("red cell", "Round, reddish, pale in the middle, without a nucleus."),
    ("white cell", "Larger, pale, with a dark violet nucleus, often in lobes."),
    ("platelet", "A small violet grain, much smaller than a red cell."),
)
FLUID: Final[Colour] = (240, 228, 222)
RED: Final[Colour] = (206, 128, 122)
WHITE_CELL: Final[Colour] = (204, 190, 214)
NUCLEUS: Final[Colour] = (98, 60, 138)
GRAIN: Final[Colour] = (140, 96, 162)
TRIES: Final = 60
"""How often a place without another cell is looked for before a cell is left out."""

APART: Final = 0.88
"""Two cells may come so near, as a share of the sum of their radii: some of them touch and overlap a little."""

GUIDE: Final = """# Which cells are in this micrograph?

Draw one box around every cell, as tight as you can, and say which kind it is.

- **red cell** - round, reddish, pale in the middle. Most cells are red cells. Where two overlap, each gets a box of
  its own, and the boxes overlap too.
- **white cell** - clearly larger, with a dark violet nucleus. The box goes around the whole pale cell and not only
  around the nucleus. A nucleus in three lobes is still one cell.
- **platelet** - a small violet grain without a nucleus. The box is small; zoom in for it.

Cells that are cut by the edge do not occur here. Pale stains without a border are no cells.
"""


def _content() -> Content:
    keys = [f"cells-{number:03d}" for number in range(1, COUNT + 1)]
    found = [_scattered(chance.generator(SEED, "cells", key)) for key in keys]
    return Content(
        header=("id", "file"),
        rows=[(key, f"images/{key}.jpg") for key in keys],
        truth=[(key, sized_label(cells)) for key, cells in zip(keys, found, strict=True)],
        files=((f"images/{key}.jpg", _picture(key, cells)) for key, cells in zip(keys, found, strict=True)),
    )


def _scattered(draw: np.random.Generator) -> Boxes:
    """Return where the cells of one micrograph lie; the large ones find their place first."""
    wanted = (
        ("white cell", int(draw.integers(0, 3)), (27.0, 35.0)),
        ("red cell", int(draw.integers(4, 12)), (17.0, 22.0)),
        ("platelet", int(draw.integers(0, 4)), (6.0, 8.5)),
    )
    boxes: list[Box] = []
    taken: list[tuple[float, float, float]] = []
    for name, many, (least, most) in wanted:
        for _ in range(many):
            radius = float(draw.uniform(least, most))
            middle = _free(taken, radius, draw)
            if middle is not None:
                taken.append((*middle, radius))
                boxes.append(Box(name, *_around(middle, radius, draw)))
    return Boxes(tuple(boxes), size=(WIDTH, HEIGHT))


def _picture(key: str, cells: Boxes) -> bytes:
    """Return a micrograph: stains out of focus, then the cells."""
    draw = chance.generator(SEED, "cells picture", key)
    sheet = Sheet(WIDTH, HEIGHT, near(FLUID, draw, spread=5))
    for _ in range(int(draw.integers(3, 7))):
        wide, tall = draw.uniform(40, 140, 2)
        place = (draw.uniform(-30, WIDTH - 30), draw.uniform(-30, HEIGHT - 30), wide, tall)
        sheet.oval(place, shade(FLUID, draw.uniform(0.93, 0.985)))
    sheet.soften(12)
    for box in cells.boxes:
        DRAWN[box.label](sheet, box[1:5], draw)
    sheet.soften(draw.uniform(0.2, 0.5))
    return sheet.photograph(draw)


def _free(
    taken: list[tuple[float, float, float]], radius: float, draw: np.random.Generator
) -> tuple[float, float] | None:
    """Return a place where a cell has room, or None where none was found."""
    for _ in range(TRIES):
        x = float(draw.uniform(radius * 1.2, WIDTH - radius * 1.2))
        y = float(draw.uniform(radius * 1.2, HEIGHT - radius * 1.2))
        if all((x - a) ** 2 + (y - b) ** 2 > ((radius + r) * APART) ** 2 for a, b, r in taken):
            return x, y
    return None


def _around(middle: tuple[float, float], radius: float, draw: np.random.Generator) -> Rectangle:
    """Return a rectangle around a middle, a little wider than high or the other way round."""
    stretch = float(draw.uniform(0.9, 1.12))
    wide, tall = 2 * radius * stretch, 2 * radius / stretch
    return round(middle[0] - wide / 2, 1), round(middle[1] - tall / 2, 1), round(wide, 1), round(tall, 1)


def _red_cell(sheet: Sheet, place: Rectangle, draw: np.random.Generator) -> None:
    colour = near(RED, draw, spread=7)
    sheet.oval(place, shade(colour, 0.86))
    sheet.oval(_within(place, 0.95), colour)
    for share, light in ((0.55, 1.07), (0.45, 1.13), (0.33, 1.2)):
        sheet.oval(_within(place, share), shade(colour, light))


def _white_cell(sheet: Sheet, place: Rectangle, draw: np.random.Generator) -> None:
    colour = near(WHITE_CELL, draw, spread=6)
    sheet.oval(place, shade(colour, 0.86))
    sheet.oval(_within(place, 0.96), colour)
    left, top, wide, tall = place
    for _ in range(26):  # granules, all within the cell
        angle, far = draw.uniform(0, 2 * np.pi), 0.42 * np.sqrt(draw.random())
        x, y = left + wide * (0.5 + far * np.cos(angle)), top + tall * (0.5 + far * np.sin(angle))
        sheet.oval((x - 1.2, y - 1.2, 2.4, 2.4), shade(colour, 0.88))
    lobes, turn = int(draw.integers(1, 5)), draw.uniform(0, 2 * np.pi)
    nucleus = near(NUCLEUS, draw, spread=6)
    size = wide * (0.62 if lobes == 1 else 0.36)
    for lobe in range(lobes):
        angle, far = turn + lobe * 1.5, wide * (0.05 if lobes == 1 else 0.2)
        x, y = left + wide / 2 + far * np.cos(angle), top + tall / 2 + far * np.sin(angle)
        sheet.oval((x - size / 2, y - size / 2, size, size), nucleus)
        sheet.oval((x - size / 4, y - size / 4, size / 3, size / 3), shade(nucleus, 1.2))


def _platelet(sheet: Sheet, place: Rectangle, draw: np.random.Generator) -> None:
    colour = near(GRAIN, draw, spread=8)
    sheet.oval(place, colour)
    sheet.oval(_within(place, 0.55), shade(colour, 0.75))


def _within(place: Rectangle, share: float) -> Rectangle:
    left, top, wide, tall = place
    return (
        left + wide * (1 - share) / 2,
        top + tall * (1 - share) / 2,
        wide * share,
        tall * share,
    )


DRAWN: Final = {"red cell": _red_cell, "white cell": _white_cell, "platelet": _platelet}

EXAMPLE: Final = Example(
    name="cells",
    sentence=f"{COUNT} micrographs of blood, a box around every cell of three kinds",
    look_at="which kind is overlooked most in the report, and what an expert adds",
    intake=intake_text(
        name="cells",
        task="image_boxes",
        data="path: items.csv, format: csv, id: id, media: file",
        labels=listed(LABELS),
        right=0.85,
        formats=("augmented_manifest", "coco", "jsonl"),
        answer=15,
        expert=80,
    ),
    guide=GUIDE,
    content=_content,
)
