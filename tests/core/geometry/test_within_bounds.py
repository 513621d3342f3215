import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.geometry.within_bounds import cut_to_item, lies_outside
from assay.core.labels.item_facts import NOTHING_MEASURED, ItemFacts
from assay.core.labels.label_values import Box, Boxes, Choice, Point, Points, Span, Spans
from assay.core.labels.values.value_kind import OutsideItem


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
    assert lies_outside(value, ItemFacts(size=(100, 50), length=5)) is outside


def test_of_a_picture_of_unknown_size_the_left_and_upper_edges_are_known():
    for value in (
        Boxes((Box("a", 95, 0, 10, 10),)),
        Points((Point("a", 99, 60),)),
        Spans((Span("a", 3, 6),)),
    ):
        assert not lies_outside(value, NOTHING_MEASURED)
    cut = cut_to_item(Boxes((Box("a", -3, 4, 10, 10),)), NOTHING_MEASURED)
    assert cut == (Boxes((Box("a", 0, 4, 7, 10),)), 1)
    with pytest.raises(OutsideItem, match="no part within its picture: it lies left of it or above it"):
        cut_to_item(Boxes((Box("a", -30, 4, 10, 10),)), NOTHING_MEASURED)
    with pytest.raises(OutsideItem, match="a key point lies outside of its picture: it lies left"):
        cut_to_item(Points((Point("a", 3, -6),)), NOTHING_MEASURED)


@pytest.mark.parametrize(
    ("boxes", "kept", "cut"),
    [
        ((Box("a", 95, 40, 10, 20),), (Box("a", 95, 40, 5, 10),), 1),
        ((Box("a", -3, -4, 10, 10), Box("b", 1, 1, 2, 2)), (Box("a", 0, 0, 7, 6), Box("b", 1, 1, 2, 2)), 1),
        ((Box("a", -500, -500, 5_000, 5_000),), (Box("a", 0, 0, 100, 50),), 1),
        ((Box("a", 0, 0, 100.9, 50),), (Box("a", 0, 0, 100.9, 50),), 0),
    ],
)
def test_what_sticks_out_of_a_picture_is_cut_at_its_edges_and_counted(boxes, kept, cut):
    assert cut_to_item(Boxes(boxes), ItemFacts(size=(100, 50))) == (Boxes(kept), cut)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (Boxes((Box("a", 1_000_000, 0, 10, 10),)), "a box has no part within its picture, which is 100 x 50"),
        (Boxes((Box("a", 0, 0, 9, 9), Box("a", -30, 0, 9, 9))), "a box has no part within its picture"),
        (Boxes((Box("a", 100, 0, 10, 10),)), "a box has no part within its picture"),
        (Points((Point("a", 102, 10),)), "a key point lies outside of its picture, which is 100 x 50"),
        (Spans((Span("a", 3, 6),)), "a stretch ends beyond its text, which has 5 signs"),
    ],
)
def test_what_lies_outside_of_its_item_is_refused_in_words(value, sentence):
    with pytest.raises(OutsideItem, match=sentence):
        cut_to_item(value, ItemFacts(size=(100, 50), length=5))


_SIDES = st.floats(-300, 300, allow_nan=False).map(lambda one: round(one, 2))


@given(st.lists(st.tuples(_SIDES, _SIDES, _SIDES.map(abs), _SIDES.map(abs)), max_size=4))
def test_what_is_kept_lies_within_its_picture(places):
    boxes = Boxes(tuple(Box("a", *place) for place in places))
    try:
        kept, cut = cut_to_item(boxes, ItemFacts(size=(100, 50)))
    except OutsideItem:
        return
    assert not lies_outside(kept, ItemFacts(size=(100, 50)))
    assert len(kept.boxes) == len(boxes.boxes)
    assert (cut == 0) == (kept == boxes)
