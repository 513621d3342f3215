"""Boxes and spans: clusters, who sees what, labels, places, and the choice of objects."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import assay.core.consolidation.objects.object_model
from assay.core.consolidation.objects.object_model import fit_objects, load_objects
from assay.core.consolidation.stored_models import DamagedModel
from assay.core.consolidation.values.boxes import BOXES, box_loss, weighted_median
from assay.core.consolidation.values.spans import SPANS, span_loss
from assay.core.errors import InvalidLabel
from assay.core.labels.attributes import PLAIN
from assay.core.labels.label_text import read_label, write_label
from assay.core.labels.label_values import Box, Boxes, Span, Spans, schema_of
from assay.core.ports.answers import AnswerTable

ABC = schema_of(["a", "b", "c"])
CAT, DOG = Box("a", 10, 10, 40, 40), Box("b", 200, 100, 60, 30)
COORDINATE = st.integers(0, 40)
DRAWN = st.lists(
    st.builds(
        Box,
        st.sampled_from("ab"),
        COORDINATE,
        COORDINATE,
        st.integers(5, 30),
        st.integers(5, 30),
        st.just(PLAIN),
    ),
    max_size=4,
).map(lambda boxes: Boxes(tuple(boxes)))


def table_of(rows, *, items=None, people=None):
    item, person, value = zip(*rows, strict=True)
    texts = [text if isinstance(text, str) else write_label(text) for text in value]
    return AnswerTable(
        np.array(item, np.int64),
        np.array(person, np.int64),
        texts,
        items or max(item) + 1,
        people or max(person) + 1,
    )


def boxes(*found):
    return Boxes(tuple(found))


def spans(*found):
    return Spans(tuple(Span(*one) for one in found))


def fit(table, *, kind=BOXES, known=None):
    return fit_objects(table, kind=kind, schema=ABC, known=known or [None] * table.items)


def read(text, kind=Boxes):
    return read_label(text, kind, schema=ABC)


def moved(box, dx, dy=0.0, label=None):
    return Box(label or box.label, box.left + dx, box.top + dy, box.width, box.height)


# --- losses --------------------------------------------------------------------------------------


def test_the_loss_of_boxes_is_that_of_the_definition():
    a = boxes(CAT, DOG)
    b = boxes(moved(CAT, 4), moved(DOG, 500))
    share = 36 / 44  # of CAT moved by 4 of 40
    assert box_loss(a, b) == pytest.approx(1 - 2 * share / (2 * 1 + 1 + 1))


def test_a_wrong_label_is_a_miss_and_an_invention():
    assert box_loss(boxes(CAT), boxes(moved(CAT, 0, label="b"))) == 1.0
    assert box_loss(boxes(CAT, DOG), boxes(moved(CAT, 0, label="b"), DOG)) == pytest.approx(0.5)


def test_two_empty_values_agree_and_one_empty_is_all_wrong():
    assert box_loss(boxes(), boxes()) == span_loss(spans(), spans()) == 0.0
    assert box_loss(boxes(CAT), boxes()) == span_loss(spans(), spans(("a", 0, 1))) == 1.0


@given(DRAWN, DRAWN)
def test_the_loss_of_boxes_is_symmetric_and_bounded(a, b):
    assert box_loss(a, b) == box_loss(b, a)
    assert 0.0 <= box_loss(a, b) <= 1.0
    assert box_loss(a, a) == 0.0


def test_crowded_boxes_are_matched_for_the_largest_total():
    row = [Box("a", 10.0 * k, 0, 40, 40) for k in range(6)]
    assert box_loss(Boxes(tuple(row)), Boxes(tuple(moved(box, 10) for box in row))) < 0.2


def test_the_loss_of_spans_counts_exact_ones_only():
    a = spans(("a", 0, 5), ("b", 8, 12))
    assert span_loss(a, spans(("a", 0, 5), ("b", 8, 13))) == pytest.approx(0.5)
    assert span_loss(a, spans(("a", 0, 5), ("c", 8, 12), ("b", 20, 21))) == pytest.approx(1 - 2 / 5)


# --- weighted medians ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "weight", "expected"),
    [
        ([4.0], [2.0], 4.0),
        ([4.0, 8.0], [1.0, 1.0], 6.0),
        ([4.0, 8.0], [3.0, 1.0], 5.0),
        ([1.0, 2.0, 900.0], [1.0, 1.0, 1.0], 2.0),
        ([5.0, 5.0, 5.0], [1.0, 2.0, 3.0], 5.0),
        ([1.0, 2.0, 3.0], [10.0, 1.0, 1.0], 1.0 + 1.0 / 5.5),
    ],
)
def test_weighted_medians(value, weight, expected):
    found = weighted_median(
        np.array([*value, 77.0]), np.array([0] * len(value) + [1]), weight=np.array([*weight, 1.0]), groups=2
    )
    assert found.tolist() == pytest.approx([expected, 77.0])


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 9)), min_size=1, max_size=9), st.integers(0, 99))
def test_a_weighted_median_lies_within_its_values_whatever_their_order(pairs, seed):
    order = np.random.default_rng(seed).permutation(len(pairs))
    value, weight = (np.array(column) for column in zip(*pairs, strict=True))
    group = np.zeros(len(pairs), np.int64)
    one = weighted_median(value, group, weight=weight, groups=1)[0]
    two = weighted_median(value[order], group, weight=weight[order], groups=1)[0]
    assert one == pytest.approx(two)
    assert value.min() - 1e-9 <= one <= value.max() + 1e-9


# --- boxes ---------------------------------------------------------------------------------------


def test_three_boxes_of_one_object_become_one_in_the_middle():
    table = table_of([(0, p, boxes(moved(CAT, dx))) for p, dx in enumerate((-2, 0, 3))])
    found = fit(table).consensus(table)
    (box,) = read(found.value[0]).boxes
    assert (box.label, box.top, box.width) == ("a", 10, 40)
    assert box.left == pytest.approx(10, abs=0.5)
    assert len(found.parts[0]) == 1


def test_an_outlier_hardly_moves_an_edge():
    wide = Box("a", 10, 10, 70, 40)
    table = table_of([(0, p, boxes(box)) for p, box in enumerate((CAT, CAT, wide))])
    (box,) = read(fit(table).consensus(table).value[0]).boxes
    assert box.width < 45


def test_what_two_of_three_saw_is_kept_and_what_one_saw_is_not():
    stray = Box("c", 400, 400, 20, 20)
    rows = []
    for i in range(60):
        says = [boxes(CAT, DOG), boxes(CAT, DOG), boxes(CAT, DOG)]
        says[i % 3] = boxes(CAT) if i % 2 else boxes(CAT, DOG, stray)
        rows += [(i, p, says[p]) for p in range(3)]
    table = table_of(rows)
    assert set(fit(table).consensus(table).value) == {write_label(boxes(CAT, DOG))}


def test_one_person_cannot_vote_twice_for_an_object():
    table = table_of(
        [(0, 0, boxes(CAT, moved(CAT, 1), moved(CAT, 2))), (0, 1, boxes(CAT)), (0, 2, boxes(CAT))]
    )
    found = fit(table).consensus(table)
    assert len(read(found.value[0]).boxes) == 1


def test_two_labels_on_one_place_are_two_objects_where_everybody_says_so():
    rider = moved(CAT, 1, label="b")
    table = table_of([(0, p, boxes(CAT, rider)) for p in range(3)])
    assert read(fit(table).consensus(table).value[0]) == boxes(CAT, rider)


def test_the_label_is_that_of_the_majority_and_its_doubt_lowers_the_part():
    rows = [(i, p, boxes(CAT if p or i else moved(CAT, 0, label="c"))) for i in range(20) for p in range(3)]
    table = table_of(rows)
    found = fit(table).consensus(table)
    assert read(found.value[0]) == boxes(CAT)
    assert found.parts[0][0] < found.parts[1][0]


def test_parts_stand_in_the_order_of_the_boxes():
    rows = [(i, p, boxes(CAT, DOG) if p or i else boxes(DOG)) for i in range(12) for p in range(4)]
    table = table_of(rows)
    found = fit(table).consensus(table)
    assert [box.label for box in read(found.value[0]).boxes] == ["a", "b"]
    assert found.parts[0][0] < found.parts[0][1]


def test_who_misses_much_is_forgiven_and_who_invents_is_not_believed():
    """Person 0 overlooks half, person 1 is good, person 2 invents a box on every image."""
    dice = np.random.default_rng(1)
    rows, truth = [], []
    for i in range(120):
        real = [moved(CAT, 0, y) for y in (0, 100, 200, 300) if dice.random() < 0.7]
        truth.append(Boxes(tuple(real)))
        rows.append((i, 0, Boxes(tuple(box for box in real if dice.random() < 0.5))))
        rows.append((i, 1, Boxes(tuple(real))))
        rows.append((i, 2, Boxes((*real, Box("c", *dice.uniform(300, 900, 2).round(2), 30, 30)))))
    table = table_of(rows)
    model = fit(table)
    assert model.sight.hits[0] < 0.65 < 0.9 < model.sight.hits[1]
    assert model.sight.inventing[2] > 0.8 > 0.1 > model.sight.inventing[:2].max()
    right = [1 - box_loss(read(a), b) for a, b in zip(model.consensus(table).value, truth, strict=True)]
    assert np.mean(right) > 0.97


def test_an_image_that_all_call_empty_is_empty():
    table = table_of([(i, p, boxes(CAT) if i else boxes()) for i in range(10) for p in range(3)])
    found = fit(table).consensus(table)
    assert found.value[0] == '{"boxes":[]}'
    assert found.parts[0] == ()
    assert found.right[0] > 0.8
    assert found.agreement[0] == 1.0


def test_known_boxes_teach_what_is_there_and_who_sees_it():
    """Two people never see dogs, one does; known images say that dogs are real."""
    rows = [(i, p, boxes(CAT, DOG) if p == 2 else boxes(CAT)) for i in range(40) for p in range(3)]
    table = table_of(rows)
    truth = write_label(boxes(CAT, DOG))
    blind, told = fit(table), fit(table, known=[truth] * 30 + [None] * 10)
    assert len(read(blind.consensus(table).value[-1]).boxes) == 1
    assert len(read(told.consensus(table).value[-1]).boxes) == 2
    assert told.skill()[2] > told.skill()[0] + 0.15


def test_an_answer_that_is_no_boxes_is_refused_in_a_sentence():
    for text in (
        "nonsense",
        '{"boxes":[{"label":"z","left":1,"top":1,"width":1,"height":1}]}',
        '{"boxes":[3]}',
    ):
        with pytest.raises(InvalidLabel):
            fit(table_of([(0, 0, text)]))


def test_other_spellings_are_read_too():
    text = '{"boxes": [{"class": "a", "left": 10, "top": 10, "width": 40, "height": 40}]}'
    table = table_of([(0, p, text) for p in range(2)])
    assert fit(table).consensus(table).value[0] == write_label(boxes(CAT))


@settings(max_examples=30)
@given(st.lists(DRAWN, min_size=2, max_size=5), st.integers(0, 1000))
def test_consensus_of_any_boxes_is_a_value_and_order_does_not_matter(answers, seed):
    rows = [(0, p, value) for p, value in enumerate(answers)]
    order = np.random.default_rng(seed).permutation(len(rows))
    one, two = (table_of(r, people=5) for r in (rows, [(0, int(order[p]), v) for _, p, v in rows]))
    first, second = fit(one).consensus(one), fit(two).consensus(two)
    assert first.value == second.value
    assert write_label(read(first.value[0])) == first.value[0]
    assert 0.0 <= first.right[0] <= 1.0
    expected = np.mean([1 - box_loss(value, read(first.value[0])) for value in answers])
    assert first.agreement[0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("kind", [BOXES, SPANS])
def test_answers_looked_at_in_blocks_say_the_same(kind, monkeypatch):
    dice = np.random.default_rng(3)
    rows = []
    for item in dice.integers(20, size=70).tolist():
        if kind is BOXES:
            drift = dice.normal(0, 3, size=2).tolist()
            value = boxes(*(moved(one, *drift) for one in (CAT, DOG) if dice.random() < 0.8))
        else:
            value = spans(
                *(("a", at, at + 3 + int(dice.integers(2))) for at in (5, 20) if dice.random() < 0.8)
            )
        rows.append((item, int(dice.integers(6)), value))
    table = table_of(rows, items=23, people=6)
    known = [write_label(rows[0][2]) if item % 5 == 0 else None for item in range(23)]
    whole = fit(table, kind=kind, known=known)
    monkeypatch.setattr(assay.core.consolidation.objects.object_model, "_BLOCK", 4)
    cut = fit(table, kind=kind, known=known)
    fresh = table_of(rows, items=23, people=6)
    for model, asked in ((cut, table), (cut, fresh), (whole, fresh)):
        one, two = whole.consensus(table), model.consensus(asked)
        assert one.value == two.value
        assert len(two.value) == len(two.parts) == 23
        for name in ("right", "agreement", "count"):
            assert getattr(two, name) == pytest.approx(getattr(one, name))
    assert cut.skill() == pytest.approx(whole.skill())


def test_a_model_of_other_things_is_refused():
    with pytest.raises(DamagedModel, match="cannot be read"):
        load_objects(b"x", kind=BOXES, schema=ABC)


# --- spans ---------------------------------------------------------------------------------------


def test_the_boundaries_are_those_that_most_say():
    says = [spans(("a", 4, 9)), spans(("a", 4, 9)), spans(("a", 2, 12))]
    table = table_of([(0, p, value) for p, value in enumerate(says)])
    assert fit(table, kind=SPANS).consensus(table).value[0] == write_label(says[0])


def test_who_is_exact_decides_between_two_boundaries():
    rows = []
    for i in range(60):
        exact, loose = spans(("a", 4, 9)), spans(("a", 3 - i % 3, 9 + i % 2))
        rows += [(i, 0, exact), (i, 1, exact), (i, 2, loose)]
    rows += [(60, 0, spans(("a", 4, 9))), (60, 2, spans(("a", 4, 8)))]
    table = table_of(rows)
    model = fit(table, kind=SPANS)
    assert model.traits.placing[0] > model.traits.placing[2] + 0.3
    assert model.consensus(table).value[60] == write_label(spans(("a", 4, 9)))


def test_neighbours_are_not_one_span():
    value = spans(("a", 0, 5), ("a", 5, 9))
    table = table_of([(0, p, value) for p in range(3)])
    found = fit(table, kind=SPANS).consensus(table)
    assert found.value[0] == write_label(value)
    assert len(found.parts[0]) == 2


def test_parts_fit_where_two_clusters_come_to_the_same_span():
    """One person marked overlapping stretches; others agree on either."""
    rows = [
        (0, 0, spans(("a", 0, 10), ("a", 1, 10))),
        (0, 1, spans(("a", 0, 10), ("a", 1, 10))),
        (0, 2, spans(("a", 1, 10))),
    ]
    table = table_of(rows)
    found = fit(table, kind=SPANS).consensus(table)
    assert len(found.parts[0]) == len(read(found.value[0], Spans).spans)
