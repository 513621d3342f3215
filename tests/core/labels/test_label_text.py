import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.errors import InvalidLabel
from assay.core.labels.attributes import PLAIN
from assay.core.labels.label_text import read_label, value_from_json, value_to_json, write_label
from assay.core.labels.label_values import (
    Box,
    Boxes,
    Choice,
    Choices,
    Point,
    Points,
    Preference,
    Span,
    Spans,
    label_names,
    object_count,
    schema_of,
)

NAMES = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12)
PLACES = st.integers(-(10**8), 10**8).map(lambda hundredths: hundredths / 100)
SIDES = st.integers(1, 10**7).map(lambda hundredths: hundredths / 100)
VALUES = st.one_of(
    NAMES.map(Choice),
    st.lists(NAMES, max_size=5).map(lambda names: Choices(tuple(names))),
    st.lists(st.builds(Box, NAMES, PLACES, PLACES, SIDES, SIDES, st.just(PLAIN)), max_size=6).map(
        lambda boxes: Boxes(tuple(boxes))
    ),
    st.lists(st.builds(Point, NAMES, PLACES, PLACES, st.booleans()), max_size=6).map(
        lambda points: Points(tuple(points))
    ),
    st.lists(
        st.tuples(NAMES, st.integers(0, 9_000), st.integers(1, 900)).map(
            lambda one: Span(one[0], one[1], one[1] + one[2])
        ),
        max_size=6,
    ).map(lambda spans: Spans(tuple(spans))),
    st.sampled_from(["first", "second", "tie"]).map(Preference),
)


@given(VALUES)
def test_a_value_is_read_back_as_it_was_written(value):
    assert read_label(write_label(value), type(value)) == value
    assert value_from_json(value_to_json(value), type(value)) == value


@given(VALUES)
def test_equal_values_have_equal_texts(value):
    again = read_label(write_label(value), type(value))
    assert write_label(again) == write_label(value)


@given(
    st.lists(st.builds(Box, NAMES, PLACES, PLACES, SIDES, SIDES, st.just(PLAIN)), max_size=6), st.randoms()
)
def test_the_order_in_which_somebody_drew_does_not_matter(boxes, dice):
    shuffled = list(boxes)
    dice.shuffle(shuffled)
    assert write_label(Boxes(tuple(boxes))) == write_label(Boxes(tuple(shuffled)))


def test_a_single_choice_is_its_bare_name_and_all_else_is_json():
    assert write_label(Choice("no: really")) == "no: really"
    assert write_label(Choices(("b", "a", "b"))) == '["a","b"]'
    assert write_label(Preference("tie")) == '{"winner":"tie"}'
    assert write_label(Spans((Span("x", 0, 2),))) == '{"spans":[{"end":2,"label":"x","start":0}]}'
    box = write_label(Boxes((Box("x", 1.0, 2.504, 3.0, 4.0),)))
    assert json.loads(box) == {"boxes": [{"label": "x", "left": 1, "top": 2.5, "width": 3, "height": 4}]}


@pytest.mark.parametrize(
    "text",
    [
        '[{"label": "x", "left": 1, "top": 2, "width": 3, "height": 4}]',
        '{"boundingBoxes": [{"label": "x", "left": 1, "top": 2, "width": 3, "height": 4}]}',
        '{"annotations": [{"class": "x", "x": 1, "y": 2, "width": 3, "height": 4}]}',
        '{"objects": [{"category": "x", "bbox": [1, 2, 3, 4]}]}',
    ],
)
def test_boxes_are_read_as_several_tools_write_them(text):
    assert read_label(text, Boxes) == Boxes((Box("x", 1, 2, 3, 4),))


@pytest.mark.parametrize(("said", "visible"), [("true", True), ("1", True), ("false", False), ("0", False)])
def test_a_hidden_point_may_be_said_with_a_number(said, visible):
    text = f'[{{"label": "x", "x": 1, "y": 2, "visible": {said}}}]'
    assert read_label(text, Points) == Points((Point("x", 1, 2, visible),))


def test_a_pictures_size_is_read_and_is_no_part_of_the_answer():
    told = read_label('{"boxes": [], "inputImageProperties": {"width": 640, "height": 480}}', Boxes)
    assert told == Boxes(())
    assert told.size == (640, 480)
    assert read_label('{"boxes": [], "image_size": [{"width": 6, "height": 4, "depth": 3}]}', Boxes).size == (
        6,
        4,
    )
    assert read_label('{"boxes": [], "size": [6, 4]}', Boxes).size == (6, 4)
    assert write_label(told) == '{"boxes":[]}'


@pytest.mark.parametrize(
    ("text", "winner"),
    [
        ('{"winner": 1}', "first"),
        ('{"winner": "b"}', "second"),
        ('"tie"', "tie"),
        ("a", "first"),
        ('{"winner": null}', "tie"),
        ("0", "tie"),
    ],
)
def test_the_winner_of_a_pair_is_read_in_several_spellings(text, winner):
    expected = Preference("tie") if text == '{"winner": null}' else Preference(winner)
    assert read_label(text, Preference) == expected


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("{", Boxes, "it is not a list of boxes"),
        (
            '[{"label": "x", "left": 1, "top": 2, "width": 0, "height": 4}]',
            Boxes,
            "a box of 0 by 4 has no area",
        ),
        (
            '[{"label": "x", "left": 1, "top": 2, "width": true, "height": 4}]',
            Boxes,
            "a coordinate is not a number",
        ),
        (
            '[{"label": "x", "left": 1e300, "top": 2, "width": 1, "height": 4}]',
            Boxes,
            "a coordinate is not a number",
        ),
        ('[{"left": 1, "top": 2, "width": 1, "height": 4}]', Boxes, "an object has no label"),
        ('[{"label": "x", "x": 1, "y": 2, "visible": 2}]', Points, "'visible' is neither true nor false"),
        ('[{"label": "x", "start": 3, "end": 3}]', Spans, "a span does not start before it ends"),
        ('[{"label": "x", "start": "3", "end": 4}]', Spans, "a span does not say by whole numbers"),
        ('{"winner": "nobody"}', Preference, "the winner must be first, second or tie"),
        ('{"won": "first"}', Preference, "it has no 'winner'"),
        ("17", Choices, "it is not a list of labels"),
        ("[17]", Choices, "a label is not text"),
        ("[" * 100_000, Choices, "it is not a list of labels"),
    ],
)
def test_what_is_no_value_is_refused_with_the_reason(text, kind, reason):
    if text.startswith("[["):  # too deep for JSON: taken as one strange label
        assert label_names(read_label(text, kind)) == (text,)
        return
    with pytest.raises(InvalidLabel) as problem:
        read_label(text, kind)
    assert reason in str(problem.value)


def test_labels_must_be_the_projects():
    schema = schema_of(["a", "b"])
    assert read_label('["a"]', Choices, schema=schema) == Choices(("a",))
    with pytest.raises(InvalidLabel, match="'c' is none of a, b"):
        read_label('["a", "c"]', Choices, schema=schema)


def test_objects_are_counted():
    assert object_count(Choice("a")) == object_count(Preference("tie")) == 0
    assert object_count(Choices(("a", "b"))) == 2
    assert object_count(Spans((Span("x", 0, 1), Span("x", 0, 1)))) == 1
