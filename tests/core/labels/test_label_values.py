import dataclasses
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.labels.label_values import (
    Box,
    Boxes,
    Choice,
    LabelClass,
    LabelledItem,
    LabelSchema,
    boxes_in_order,
)

names = st.lists(st.text(string.ascii_letters, min_size=1), min_size=1, max_size=9, unique=True)


def test_a_schema_keeps_the_requesters_order():
    schema = LabelSchema(classes=(LabelClass(name="water"), LabelClass(name="cola", help="A dark drink.")))
    assert schema.names == ("water", "cola")
    assert schema.index("cola") == 1


@given(names=names)
def test_index_and_names_are_each_others_inverse(names):
    schema = LabelSchema(classes=tuple(LabelClass(name=name) for name in names))
    assert [schema.index(name) for name in schema.names] == list(range(len(names)))


def test_a_foreign_label_has_no_index():
    with pytest.raises(ValueError, match=r"not in tuple"):
        LabelSchema(classes=(LabelClass(name="water"),)).index("wine")


def test_label_values_are_frozen_and_equal_by_content():
    assert Choice("a") == Choice("a") != Choice("b")
    assert len({Choice("a"), Choice("a"), Choice("b")}) == 2
    with pytest.raises(dataclasses.FrozenInstanceError):
        Choice("a").name = "b"


def test_boxes_are_rounded_to_hundredths_and_ordered_whatever_numbers_they_have():
    given = (
        Box("b", 2, 0.285, 1e20, 5.0),
        Box("a", 1.005, 2.675, 3.0, 4),
        Box("a", float("inf"), 1.0, 2.0, 3.0),
    )
    found = Boxes(given).boxes
    assert found == (
        Box("a", round(1.005, 2), round(2.675, 2), 3.0, 4),
        Box("b", 2, round(0.285, 2), 1e20, 5.0),
        Box("a", float("inf"), 1.0, 2.0, 3.0),
    )


@given(
    numbers=st.lists(
        st.tuples(*[st.floats(-1e7, 1e7) | st.integers(-(10**9), 10**9).map(lambda n: n / 100)] * 4),
        max_size=5,
    )
)
def test_what_is_rounded_and_in_order_needs_neither_again(numbers):
    value = Boxes(tuple(Box("a", *place) for place in numbers))
    assert [box[1:5] for box in value.boxes] == sorted(
        tuple(round(one, 2) for one in place) for place in numbers
    )
    assert boxes_in_order(value.boxes, size=(3, 4)) == value == Boxes(value.boxes)


def test_a_labelled_item_is_no_control_item_unless_it_says_so():
    item = LabelledItem(
        key="1",
        media=None,
        text="t",
        extra={},
        value=Choice("a"),
        confidence=1.0,
        human=True,
        made_at="2026-11-23T09:00:00.000000",
    )
    assert not item.control
    assert dataclasses.replace(item, control=True) != item
