"""Lint of marked objects: what about a label's boxes and stretches is odd, each finding a rule and a sentence.

Two kinds of rules. Those of one label look at its own objects and where they lie (`lint_value`). *Unusual* sizes and shapes
are told against the other boxes of the same class in the batch (`unusual_boxes`): log area and log aspect of an ordinary class are taken
for normal, their middle and spread are the median and 1.4826 median absolute deviations (Hampel, JASA 1974; Iglewicz and
Hoaglin, "How to detect and handle outliers", 1993), and Student's t with half of the boxes' degrees of freedom allows for a
spread that few boxes tell.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from assay.core.geometry.shape_overlap import box_iou, overlapping
from assay.core.geometry.within_bounds import lies_outside
from assay.core.labels.item_facts import ItemFacts
from assay.core.labels.label_values import (
    Answers,
    Box,
    Boxes,
    LabelValue,
    Size,
    Span,
    Spans,
)
from assay.core.lazy_import import Late
from assay.core.ports.answers import Floats

# scipy.special and not scipy.stats, whose import alone takes longer than most commands.
_special = Late("scipy.special")

SMALL: Final = 0.0001
"""A box of less than this share of its picture's area is too small: 6 x 5 pixels of 640 x 480."""
SAME: Final = 0.9
"""Boxes of one class whose IoU is this or more show one thing twice."""
WHOLE: Final = 0.99
"""The only box of a picture that covers this share of it says nothing about where the thing is."""
UNUSUAL: Final = 0.001
"""The share of boxes that are called unusual where all are ordinary: half for their size, half for their shape."""
LEAST: Final = 30
"""Boxes of a class from which on it is known what is usual."""
_MAD: Final = 1.4826
_WAVY: Final = 0.05
"""The smallest spread of a logarithm: boxes of a class that are alike to 5 % are not told apart by hundredths of pixels."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule says about one label.

    Attributes:
        rule: in a few words; the same for all findings of the rule.
        sentence: what was found, with its facts.
    """

    rule: str
    sentence: str


OUTSIDE: Final = "outside"
TOO_SMALL: Final = "too small"
TWICE: Final = "marked twice"
COVERS: Final = "covers everything"
EDGE_SPACE: Final = "space at an end"
CUT_WORD: Final = "cut word"
OVERLAP: Final = "overlap of one label"
UNUSUAL_SIZE: Final = "unusual size"
UNUSUAL_SHAPE: Final = "unusual shape"
RULES: Final = (
    OUTSIDE,
    TOO_SMALL,
    TWICE,
    COVERS,
    EDGE_SPACE,
    CUT_WORD,
    OVERLAP,
    UNUSUAL_SIZE,
    UNUSUAL_SHAPE,
)


def lint_value(value: LabelValue, *, size: Size | None, text: str | None) -> list[Finding]:
    """Return what is odd about one label by itself, rule by rule.

    Args:
        value: a label.
        size: the picture's width and height in pixels; None: unknown, and rules that need it are silent.
        text: the text that spans lie in; None: unknown.
    """
    found = []
    if lies_outside(value, ItemFacts(size=size, length=None if text is None else len(text))):
        beyond = "text" if isinstance(value, Spans) else "picture"
        found.append(Finding(OUTSIDE, f"An object reaches beyond its {beyond}."))
    for part in _parts(value):
        if isinstance(part, Boxes):
            found += _of_boxes(part.boxes, size)
        elif isinstance(part, Spans):
            found += _of_spans(part.spans, text)
    return found


def has_rules(kind: type[LabelValue]) -> bool:
    """Say whether anything about values of a kind can be odd."""
    return kind in (Answers, Boxes, Spans)


def boxes_of(value: LabelValue) -> Boxes:
    """Return the boxes of a label, whichever question they answer."""
    found = [box for part in _parts(value) if isinstance(part, Boxes) for box in part.boxes]
    return Boxes(tuple(found))


def _parts(value: LabelValue) -> tuple[LabelValue, ...]:
    return tuple(part for _, part in value.parts) if isinstance(value, Answers) else (value,)


