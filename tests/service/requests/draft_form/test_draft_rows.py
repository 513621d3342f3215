"""Rows of the form and the lists of the intake that they stand for; what no row shows stays."""

from assay.service.requests.draft_form.draft_rows import (
    AttributeRow,
    QuestionRow,
    attribute_list,
    attribute_rows,
    name_of,
    question_list,
    question_rows,
)
from assay.service.requests.draft_form.draft_text import DraftFields, changed, fields_of, text_of, tree_of

TEXT = """\
assay: 1
task: image_questions
questions:
- name: usable
  ask: Can one see it?
  labels:
  - name: 'yes'
    help: Sharp enough.
  - 'no'
- name: damage
  task: image_boxes
  labels: [hole]
  attributes:
  - {name: deep, kind: flag}
  when:
    question: usable
    is: ['yes', 'no']
  weight: 2
  required: false
"""
GIVEN = {"task", "labels", "questions", "attributes"}


def test_questions_are_rows_and_back():
    rows = fields_of(tree_of(TEXT)).questions
    assert rows == (
        QuestionRow("usable", "Can one see it?", "", "yes\nno", "", "", ""),
        QuestionRow("damage", "", "image_boxes", "hole", "usable: yes | no", "2", "false"),
    )
    before = tree_of(TEXT)["questions"]
    assert question_list(rows, before=before) == before


def test_a_form_that_changes_one_row_keeps_what_it_does_not_show():
    tree = tree_of(TEXT)
    fields = fields_of(tree)
    first, second = fields.questions
    wanted = DraftFields(
        task=fields.task, questions=(first, QuestionRow(**{**vars_of(second), "weight": "3"}))
    )
    made = changed(tree, wanted, given=GIVEN)["questions"]
    assert made[0] == tree["questions"][0]
    assert made[1] == tree["questions"][1] | {"weight": "3"}


def vars_of(row):
    return {name: getattr(row, name) for name in QuestionRow.__slots__}


def test_what_is_asked_names_a_question_that_has_no_name():
    assert name_of(QuestionRow(ask="Is it: sharp?")) == "Is it sharp"
    assert question_list([QuestionRow(ask="Sharp?", labels="yes\n\n no ")], before=None) == [
        {"name": "Sharp", "ask": "Sharp?", "labels": ["yes", "no"]}
    ]


def test_a_form_shows_labels_or_questions_and_keeps_the_one_that_its_task_has():
    fields = fields_of(tree_of(TEXT))
    boxes = changed(tree_of(TEXT), DraftFields(task="image_boxes", questions=fields.questions), given=GIVEN)
    assert "questions" not in boxes
    labelled = "assay: 1\ntask: image_boxes\nlabels: [can]\nattributes: [{name: deep, kind: flag}]\n"
    tree = tree_of(labelled)
    several = DraftFields(task="image_questions", labels=fields_of(tree).labels, questions=fields.questions)
    made = changed(tree, several, given=GIVEN)
    assert ("labels" in made, "attributes" in made, len(made["questions"])) == (False, False, 2)
    # A part of the page that says nothing of labels takes none away.
    assert changed(tree, DraftFields(name="x"), given={"name"})["labels"] == ["can"]


def test_attributes_are_rows_and_back():
    found = [
        {"name": "colour", "options": ["red", "blue"], "required": "true"},
        {"name": "deep", "kind": "flag"},
    ]
    rows = attribute_rows(found)
    assert rows == (AttributeRow("colour", "", "red\nblue", "true", ""), AttributeRow("deep", "flag"))
    assert attribute_list(rows) == found
    assert question_rows("no list") == attribute_rows(None) == ()


def test_the_text_of_a_changed_draft_reads_back():
    tree = tree_of(TEXT)
    made = changed(tree, fields_of(tree), given=GIVEN)
    assert tree_of(text_of(made)) == made == tree
