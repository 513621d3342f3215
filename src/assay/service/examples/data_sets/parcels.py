"""Parcels at a depot: is the picture any use, what is damaged and how badly, and which stickers are there?"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assay.core import chance
from assay.core.ids import canonical
from assay.core.labels.attributes import details
from assay.core.labels.label_text import write_label
from assay.core.labels.label_values import Answers, Box, Boxes, Choice
from assay.service.examples.drawn_pictures import Colour, Rectangle, Sheet, near, shade, sized_label
from assay.service.examples.example_folder import SEED, Content, Example, intake_text, listed
from assay.service.examples.made_up_sentences import one_of

COUNT: Final = 60
SIZES: Final = ((480, 360), (420, 420), (380, 460))
CLEAR, BLURRED, DARK = "clear", "blurred", "dark"
PICTURES: Final = (CLEAR, BLURRED, CLEAR, CLEAR, DARK, CLEAR, CLEAR, CLEAR)
"""How often a picture is what."""

STICKERS: Final = (
    ("fragile", "Red, with a white glass."),
    ("this way up", "White, with two black arrows."),
    ("heavy", "Yellow, with a black weight."),
)
STUCK: Final = 0.4
"""How likely a parcel is to have any one of them."""

DAMAGE: Final = (
    ("hole", "You look into the parcel: black inside, torn paper around it."),
    ("dent", "Pressed in but closed: creases that run together, no black."),
)
SLIGHT, SEVERE = "slight", "severe"
BROAD: Final = {SLIGHT: (0.4, 0.62), SEVERE: (1.2, 1.55)}
"""How broad a damage is, in breadths of the address."""

WET: Final = 0.3
ADDRESS: Final = (58.0, 38.0)
"""Width and height of the paper with the address: the same on every parcel, so that one can measure by it."""

CARDBOARD: Final[tuple[Colour, ...]] = ((190, 146, 98), (172, 128, 84), (206, 170, 124), (226, 220, 208))
GROUND: Final[tuple[Colour, ...]] = ((150, 152, 156), (118, 126, 134), (176, 172, 160), (134, 118, 104))
NIGHT: Final = 0.08
"""How bright a dark picture is."""

BLUR: Final = 6.0
STICKER: Final = 36.0
"""The side of a sticker."""

EDGE: Final = 7.0
"""So far apart are things on the front, and from its edges."""

TRIES: Final = 60
"""Places that are looked at until there is no room."""

WHITE: Final[Colour] = (248, 246, 240)
BLACK: Final[Colour] = (24, 22, 20)
RED: Final[Colour] = (196, 38, 32)
YELLOW: Final[Colour] = (240, 196, 40)
TAPE: Final[Colour] = (214, 190, 140)

QUESTIONS: Final = (
    '  - name: picture\n    ask: "Can you judge the parcel by this picture?"',
    "    labels:",
    f'      - {{name: {CLEAR}, help: "You could read large print on the parcel."}}',
    f'      - {{name: {BLURRED}, help: "All edges are soft."}}',
    f'      - {{name: {DARK}, help: "Next to nothing can be made out."}}',
    '  - name: damage\n    ask: "Mark every damage of the front."\n    task: image_boxes',
    "    labels:",
    *(f"    {line}" for line in listed(DAMAGE)),
    "    attributes:",
    f'      - {{name: severity, options: [{SLIGHT}, {SEVERE}], required: true, help: "Severe: broader than the paper with the address."}}',
    '      - {name: wet, kind: flag, help: "A darker stain reaches out around it."}',
    f"    when: {{question: picture, is: {CLEAR}}}",
    '  - name: stickers\n    ask: "Which of these stickers are on it?"\n    task: image_classification_multi',
    "    labels:",
    *(f"    {line}" for line in listed(STICKERS)),
    f"    when: {{question: picture, is: {CLEAR}}}",
)

GUIDE: Final = """# In which state did the parcel arrive?

Three questions about each picture. Begin with the picture itself: where it is no use, nothing else is asked.

## picture

