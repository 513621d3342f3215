"""How simulated people draw boxes, mark spans and tick labels."""

import numpy as np
import pytest

from assay.core.geometry.shape_overlap import box_iou
from assay.core.labels.label_values import Box, Boxes, Choices, Span, Spans, schema_of
from assay.core.labels.loss_rules import Frame
from assay.core.ports.task_type import Ability
from assay.tasktypes.image_boxes import MEMBER as BOXES
from assay.tasktypes.image_classification_multi import MEMBER as SETS
from assay.tasktypes.text_spans import MEMBER as SPANS

ABC = schema_of(["a", "b", "c"])
SCENE = Boxes(
    (Box("a", 10, 10, 50, 40), Box("b", 120, 30, 80, 60), Box("c", 300, 200, 100, 100)), size=(640, 480)
)
TEXT = Spans((Span("a", 0, 6), Span("b", 20, 31), Span("a", 50, 57)))


def person(skill, *, confusion=0.5, care=1.0, spam=False):
    return Ability(skill=skill, confusion=confusion, care=care, spam=spam, seconds=1.0)


def drawn(task, value, who, *, times=600):
    dice = np.random.default_rng(1)
    return [task.draw(value, schema=ABC, person=who, chance=dice) for _ in range(times)]


def test_an_expert_draws_nearly_exactly():
    loss = [BOXES.compare(said, SCENE, frame=Frame(ABC)) for said in drawn(BOXES, SCENE, person(0.995))]
    assert 0 < np.mean(loss) < 0.02


def test_a_typical_labeller_misses_invents_and_misnames_a_few_and_draws_a_little_off():
    said = drawn(BOXES, SCENE, person(0.88))
    count = np.array([len(one.boxes) for one in said])
    assert 0.01 < np.mean(count < 3) < 0.15
    assert 0.01 < np.mean(count > 3) < 0.15
    whole = [one for one in said if len(one.boxes) == 3]
    names = np.mean([[b.label for b in one.boxes] == ["a", "b", "c"] for one in whole])
    assert 0.85 < names < 0.99
    true = np.array([box[1:5] for box in SCENE.boxes])
    shares = [box_iou(np.array([b[1:5] for b in one.boxes]), true) for one in whole]
    assert np.median(shares) == pytest.approx(0.92, abs=0.04)


def test_boxes_stay_inside_the_picture_and_keep_its_size():
    edge = Boxes((Box("a", 0, 0, 30, 30), Box("b", 600, 440, 40, 40)), size=(640, 480))
    for said in drawn(BOXES, edge, person(0.3, care=0.7)):
        assert said.size == (640, 480)
        for box in said.boxes:
            assert min(box.left, box.top) >= 0
            assert min(box.width, box.height) > 0
            assert box.left + box.width <= 640.011
            assert box.top + box.height <= 480.011


def test_a_picture_of_unknown_size_has_no_negative_coordinates():
    unknown = Boxes((Box("a", 1, 2, 30, 30),))
    assert min(min(b.left, b.top) for said in drawn(BOXES, unknown, person(0.2)) for b in said.boxes) >= 0


def test_a_confused_person_takes_the_next_label():
    named = drawn(BOXES, Boxes((Box("c", 10, 10, 50, 50),)), person(0.0, confusion=1.0), times=2000)
    # An invented box may have any label; one alone that overlaps the true one was misnamed.
    wrong = [one.boxes[0].label for one in named if len(one.boxes) == 1 and one.boxes[0].label != "c"]
    assert wrong.count("a") > 4 * wrong.count("b")


def test_spans_slip_vanish_appear_and_change_their_label():
    said = drawn(SPANS, TEXT, person(0.7))
    lengths = [len(one.spans) for one in said]
    assert min(lengths) < 3 < max(lengths)
    flat = [span for one in said for span in one.spans]
    assert any(span.label == "a" and span.start == 20 and span.end != 31 for span in flat) or any(
        span.start != 20 and span.end == 31 for span in flat
    )
    assert any(span == Span("c", 20, 31) for span in flat)


def test_nobody_marks_beyond_what_is_known_of_the_text():
    for who in (person(0.2), person(0.5, spam=True)):
        flat = [span for one in drawn(SPANS, TEXT, who) for span in one.spans]
        assert min(span.start for span in flat) >= 0
        assert max(span.end for span in flat) <= 57
    alone = [span for one in drawn(SPANS, Spans(()), person(0.0)) for span in one.spans]
    assert {span[1:3] for span in alone} == {(0, 1)}


def test_labels_are_overlooked_and_added_about_as_often():
    said = drawn(SETS, Choices(("a",)), person(0.8), times=3000)
    overlooked = np.mean(["a" not in one.names for one in said])
    added = np.mean([len(set(one.names) - {"a"}) for one in said])
    assert overlooked == pytest.approx(0.1, abs=0.02)
    assert added == pytest.approx(0.1, abs=0.02)


def test_a_favourite_wrong_label_is_the_next_one():
    said = drawn(SETS, Choices(("b",)), person(0.0, confusion=1.0))
    assert {name for one in said for name in one.names} == {"b", "c"}


def test_where_all_labels_are_true_nothing_can_be_added():
    for one in drawn(SETS, Choices(("a", "b", "c")), person(0.0)):
        assert set(one.names) <= {"a", "b", "c"}
