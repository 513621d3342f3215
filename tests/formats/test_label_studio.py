import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from assay.core.errors import BadValue, InputError, NotReadable
from assay.core.labels.label_values import (
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
from assay.core.layouts.pictures_beside import size_beside
from assay.core.ports.file_format import BadRow, Columns, Naming, RawItem
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
    with pytest.raises(BadValue, match="one of the controls kind, mood"):
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


@pytest.mark.parametrize(
    ("degrees", "hull"),
    [
        (90, (20, 9.6, 12, 16)),  # about its left top corner it swings to the left
        (180, (16, -2.4, 16, 12)),
        (270, (32, -6.4, 12, 16)),
        (-90, (32, -6.4, 12, 16)),
    ],
)
def test_a_turned_rectangle_becomes_its_hull_about_its_left_top_corner(tmp_path, degrees, hull):
    turned = {"x": 50, "y": 20, "width": 25, "height": 25, "rotation": degrees, "rectanglelabels": ["nut"]}
    sides = {"original_width": 64, "original_height": 48}
    rows, left_out = read(export(tmp_path, task(region(turned, "rectanglelabels", **sides))))
    (box,) = rows[0].value.boxes
    assert (box.left, box.top, box.width, box.height) == pytest.approx(hull)
    assert left_out == {"rotations": 1}


def test_a_rectangle_turned_by_less_than_a_corner_is_as_wide_as_what_it_covers(tmp_path):
    turned = {"x": 50, "y": 50, "width": 10, "height": 10, "rotation": 45, "rectanglelabels": ["nut"]}
    sides = {"original_width": 100, "original_height": 100}
    rows, _ = read(export(tmp_path, task(region(turned, "rectanglelabels", **sides))))
    (box,) = rows[0].value.boxes
    half = 10 / 2**0.5
    assert (box.left, box.top) == pytest.approx((50 - half, 50), abs=0.01)
    assert (box.width, box.height) == pytest.approx((2 * half, 2 * half), abs=0.01)


def span_of(start, end, quote, **more):
    return region({"start": start, "end": end, "text": quote, "labels": ["PER"], **more}, "labels")


def test_the_text_is_the_column_that_the_quotes_come_from(tmp_path):
    data = {"title": "News of the day", "ner": "Zoe runs"}
    rows, _ = read(export(tmp_path, task(span_of(0, 3, "Zoe"), data=data)))
    assert (rows[0].text, rows[0].value) == ("Zoe runs", Spans((Span("PER", 0, 3),)))
    assert rows[0].extra == {"title": "News of the day"}


def test_a_column_that_is_called_text_is_not_the_text_where_the_quotes_come_from_another(tmp_path):
    data = {"text": "a summary", "ner": "Zoe runs"}
    rows, _ = read(export(tmp_path, task(span_of(0, 3, "Zoe"), data=data)))
    assert rows[0].text == "Zoe runs"


def test_the_only_column_of_text_is_the_text(tmp_path):
    path = export(tmp_path, task(region({"choices": ["good"]}, "choices"), data={"ner": "Zoe", "page": 4}))
    rows, _ = read(path)
    assert rows[0].text == "Zoe"
    (item,) = MEMBER.read_items(path, columns=Columns())
    assert (item.text, item.extra) == ("Zoe", {"page": 4})


def test_of_two_columns_of_text_none_is_taken_where_nothing_is_quoted(tmp_path):
    data = {"first": "Zoe", "second": "runs"}
    rows, _ = read(export(tmp_path, task(region({"choices": ["good"]}, "choices"), data=data)))
    assert (rows[0].text, rows[0].extra) == (None, data)


def test_a_span_that_ends_beyond_its_text_is_none(tmp_path):
    rows, _ = read(
        export(
            tmp_path,
            task(region({"start": 0, "end": 30, "labels": ["PER"]}, "labels"), data={"text": "abc"}),
            task(span_of(0, 3, "abc"), data={"text": "abc"}),
        )
    )
    assert rows[0].reason == (
        "the annotation cannot be read: the span from 0 to 30 ends beyond its text, which has 3 signs"
    )
    assert rows[1].value == Spans((Span("PER", 0, 3),))


def test_spans_in_a_page_of_html_are_refused_by_their_name(tmp_path):
    said = {"start": "/p[1]/text()[1]", "end": "/p[1]/text()[1]", "startOffset": 0, "endOffset": 3}
    page = region({**said, "hypertextlabels": ["PER"]}, "hypertextlabels")
    rows, _ = read(export(tmp_path, task(page, data={"text": "<p>Zoe</p>"})))
    assert "spans in HTML are not read" in rows[0].reason


SHORT = {"annotator": 1, "annotation_id": 4, "lead_time": 2.0}


def test_a_single_choice_of_the_short_form_is_a_bare_text(tmp_path):
    path = export(
        tmp_path,
        {"id": 1, "text": "x", "sentiment": "pos", **SHORT},
        {"id": 2, "text": "y", "sentiment": "neg", **SHORT},
    )
    rows, left_out = read(path)
    assert [(row.key, row.text, row.value) for row in rows] == [
        ("1", "x", Choice("pos")),
        ("2", "y", Choice("neg")),
    ]
    assert rows[0].extra == {}
    assert left_out == {}


def test_where_several_keys_could_hold_the_bare_choice_one_is_to_be_named(tmp_path):
    path = export(tmp_path, {"id": 1, "text": "x", "batch": "b7", "sentiment": "pos", **SHORT})
    with pytest.raises(NotReadable, match="could stand in 'batch', 'sentiment'"):
        MEMBER.look(path)
    rows, _ = read(path, attribute="sentiment")
    assert (rows[0].value, rows[0].extra) == (Choice("pos"), {"batch": "b7"})
    with pytest.raises(BadValue, match="'mood'"):
        MEMBER.look(path, attribute="mood")


TABLE = "annotation_id,annotator,created_at,id,lead_time,note,tone,text,updated_at\n"


def test_a_cell_of_a_table_that_only_looks_like_json_is_the_text_that_it_shows(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(TABLE + '7,a,2026,1,2.5,[12],good,"[""x""]",2026\n', encoding="utf-8")
    rows, _ = read(path, attribute="tone")
    assert (rows[0].text, rows[0].extra, rows[0].value) == ('["x"]', {"note": "[12]"}, Choice("good"))


def test_a_record_of_a_table_without_an_annotation_or_with_other_cells_is_a_bad_row(tmp_path):
    path = tmp_path / "export.csv"
    rows = "7,a,2026,1,2.5,,good,so,2026\n,,,2,,,,unseen,\n7,a\n"
    path.write_text(TABLE + rows, encoding="utf-8")
    found, _ = read(path, attribute="tone")
    assert found[0].value == Choice("good")
    assert found[1:] == [
        BadRow(2, "the task has no annotation", "2"),
        BadRow(3, "the record has 2 cells where the header has 9"),
    ]


def test_a_table_of_somebody_else_is_no_export_of_label_studio(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text("id,annotator,text,label\n1,a,so,good\n", encoding="utf-8")
    assert not MEMBER.guess(path)
    path.write_text(TABLE, encoding="utf-8")
    assert MEMBER.guess(path)


def test_in_the_short_export_a_choice_that_stands_alone_is_one_of_several_where_others_have_more(tmp_path):
    marks = {"annotation_id": 1, "annotator": 1}
    tasks = [
        {"id": 1, "text": "a", "tone": "good", **marks},
        {"id": 2, "text": "b", "tone": {"choices": ["bad", "good"]}, **marks},
    ]
    rows, _ = read(export(tmp_path, *tasks))
    assert [row.value for row in rows] == [Choices(("good",)), Choices(("bad", "good"))]
    assert [row.extra for row in rows] == [{}, {}]


def test_a_task_of_the_short_export_that_nobody_labelled_says_nothing(tmp_path):
    seen = {"id": 1, "text": "a", "tone": "good", "annotation_id": 5, "annotator": 1}
    rows, _ = read(export(tmp_path, seen, {"id": 2, "text": "b", "annotation_id": None, "annotator": ""}))
    assert rows[1] == BadRow(2, "the task has no annotation", "2")


def test_annotations_that_no_label_can_say_are_refused_by_their_name(tmp_path):
    path = export(tmp_path, task(region({"points": []}, "polygonlabels"), region({}, "brushlabels")))
    with pytest.raises(NotReadable, match="its annotations are outlines and masks, which are not read"):
        MEMBER.look(path)


SERVED = [
    "a.png",
    "/data/upload/3/photos/a.png",
    "/data/local-files/?d=photos%2Fa.png",
    "photos\\a.png",
    "s3://bucket/a.png",
]


@pytest.mark.parametrize("media", SERVED)
def test_a_size_that_is_not_said_is_the_one_of_the_picture_beside(tmp_path, media):
    for folder in (tmp_path, tmp_path / "photos"):
        folder.mkdir(exist_ok=True)
        Image.new("RGB", (64, 48)).save(folder / "a.png")
    region = {
        "type": "rectanglelabels", "from_name": "lab", "to_name": "img",
        "value": {"x": 10, "y": 20, "width": 25, "height": 25, "rotation": 0, "rectanglelabels": ["nut"]},
    }  # fmt: skip
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps([{"id": 1, "data": {"image": media}, "annotations": [{"result": [region]}]}]))
    (row,) = MEMBER.read_labels(path, contents=MEMBER.look(path), left_out=Counter())
    assert row.value == Boxes((Box("nut", 6.4, 9.6, 16, 12),))
    assert row.value.size == (64, 48)


def test_a_picture_elsewhere_is_not_looked_at(tmp_path):
    Image.new("RGB", (64, 48)).save(tmp_path / "a.png")
    (tmp_path / "labels").mkdir()
    assert size_beside(tmp_path / "labels", "../a.png") is None
    assert size_beside(tmp_path / "labels", str(tmp_path / "a.png")) is None
    assert size_beside(tmp_path, "/elsewhere/a.png") == (64, 48)


def test_a_list_of_plain_records_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(NotReadable, match=r"a label can say; plain records are read as JSON Lines"):
        MEMBER.look(export(tmp_path, {"text": "a", "label": "good"}))
    with pytest.raises(
        NotReadable, match=r"it holds no annotations that a label can say; if there is nothing"
    ):
        MEMBER.look(export(tmp_path, task()))