- **clear** - you could read large print on the parcel. A little grain does no harm.
- **blurred** - all edges are soft, even those of the parcel.
- **dark** - the light was off: next to nothing can be made out.

## damage

One box around every damage of the front, as tight as you can. A whole parcel is sent off without a box.

- **hole** - you look into the parcel: black inside, torn pale paper around it. The torn paper belongs to it.
- **dent** - pressed in but closed: creases that run together in its middle, and no black.
- **severity** - *severe* if it is broader than the white paper with the address, else *slight*. The paper is equally
  broad on every parcel.
- **wet** - say yes where a darker stain reaches out around it. The stain is not part of the box.

Tape, stickers and the top of the parcel are no damage.

## stickers

All that are on the front, or none: **fragile** is red with a white glass, **this way up** white with two black arrows,
**heavy** yellow with a black weight. The paper with the address does not count.
"""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is in a picture; places are pixels.

    Attributes:
        width, height: of the picture.
        seen: how the picture turned out, one of `PICTURES`.
        front: the side that is looked at.
        card: its colour.
        address: where the paper with the address sticks.
        stickers: where which sticker is.
        damage: what is damaged.
    """

    width: int
    height: int
    seen: str
    front: Rectangle
    card: Colour
    address: Rectangle
    stickers: Mapping[str, Rectangle]
    damage: tuple[Box, ...]


def _content() -> Content:
    keys = [f"parcel-{number:03d}" for number in range(1, COUNT + 1)]
    parcels = [_parcel(chance.generator(SEED, "parcels", key)) for key in keys]
    told = list(zip(keys, parcels, strict=True))
    return Content(
        header=("id", "file"),
        rows=[(key, f"images/{key}.jpg") for key in keys],
        truth=[(key, _label(parcel)) for key, parcel in told],
        files=((f"images/{key}.jpg", _picture(key, parcel)) for key, parcel in told),
    )


def _label(parcel: Parcel) -> str:
    if parcel.seen != CLEAR:
        return write_label(Answers((("picture", Choice(parcel.seen)),)))
    damage = sized_label(Boxes(parcel.damage, size=(parcel.width, parcel.height)))
    said = {"picture": CLEAR, "damage": json.loads(damage), "stickers": sorted(parcel.stickers)}
    return canonical({"answers": said}).decode()


def _parcel(draw: np.random.Generator) -> Parcel:
    width, height = SIZES[int(draw.integers(len(SIZES)))]
    wide, high = draw.uniform(0.62, 0.84) * width, draw.uniform(0.5, 0.66) * height
    left, top = draw.uniform(0.06, 0.94) * (width - wide - 24), height - high - draw.uniform(14, 50)
    front = (left, top, wide, high)
    taken: list[Rectangle] = [(left + wide / 2 - 10, top, 20, high)]
    address = _free_place(ADDRESS, front, taken, draw)
    stickers = {
        name: place
        for name, _ in STICKERS
        if draw.random() < STUCK and (place := _free_place((STICKER, STICKER), front, taken, draw))
    }
    damage = [_damage(front, taken, draw) for _ in range(int(draw.integers(0, 4)))]
    assert address is not None
    return Parcel(
        width=width,
        height=height,
        seen=one_of(PICTURES, draw),
        front=front,
        card=near(CARDBOARD[int(draw.integers(len(CARDBOARD)))], draw, spread=6),
        address=address,
        stickers=stickers,
        damage=tuple(one for one in damage if one is not None),
    )


def _free_place(
    size: tuple[float, float], front: Rectangle, taken: list[Rectangle], draw: np.random.Generator
) -> Rectangle | None:
    """Return a place for something of that size on the front that touches nothing, and note it as taken."""
    left, top, wide, high = front
    for _ in range(TRIES):
        x = draw.uniform(left + EDGE, left + wide - EDGE - size[0])
        y = draw.uniform(top + EDGE, top + high - EDGE - size[1])
        place = (round(x, 1), round(y, 1), round(size[0], 1), round(size[1], 1))
        if not any(_touch(place, other) for other in taken):
            taken.append(place)
            return place
    return None


