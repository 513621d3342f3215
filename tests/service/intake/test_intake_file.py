"""An intake file with everything wrong is told everything at once, names of tasks, formats and models too."""

import pytest

from assay.core.errors import BadValue, SeveralProblems, place_of
from assay.entry.cli.main import main
from assay.service.intake.intake_file import parse_intake
from assay.tasktypes import TASK_TYPES

WRONG = """assay: 1
name: x
task: image_box
data: {path: items.csv, format: cvs}
labels: [a, b]
class: pubic
prelabel: {kind: chta}
deliver: {formats: [cocoo, csv]}
bugdet: 3
"""


def test_every_name_that_there_is_not_is_told_with_the_one_that_may_be_meant(tmp_path):
    with pytest.raises(SeveralProblems) as caught:
        parse_intake(WRONG, source="intake.yaml", folder=tmp_path)
    told = {place_of(one): str(one) for one in caught.value.problems}
    meant = {
        ("task", 3): "image_boxes",
        ("data.format", 4): "csv",
        ("class", 6): "public",
        ("prelabel.kind", 7): "chat",
        ("deliver.formats", 8): "coco",
    }
    assert list(told) == [*meant, ("bugdet", 9)]
    for place, name in meant.items():
        assert f"(did you mean '{name}'?)" in told[place]


def test_one_problem_is_raised_as_it_is(tmp_path):
    text = WRONG.replace("image_box\n", "text_classification\n").replace("pubic", "public")
    text = (
        text.replace("cvs", "csv")
        .replace("chta", "auto")
        .replace("cocoo", "jsonl")
        .replace("bugdet: 3\n", "")
    )
    with pytest.raises(BadValue, match=r"intake\.yaml, line 3: 'task' is 'zzz', but must be one of"):
        parse_intake(text.replace("text_classification", "zzz"), source="intake.yaml", folder=tmp_path)
    with pytest.raises(
        BadValue, match=r"intake\.yaml, line 5: 'labels' is a list of 1, but must be a list of at least 2"
    ):
        parse_intake(text.replace("[a, b]", "[a]"), source="intake.yaml", folder=tmp_path)
    assert parse_intake(text, source="intake.yaml", folder=tmp_path).intake.name == "x"


def test_a_stored_intake_is_read_although_a_model_of_it_is_gone(tmp_path):
    text = WRONG.replace("image_box", "image_boxes").replace("pubic", "public").replace("bugdet: 3\n", "")
    assert parse_intake(text, source="intake of x", folder=tmp_path, stored=True).intake.formats == (
        "cocoo",
        "csv",
    )


def test_the_command_line_tells_one_problem_a_line(tmp_path, capsys):
    (tmp_path / "intake.yaml").write_text(WRONG)
    assert main(["plan", str(tmp_path / "intake.yaml")]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "assay: intake.yaml has 6 problems:"
    assert lines[1].startswith("  intake.yaml, line 3: 'task' is 'image_box', but must be one of ")
    assert len(lines) == 7


BOXES = """assay: 1
name: x
task: image_boxes
data: {path: items.csv, format: csv}
labels: [a, b]
comparison: {overlap: 0.7}
"""


def test_what_a_requester_chose_about_the_loss_stands_in_the_schema(tmp_path):
    found = parse_intake(BOXES, source="intake.yaml", folder=tmp_path)
    assert found.intake.schema.parameters == (("overlap", 0.7),)
    stated = TASK_TYPES.get("image_boxes").loss.stated(found.intake.schema)
    assert stated.parameters == (("overlap", 0.7), ("attributes", 0.2))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("{overlap: 0.99}", "'comparison.overlap' is '0.99', but must be a number from 0.05 to 0.95"),
        ("{overlap: half}", "'comparison.overlap' is 'half', but must be a number"),
        (
            "{overlab: 0.7}",
            r"'comparison' is 'overlab', but must be one of overlap, attributes.*did you mean 'overlap'",
        ),
        ("0.7", "'comparison' is '0.7', but must be a mapping of names to numbers"),
    ],
)
def test_a_parameter_that_the_loss_does_not_take_is_refused_with_its_line(tmp_path, change, sentence):
    with pytest.raises(BadValue, match=r"intake\.yaml, line [56]: " + sentence):
        parse_intake(BOXES.replace("{overlap: 0.7}", change), source="intake.yaml", folder=tmp_path)


def test_a_loss_without_parameters_takes_none(tmp_path):
    text = BOXES.replace("image_boxes", "preference_pair").replace("labels: [a, b]\n", "")
    with pytest.raises(BadValue, match="must be nothing: preference has no parameters"):
        parse_intake(text, source="intake.yaml", folder=tmp_path)


def test_attributes_are_asked_only_where_objects_are_marked(tmp_path):
    text = BOXES.replace("comparison: {overlap: 0.7}", "attributes: [{name: hidden, kind: flag}]")
    assert parse_intake(text, source="intake.yaml", folder=tmp_path).intake.schema.has_attributes
    sentence = (
        r"line 6: 'attributes' is a list, but must be left out: the task text_classification marks no objects"
    )
    with pytest.raises(BadValue, match=sentence):
        parse_intake(
            text.replace("image_boxes", "text_classification"), source="intake.yaml", folder=tmp_path
        )


PER_OBJECT = "money: {answer: {per: object, cents: 3}}\n"
ASKED = """questions:
  - {name: sharp, labels: [a, b]}
  - {name: where, task: TASK, labels: [a, b]}
"""


def test_answers_are_paid_by_the_object_only_where_they_hold_objects(tmp_path):
    def read(text):
        return parse_intake(text, source="intake.yaml", folder=tmp_path).intake.money.answer.per

    asked = BOXES.replace("comparison: {overlap: 0.7}\n", "")
    several = asked.replace("image_boxes", "image_questions").replace("labels: [a, b]\n", ASKED)
    assert read(asked + PER_OBJECT) == read(several.replace("TASK", "image_boxes") + PER_OBJECT) == "object"
    sentence = "'money.answer.per' is 'object', but must be item, page or minute: answers of the task {} hold no objects"
    for text, task in (
        (asked.replace("image_boxes", "text_classification"), "text_classification"),
        (several.replace("TASK", "classification"), "image_questions"),
    ):
        with pytest.raises(BadValue, match=r"intake\.yaml, line \d+: " + sentence.format(task)):
            read(text + PER_OBJECT)
