"""Shop shelves: a box around every product, by its packing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from assay.core import chance
from assay.core.labels.label_values import Box, Boxes
from assay.service.examples.drawn_pictures import Colour, Rectangle, Sheet, near, shade, sized_label
from assay.service.examples.example_folder import SEED, Content, Example, intake_text, listed

COUNT: Final = 120
SIZES: Final = ((480, 360), (400, 400), (360, 460))
LABELS: Final = (
    ("bottle", "A neck with a cap, of glass or plastic."),
    ("can", "A metal tin, as wide at the top as at the bottom, with a bright rim."),
    ("carton", "A box of cardboard with straight edges, with or without a gable."),
    ("jar", "Wide glass with a lid as broad as its shoulder."),
)
COLOURS: Final[tuple[Colour, ...]] = (
    (188, 44, 40), (34, 92, 160), (42, 128, 78), (232, 176, 42), (228, 116, 44), (112, 62, 132), (28, 136, 148),
    (206, 90, 124), (92, 66, 48), (236, 226, 206),
)  # fmt: skip
WALLS: Final[tuple[Colour, ...]] = ((226, 224, 218), (208, 214, 220), (232, 222, 206))
BOARD: Final[Colour] = (172, 166, 158)
GLASS: Final[Colour] = (196, 210, 204)
GAP: Final = 0.12
"""How often a place on a shelf is empty."""

GUIDE: Final = """# Which products stand on the shelf?

Draw one box around every product, as tight as you can, and say what it is packed in.

- **One box per product**, also where five of the same kind stand side by side.
- The box touches the product on all four sides: cap, lid and rim are a part of it; its shadow and the price tag on
  the board are not.
- **bottle** or **jar**? A bottle has a neck; a jar's lid is about as broad as the jar.
- **can** or **jar**? A can is metal with a bright rim; through a jar you see what is inside.
- **carton** - everything that is a cardboard box, a milk carton with a gable too.
- Products that touch get boxes that touch. Leave empty places alone.

An empty shelf is sent off without a box.
"""


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is in a picture: its size, the floor of every board, and the products with their colours."""

    width: int
    height: int
    floors: tuple[float, ...]
    products: tuple[tuple[Box, Colour], ...]


def _content() -> Content:
    keys = [f"shelf-{number:03d}" for number in range(1, COUNT + 1)]
    shelves = [filled_shelf(chance.generator(SEED, "shelves", key)) for key in keys]
    return Content(
        header=("id", "file"),
        rows=[(key, f"images/{key}.jpg") for key in keys],
        truth=[(key, _label(shelf)) for key, shelf in zip(keys, shelves, strict=True)],
        files=(
            (f"images/{key}.jpg", shelf_picture(key, shelf)) for key, shelf in zip(keys, shelves, strict=True)
        ),
    )


def _label(shelf: Shelf) -> str:
    boxes = tuple(box for box, _ in shelf.products)
    return sized_label(Boxes(boxes, size=(shelf.width, shelf.height)))


def filled_shelf(draw: np.random.Generator) -> Shelf:
    """Return a shelf of two or three boards with products."""
    width, height = SIZES[int(draw.integers(len(SIZES)))]
    boards = int(draw.integers(2, 4))
    step = (height - 16) / boards
    floors = tuple(16 + step * (number + 1) - 18 for number in range(boards))
    rows = [_row(width, floor, step - 26, draw) for floor in floors]
    return Shelf(width, height, floors, tuple(product for row in rows for product in row))


def _row(width: int, floor: float, room: float, draw: np.random.Generator) -> Iterator[tuple[Box, Colour]]:
    """Fill a board from left to right: runs of one product, and gaps."""
    left = draw.uniform(6, 30)
    while left < width - 40:
        name = LABELS[int(draw.integers(len(LABELS)))][0]
        colour = near(COLOURS[int(draw.integers(len(COLOURS)))], draw)
        tall = room * draw.uniform(*HEIGHTS[name])
        wide = tall * draw.uniform(*WIDTHS[name])
        for _ in range(int(draw.integers(1, 4))):
            if left + wide > width - 6:
                return
            if draw.random() >= GAP:
                yield (
                    Box(name, round(left, 1), round(floor - tall, 1), round(wide, 1), round(tall, 1)),
                    colour,
                )
            left += wide + draw.uniform(1, 7)
        left += draw.uniform(2, 16)


def shelf_picture(key: str, shelf: Shelf, *, over: Callable[[Sheet], None] | None = None) -> bytes:
    """Return the picture of a shelf as a JPEG; `over` draws over its products."""
    draw = chance.generator(SEED, "shelf picture", key)
    sheet = Sheet(shelf.width, shelf.height, near(WALLS[int(draw.integers(len(WALLS)))], draw, spread=5))
    for floor in shelf.floors:
        _board(sheet, floor, draw)
    for box, colour in shelf.products:
        PACKINGS[box.label](sheet, box[1:5], colour)
    if over is not None:
        over(sheet)
    return sheet.photograph(draw)


