import csv
import json

import pytest

from assay.core.errors import BadLine, InvalidLabel, NotReadable, UnknownMember
from assay.service.label_files.consolidate_answers import NoAnswers, consolidate_answers


def write(tmp_path, text):
    path = tmp_path / "answers.csv"
    path.write_text(text)
    return path


def test_every_answered_item_gets_a_label_and_a_confidence(tmp_path):
    answers = write(tmp_path, "item,worker,label\n2,w,a\n2,v,a\n1,w,b\n1,v,b\n1,u,a\n")
    found = consolidate_answers(answers_path=answers, task="classification", out_path=tmp_path / "out.csv")
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text().splitlines()))
    assert (found.items, found.people, found.answers) == (2, 3, 5)
    assert [(row["item"], row["label"]) for row in rows] == [("2", "a"), ("1", "b")]
    assert all(0.5 <= float(row["confidence"]) <= 1 for row in rows)


def test_rows_that_cannot_be_used_are_counted_and_named(tmp_path):
    answers = write(tmp_path, "item,worker,label\n2,w,a\n2,,b\n1,w\n")
    found = consolidate_answers(answers_path=answers, task="classification", out_path=tmp_path / "out.csv")
    assert (found.items, found.answers, found.bad) == (1, 1, 2)
    assert [row.line for row in found.shown] == [3, 4]


def test_cells_cannot_start_a_formula(tmp_path):
    answers = write(tmp_path, "item,worker,label\n=1+1,w,@a\n-5,w,-x\n")
    consolidate_answers(answers_path=answers, task="classification", out_path=tmp_path / "out.csv")
    rows = list(csv.DictReader((tmp_path / "out.csv").read_text().splitlines()))
    assert [(row["item"], row["label"]) for row in rows] == [("'=1+1", "'@a"), ("-5", "'-x")]


def test_a_file_without_answers_an_unknown_task_and_a_wrong_place_are_refused(tmp_path):
    empty = write(tmp_path, "item,worker,label\n")
    out = tmp_path / "out.csv"
    with pytest.raises(NoAnswers, match="holds no answers"):
        consolidate_answers(answers_path=empty, task="classification", out_path=out)
    with pytest.raises(UnknownMember, match="clasification"):
        consolidate_answers(answers_path=empty, task="clasification", out_path=out)
    full = write(tmp_path, "item,worker,label\n1,w,a\n")
    with pytest.raises(NotReadable, match="nowhere"):
        consolidate_answers(answers_path=full, task="classification", out_path=tmp_path / "nowhere" / "o.csv")


@pytest.mark.parametrize(
    ("task", "said", "label"),
    [
        ("text", ("A red bus", "a red bus.", "a bed bus"), "a red bus"),
        ("number", ("1", "2.5", "4"), "2.5"),
        ("ranking", ("b > a", "b>a", "b = a"), "b>a"),
    ],
)
def test_texts_numbers_and_orders_need_no_task_type(tmp_path, task, said, label):
    answers = write(
        tmp_path, "item,worker,label\n" + "".join(f"1,{who},{text}\n" for who, text in enumerate(said))
    )
    found = consolidate_answers(answers_path=answers, task=task, out_path=tmp_path / "out.csv")
    (row,) = csv.DictReader((tmp_path / "out.csv").read_text().splitlines())
    assert (found.items, found.people, found.answers) == (1, 3, 3)
    assert row["label"].casefold() == label
    assert 0.1 < float(row["confidence"]) <= 1.0


def test_what_is_no_number_is_refused(tmp_path):
    answers = write(tmp_path, "item,worker,label\n1,w,many\n")
    with pytest.raises(InvalidLabel, match="many"):
        consolidate_answers(answers_path=answers, task="number", out_path=tmp_path / "out.csv")


def test_marks_are_json_and_a_wrong_one_is_named(tmp_path):
    out = tmp_path / "out.csv"
    track = '{"tracks": [{"label": "car", "boxes": [{"frame": 2, "left": 1, "top": 1, "width": 4, "height": 3}]}]}'
    path = tmp_path / "answers.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("item", "worker", "label"), *(("clip", who, track) for who in "abc")])
    found = consolidate_answers(answers_path=path, task="tracks", out_path=out)
    (row,) = csv.DictReader(out.read_text().splitlines())
    assert (found.items, found.people) == (1, 3)
    assert json.loads(row["label"]) == json.loads(track)
    with pytest.raises(InvalidLabel, match="is not a list of relations"):
        consolidate_answers(answers_path=path, task="relations", out_path=out)


def box(left, width=10):
    said = {"boxes": [{"label": "n", "left": left, "top": 2, "width": width, "height": 4}], "size": [64, 48]}
    return json.dumps(said)


