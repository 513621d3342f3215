"""What objects carry beside place and label: read, checked, compared, and without any of it nothing changes."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.errors import InvalidLabel
from assay.core.ids import canonical
from assay.core.labels.attributes import (
    PLAIN,
    Attribute,
    UnfitDetails,
    details,
    details_as_json,
    details_in,
    differing,
    missing_attribute,
    unfit_attributes,
)
from assay.core.labels.label_text import read_label, write_label
from assay.core.labels.label_values import Box, Boxes, LabelClass, LabelSchema, Span, Spans, schema_of

COLOUR = Attribute("colour", "choice", ("red", "blue"), required=True)
PARTS = Attribute("parts", "choices", ("cap", "label", "dent"))
COUNT = Attribute("count", "number")
NOTE = Attribute("note", "text")
HIDDEN = Attribute("hidden", "flag")
EVERY = (COLOUR, PARTS, COUNT, NOTE, HIDDEN)
SCHEMA = LabelSchema((LabelClass("can", attributes=EVERY), LabelClass("jar")))
FULL = details(
    {"colour": "red", "parts": ("dent", "cap"), "count": 3.0, "note": "near the edge", "hidden": True},
    id="a1",
    group="shelf",
)

names = st.sampled_from(["colour", "parts", "count", "note", "hidden"])
values = st.one_of(
    st.text(min_size=1, max_size=5),
    st.booleans(),
    st.floats(-1e9, 1e9).map(lambda one: round(one, 3)),
    st.lists(st.text(max_size=3), min_size=1, max_size=3).map(lambda one: tuple(sorted(set(one)))),
)
carried = st.builds(
    lambda held, own, group: details(held, id=own, group=group),
    st.dictionaries(names, values, max_size=4),
    st.sampled_from(["", "a", "b"]),
    st.sampled_from(["", "g"]),
)


def test_an_object_without_any_is_written_as_it_always_was():
    assert write_label(Boxes((Box("can", 1, 2, 3, 4),))) == (
        '{"boxes":[{"height":4,"label":"can","left":1,"top":2,"width":3}]}'
    )
    assert write_label(Spans((Span("a", 0, 5),))) == '{"spans":[{"end":5,"label":"a","start":0}]}'
    assert details({}) is PLAIN
    assert details_in({"attributes": {}, "id": 7, "group": None}) is PLAIN


def test_what_an_object_carries_is_written_in_one_spelling():
    text = write_label(Boxes((Box("can", 1, 2, 3, 4, FULL),)))
    assert json.loads(text)["boxes"][0] | {} == {
        "label": "can",
        "left": 1,
        "top": 2,
        "width": 3,
        "height": 4,
        "attributes": {
            "colour": "red",
            "parts": ["cap", "dent"],
            "count": 3,
            "note": "near the edge",
            "hidden": True,
        },
        "id": "a1",
        "group": "shelf",
    }
    assert text == canonical(json.loads(text)).decode()


@given(objects=st.lists(st.tuples(st.sampled_from([0, 5]), carried), max_size=5), data=st.data())
def test_values_with_attributes_read_back_whatever_their_order(objects, data):
    boxes = [Box("can", left, 0, 4, 4, one) for left, one in objects]
    spans = [Span("can", left, left + 3, one) for left, one in objects]
    for made, kind in ((boxes, Boxes), (spans, Spans)):
        value = kind(tuple(made))
        assert kind(tuple(data.draw(st.permutations(made)))) == value
        assert read_label(write_label(value), kind) == value


@given(a=carried, b=carried)
def test_what_differs_is_a_share_and_the_same_both_ways(a, b):
    for allowed in ((), EVERY):
        assert differing(a, a, allowed) == 0.0
        assert 0.0 <= differing(a, b, allowed) <= 1.0
        assert differing(a, b, allowed) == pytest.approx(differing(b, a, allowed))


def test_each_kind_differs_in_its_own_way():
    def off(name, one, two):
        return differing(details({name: one}), details({name: two}), [Attribute(name, "text")])

    assert off("colour", "red", "blue") == 1.0
    assert off("parts", ("cap",), ("cap", "dent")) == 0.5
    assert off("count", 4.0, 3.0) == 0.25
    assert off("hidden", True, False) == 1.0
    assert differing(details({"colour": "red"}), PLAIN, EVERY) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("held", "sentence"),
    [
        ({"colour": "green"}, "'colour' of 'can' is 'green', and not one of red, blue"),
        ({"parts": ("cap", "lid")}, "'parts' of 'can' is 'cap, lid', and not one of cap, label, dent"),
        ({"count": "three"}, "'count' of 'can' is 'three', and not a number"),
        ({"hidden": "yes"}, "'hidden' of 'can' is 'yes', and not true or false"),
        ({"note": 3.0}, "'note' of 'can' is '3', and not a text"),
        ({"size": "big"}, "'size' is no attribute of 'can', which has colour, parts, count, note, hidden"),
    ],
)
def test_what_the_schema_does_not_know_is_said_in_a_sentence(held, sentence):
    assert unfit_attributes(details(held), EVERY, label="can") == sentence
    text = write_label(Boxes((Box("can", 1, 2, 3, 4, details(held)),)))
    with pytest.raises(InvalidLabel, match=sentence.replace("(", r"\(")):
        read_label(text, Boxes, schema=SCHEMA)


def test_a_project_without_attributes_leaves_them_out_and_keeps_ids():
    text = write_label(Boxes((Box("can", 1, 2, 3, 4, FULL),)))
    found = read_label(text, Boxes, schema=schema_of(("can",)))
    assert found == Boxes((Box("can", 1, 2, 3, 4, details({}, id="a1", group="shelf")),))


@pytest.mark.parametrize(
    "given_",
    [
        *("red", ["red"], {"colour": {"name": "red"}}, {1: "red"}, {"": "red"}, {"x" * 257: "red"}),
        *({"count": float("inf")}, {"count": float("nan")}, {"count": 10**400}, {"count": -(10**400)}),
    ],
    ids=repr,
)
def test_what_is_no_attribute_is_refused(given_):
    with pytest.raises(UnfitDetails):
        details_in({"attributes": given_})


@pytest.mark.parametrize("noun", ["id", "group"])
def test_an_id_has_an_end(noun):
    assert details_in({noun: "x" * 256}) == details({}, **{noun: "x" * 256})
    with pytest.raises(UnfitDetails, match=f"the {noun} of an object has 257 characters; 256 are allowed"):
        details_in({noun: "x" * 257})


def test_the_first_required_attribute_that_is_missing_is_named():
    assert missing_attribute(FULL, EVERY) == ""
    assert missing_attribute(details({"note": "x"}), EVERY) == "colour"
    assert missing_attribute(PLAIN, [replace(COLOUR, required=False)]) == ""
    assert details_as_json(PLAIN) == {}