def _board(sheet: Sheet, floor: float, draw: np.random.Generator) -> None:
    """Draw a board with the shadow above it and price tags on its edge."""
    sheet.box((0, floor - 5, sheet.width, 5), shade(BOARD, 0.82))
    sheet.box((0, floor, sheet.width, 12), BOARD)
    sheet.box((0, floor + 12, sheet.width, 3), shade(BOARD, 0.6))
    for left in range(int(draw.integers(10, 50)), sheet.width - 30, int(draw.integers(70, 110))):
        sheet.box((left, floor + 2, 26, 9), (248, 246, 232), rounded=1)
        sheet.line([(left + 4, floor + 6), (left + 18, floor + 6)], (60, 60, 60))


def _bottle(sheet: Sheet, place: Rectangle, colour: Colour) -> None:
    left, top, wide, tall = place
    sheet.box((left + wide * 0.36, top, wide * 0.28, tall * 0.4), shade(colour, 0.8))
    sheet.box((left, top + tall * 0.3, wide, tall * 0.7), colour, rounded=wide * 0.3)
    sheet.box((left + wide * 0.32, top, wide * 0.36, tall * 0.08), shade(colour, 0.45), rounded=1)
    _paper(sheet, (left, top + tall * 0.5, wide, tall * 0.28), colour)
    sheet.box((left + wide * 0.14, top + tall * 0.36, wide * 0.1, tall * 0.5), shade(colour, 1.4), rounded=1)


def _can(sheet: Sheet, place: Rectangle, colour: Colour) -> None:
    left, top, wide, tall = place
    sheet.box(place, (200, 202, 206), rounded=wide * 0.08)
    sheet.box((left, top + tall * 0.07, wide, tall * 0.86), colour)
    sheet.box((left + wide * 0.72, top + tall * 0.07, wide * 0.28, tall * 0.86), shade(colour, 0.78))
    sheet.oval((left + wide * 0.22, top + tall * 0.28, wide * 0.5, tall * 0.4), shade(colour, 1.5))
    sheet.box((left + wide * 0.08, top + tall * 0.04, wide * 0.1, tall * 0.9), shade(colour, 1.35))


def _carton(sheet: Sheet, place: Rectangle, colour: Colour) -> None:
    left, top, wide, tall = place
    right, under = left + wide, top + tall * 0.14
    sheet.shape([(left, under), (left + wide * 0.12, top), (right, top), (right, under)], shade(colour, 1.25))
    sheet.box((left, top + tall * 0.12, wide, tall * 0.88), colour)
    sheet.box((left + wide * 0.8, top + tall * 0.12, wide * 0.2, tall * 0.88), shade(colour, 0.75))
    _paper(sheet, (left + wide * 0.1, top + tall * 0.3, wide * 0.6, tall * 0.3), colour)
    sheet.box((left + wide * 0.1, top + tall * 0.7, wide * 0.6, tall * 0.05), shade(colour, 1.5))


def _jar(sheet: Sheet, place: Rectangle, colour: Colour) -> None:
    left, top, wide, tall = place
    sheet.box((left, top + tall * 0.14, wide, tall * 0.86), GLASS, rounded=wide * 0.14)
    sheet.box((left + wide * 0.06, top + tall * 0.3, wide * 0.88, tall * 0.66), colour, rounded=wide * 0.12)
    sheet.box((left + wide * 0.06, top, wide * 0.88, tall * 0.18), (214, 196, 120), rounded=2)
    _paper(sheet, (left + wide * 0.06, top + tall * 0.45, wide * 0.88, tall * 0.3), colour)
    sheet.box((left + wide * 0.12, top + tall * 0.24, wide * 0.08, tall * 0.7), shade(GLASS, 1.2), rounded=1)


def _paper(sheet: Sheet, place: Rectangle, colour: Colour) -> None:
    """Draw a paper label with two lines of print."""
    left, top, wide, tall = place
    sheet.box(place, (246, 242, 230))
    for row, share in ((0.25, 0.8), (0.55, 0.55)):
        at = top + tall * row
        sheet.box((left + wide * 0.12, at, wide * share * 0.9, max(tall * 0.16, 1)), shade(colour, 0.7))


HEIGHTS: Final = {"bottle": (0.78, 0.96), "can": (0.34, 0.5), "carton": (0.5, 0.86), "jar": (0.4, 0.58)}
"""Of the room above a board."""

WIDTHS: Final = {"bottle": (0.26, 0.34), "can": (0.52, 0.68), "carton": (0.5, 0.85), "jar": (0.62, 0.82)}
"""Of the height."""

PACKINGS: Final = {"bottle": _bottle, "can": _can, "carton": _carton, "jar": _jar}

EXAMPLE: Final = Example(
    name="shelves",
    sentence=f"{COUNT} pictures of shop shelves, a box around every product",
    look_at="boxes as COCO, YOLO and Pascal VOC from the same labels, and how several people's edges become one",
    intake=intake_text(
        name="shelves",
        task="image_boxes",
        data="path: items.csv, format: csv, id: id, media: file",
        labels=listed(LABELS),
        right=0.85,
        formats=("augmented_manifest", "coco", "yolo", "pascal_voc"),
        answer=12,
        expert=60,
    ),
    guide=GUIDE,
    content=_content,
)
