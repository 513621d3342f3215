import pytest

from assay.core.labels.label_values import Box, Boxes, Choice, Choices, Point, Points, Preference, Span, Spans
from assay.service.labels_in_words import in_words, marked, noun_of


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Choice("cola"), "cola"),
        (Choices(("a", "b")), "a, b"),
        (Choices(()), "none of the labels"),
        (Preference("first"), "the first is better"),
        (Preference("tie"), "neither is better"),
        (Boxes((Box("cup", 0, 0, 1, 1), Box("pen", 0, 0, 1, 1), Box("cup", 5, 5, 1, 1))), "cup 2, pen 1"),
        (Boxes(()), "nothing"),
        (Points(tuple(Point(name, 0, 0) for name in "abcdef")), "a 1, b 1, c 1, d 1 and 2 more"),
        (Spans((Span("person", 0, 3),)), "person 1"),
    ],
)
def test_a_label_is_said_in_a_short_line(value, words):
    assert in_words(value) == words


def test_spans_are_marked_in_their_text():
    value = Spans((Span("person", 4, 7), Span("thing", 6, 9), Span("place", 11, 15)))
    pieces = marked("Did Ada go to Oslo?", Spans((Span("person", 4, 7), Span("place", 14, 18))), longest=280)
    assert pieces == (("Did ", ""), ("Ada", "person"), (" go to ", ""), ("Oslo", "place"), ("?", ""))
    overlapping = marked("Did Ada go to Oslo?", value, longest=280)
    assert [label for _, label in overlapping if label] == ["person", "place"]
    assert "".join(text for text, _ in overlapping) == "Did Ada go to Oslo?"


def test_a_long_text_is_shown_from_a_little_before_its_first_span():
    text = "x" * 900 + "Ada" + "y" * 900
    pieces = marked(text, Spans((Span("person", 900, 903),)), longest=100)
    assert pieces[0] == ("…", "")
    assert ("Ada", "person") in pieces
    assert sum(len(text) for text, _ in pieces) == 102
    assert marked(text, None, longest=10) == (("x" * 10, ""), ("…", ""))


def test_what_is_counted_depends_on_the_kind_of_label():
    assert [noun_of(kind) for kind in (Choice, Choices, Boxes, Points, Spans)] == [
        "items",
        "items",
        "objects",
        "points",
        "spans",
    ]
