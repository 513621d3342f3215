"""How groceries are drawn: one function for each product."""

from collections.abc import Callable
from typing import Final

import numpy as np

from assay.service.examples.drawn_pictures import WHITE, Colour, Sheet, near, shade

SIDE: Final = 144
LEAF: Final[Colour] = (74, 132, 62)


class Hand:
    """Draws around the middle of a picture: coordinates are shares of the side, turned and stretched."""

    def __init__(self, draw: np.random.Generator) -> None:
        """Begin with a ground, and a shadow under where the product is going to stand."""
        self.draw = draw
        self.sheet = Sheet(SIDE, SIDE, near(WHITE, draw, spread=4))
        self._size = SIDE * draw.uniform(0.78, 0.98)
        self._turn = draw.uniform(-0.3, 0.3)
        self._stretch = draw.uniform(0.92, 1.08)
        self._at = SIDE / 2 + draw.uniform(-8, 8), SIDE / 2 + draw.uniform(-7, 7)
        self.shape(_ring(0.02, 0.34, 0.3, 0.07), shade(WHITE, 0.9))
        self.sheet.soften(2)

    def shape(self, points: list[tuple[float, float]], fill: Colour) -> None:
        """Draw a polygon; (0, 0) is the product's middle and 1 the picture's side."""
        cosine, sine = np.cos(self._turn), np.sin(self._turn)
        self.sheet.shape(
            [
                (
                    self._at[0] + self._size * self._stretch * (x * cosine - y * sine),
                    self._at[1] + self._size / self._stretch * (x * sine + y * cosine),
                )
                for x, y in points
            ],
            fill,
        )

    def oval(self, x: float, y: float, wide: float, tall: float, fill: Colour) -> None:
        """Draw an oval of those half axes around a point."""
        self.shape(_ring(x, y, wide, tall), fill)

    def block(self, left: float, top: float, right: float, bottom: float, fill: Colour) -> None:
        """Draw a rectangle."""
        self.shape([(left, top), (right, top), (right, bottom), (left, bottom)], fill)

    def ball(self, colour: Colour, *, wide: float = 0.27, tall: float = 0.27) -> None:
        """Draw a round body with light from the upper left."""
        for share, light in ((1.0, 0.82), (0.93, 0.94), (0.8, 1.0), (0.55, 1.08), (0.25, 1.18)):
            off = (1.0 - share) * 0.1
            self.oval(-off, 0.03 - off, wide * share, tall * share, shade(colour, light))


def _ring(x: float, y: float, wide: float, tall: float) -> list[tuple[float, float]]:
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    return [(x + wide * float(np.cos(one)), y + tall * float(np.sin(one))) for one in angles]


def _apple(hand: Hand, colour: Colour, streak: Colour | None) -> None:
    hand.ball(colour, wide=0.28, tall=0.26)
    for at in np.linspace(-0.16, 0.16, 7) if streak else ():
        hand.shape(
            [(at, -0.17), (at * 1.25 + 0.018, 0.0), (at * 1.1, 0.2), (at * 1.2 - 0.012, 0.0)],
            streak or colour,
        )
    hand.oval(0.0, -0.2, 0.08, 0.03, shade(colour, 0.6))
    hand.shape([(-0.012, -0.19), (0.03, -0.33), (0.055, -0.32), (0.016, -0.19)], (98, 72, 46))
    hand.shape([(0.04, -0.28), (0.1, -0.35), (0.19, -0.33), (0.12, -0.27)], LEAF)


def _lemon(hand: Hand) -> None:
    colour = near((236, 204, 50), hand.draw, spread=8)
    for side in (-1, 1):
        hand.oval(side * 0.29, 0.03, 0.07, 0.05, shade(colour, 0.86))
    hand.ball(colour, wide=0.3, tall=0.2)
    _pores(hand, colour, wide=0.24, tall=0.15)


def _orange(hand: Hand) -> None:
    colour = near((236, 140, 36), hand.draw, spread=8)
    hand.ball(colour)
    _pores(hand, colour, wide=0.2, tall=0.2)
    hand.oval(0.02, -0.16, 0.03, 0.02, LEAF)


def _pores(hand: Hand, colour: Colour, *, wide: float, tall: float) -> None:
    for _ in range(30):
        angle, far = hand.draw.uniform(0, 2 * np.pi), np.sqrt(hand.draw.random())
        hand.oval(
            wide * far * np.cos(angle), 0.03 + tall * far * np.sin(angle), 0.007, 0.007, shade(colour, 0.88)
        )


def _carrot(hand: Hand) -> None:
    colour = near((232, 120, 40), hand.draw, spread=8)
    for lean in (-0.14, -0.05, 0.05, 0.14):
        hand.shape(
            [(-0.02, -0.18), (lean, -0.42), (lean + 0.05, -0.41), (0.02, -0.18)], near(LEAF, hand.draw)
        )
    hand.shape([(-0.12, -0.19), (0.0, -0.22), (0.12, -0.19), (0.03, 0.36), (-0.01, 0.37)], colour)
    hand.shape([(0.04, -0.2), (0.12, -0.19), (0.03, 0.36), (0.01, 0.36)], shade(colour, 0.84))
    for row in np.linspace(-0.1, 0.22, 5):
        hand.block(-0.07 + 0.1 * row, row, 0.01, row + 0.012, shade(colour, 0.75))


