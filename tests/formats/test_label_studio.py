import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.errors import BadValue, InputError, NotReadable
from assay.core.labels import (
    Box,
    Boxes,
    Choice,
    Choices,
    LabelledItem,
    Point,
    Points,
    Preference,
    Span,
    Spans,
    schema_of,
)
from assay.core.ports import BadRow, Columns, Naming, RawItem
from assay.formats.label_studio import MEMBER
from assay.formats.label_studio.offsets import Offsets

BOX = {"x": 10, "y": 20, "width": 5, "height": 50, "rotation": 0, "rectanglelabels": ["cat"]}
SIDES = {"original_width": 200, "original_height": 100}


def region(value, kind, control="tag", **more):
    return {"id": "r", "from_name": control, "to_name": "x", "type": kind, "value": value, **more}


def task(*regions, data=None, **annotation):
    return {
        "id": 4,
        "data": data or {"image": "a.jpg"},
        "annotations": [{"result": list(regions), **annotation}],
    }


def export(tmp_path, *tasks):
    path = tmp_path / "export.json"
    path.write_text(json.dumps(tasks))
    return path


def read(path, *, attribute=None):
    left_out = Counter()
    contents = MEMBER.look(path, attribute=attribute)
    return list(MEMBER.read_labels(path, contents=contents, left_out=left_out)), left_out


def written(tmp_path, *items, names=("cat", "dog")):
    path = tmp_path / "out.json"
    naming = Naming("tag", "job", "type", schema_of(names))
    left_out = Counter()
    assert MEMBER.write(iter(items), path, naming=naming, left_out=left_out) == len(items)
    return path, left_out


def labelled(value, **more):
    said = {
        "key": "k",
        "media": None,
        "text": "a 🍎 b",
        "extra": {},
        "confidence": 1.0,
        "human": True,
        "made_at": "",
    }
    return LabelledItem(value=value, **(said | more))


def test_boxes_are_percent_of_the_picture(tmp_path):
    rows, left_out = read(export(tmp_path, task(region(BOX, "rectanglelabels", **SIDES))))
    assert rows[0].value == Boxes((Box("cat", 20, 20, 10, 50),))
    assert rows[0].value.size == (200, 100)
    assert rows[0].key == "4"
    assert rows[0].media == "a.jpg"
    assert left_out == Counter()


def test_a_task_is_written_as_label_studio_has_it(tmp_path):
    value = Boxes((Box("cat", 20, 20, 10, 50),), (200, 100))
    item = labelled(
        value,
        media="a.jpg",
        text=None,
        extra={"shop": 3},
        made_at="2026-01-01T00:00:00.000000",
        parts=(0.75,),
        confidence=0.5,
    )
    path, _ = written(tmp_path, item)
    (found,) = json.loads(path.read_text())
    assert found["data"] == {"image": "a.jpg", "shop": 3}
    assert found["predictions"] == []
    assert found["annotations"] == [
        {
            "result": [
                {
                    "id": "1-1",
                    "from_name": "tag",
                    "to_name": "image",
                    "origin": "manual",
                    "type": "rectanglelabels",
                    "original_width": 200,
                    "original_height": 100,
                    "image_rotation": 0,
                    "value": {
                        "x": 10,
                        "y": 20,
                        "width": 5,
                        "height": 50,
                        "rotation": 0,
                        "rectanglelabels": ["cat"],
                    },
                    "score": 0.75,
                }
            ],
            "was_cancelled": False,
            "ground_truth": False,
            "created_at": "2026-01-01T00:00:00.000000Z",
        }
    ]
    assert read(path)[0] == [item]


@pytest.mark.parametrize(
    "value",
    [
        Choice("cat"),
        Choices(("dog", "cat")),
        Choices(()),
        Boxes((), (3, 3)),
        Points((Point("cat", 1.25, 0, visible=False), Point("cat", 2, 2.99)), (3, 3)),
        Spans((Span("dog", 2, 3), Span("cat", 2, 5))),
        Preference("tie"),
        Preference("first"),
    ],
)
def test_every_value_comes_back_with_all_that_is_known_of_it(tmp_path, value):
    item = labelled(
        value, extra={"text": "mine", "image": 1}, human=False, confidence=0.25, control=True, adjusted=True
    )
    path, left_out = written(tmp_path, item)
    assert left_out == Counter()
    assert MEMBER.look(path).kind is type(value)
    assert read(path) == ([item], Counter())


def test_confidences_of_choices_come_back(tmp_path):
    item = labelled(Choices(("dog", "cat")), parts=(0.25, 0.75))
    path, _ = written(tmp_path, item)
    (found,) = json.loads(path.read_text())
    assert found["annotations"][0]["result"][0]["value"] == {"choices": ["cat", "dog"]}
    assert read(path)[0][0].parts == (0.25, 0.75)


def test_offsets_are_utf_16_in_the_file_and_code_points_here(tmp_path):
    path, _ = written(tmp_path, labelled(Spans((Span("cat", 2, 3), Span("dog", 4, 5)))))
    (found,) = json.loads(path.read_text())
    values = [one["value"] for one in found["annotations"][0]["result"]]
    assert [(one["start"], one["end"], one["text"]) for one in values] == [(2, 4, "🍎"), (5, 6, "b")]