def unusual_boxes(values: Sequence[Boxes]) -> list[list[Finding]]:
    """Return what is unusual about each label's boxes, against all boxes of the same class.

    Where the log areas and log aspects of a class are normal, a share of UNUSUAL of its boxes is found. Classes with
    fewer than LEAST boxes, and boxes without an extent, are passed over.
    """
    place = [number for number, value in enumerate(values) for _ in value.boxes]
    boxes = [box for value in values for box in value.boxes]
    found: list[list[Finding]] = [[] for _ in values]
    by_class: dict[str, list[int]] = {}
    for position, box in enumerate(boxes):
        if box.width > 0.0 and box.height > 0.0:
            by_class.setdefault(box.label, []).append(position)
    for label, positions in sorted(by_class.items()):
        if len(positions) < LEAST:
            continue
        extents = np.array([boxes[one][3:5] for one in positions], dtype=np.float64)
        width, height = np.log(extents).T
        for rule, measured, noun in (
            (UNUSUAL_SIZE, width + height, "area"),
            (UNUSUAL_SHAPE, width - height, "width to height"),
        ):
            usual = float(np.median(measured))
            for one in np.flatnonzero(_tail(measured) < UNUSUAL / 2.0).tolist():
                times = float(np.exp(abs(measured[one] - usual)))
                way = "times" if measured[one] > usual else "times less than"
                found[place[positions[one]]].append(
                    Finding(
                        rule,
                        f"The {noun} of a box of '{label}' is {times:.3g} {way} what is usual for that label.",
                    )
                )
    return found


def _tail(measured: Floats) -> Floats:
    """Return the two-sided p-value of each number among all of them, shape (n,)."""
    middle = np.median(measured)
    spread = max(_MAD * float(np.median(np.abs(measured - middle))), _WAVY)
    # The MAD of n normal numbers is about as sure as the standard deviation of 0.37 n (Rousseeuw and Croux, JASA 1993).
    p: Floats = 2.0 * _special.stdtr(0.37 * len(measured), -np.abs(measured - middle) / spread)
    return p


def _of_boxes(boxes: tuple[Box, ...], size: Size | None) -> Iterator[Finding]:
    if size is not None:
        whole = float(size[0] * size[1])
        shares = [box.width * box.height / whole for box in boxes] if whole else []
        small = [box for box, share in zip(boxes, shares, strict=False) if share < SMALL]
        if small:
            one = small[0]
            yield Finding(
                TOO_SMALL, f"A box of '{one.label}' is {one.width:g} x {one.height:g} pixels and no more."
            )
        if len(shares) == 1 and shares[0] >= WHOLE:
            yield Finding(COVERS, f"The only box, of '{boxes[0].label}', covers the whole picture.")
    label = _first_pair(boxes)
    if label is not None:
        yield Finding(TWICE, f"Two boxes of '{label}' lie on each other: one thing is marked twice.")


def _first_pair(boxes: tuple[Box, ...]) -> str | None:
    """Return the class of two boxes that show one thing, None where there are none."""
    ordered = sorted(boxes, key=lambda box: (box.label, box.left))
    names = {name: number for number, name in enumerate(dict.fromkeys(box.label for box in ordered))}
    corners = np.array([box[1:5] for box in ordered], dtype=np.float64).reshape(-1, 4)
    group = np.array([names[box.label] for box in ordered], dtype=np.int64)
    a, b = overlapping(group, corners[:, 0], corners[:, 0] + np.maximum(corners[:, 2], 0.0))
    same = np.flatnonzero(box_iou(corners[a], corners[b]) >= SAME)
    return ordered[int(a[same[0]])].label if len(same) else None


def _of_spans(spans: tuple[Span, ...], text: str | None) -> Iterator[Finding]:
    ends: dict[str, int] = {}
    for span in spans:  # in the order of their starts
        if span.start < ends.get(span.label, 0):
            yield Finding(OVERLAP, f"Two stretches of '{span.label}' overlap.")
            break
        ends[span.label] = span.end
    inside = [span for span in spans if text is not None and span.start < span.end <= len(text)]
    if text is None:
        return
    for span in inside:
        said = text[span.start : span.end]
        if said != said.strip():
            yield Finding(EDGE_SPACE, f"'{_short(said)}', marked '{span.label}', has space at an end.")
            break
    for span in inside:
        if _cuts(text, span.start) or _cuts(text, span.end):
            yield Finding(
                CUT_WORD, f"'{_short(text[span.start : span.end])}', marked '{span.label}', cuts a word."
            )
            break


def _cuts(text: str, at: int) -> bool:
    """Say whether a boundary lies between two letters or digits of a script that puts spaces between words."""
    if not 0 < at < len(text):
        return False
    return all(one.isalnum() and not _unspaced(one) for one in (text[at - 1], text[at]))


def _unspaced(character: str) -> bool:
    """Say whether a character belongs to a script that is written without spaces: Thai, Lao, Khmer, Han, Kana."""
    code = ord(character)
    return (
        0x0E00 <= code <= 0x0EFF
        or 0x1000 <= code <= 0x109F
        or 0x1780 <= code <= 0x17FF
        or 0x3040 <= code <= 0x9FFF
        or 0x20000 <= code <= 0x3FFFF
    )


def _short(said: str) -> str:
    return said if len(said) <= 40 else said[:39] + "…"