def _beetroot(hand: Hand) -> None:
    colour = near((122, 34, 74), hand.draw, spread=8)
    for lean in (-0.1, 0.0, 0.1):
        hand.shape([(-0.02, -0.16), (lean - 0.02, -0.4), (lean + 0.03, -0.4), (0.02, -0.16)], (168, 44, 84))
        hand.oval(lean, -0.38, 0.055, 0.07, near(LEAF, hand.draw))
    hand.shape([(-0.06, 0.2), (0.0, 0.42), (0.06, 0.2)], colour)
    hand.ball(colour, wide=0.24, tall=0.23)


def _tomato(hand: Hand) -> None:
    hand.ball(near((206, 48, 36), hand.draw, spread=8), wide=0.29, tall=0.25)
    for turn in np.linspace(0, 2 * np.pi, 6)[:5]:
        tip = (0.14 * np.cos(turn), -0.17 + 0.07 * np.sin(turn))
        hand.shape([(-0.02, -0.19), tip, (0.02, -0.15)], LEAF)
    hand.block(-0.012, -0.27, 0.012, -0.17, shade(LEAF, 0.8))


def _aubergine(hand: Hand) -> None:
    colour = near((76, 44, 96), hand.draw, spread=6)
    hand.oval(0.0, -0.06, 0.13, 0.22, colour)
    hand.oval(0.0, 0.14, 0.2, 0.22, colour)
    hand.oval(-0.07, 0.1, 0.03, 0.15, shade(colour, 1.5))
    hand.shape(
        [
            (-0.12, -0.2),
            (-0.06, -0.29),
            (0.06, -0.29),
            (0.12, -0.2),
            (0.05, -0.15),
            (0.0, -0.2),
            (-0.05, -0.15),
        ],
        LEAF,
    )
    hand.block(-0.02, -0.4, 0.025, -0.28, shade(LEAF, 0.8))


def _bottle(hand: Hand, body: Colour, label: Colour, cap: Colour) -> None:
    hand.block(-0.05, -0.36, 0.05, -0.14, body)
    hand.oval(0.0, -0.12, 0.13, 0.1, body)
    hand.block(-0.13, -0.12, 0.13, 0.38, body)
    hand.block(-0.055, -0.41, 0.055, -0.35, cap)
    hand.block(-0.13, 0.02, 0.13, 0.2, label)
    hand.block(-0.08, 0.08, 0.06, 0.11, shade(label, 0.6))
    hand.block(-0.1, -0.1, -0.075, 0.36, shade(body, 1.25))


def _carton(hand: Hand, body: Colour, band: Colour, fruit: Colour | None) -> None:
    hand.shape([(-0.18, -0.22), (-0.13, -0.38), (0.13, -0.38), (0.18, -0.22)], shade(body, 0.93))
    hand.block(-0.13, -0.42, 0.13, -0.37, shade(body, 0.8))
    hand.block(-0.18, -0.22, 0.18, 0.38, body)
    hand.block(0.1, -0.22, 0.18, 0.38, shade(body, 0.88))
    hand.block(-0.18, 0.2, 0.18, 0.32, band)
    if fruit is not None:
        hand.oval(-0.03, 0.02, 0.12, 0.12, fruit)
        hand.oval(-0.06, -0.01, 0.05, 0.05, shade(fruit, 1.15))
    else:
        hand.shape(
            [(-0.18, 0.2), (-0.18, 0.08), (-0.05, 0.0), (0.06, 0.1), (0.18, 0.02), (0.18, 0.2)],
            shade(band, 1.3),
        )


DRAWN: Final[dict[str, Callable[[Hand], None]]] = {
    "Fruit/Apple/Gala": lambda hand: _apple(hand, near((190, 48, 44), hand.draw), (226, 168, 74)),
    "Fruit/Apple/Granny Smith": lambda hand: _apple(hand, near((136, 182, 62), hand.draw), None),
    "Fruit/Citrus/Lemon": _lemon,
    "Fruit/Citrus/Orange": _orange,
    "Vegetables/Roots/Carrot": _carrot,
    "Vegetables/Roots/Beetroot": _beetroot,
    "Vegetables/From above ground/Tomato": _tomato,
    "Vegetables/From above ground/Aubergine": _aubergine,
    "Drinks/Bottles/Water": lambda hand: _bottle(
        hand, near((192, 220, 234), hand.draw), (70, 128, 190), (50, 92, 160)
    ),
    "Drinks/Bottles/Cola": lambda hand: _bottle(
        hand, near((66, 40, 32), hand.draw), (196, 44, 44), (190, 40, 40)
    ),
    "Drinks/Cartons/Milk": lambda hand: _carton(hand, (238, 240, 242), near((58, 108, 176), hand.draw), None),
    "Drinks/Cartons/Orange juice": lambda hand: _carton(
        hand, (246, 234, 206), near((226, 128, 40), hand.draw), (236, 140, 36)
    ),
}
