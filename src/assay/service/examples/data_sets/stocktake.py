"""A stocktake: a box around every product of a shelf, with its packing, its colour, and whether it is damaged."""

from collections.abc import Callable
from typing import Final

from assay.core import chance
from assay.core.labels.attributes import details
from assay.core.labels.label_values import Box, Boxes
from assay.service.examples.data_sets.shelves import COLOURS, LABELS, Shelf, filled_shelf, shelf_picture
from assay.service.examples.drawn_pictures import Colour, Sheet, sized_label
from assay.service.examples.example_folder import SEED, Content, Example, intake_text, listed

COUNT: Final = 60
NAMES: Final = ("red", "blue", "green", "yellow", "orange", "purple", "teal", "pink", "brown", "white")
"""What the colours of `shelves.COLOURS` are called, in their order."""

DAMAGED: Final = 0.12
"""The share of products with a dent: a dark zigzag across them."""

ATTRIBUTES: Final = (
    f'  - {{name: colour, options: [{", ".join(NAMES)}], required: true, help: "The colour of the packing, not of its label."}}',
    '  - {name: damaged, kind: flag, help: "A dark zigzag across the product."}',
)

GUIDE: Final = """# What is in stock, and in which state?

Draw one box around every product, say what it is packed in, and then what is asked about it.

- **One box per product**, as tight as you can; empty places and price tags are left alone.
- **colour** is that of the packing: of a jar, of what is inside; the white paper with print on it does not count. It is asked of
  every product.
- **damaged**: say yes where a dark zigzag runs across the product, whatever its size; else no.
"""


def _content() -> Content:
    keys = [f"stock-{number:03d}" for number in range(1, COUNT + 1)]
    shelves = [filled_shelf(chance.generator(SEED, "stocktake", key)) for key in keys]
    dented = [_dented(key, shelf) for key, shelf in zip(keys, shelves, strict=True)]
    told = list(zip(keys, shelves, dented, strict=True))
    return Content(
        header=("id", "file"),
        rows=[(key, f"images/{key}.jpg") for key in keys],
        truth=[(key, _label(shelf, which)) for key, shelf, which in told],
        files=(
            (f"images/{key}.jpg", shelf_picture(key, shelf, over=_dents(shelf, which)))
            for key, shelf, which in told
        ),
    )


def _dented(key: str, shelf: Shelf) -> tuple[bool, ...]:
    draw = chance.generator(SEED, "stocktake dents", key)
    return tuple((draw.random(len(shelf.products)) < DAMAGED).tolist())


def _label(shelf: Shelf, dented: tuple[bool, ...]) -> str:
    boxes = tuple(
        box._replace(details=details({"colour": _name(colour), "damaged": dent}))
        for (box, colour), dent in zip(shelf.products, dented, strict=True)
    )
    return sized_label(Boxes(boxes, size=(shelf.width, shelf.height)))


def _name(colour: Colour) -> str:
    """Return the name of the colour that is nearest."""
    off = [sum((a - b) ** 2 for a, b in zip(colour, one, strict=True)) for one in COLOURS]
    return NAMES[off.index(min(off))]


def _dents(shelf: Shelf, dented: tuple[bool, ...]) -> Callable[[Sheet], None]:
    def draw(sheet: Sheet) -> None:
        for (box, _), dent in zip(shelf.products, dented, strict=True):
            if dent:
                sheet.line(_zigzag(box), (24, 20, 18))

    return draw


def _zigzag(box: Box) -> list[tuple[float, float]]:
    places = ((0.1, 0.25), (0.45, 0.4), (0.3, 0.55), (0.75, 0.65), (0.6, 0.8), (0.92, 0.9))
    return [(box.left + box.width * x, box.top + box.height * y) for x, y in places]


EXAMPLE: Final = Example(
    name="stocktake",
    sentence=f"{COUNT} pictures of shop shelves, a box around every product with its colour and its state",
    look_at="what is asked about each object: attributes in the intake, on the bench, in COCO and in the manifest",
    intake=intake_text(
        name="stocktake",
        task="image_boxes",
        data="path: items.csv, format: csv, id: id, media: file",
        labels=listed(LABELS),
        attributes=ATTRIBUTES,
        right=0.8,
        formats=("augmented_manifest", "coco", "jsonl"),
        answer=16,
        expert=70,
    ),
    guide=GUIDE,
    content=_content,
)