def consolidated(tmp_path, task, *answers):
    path = tmp_path / "answers.csv"
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([("item", "worker", "label"), *answers])
    found = consolidate_answers(answers_path=path, task=task, out_path=tmp_path / "out.csv")
    rows = csv.DictReader((tmp_path / "out.csv").read_text().splitlines())
    return {row["item"]: json.loads(row["label"]) for row in rows}, found


def test_answers_outside_of_their_pictures_are_left_out_and_those_that_stick_out_are_cut(tmp_path):
    answers = [("a", "w", box(400)), ("a", "v", box(4)), ("b", "w", box(60)), ("c", "u", box(-70))]
    labels, found = consolidated(tmp_path, "image_boxes", *answers)
    assert {item: (said["boxes"][0]["left"], said["boxes"][0]["width"]) for item, said in labels.items()} == {
        "a": (4, 10),
        "b": (60, 4),
    }
    assert (found.items, found.people, found.answers, found.bad, found.cut) == (2, 2, 2, 2, 1)
    assert [(row.line, row.reason) for row in found.shown] == [
        (line, "the label cannot be used: a box has no part within its picture, which is 64 x 48")
        for line in (2, 5)
    ]


def test_an_answer_that_is_none_is_left_out_by_its_line_and_refuses_no_file(tmp_path):
    answers = [("a", "w", "[[-4, 3, 'P']]"), ("a", "v", '[[0.0, 3.0, "P"]]'), ("b", "v", "spans")]
    labels, found = consolidated(tmp_path, "text_spans", *answers)
    assert labels == {"a": {"spans": [{"label": "P", "start": 0, "end": 3}]}}
    assert [row.line for row in found.shown] == [2, 4]
    assert "a span starts at -4, before its text" in found.shown[0].reason
    with pytest.raises(BadLine, match="line 2: the label cannot be used: a span starts at -4"):
        consolidated(tmp_path, "text_spans", answers[0])


def test_lists_as_python_writes_them_are_choices_and_blanks_are_no_part_of_names(tmp_path):
    answers = [
        ("a", "w", "['x', 'y']"),
        ("a", "v", '["x ", "y"]'),
        ("a", "u", "('x', 'y')"),
        ("a", "t", "['x' 'y']"),
    ]
    labels, found = consolidated(tmp_path, "text_classification_multi", *answers)
    assert labels == {"a": ["x", "y"]}
    assert (found.answers, found.bad) == (3, 1)


def test_attributes_are_voted_on_and_those_of_another_kind_than_most_are_left_out(tmp_path):
    def marked(**attributes):
        span = {"label": "P", "start": 0, "end": 3, "attributes": attributes}
        return json.dumps({"spans": [span]})

    answers = [
        ("a", "w", marked(role="buyer", sure=True, age=3)),
        ("a", "v", marked(role="buyer", sure=True, age=3)),
        ("a", "u", marked(role="seller", sure=True, age="old")),
        ("a", "t", marked(role="buyer", sure="yes", age=3)),
        ("b", "w", marked(role="seller", age=4)),
    ]
    labels, found = consolidated(tmp_path, "text_spans", *answers)
    carried = {item: said["spans"][0]["attributes"] for item, said in labels.items()}
    assert carried == {"a": {"role": "buyer", "sure": True, "age": 3}, "b": {"role": "seller", "age": 4}}
    assert (found.answers, found.bad, found.unfit) == (5, 0, 2)


def test_answers_to_several_questions_are_consolidated_each_by_what_answers_it(tmp_path):
    def said(**answers):
        return json.dumps({"answers": answers})

    spans = {"spans": [{"label": "P", "start": 0, "end": 3, "attributes": {"sure": True}}]}
    answers = [
        ("a", "w", said(about="x", all=["p"], who=spans)),
        ("a", "v", said(about="x", all="p", who=spans)),
        ("a", "u", said(about="y", who={"spans": []})),
        ("b", "w", said(about="y", all=["p", "q"])),
        ("b", "v", said(about="y")),
        ("b", "u", said(about=spans)),
        ("c", "u", said(where={"points": []})),
    ]
    labels, found = consolidated(tmp_path, "questions", *answers)
    assert labels == {
        "a": {"answers": {"about": "x", "all": ["p"], "who": spans}},
        "b": {"answers": {"about": "y", "all": ["p", "q"]}},
    }
    assert [(row.line, row.reason.partition(": ")[2]) for row in found.shown] == [
        (7, "'about' is answered by spans, and mostly by another kind"),
        (8, "no task type asks for points, which answer 'where'"),
    ]
