"""Product pictures of garments: which attributes does each of them have? Any number, none included."""

from typing import Final

import numpy as np

from assay.core import chance
from assay.core.labels.label_text import write_label
from assay.core.labels.label_values import Choices
from assay.service.examples.drawn_pictures import WHITE, Colour, Sheet, near, shade
from assay.service.examples.example_folder import SEED, Content, Example, intake_text, listed

COUNT: Final = 400
WIDTH: Final = 180
HEIGHT: Final = 200
LABELS: Final = (
    ("long sleeves", "The sleeves reach the hem."),
    ("hood", "A hood stands up behind the neck."),
    ("collar", "A folded collar with two points."),
    ("buttons", "Buttons down the front."),
    ("pockets", "One or two pockets sewn on, below or on the chest."),
    ("stripes", "Stripes across the cloth."),
    ("dots", "Dots all over the cloth."),
)
SHARES: Final = {"long sleeves": 0.45, "buttons": 0.3, "pockets": 0.35}
COLOURS: Final[tuple[Colour, ...]] = (
    (180, 52, 56), (44, 84, 148), (62, 128, 92), (222, 182, 72), (120, 88, 142), (92, 100, 108), (210, 130, 96),
    (60, 142, 156), (214, 210, 200),
)  # fmt: skip
GUIDE: Final = """# Which attributes does this garment have?

Mark everything that you see on the garment; a plain shirt has none of them.

- **long sleeves** - they reach down to the hem. Sleeves that end above the elbow are not marked.
- **hood** or **collar**? A hood stands round behind the neck; a collar lies folded in two points at its front.
- **buttons** - two or more in a row down the front. A single dot somewhere is not a button.
- **pockets** - one on the chest counts as well as two below.
- **stripes** and **dots** - the pattern of the cloth, even where it is faint. A garment has one of them at most.

Example: a striped shirt with a folded collar and one chest pocket is **collar**, **pockets**, **stripes**.
"""


def _content() -> Content:
    keys = [f"garment-{number:04d}" for number in range(1, COUNT + 1)]
    drawn = [_attributes(chance.generator(SEED, "garment attributes", key)) for key in keys]
    return Content(
        header=("id", "file"),
        rows=[(key, f"images/{key}.jpg") for key in keys],
        truth=[(key, write_label(Choices(has))) for key, has in zip(keys, drawn, strict=True)],
        files=((f"images/{key}.jpg", _picture(key, has)) for key, has in zip(keys, drawn, strict=True)),
    )


def _attributes(draw: np.random.Generator) -> tuple[str, ...]:
    """Return what a garment has: a hood or a collar or neither, one pattern or none, and others by chance."""
    found = [name for name, share in SHARES.items() if draw.random() < share]
    found += [("hood",), ("collar",), (), ()][int(draw.integers(4))]
    found += [("stripes",), ("dots",), (), ()][int(draw.integers(4))]
    return tuple(found)


def _picture(key: str, has: tuple[str, ...]) -> bytes:
    """Return a picture of a garment lying on white."""
    draw = chance.generator(SEED, "garment picture", key)
    colour = near(COLOURS[int(draw.integers(len(COLOURS)))], draw)
    background = near(WHITE, draw, spread=3)
    sheet, cloth = Sheet(WIDTH, HEIGHT, background), _cloth(colour, has, draw)
    middle, top = 90 + draw.uniform(-4, 4), 44 + draw.uniform(-5, 5)
    half, long = draw.uniform(32, 40), draw.uniform(100, 128)
    hem = top + long
    flare = draw.uniform(-2, 5 if "long sleeves" in has else 10)
    if "hood" in has:
        sheet.oval((middle - 23, top - 27, 46, 46), shade(colour, 0.72))
        sheet.oval((middle - 15, top - 17, 30, 32), shade(colour, 0.45))
    reach = hem - 10 if "long sleeves" in has else top + 40
    for side in (-1, 1):
        spread = 34 if "long sleeves" in has else 24
        arm = [
            (middle + side * (half - 6), top),
            (middle + side * (half + spread), reach - 4),
            (middle + side * (half + spread - 17), reach + 3),
            (middle + side * (half - 8), top + 34),
        ]
        sheet.paste(cloth, inside=arm)
        sheet.line(arm[1:3], shade(colour, 0.6), width=2)
        sheet.line([arm[0], arm[3]], shade(colour, 0.7), width=1)
    body = [
        (middle - half + 6, top), (middle - 14, top - 7), (middle, top + 1), (middle + 14, top - 7),
        (middle + half - 6, top), (middle + half + flare, hem), (middle - half - flare, hem),
    ]  # fmt: skip
    sheet.paste(cloth, inside=body)
    sheet.line([body[5], body[6]], shade(colour, 0.6), width=2)
    _details(sheet, colour, has, middle=middle, top=top, hem=hem, draw=draw)
    return sheet.photograph(draw)


