"""Labels and questions against the task type that they are for."""

from pathlib import Path

import pytest

from assay.core.errors import AssayError, BadValue, MissingKey
from assay.core.labels.label_values import schema_of
from assay.service.intake.intake_file import parse_intake
from assay.service.intake.labels_for_the_task import settle_labels
from assay.tasktypes import TASK_TYPES

HEAD = "assay: 1\nname: a\ndata: {path: items.csv}\n"


def read(rest):
    return parse_intake(HEAD + rest, source="intake.yaml", folder=Path()).intake.schema


def test_a_task_type_may_have_labels_of_its_own():
    pair, choice = TASK_TYPES.get("preference_pair"), TASK_TYPES.get("image_classification")
    assert settle_labels(schema_of(()), task=pair).names == pair.labels
    with pytest.raises(MissingKey, match="labels"):
        settle_labels(schema_of(()), task=choice)
    named = schema_of(("cola", "water"))
    assert settle_labels(named, task=choice) == named
    with pytest.raises(BadValue, match="a list of at least 2 labels for the task image_classification"):
        settle_labels(schema_of(("cola",)), task=choice)
    with pytest.raises(BadValue, match="'labels' is 'cola', but must be one of first, second"):
        settle_labels(named, task=pair)


def test_each_question_has_the_labels_of_its_own_task_type():
    schema = read(
        "task: text_questions\nquestions:\n"
        "- {name: better, task: preference_pair}\n- {name: who, task: text_spans, labels: [person]}\n"
    )
    assert schema.names == ("better: first", "better: second", "better: tie", "who: person")
    assert schema.questions[0].schema.names == ("first", "second", "tie")


@pytest.mark.parametrize(
    ("rest", "sentence"),
    [
        (
            "task: image_questions\nquestions:\n- {name: who, task: text_spans, labels: [a]}",
            "line 6: 'questions.task' is 'text_spans', but must be one of classification, image_boxes",
        ),
        (
            "task: image_questions\nquestions:\n- {name: who, task: image_questions}",
            "'questions.task' is 'image_questions', but must be one of",
        ),
        (
            "task: image_questions\nquestions:\n- {name: a, labels: [x, y]}\n- name: b\n  labels: [x]",
            "line 8: 'questions.labels' is a list of 1, but must be a list of at least 2 labels",
        ),
        (
            "task: image_questions\nquestions:\n- {name: a, labels: [x, y], comparison: {overlap: 0.5}}",
            "'questions.comparison' is 'overlap', but must be one of branch",
        ),
        (
            "task: image_questions\nquestions:\n- {name: a, labels: [x, y], attributes: [{name: far, kind: flag}]}",
            "'questions.attributes' is a list, but must be left out: the task classification marks no objects",
        ),
        (
            "task: image_questions\nquestions:\n- {name: a, labels: [x, y]}\nprelabel: {kind: chat}",
            "'prelabel.kind' is 'chat', but must be left out, or none: no model that is asked answers several",
        ),
        (
            "task: image_questions",
            "the key 'questions' is missing; it says several questions about each item",
        ),
        (
            "task: image_classification\nquestions:\n- {name: a, labels: [x, y]}",
            "'questions' is a list, but must be left out: the task image_classification asks one; several are asked by",
        ),
    ],
)
def test_what_does_not_fit_is_a_sentence_with_its_line(rest, sentence):
    with pytest.raises(AssayError) as caught:
        read(rest)
    assert sentence in str(caught.value)


def test_labels_that_are_wrong_in_themselves_are_told_once():
    with pytest.raises(AssayError) as caught:
        read("task: image_questions\nquestions:\n- {name: a, labels: [x, x]}\n- {name: b, labels: [x, y]}")
    assert "problems" not in str(caught.value)
    assert "'x' again" in str(caught.value)
