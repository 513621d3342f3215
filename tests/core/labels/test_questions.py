"""Which of several questions are asked, and whether what somebody says answers them."""

import pytest

from assay.core.errors import InvalidLabel
from assay.core.labels.attributes import details
from assay.core.labels.label_text import check_complete, read_label, write_label
from assay.core.labels.label_values import (
    Answers,
    Box,
    Boxes,
    Choice,
    Choices,
    Condition,
    Question,
    details_of,
    label_names,
    object_count,
    schema_of,
    schema_of_questions,
)
from assay.core.labels.questions import asked, asked_alone, unanswered
from assay.core.labels.values.value_kind import kind_of_value

USABLE = Question("usable", "classification", schema_of(("yes", "no")))
STATE = Question(
    "state", "image_classification_multi", schema_of(("wet", "torn")), when=Condition("usable", ("yes",))
)
HOLES = Question("holes", "image_boxes", schema_of(("hole",)), when=Condition("state"), required=False)
SCHEMA = schema_of_questions((USABLE, STATE, HOLES))
HOLE = Boxes((Box("hole", 1, 2, 3, 4),))
WHOLE = Answers((("usable", Choice("yes")), ("state", Choices(("torn",))), ("holes", HOLE)))


def names(said):
    return [one.name for one in asked(SCHEMA.questions, said)]


def test_a_question_is_asked_where_an_earlier_answer_calls_for_it():
    assert names(Answers(())) == ["usable"]
    assert names(Answers((("usable", Choice("no")), ("state", Choices(("wet",)))))) == ["usable"]
    assert names(Answers((("usable", Choice("yes")),))) == ["usable", "state"]
    assert names(Answers((("usable", Choice("yes")), ("state", Choices(()))))) == ["usable", "state"]
    assert names(WHOLE) == ["usable", "state", "holes"]


def test_what_is_said_to_a_question_that_is_not_asked_is_nobodys_word():
    said = Answers((("usable", Choice("no")), ("state", Choices(("wet",))), ("holes", HOLE)))
    assert asked_alone(SCHEMA.questions, said) == Answers((("usable", Choice("no")),))
    assert asked_alone(SCHEMA.questions, WHOLE) is WHOLE


def test_a_question_that_must_be_answered_is_missed_and_one_that_may_be_left_out_is_not():
    assert unanswered(SCHEMA.questions, Answers(())) == "usable"
    assert unanswered(SCHEMA.questions, Answers((("usable", Choice("yes")),))) == "state"
    said = Answers((("usable", Choice("yes")), ("state", Choices(("torn",)))))
    assert unanswered(SCHEMA.questions, said) == ""
    check_complete(said, schema=SCHEMA)
    with pytest.raises(InvalidLabel, match="the question 'usable' is not answered"):
        check_complete(Answers((("state", Choices(("wet",))),)), schema=SCHEMA)


def test_several_answers_are_one_text_whatever_their_order():
    text = write_label(WHOLE)
    assert text == (
        '{"answers":{"holes":{"boxes":[{"height":4,"label":"hole","left":1,"top":2,"width":3}]},'
        '"state":["torn"],"usable":"yes"}}'
    )
    assert read_label(text, Answers, schema=SCHEMA) == WHOLE == Answers(tuple(reversed(WHOLE.parts)))


def test_the_size_of_the_picture_comes_back_and_is_no_part_of_what_is_said():
    found = read_label('{"answers":{"usable":"yes","holes":{"boxes":[]}},"size":[64,48]}', Answers)
    assert kind_of_value(found).size(found) == (64, 48)
    assert write_label(found) == '{"answers":{"holes":{"boxes":[]},"usable":"yes"}}'


def test_labels_are_named_with_their_question():
    assert label_names(WHOLE) == ("holes: hole", "state: torn", "usable: yes")
    assert set(label_names(WHOLE)) <= set(SCHEMA.names)
    assert object_count(WHOLE) == 3
    with pytest.raises(InvalidLabel, match="'usable: perhaps' is none of"):
        read_label('{"answers":{"usable":"perhaps"}}', Answers, schema=SCHEMA)


def test_what_objects_of_an_answer_carry_stands_beside_their_names():
    deep = details({"deep": True})
    box = Box("hole", 1, 2, 3, 4, deep)
    said = Answers((("usable", Choice("yes")), ("holes", Boxes((box,)))))
    assert dict(zip(label_names(said), details_of(said), strict=True))["holes: hole"] == deep


@pytest.mark.parametrize(
    "text",
    ["[]", "17", '{"answers":{"a":{}}}', '{"answers":{"a":3}}', '{"answers":{"a":{"answers":{"b":"c"}}}}'],
)
def test_what_is_no_answer_is_refused(text):
    with pytest.raises(InvalidLabel):
        read_label(text, Answers)