def _touch(one: Rectangle, other: Rectangle) -> bool:
    return all(
        one[axis] - EDGE < other[axis] + other[axis + 2] and other[axis] - EDGE < one[axis] + one[axis + 2]
        for axis in (0, 1)
    )


def _damage(front: Rectangle, taken: list[Rectangle], draw: np.random.Generator) -> Box | None:
    severity = one_of((SLIGHT, SEVERE), draw)
    wide = ADDRESS[0] * draw.uniform(*BROAD[severity])
    place = _free_place((wide, wide * draw.uniform(0.6, 0.8)), front, taken, draw)
    if place is None:
        return None
    kind = DAMAGE[int(draw.integers(len(DAMAGE)))][0]
    return Box(kind, *place, details({"severity": severity, "wet": bool(draw.random() < WET)}))


def _picture(key: str, parcel: Parcel) -> bytes:
    draw = chance.generator(SEED, "parcel picture", key)
    light = NIGHT if parcel.seen == DARK else 1.0
    ground = near(GROUND[int(draw.integers(len(GROUND)))], draw)
    sheet = Sheet(parcel.width, parcel.height, shade(ground, 1.12 * light))
    floor = parcel.front[1] + parcel.front[3] * draw.uniform(0.5, 0.8)
    sheet.box((0, floor, parcel.width, parcel.height - floor), shade(ground, 0.8 * light))
    _carton(sheet, parcel, light)
    for box in parcel.damage:
        if dict(box.details.attributes)["wet"]:
            left, top, wide, high = box[1:5]
            sheet.oval((left - 9, top - 7, wide + 18, high + 18), shade(parcel.card, 0.74 * light))
    _paper(sheet, parcel.address, light)
    for name, place in parcel.stickers.items():
        STICKERS_DRAWN[name](sheet, place, light)
    for box in parcel.damage:
        DAMAGE_DRAWN[box.label](sheet, box[1:5], parcel.card, light, draw)
    if parcel.seen == BLURRED:
        sheet.soften(BLUR)
    return sheet.photograph(draw)


def _carton(sheet: Sheet, parcel: Parcel, light: float) -> None:
    """Draw the parcel with the shadow it throws, its top and its tape."""
    left, top, wide, high = parcel.front
    card, back = shade(parcel.card, light), min(top, 26.0)
    sheet.oval((left - 10, top + high - 10, wide + 34, 20), shade(parcel.card, 0.3 * light))
    sheet.shape(
        [(left, top), (left + 22, top - back), (left + wide + 22, top - back), (left + wide, top)],
        shade(card, 1.14),
    )
    side = [(left + wide, top), (left + wide + 22, top - back), (left + wide + 22, top + high - 16)]
    sheet.shape([*side, (left + wide, top + high)], shade(card, 0.7))
    sheet.box(parcel.front, card)
    middle = left + wide / 2
    sheet.box((middle - 9, top, 18, high), shade(TAPE, light))
    sheet.shape(
        [(middle - 9, top), (middle + 13, top - back), (middle + 31, top - back), (middle + 9, top)],
        shade(TAPE, 1.08 * light),
    )


def _paper(sheet: Sheet, place: Rectangle, light: float) -> None:
    """Draw the paper with the address, and a code of bars."""
    left, top, wide, high = place
    sheet.box(place, shade(WHITE, light))
    for row, share in ((0.14, 0.6), (0.3, 0.45), (0.46, 0.7)):
        sheet.box((left + 5, top + high * row, wide * share, 2.5), shade(BLACK, light))
    for bar in range(9):
        sheet.box((left + 5 + 5 * bar, top + high * 0.68, 1.5 + bar % 3, high * 0.22), shade(BLACK, light))


def _glass(sheet: Sheet, place: Rectangle, light: float) -> None:
    white = shade(WHITE, light)
    sheet.box(place, shade(RED, light))
    sheet.shape(_within(place, ((0.26, 0.14), (0.74, 0.14), (0.58, 0.54), (0.42, 0.54))), white)
    sheet.shape(_within(place, ((0.46, 0.5), (0.54, 0.5), (0.54, 0.8), (0.46, 0.8))), white)
    sheet.shape(_within(place, ((0.3, 0.78), (0.7, 0.78), (0.7, 0.88), (0.3, 0.88))), white)


