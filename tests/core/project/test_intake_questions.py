"""Several questions in the intake: each with its own labels, its weight, and when it is asked."""

import pytest
from tests.core.project.test_intake import LEAST
from tests.support.located import located

from assay.core.errors import AssayError, SeveralProblems, UnknownKey
from assay.core.labels.attributes import Attribute
from assay.core.labels.label_values import Condition, Question, schema_of
from assay.core.project.intake import read_intake

BARE = {key: value for key, value in LEAST.items() if key != "labels"} | {"task": "questions"}
SHARP = {"name": "sharp", "ask": "Is it sharp?", "labels": ["yes", "no"]}


def read(*questions, **more):
    return read_intake(located(BARE | {"questions": list(questions)} | more)).schema


def test_questions_have_labels_of_their_own_and_are_named_with_them_among_all():
    objects = {
        "name": "objects",
        "task": "image_boxes",
        "labels": ["car", "dog"],
        "attributes": [{"name": "far", "kind": "flag"}],
        "comparison": {"overlap": "0.7"},
        "weight": "2.5",
        "required": "false",
        "when": {"question": "sharp", "is": "yes"},
    }
    schema = read(SHARP, objects)
    assert schema.questions[0] == Question(
        "sharp", "classification", schema_of(("yes", "no")), text="Is it sharp?"
    )
    found = schema.questions[1]
    assert (found.task, found.weight, found.required) == ("image_boxes", 2.5, False)
    assert found.when == Condition("sharp", ("yes",))
    assert found.schema.parameters == (("overlap", 0.7),)
    assert schema.names == ("sharp: yes", "sharp: no", "objects: car", "objects: dog")
    assert schema.attributes_of("objects: car") == (Attribute("far", "flag"),)


def test_a_condition_may_name_several_labels_or_none():
    several = read(SHARP, SHARP | {"name": "again", "when": {"question": "sharp", "is": ["yes", "no"]}})
    assert several.questions[1].when == Condition("sharp", ("yes", "no"))
    none = read(SHARP, SHARP | {"name": "again", "when": {"question": "sharp"}})
    assert none.questions[1].when == Condition("sharp")


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        (
            {"name": "a: b"},
            "'questions.name' is 'a: b', but must be 1 to 64 printable characters without a colon",
        ),
        ({"name": "sharp"}, "'questions.name' is 'sharp' again, but must be a question named once"),
        ({"name": ""}, "the key 'questions.name' is missing"),
        ({"weight": "0"}, "'questions.weight' is '0', but must be a number from 0.01 to 100"),
        ({"weight": "nan"}, "'questions.weight' is 'nan', but must be a number"),
        ({"ask": "?" * 501}, "'questions.ask'"),
        ({"when": {"question": "shrap"}}, "'when.question' is 'shrap', but must be one of sharp"),
        (
            {"when": {"question": "sharp", "is": ["yse"]}},
            "'when.is' is a list, but must be labels of 'sharp': ",
        ),
        ({"when": {"question": "sharp", "is": {}}}, "'when.is' is a mapping, but must be a text, or a list"),
        ({"when": {"is": "yes"}}, "the key 'when.question' is missing"),
    ],
)
def test_what_is_wrong_about_a_question_is_a_sentence(question, sentence):
    with pytest.raises(AssayError) as caught:
        read(SHARP, SHARP | {"name": "again"} | question)
    assert sentence in str(caught.value)


def test_unknown_keys_of_a_question_are_told():
    for key, value in (("labls", []), ("when", {"qestion": "sharp"})):
        with pytest.raises((UnknownKey, SeveralProblems), match="did you mean"):
            read(SHARP, SHARP | {"name": "again", key: value})


def test_a_project_with_questions_names_no_labels_of_its_own():
    with pytest.raises(
        AssayError, match="'labels' is a list, but must be left out: each question has its own"
    ):
        read(SHARP, labels=["a", "b"])
    with pytest.raises(AssayError, match="'questions' is 'x', but must be a list of 1 to 50 questions"):
        read_intake(located(BARE | {"questions": "x"}))
