"""Several questions in Label Studio's tasks, and what their objects carry."""

import json
from collections import Counter

from assay.core.labels.attributes import Attribute, details
from assay.core.labels.label_values import (
    Answers,
    Box,
    Boxes,
    Choice,
    Choices,
    LabelClass,
    LabelledItem,
    LabelSchema,
    Span,
    Spans,
    schema_of,
)
from assay.core.ports.file_format import Naming
from assay.formats.label_studio import MEMBER

SIDES = {"original_width": 200, "original_height": 100}
PLACE = {"x": 10, "y": 20, "width": 5, "height": 50, "rotation": 0}
CARRIED = (
    Attribute("state", "choice", ("good", "bad")),
    Attribute("parts", "choices", ("lid", "rim")),
    Attribute("weight", "number"),
    Attribute("torn", "flag"),
)


def region(one, control, what, said, **more):
    kind, key = {"textarea": ("textarea", "text")}.get(what, (what, what))
    return {"id": one, "from_name": control, "to_name": "x", "type": kind, "value": more | {key: said}}


def box(one, label, control="kind"):
    return region(one, control, "rectanglelabels", [label], **PLACE) | SIDES


def export(tmp_path, *tasks, data=None):
    path = tmp_path / "export.json"
    path.write_text(
        json.dumps(
            [
                {"id": number, "data": {"image": "a.jpg"}, "annotations": [{"result": list(regions)}]}
                for number, regions in enumerate(tasks, start=1)
            ]
            if data is None
            else data
        )
    )
    return path


def read(path, **asked):
    left_out = Counter()
    contents = MEMBER.look(path, **asked)
    rows = list(MEMBER.read_labels(path, contents=contents, left_out=left_out))
    return contents, [getattr(row, "value", row) for row in rows], left_out


def written(tmp_path, value, schema, **more):
    path, left_out = tmp_path / "out.json", Counter()
    item = LabelledItem("k", more.get("media"), more.get("text"), {}, value, 1.0, True, "")
    naming = Naming("tag", "job", "type", schema)
    MEMBER.write(iter([item]), path, naming=naming, left_out=left_out)
    return path, left_out


def test_attributes_are_results_with_the_id_of_their_region_and_come_back_as_what_they_were(tmp_path):
    held = {"state": "bad", "parts": ("lid", "rim"), "weight": 2.5, "torn": False, "note": "left\nside"}
    value = Boxes((Box("cat", 2, 4, 6, 8, details(held, id="own")), Box("dog", 20, 4, 6, 8)), (200, 100))
    schema = LabelSchema((LabelClass("cat", attributes=CARRIED), LabelClass("dog")))
    path, left_out = written(tmp_path, value, schema, media="a.jpg")
    assert left_out == {"ids of objects": 1}
    first, *beside, last = json.loads(path.read_text())[0]["annotations"][0]["result"]
    assert {one["id"] for one in beside} == {first["id"]} != {last["id"]}
    said = {one["from_name"]: (one["type"], one["value"]) for one in beside}
    place = {key: first["value"][key] for key in PLACE}
    assert said == {
        "note": ("textarea", place | {"text": ["left\nside"]}),
        "parts": ("choices", place | {"choices": ["lid", "rim"]}),
        "state": ("choices", place | {"choices": ["bad"]}),
        "torn": ("choices", place | {"choices": ["false"]}),
        "weight": ("number", place | {"number": 2.5}),
    }
    contents, (found,), unread = read(path)
    assert (contents.kind, contents.attribute) == (Boxes, "tag")
    assert found == MEMBER.carried(value)
    assert not unread


def test_an_attribute_of_two_kinds_is_two_controls_since_a_control_has_one_type(tmp_path):
    spans = Spans((Span("a", 0, 1, details({"n": 3})), Span("a", 2, 3, details({"n": "three"}))))
    path, _ = written(tmp_path, spans, schema_of(("a",)), text="x y")
    said = json.loads(path.read_text())[0]["annotations"][0]["result"]
    assert [(one["type"], one["from_name"]) for one in said[1::2]] == [
        ("number", "n"),
        ("textarea", "n (text)"),
    ]
    assert read(path)[1] == [spans]


