import pytest

from assay.core.geometry.limits import lies_outside
from assay.core.labels import Box, Boxes, Choice, Point, Points, Span, Spans


@pytest.mark.parametrize(
    ("value", "outside"),
    [
        (Boxes((Box("a", 0, 0, 100, 50),)), False),
        (Boxes((Box("a", 0, 0, 100.9, 50),)), False),
        (Boxes((Box("a", 0, 0, 10, 10), Box("a", 95, 0, 10, 10))), True),
        (Boxes((Box("a", -3, 0, 10, 10),)), True),
        (Boxes((Box("a", 0, 45, 10, 10),)), True),
        (Boxes(()), False),
        (Points((Point("a", 99, 49),)), False),
        (Points((Point("a", 99, 60),)), True),
        (Spans((Span("a", 3, 5),)), False),
        (Spans((Span("a", 3, 6),)), True),
        (Choice("a"), False),
    ],
)
def test_objects_must_lie_within_what_they_were_drawn_on(value, outside):
    assert lies_outside(value, size=(100, 50), length=5) is outside
    assert not lies_outside(value, size=None, length=None)