def _cloth(colour: Colour, has: tuple[str, ...], draw: np.random.Generator) -> Sheet:
    """Return a sheet full of the cloth."""
    sheet = Sheet(WIDTH, HEIGHT, colour)
    pattern = shade(colour, 1.45) if sum(colour) < 400 else shade(colour, 0.62)
    step = draw.uniform(11, 18)
    if "stripes" in has:
        for row in np.arange(draw.uniform(0, step), HEIGHT, step):
            sheet.box((0, float(row), WIDTH, step * 0.42), pattern)
    if "dots" in has:
        size = step * 0.4
        for number, row in enumerate(np.arange(draw.uniform(0, step), HEIGHT, step)):
            for column in np.arange(step / 2 * (number % 2), WIDTH, step):
                sheet.oval((float(column), float(row), size, size), pattern)
    return sheet


def _details(
    sheet: Sheet,
    colour: Colour,
    has: tuple[str, ...],
    *,
    middle: float,
    top: float,
    hem: float,
    draw: np.random.Generator,
) -> None:
    """Draw what is sewn on the front."""
    dark = shade(colour, 0.55)
    if "hood" not in has and "collar" not in has:
        sheet.line([(middle - 14, top - 7), (middle, top + 1), (middle + 14, top - 7)], dark, width=2)
    if "collar" in has:
        for side in (-1, 1):
            points = [(middle, top + 2), (middle + side * 17, top - 8), (middle + side * 17, top + 9)]
            sheet.shape(points, shade(colour, 1.25))
            sheet.line([*points, points[0]], dark, width=1)
    if "buttons" in has:
        sheet.line([(middle, top + 3), (middle, hem - 1)], dark, width=1)
        for row in np.linspace(top + 16, hem - 14, int(draw.integers(4, 7))):
            sheet.oval((middle - 2.8, float(row), 5.6, 5.6), WHITE)
            sheet.oval((middle - 0.9, float(row) + 1.9, 1.8, 1.8), dark)
    if "pockets" in has:
        chest = draw.random() < 0.4
        places = [(8.0, top + 26)] if chest else [(-27.0, hem - 42), (8.0, hem - 42)]
        for across, down in places:
            sheet.box((middle + across, down, 19, 23), dark, rounded=2)
            sheet.box((middle + across + 1, down + 1, 17, 21), shade(colour, 0.85), rounded=2)
            sheet.line([(middle + across, down + 5), (middle + across + 19, down + 5)], dark, width=1)


EXAMPLE: Final = Example(
    name="garments",
    sentence=f"{COUNT} product pictures of garments, any of seven attributes each",
    look_at="attributes that people overlook, and what a model that sees the pictures adds",
    intake=intake_text(
        name="garments",
        task="image_classification_multi",
        data="path: items.csv, format: csv, id: id, media: file",
        labels=listed(LABELS),
        right=0.9,
        formats=("augmented_manifest", "csv", "jsonl"),
        answer=6,
        expert=30,
    ),
    guide=GUIDE,
    content=_content,
)