def test_answers_come_back_with_the_questions_that_were_answered_with_nothing(tmp_path):
    value = Answers((("seen", Choice("well")), ("marks", Boxes((), (200, 100))), ("all", Choices(()))))
    path, left_out = written(tmp_path, value, schema_of(("seen: well",)), media="a.jpg")
    contents, found, unread = read(path)
    assert (contents.kind, found) == (Answers, [value])
    assert read(path, attribute="seen")[1] == [Choice("well")]
    nothing = Answers((("marks", Boxes((), (200, 100))),))
    (tmp_path / "none").mkdir()
    path, _ = written(tmp_path / "none", nothing, schema_of(()), media="a.jpg")
    assert read(path, kind=Boxes)[1] == [nothing]
    assert not left_out + unread


def test_controls_of_several_kinds_are_several_questions_unless_one_is_meant(tmp_path):
    path = export(
        tmp_path,
        [
            box("1", "can"),
            region("1", "state", "choices", ["bad"], **PLACE),
            region("2", "sharp", "choices", ["yes"]),
        ],
        [region("3", "sharp", "choices", ["no"]), region("4", "kinds", "choices", ["a", "b"])],
    )
    can = Boxes((Box("can", 20, 20, 10, 50, details({"state": "bad"})),))
    contents, found, left_out = read(path)
    assert contents.kind is Answers
    assert contents.schema.names == ("kind: can", "sharp: yes", "sharp: no", "kinds: a", "kinds: b")
    assert found == [
        Answers((("kind", can), ("sharp", Choice("yes")), ("kinds", Choices(())))),
        Answers((("kind", Boxes(())), ("sharp", Choice("no")), ("kinds", Choices(("a", "b"))))),
    ]
    assert not left_out
    _, found, left_out = read(path, kind=Boxes)
    assert (found[0], left_out) == (can, {"further regions": 3})
    assert read(path, attribute="state")[1][0] == Choice("bad")
    single = export(tmp_path, [box("1", "can"), region("1", "state", "choices", ["bad"])])
    assert read(single)[0].kind is Boxes
    assert read(single, kind=Choice)[1] == [Choice("bad")]
    only = export(tmp_path, [box("1", "can"), box("2", "jar", "other")])
    assert read(only)[0].kind is Boxes
    assert read(only, kind=Answers)[1][0].to("other").boxes[0].label == "jar"


def test_what_a_file_of_others_says_about_an_object_is_of_the_kind_that_all_of_it_tells(tmp_path):
    said = [(["lid"], "true"), (["lid", "rim"], "false")]
    path = export(
        tmp_path,
        *(
            [box("1", "can"), region("1", "parts", "choices", parts), region("1", "torn", "choices", [torn])]
            for parts, torn in said
        ),
    )
    contents, found, _ = read(path)
    assert contents.schema.classes == (
        LabelClass(
            "can", attributes=(Attribute("parts", "choices", ("lid", "rim")), Attribute("torn", "flag"))
        ),
    )
    assert [one.boxes[0].details for one in found] == [
        details({"parts": ("lid",), "torn": True}),
        details({"parts": ("lid", "rim"), "torn": False}),
    ]


def test_what_is_said_about_nobody_knows_whom_or_at_too_great_length_is_counted(tmp_path):
    path = export(
        tmp_path,
        [box("1", "can"), box("1", "jar"), region("1", "state", "choices", ["bad"])],
        [
            box("2", "can"),
            region("2", "read", "textarea", ["x" * 1_001]),
            region("3", "state", "choices", ["bad"]),
        ],
    )
    _, found, left_out = read(path, kind=Boxes)
    assert not any(one.details.attributes for value in found for one in value.boxes)
    assert left_out == {"further regions": 2, "texts": 1}


def test_in_the_short_export_a_question_that_has_several_choices_elsewhere_may_stand_there_bare(tmp_path):
    marks = [PLACE | SIDES | {"rectanglelabels": ["can"]}]
    rows = [
        {"id": 1, "image": "a.jpg", "kind": marks, "all": {"choices": ["a", "b"]}, "annotation_id": 1},
        {"id": 2, "image": "b.jpg", "kind": marks, "all": "c", "annotation_id": 2},
    ]
    _, found, _ = read(export(tmp_path, data=rows))
    assert [one.to("all") for one in found] == [Choices(("a", "b")), Choices(("c",))]


def test_an_answer_that_cannot_be_read_names_its_question(tmp_path):
    path = export(
        tmp_path, [box("1", "can"), region("2", "s", "choices", ["a"]), region("3", "s", "choices", [])]
    )
    found = MEMBER.look(path)
    spoilt = export(tmp_path, [{**box("1", "can"), "value": PLACE}, region("2", "s", "choices", ["a"])])
    (row,) = MEMBER.read_labels(spoilt, contents=found, left_out=Counter())
    assert row.reason == "the annotation cannot be read: the answer to 'kind': a region has no label"
