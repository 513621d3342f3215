"""Whether the objects of a label lie within what they were drawn on: a picture, or a text."""

from typing import Final, assert_never

from assay.core.labels import Boxes, Choice, Choices, LabelValue, Points, Preference, Size, Spans

SLACK: Final = 1.0
"""Pixels beyond the edge that are nobody's fault: tools round in different directions."""


def lies_outside(value: LabelValue, *, size: Size | None, length: int | None) -> bool:
    """Say whether an object reaches beyond its picture or its text.

    Args:
        value: a label.
        size: the picture's width and height in pixels; None: unknown, nothing lies outside.
        length: the text's length in code points; None: unknown.
    """
    match value:
        case Boxes(boxes):
            corners = [(b.left, b.top, b.left + b.width, b.top + b.height) for b in boxes]
        case Points(points):
            corners = [(p.x, p.y, p.x, p.y) for p in points]
        case Spans(spans):
            return length is not None and any(span.end > length for span in spans)
        case Choice() | Choices() | Preference():
            return False
        case _ as never:
            assert_never(never)
    if size is None:
        return False
    width, height = size
    return any(
        left < -SLACK or top < -SLACK or right > width + SLACK or bottom > height + SLACK
        for left, top, right, bottom in corners
    )
