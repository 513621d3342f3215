"""What is odd about boxes and stretches, and how often ordinary ones are called so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.geometry import label_lint
from assay.core.geometry.label_lint import lint_value, unusual_boxes
from assay.core.labels.label_values import Box, Boxes, Choice, Point, Points, Span, Spans


def rules(value, *, size=(200, 100), text=None):
    return [one.rule for one in lint_value(value, size=size, text=text)]


@pytest.mark.parametrize(
    ("boxes", "found"),
    [
        ([Box("a", 10, 10, 50, 40)], []),
        ([], []),
        ([Box("a", 170, 10, 50, 40)], [label_lint.OUTSIDE]),
        ([Box("a", 10, 10, 1, 1.9)], [label_lint.TOO_SMALL]),  # 1.9 of 20,000 pixels
        ([Box("a", 10, 10, 1, 2)], []),  # just a ten-thousandth
        ([Box("a", 0, 0, 200, 100)], [label_lint.COVERS]),
        ([Box("a", 0, 0, 200, 100), Box("b", 5, 5, 20, 20)], []),
        ([Box("a", 10, 10, 50, 40), Box("a", 10, 10, 50, 41)], [label_lint.TWICE]),
        ([Box("a", 10, 10, 50, 40), Box("b", 10, 10, 50, 40)], []),
        ([Box("a", 10, 10, 50, 40), Box("a", 20, 10, 50, 40)], []),
    ],
)
def test_boxes_are_looked_at_one_by_one_and_in_pairs(boxes, found):
    assert rules(Boxes(tuple(boxes))) == found


def test_without_a_size_only_the_boxes_themselves_are_compared():
    twice = Boxes((Box("a", 900, 0, 50, 40), Box("a", 900, 0, 50, 40)))
    assert rules(twice, size=None) == [label_lint.TWICE]


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        (0, 5, []),  # Maria
        (0, 6, [label_lint.EDGE_SPACE]),
        (0, 4, [label_lint.CUT_WORD]),
        (1, 5, [label_lint.CUT_WORD]),
        (18, 24, []),  # 東京大学 has no spaces between its words; see below
        (0, 99, [label_lint.OUTSIDE]),
    ],
)
def test_stretches_end_where_words_end(start, end, found):
    text = "Maria went to see 東京大学, quite late"
    end = 20 if (start, end) == (18, 24) else end  # 東京 alone
    assert rules(Spans((Span("person", start, end),)), text=text) == found


def test_stretches_of_one_label_that_overlap_are_told_others_may():
    text = "the University of Oxford"
    one, two = (4, 24), (18, 24)
    assert rules(Spans((Span("org", *one), Span("org", *two))), text=text) == [label_lint.OVERLAP]
    assert rules(Spans((Span("org", *one), Span("place", *two))), text=text) == []


def test_other_labels_have_no_lint():
    assert rules(Choice("a")) == []
    assert rules(Points((Point("a", 1, 1),))) == []
    assert rules(Points((Point("a", 900, 1),))) == [label_lint.OUTSIDE]


def test_a_sentence_names_its_facts():
    (said,) = lint_value(Spans((Span("person", 0, 6),)), size=None, text="Maria went")
    assert said.sentence == "'Maria ', marked 'person', has space at an end."


@given(st.lists(st.tuples(st.sampled_from("ab"), *[st.integers(-50, 250)] * 2, *[st.integers(0, 300)] * 2)))
def test_every_finding_is_a_sentence_of_a_rule_and_the_order_of_drawing_does_not_matter(drawn):
    boxes = [Box(*one) for one in drawn]
    found = lint_value(Boxes(tuple(boxes)), size=(200, 100), text=None)
    assert {one.rule for one in found} <= set(label_lint.RULES)
    assert all(one.sentence.endswith(".") for one in found)
    assert lint_value(Boxes(tuple(boxes[::-1])), size=(200, 100), text=None) == found


def _ordinary(count, seed, *, each=4):
    dice = np.random.default_rng(seed)
    extents = np.exp(dice.normal([3.5, 3.0], [0.4, 0.3], size=(count, each, 2)))
    return [Boxes(tuple(Box("a", 0, 0, w, h) for w, h in one)) for one in extents.tolist()]


def test_ordinary_boxes_are_called_unusual_as_often_as_is_said():
    for each, count in ((1, 50), (1, 200), (4, 5_000)):
        findings = sum(
            bool(found)
            for seed in range(20_000 // (count * each))
            for found in unusual_boxes(_ordinary(count, seed, each=each))
        )
        # 20,000 boxes, 20 expected at most; five standard deviations on either side.
        assert findings <= label_lint.UNUSUAL * 20_000 + 5 * np.sqrt(20)
        assert findings >= 1 or count < 1_000


def test_an_elongated_and_a_huge_box_are_found_and_told():
    values = _ordinary(200, 1, each=1)
    values[7] = Boxes((Box("a", 0, 0, 320.0, 3.0),))
    values[9] = Boxes((Box("a", 0, 0, 900.0, 700.0),))
    found = unusual_boxes(values)
    assert [one.rule for one in found[7]] == [label_lint.UNUSUAL_SHAPE]
    assert label_lint.UNUSUAL_SIZE in [one.rule for one in found[9]]
    assert "times what is usual" in found[9][0].sentence


def test_units_do_not_matter_and_classes_are_compared_with_themselves_alone():
    values = _ordinary(200, 2, each=1)
    values[3] = Boxes((Box("a", 0, 0, 400.0, 2.0),))
    larger = [Boxes(tuple(Box(b.label, 0, 0, 10 * b.width, 10 * b.height) for b in v.boxes)) for v in values]
    rules_of = [[one.rule for one in found] for found in unusual_boxes(values)]
    assert [[one.rule for one in found] for found in unusual_boxes(larger)] == rules_of
    alone = [*values[:3], Boxes((Box("b", 0, 0, 400.0, 2.0),)), *values[4:]]
    assert unusual_boxes(alone)[3] == []


def test_boxes_that_are_all_alike_and_few_boxes_are_passed_over():
    assert not any(unusual_boxes([Boxes((Box("a", 0, 0, 20 + 0.01 * n % 3, 10),)) for n in range(100)]))
    assert not any(unusual_boxes([Boxes((Box("a", 0, 0, 4**n, 10),)) for n in range(label_lint.LEAST - 1)]))