def _arrows(sheet: Sheet, place: Rectangle, light: float) -> None:
    black = shade(BLACK, light)
    sheet.box(place, shade(WHITE, light))
    for at in (0.1, 0.54):
        head = ((at, 0.46), (at + 0.18, 0.12), (at + 0.36, 0.46))
        sheet.shape(_within(place, head), black)
        foot = ((at + 0.11, 0.44), (at + 0.25, 0.44), (at + 0.25, 0.84), (at + 0.11, 0.84))
        sheet.shape(_within(place, foot), black)


def _weight(sheet: Sheet, place: Rectangle, light: float) -> None:
    left, top, wide, high = place
    yellow, black = shade(YELLOW, light), shade(BLACK, light)
    sheet.box(place, yellow)
    sheet.oval((left + wide * 0.36, top + high * 0.12, wide * 0.28, high * 0.28), black)
    sheet.oval((left + wide * 0.44, top + high * 0.2, wide * 0.12, high * 0.12), yellow)
    sheet.shape(_within(place, ((0.32, 0.36), (0.68, 0.36), (0.86, 0.86), (0.14, 0.86))), black)


def _hole(sheet: Sheet, place: Rectangle, card: Colour, light: float, draw: np.random.Generator) -> None:
    """Draw torn paper, and the black inside within it; both touch all that is theirs."""
    rim = _ragged(draw)
    sheet.shape(_within(place, rim), shade(card, 1.3 * light))
    inner = [(0.5 + 0.74 * (x - 0.5), 0.5 + 0.74 * (y - 0.5)) for x, y in rim]
    sheet.shape(_within(place, inner), shade(BLACK, light))


def _dent(sheet: Sheet, place: Rectangle, card: Colour, light: float, draw: np.random.Generator) -> None:
    """Draw facets of different light around a point that is pressed in, with creases between them."""
    rim = _ragged(draw)
    middle = (0.5 + draw.uniform(-0.12, 0.12), 0.5 + draw.uniform(-0.12, 0.12))
    for at, corner in enumerate(rim):
        after = rim[(at + 1) % len(rim)]
        turned = (corner[1] + after[1]) / 2
        sheet.shape(_within(place, (middle, corner, after)), shade(card, (0.74 + 0.5 * turned) * light))
    for corner in rim:
        sheet.line(_within(place, (middle, corner)), shade(card, 0.5 * light), width=1.0)


def _ragged(draw: np.random.Generator) -> list[tuple[float, float]]:
    """Return the corners of a ragged outline that touches all four sides of the unit square."""
    angles = np.linspace(0, 2 * np.pi, 11, endpoint=False) + draw.uniform(0, 0.5)
    far = draw.uniform(0.72, 1.0, len(angles))
    x, y = np.cos(angles) * far, np.sin(angles) * far
    x, y = (x - x.min()) / np.ptp(x), (y - y.min()) / np.ptp(y)
    return list(zip(x.tolist(), y.tolist(), strict=True))


def _within(place: Rectangle, points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return points of the unit square as places in a rectangle."""
    left, top, wide, high = place
    return [(left + wide * x, top + high * y) for x, y in points]


STICKERS_DRAWN: Final = {"fragile": _glass, "this way up": _arrows, "heavy": _weight}
DAMAGE_DRAWN: Final = {"hole": _hole, "dent": _dent}

EXAMPLE: Final = Example(
    name="parcels",
    sentence=f"{COUNT} pictures of parcels: usable or not, every damage in a box, and which stickers are there",
    look_at="several questions about one picture: what is asked only where the picture is clear, and each question's own loss",
    intake=intake_text(
        name="parcels",
        task="image_questions",
        data="path: items.csv, format: csv, id: id, media: file",
        questions=QUESTIONS,
        right=0.8,
        formats=("augmented_manifest", "jsonl", "label_studio"),
        answer=10,
        expert=50,
    ),
    guide=GUIDE,
    content=_content,
)