def test_offsets_of_scripts_that_count_code_points_are_known_by_the_quoted_text(tmp_path):
    data = {"text": "a 🍎 b"}
    said = region({"start": 4, "end": 5, "text": "b", "labels": ["dog"]}, "labels")
    rows, _ = read(export(tmp_path, task(said, data=data)))
    assert rows[0].value == Spans((Span("dog", 4, 5),))
    cut = region({"start": 3, "end": 5, "labels": ["dog"]}, "labels")
    rows, _ = read(export(tmp_path, task(cut, data=data)))
    assert rows[0].reason == "the annotation cannot be read: the span from 3 to 5 cuts a sign in two"


@given(text=st.text(st.sampled_from("aé🍎👩‍👧ก") | st.characters(codec="utf-8"), max_size=20))
def test_places_in_both_countings_belong_together(text):
    offsets = Offsets(text)
    for point in range(len(text) + 3):
        unit = offsets.units(point)
        assert unit == len(text[:point].encode("utf-16-le")) // 2 + max(0, point - len(text))
        assert offsets.points(unit) == point


def test_ground_truth_comes_first_and_cancelled_annotations_are_none(tmp_path):
    said = [
        {"result": [region({"choices": ["a"]}, "choices")], "was_cancelled": True},
        {"result": [region({"choices": ["b"]}, "choices")]},
        {"result": [region({"choices": ["c"]}, "choices")], "ground_truth": True},
    ]
    guessed = [{"score": 0.5, "result": [region({"choices": ["p"]}, "choices")]}]
    path = export(
        tmp_path,
        {"id": 1, "data": {"text": "x"}, "annotations": said, "predictions": guessed},
        {"id": 2, "data": {"text": "y"}, "annotations": said[:1], "predictions": guessed},
        {"id": 3, "data": {"text": "z"}, "annotations": []},
    )
    rows, left_out = read(path)
    assert rows[0].value == Choice("c")
    assert rows[1].value == Choice("p")
    assert (rows[1].human, rows[1].confidence) == (False, 0.5)
    assert rows[2].reason == "the task has no annotation"
    assert left_out == {"further annotations": 1}


def test_what_no_label_can_say_is_counted(tmp_path):
    turned = region(BOX | {"rotation": 30}, "rectanglelabels", **SIDES)
    flat = region(BOX | {"width": 0}, "rectanglelabels", **SIDES)
    other = region(BOX, "rectanglelabels", "other", **SIDES)
    more = [region({}, kind) for kind in ("polygonlabels", "brushlabels", "textarea", "unheard")]
    rows, left_out = read(export(tmp_path, task(turned, flat, other, *more)))
    assert len(rows[0].value.boxes) == 1
    assert left_out == {
        "rotations": 1,
        "boxes without an area": 1,
        "further regions": 2,
        "outlines": 1,
        "masks": 1,
        "texts": 1,
    }


def test_one_of_several_controls_can_be_named(tmp_path):
    path = export(
        tmp_path,
        task(
            region({"choices": ["x", "y"]}, "choices", "kind"), region({"choices": ["z"]}, "choices", "mood")
        ),
    )
    assert MEMBER.look(path).kind is Choices
    rows, _ = read(path, attribute="mood")
    assert rows[0].value == Choice("z")
    with pytest.raises(BadValue, match="one of 'kind', 'mood'"):
        MEMBER.look(path, attribute="colour")


def test_the_short_export_is_read(tmp_path):
    value = {"x": 10, "y": 20, "width": 5, "height": 50, "rotation": 0, "rectanglelabels": ["cat"], **SIDES}
    path = export(
        tmp_path,
        {"image": "a.jpg", "id": 7, "tag": [value], "annotator": 1, "annotation_id": 2, "lead_time": 1.5},
        {"image": "b.jpg", "id": 8, "annotator": 1, "annotation_id": 3},
        {"image": "c.jpg", "id": 9},
    )
    rows, _ = read(path)
    assert rows[0].value == Boxes((Box("cat", 20, 20, 10, 50),))
    assert (rows[0].key, rows[0].media, rows[0].extra) == ("7", "a.jpg", {})
    assert rows[1].value == Boxes(())
    assert isinstance(rows[2], BadRow)


def test_tasks_are_items_with_or_without_annotations(tmp_path):
    path = export(
        tmp_path, {"id": 3, "data": {"text": "hello", "n": 1}}, {"data": {"text": ""}}, {"data": 3}, 7
    )
    rows = list(MEMBER.read_items(path, columns=Columns()))
    assert rows[0] == RawItem(1, "3", None, "hello", {"n": 1})
    assert [row.reason for row in rows[1:]] == [
        "there is nothing in 'text'",
        "the task has no 'data'",
        "the task is no object",
    ]
    assert next(MEMBER.read_items(path, columns=Columns(id="n"))).key == "1"


def test_places_in_a_picture_of_unknown_size_are_refused_both_ways(tmp_path):
    with pytest.raises(InputError, match="the size of its picture is not known"):
        written(tmp_path, labelled(Boxes((Box("cat", 1, 1, 1, 1),))))
    rows, _ = read(export(tmp_path, task(region(BOX, "rectanglelabels"))))
    assert rows[0].reason == "the annotation cannot be read: a region does not say the size of its picture"


def test_what_is_no_export_is_said(tmp_path):
    with pytest.raises(NotReadable, match="no JSON list of tasks"):
        MEMBER.look(_with(tmp_path, "{}"))
    with pytest.raises(NotReadable, match="holds no annotations"):
        MEMBER.look(export(tmp_path, {"data": {}}))
    with pytest.raises(ValueError, match="stranger"):
        written(tmp_path, labelled(Choice("stranger")))


def _with(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_text(text)
    return path
