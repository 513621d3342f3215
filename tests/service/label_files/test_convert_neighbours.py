"""Files as people have them: a label is right, or its row is named with the true reason."""

import json

import pytest

from assay.core.errors import NotReadable
from assay.service.label_files.convert_labels import NothingConverted, convert_labels

PICTURE = {"id": 1, "file_name": "a.png", "width": 64, "height": 48}
BOX = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [4, 5, 10, 12], "iscrowd": 0}
NUT = {"label": "nut", "left": 4, "top": 5, "width": 10, "height": 12}
NAN = float("nan")


def converted(path, **more):
    """Return the labels by item, and what `convert` tells."""
    out = path.with_name("out.jsonl")
    done = convert_labels(path=path, out=out, write_as="jsonl", now=1, **more)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").split("\n") if line]
    return {row["item"]: row["label"] for row in rows}, done


def refused(path, **more):
    with pytest.raises((NothingConverted, NotReadable)) as problem:
        converted(path, **more)
    return str(problem.value)


def table(tmp_path, text, name="rows.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def lines(tmp_path, *rows):
    return table(tmp_path, "".join(f"{json.dumps(row)}\n" for row in rows), "rows.jsonl")


def coco(tmp_path, *annotations, images=(PICTURE,), categories=({"id": 1, "name": "nut"},)):
    document = {"images": list(images), "annotations": list(annotations), "categories": list(categories)}
    path = tmp_path / "labels.coco.json"
    path.write_text(json.dumps(document))
    return path


def tasks(tmp_path, *given):
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps(list(given)))
    return path


def task(*regions, **more):
    return {"id": 1, "data": {"image": "a.png"}, "annotations": [{"result": list(regions)}], **more}


def rectangle(kind="rectanglelabels", **value):
    place = {"x": 50, "y": 25, "width": 25, "height": 25, kind: ["nut"], **value}
    size = {"original_width": 64, "original_height": 48}
    return {"id": "r", "from_name": "tag", "to_name": "image", "type": kind, "value": place, **size}


@pytest.mark.parametrize(
    ("cells", "labels"),
    [
        ("1.0,a\n2.0,b\n", {"1": "a", "2": "b"}),
        (" 7 ,a\n08,b\n", {"7": "a", "08": "b"}),
        ("1.5,a\nv1.0,b\n", {"1.5": "a", "v1.0": "b"}),
    ],
)
def test_whole_floats_are_integers_in_tables_too_and_blanks_around_ids_go(tmp_path, cells, labels):
    assert converted(table(tmp_path, f"id,label\n{cells}"))[0] == labels


def test_an_id_that_is_the_same_number_as_an_earlier_one_is_told_by_its_name(tmp_path):
    labels, done = converted(table(tmp_path, "id,label\n7,a\n7.0,b\n"))
    assert labels == {"7": "a"}
    assert [(row.line, row.reason) for row in done.shown] == [
        (0, "the id '7' was used before; its first label counts")
    ]


@pytest.mark.parametrize("cell", ["['a', 'b']", "('a', 'b')", "{'a', 'b'}", "['a' , 'b']"])
def test_lists_tuples_and_sets_of_python_are_choices_or_named(tmp_path, cell):
    labels, done = converted(table(tmp_path, f"id,label\n1,\"{cell}\"\n2,\"('a',)\"\n3,['b']\n"))
    assert labels.get("1", ["a", "b"]) == ["a", "b"]
    assert (labels["2"], labels["3"]) == (["a"], ["b"])
    assert done.bad == (cell == "['a' , 'b']")


@pytest.mark.parametrize(
    ("name", "mark"), [("rows.csv", "|"), ("rows.tsv", ","), ("rows.tsv", ";"), ("rows.csv", "\t")]
)
def test_what_parts_cells_is_seen_whatever_the_name_says(tmp_path, name, mark):
    rows = (("id", "text", "label", "confidence"), ("1", "so it is", "a", "0.5"))
    text = "".join(mark.join(row) + "\n" for row in rows)
    assert converted(table(tmp_path, text, name))[0] == {"1": "a"}


def test_a_mark_within_quotes_parts_nothing(tmp_path):
    path = table(tmp_path, 'id;"text, as it came";label\n1;x;a\n')
    assert converted(path)[0] == {"1": "a"}


def test_a_decimal_comma_is_a_decimal_point(tmp_path):
    path = table(tmp_path, "id;label;confidence\n1;a;0,75\n")
    assert converted(path)[1].bad == 0
    assert json.loads(path.with_name("out.jsonl").read_text())["confidence"] == 0.75


def test_a_table_of_another_encoding_is_refused_for_that_reason(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_bytes("id,text,label\n1,размер,a\n2,ключ,b\n".encode("cp1251"))
    assert "the record is not UTF-8; save the file as UTF-8" in refused(path)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\x1f\x8b\x08\x00", "it is packed by gzip"),
        (b'{\n "id": 1\n}\n', "as in one document over several lines: write one object a line"),
    ],
)
def test_lines_that_are_none_are_refused_for_the_reason_that_their_first_bytes_tell(tmp_path, data, reason):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(data)
    assert reason in refused(path)


def test_numbers_that_json_does_not_have_spoil_only_what_they_stand_for(tmp_path):
    path = lines(
        tmp_path,
        {"id": 1, "label": "a", "score": NAN},
        {"id": 2, "label": "b", "confidence": NAN, "text": "NaN, Infinity"},
        {"id": 3, "label": NAN},
        {"id": NAN, "label": "a"},
    )
    labels, done = converted(path)
    assert labels == {"1": "a", "2": "b"}
    assert [row.reason for row in done.shown] == ["there is no label", "there is nothing in 'id', its id"]
    assert "NaN, Infinity" in path.with_name("out.jsonl").read_text()


@pytest.mark.parametrize(
    ("span", "reason"),
    [
        ([0.0, 3.0, "x"], None),
        ([-1, 3, "x"], "a span starts at -1, before its text"),
        ([3, 3, "x"], "a span does not start before it ends"),
    ],
)
def test_ends_of_spans_are_whole_numbers_however_json_spells_them(tmp_path, span, reason):
    path = lines(
        tmp_path,
        {"id": 1, "text": "Zoe runs", "label": [span]},
        {"id": 2, "text": "x", "label": [[0, 1, "x"]]},
    )
    labels, done = converted(path)
    told = [row.reason for row in done.shown]
    assert told == ([] if reason is None else [f"the label cannot be used: {reason}"])
    assert ("1" in labels) is (reason is None)


@pytest.mark.parametrize("size", [[64.0, 48.0], ["64", "48"], [64, 48]])
def test_a_size_is_known_however_it_is_spelt_and_boxes_are_cut_by_it(tmp_path, size):
    box = {"label": "x", "left": 60, "top": 2, "width": 30, "height": 4}
    labels, done = converted(lines(tmp_path, {"image": "a.png", "label": {"boxes": [box], "size": size}}))
    assert labels["a.png"] == {"boxes": [{**box, "width": 4}], "size": [64, 48]}
    assert done.unread == {"parts of boxes beyond their picture": 1}


def test_left_of_and_above_a_picture_there_is_nothing_whatever_its_size(tmp_path):
    box = {"label": "x", "left": -20, "top": 2, "width": 30, "height": 4}
    path = lines(
        tmp_path,
        {"image": "a.png", "label": {"boxes": [box]}},
        {"image": "b.png", "label": {"boxes": [{**box, "left": -40}]}},
    )
    labels, done = converted(path)
    assert labels == {"a.png": {"boxes": [{**box, "left": 0, "width": 10}]}}
    assert [row.reason for row in done.shown] == [
        "item 'b.png': a box has no part within its picture: it lies left of it or above it"
    ]


@pytest.mark.parametrize(
    ("said", "crowd"),
    [("0", 0), ("1", 1), (0.0, 0), (True, 1), (None, 0), ("no", None), (2, None), ([], None)],
)
def test_iscrowd_is_0_or_1_however_it_is_spelt_and_else_its_picture_is_a_bad_row(tmp_path, said, crowd):
    other = {**BOX, "image_id": 2}
    path = coco(
        tmp_path, {**BOX, "iscrowd": said}, other, images=(PICTURE, {**PICTURE, "id": 2, "file_name": "b"})
    )
    labels, done = converted(path)
    assert labels.get("a.png", {}).get("boxes") == {0: [NUT], 1: [], None: None}[crowd]
    assert done.unread == ({"crowd regions": 1} if crowd else {})
    if crowd is None:
        assert f"says neither 0 nor 1 by 'iscrowd', but {said!r}" in done.shown[0].reason


def test_categories_lose_blanks_and_may_be_called_by_numbers(tmp_path):
    named = [{"id": 1, "name": " nut "}, {"id": 2, "name": "nut"}, {"id": 3, "name": 7}]
    path = coco(tmp_path, *({**BOX, "category_id": number} for number in (1, 2, 3)), categories=named)
    labels, done = converted(path)
    assert [box["label"] for box in labels["a.png"]["boxes"]] == ["7", "nut", "nut"]
    assert done.unread == {"categories with another's name": 1}


def test_a_side_below_nothing_makes_the_picture_a_bad_row(tmp_path):
    assert "a box of -10 by 12 has no area" in refused(coco(tmp_path, {**BOX, "bbox": [14, 5, -10, 12]}))


def test_key_points_that_are_no_numbers_are_told_for_that_reason(tmp_path):
    named = [{"id": 1, "name": "person", "keypoints": ["eye"]}]
    said = refused(coco(tmp_path, {**BOX, "keypoints": [NAN, 1, 2]}, categories=named))
    assert "annotation 1 has key points that are not three numbers each" in said


def test_a_list_of_results_is_called_so_without_being_named_coco(tmp_path):
    path = tasks(tmp_path, {"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5})
    assert "it is a list of results in COCO's layout" in refused(path)


def test_labels_beside_a_bare_shape_are_those_of_the_shape(tmp_path):
    bare = {**rectangle(), "type": "rectangle", "from_name": "shape"}
    path = tasks(tmp_path, task(bare, rectangle("labels")))
    labels, done = converted(path)
    assert [box["label"] for box in labels["1"]["boxes"]] == ["nut"]
    assert labels["1"]["boxes"][0]["left"] == 32
    assert done.unread == {}


@pytest.mark.parametrize(
    ("value", "noun"),
    [
        ({"points": [[1, 1], [9, 1], [9, 9]]}, "outlines"),
        ({"x": 1, "y": 1, "radiusX": 3, "radiusY": 3}, "ellipses"),
        ({"format": "rle", "rle": [0]}, "masks"),
    ],
)
def test_shapes_with_labels_beside_that_no_label_can_say_are_called_by_their_names(tmp_path, value, noun):
    region = {**rectangle(), "type": "labels", "value": {**value, "labels": ["nut"]}}
    assert f"its annotations are {noun}, which are not read" in refused(tasks(tmp_path, task(region)))


def test_a_turn_that_is_no_number_and_an_id_that_is_none_are_bad_rows(tmp_path):
    path = tasks(
        tmp_path,
        task(rectangle(rotation=NAN), id=1.0),
        task(rectangle(), id=2.0, score=NAN),
        task(rectangle(), id=2.5),
    )
    labels, done = converted(path)
    assert list(labels) == ["2"]
    assert [row.reason for row in done.shown] == [
        "the annotation cannot be read: a place in the picture is not a number",
        "the id 2.5 is neither text nor a whole number",
    ]


def test_labels_of_label_studio_lose_blanks_and_sizes_may_be_floats(tmp_path):
    one = {**rectangle(rectanglelabels=[" nut "]), "original_width": 64.0, "original_height": "48"}
    labels, _ = converted(tasks(tmp_path, task(one), task(rectangle(), id=2)))
    assert {box["label"] for said in labels.values() for box in said["boxes"]} == {"nut"}
    assert labels["1"] == labels["2"]


def span(start, end, quote):
    return {
        "from_name": "t",
        "type": "labels",
        "value": {"start": start, "end": end, "text": quote, "labels": ["x"]},
    }


def test_a_span_whose_quote_is_not_what_its_text_says_there_is_a_bad_row(tmp_path):
    path = tasks(
        tmp_path,
        task(span(0, 3, "Zoe"), data={"text": "https://example.org/a.txt"}),
        task(span(0, 3, "Zoe"), id=2, data={"text": "Zoe runs"}),
        task(span(0, 7, "Zoe\\nBob"), id=3, data={"text": "Zoe\nBob"}),
        task(span(0.0, 3.0, "Bob"), id=4, data={"other": "Bob runs"}),
    )
    labels, done = converted(path)
    assert list(labels) == ["2", "3", "4"]
    assert "quotes 'Zoe', but its text says 'htt'" in done.shown[0].reason
    rows = map(json.loads, path.with_name("out.jsonl").read_text().splitlines())
    assert [row["text"] for row in rows] == ["Zoe runs", "Zoe\nBob", "Bob runs"]


def test_choices_of_json_min_may_stand_in_a_bare_list(tmp_path):
    row = {"annotation_id": 2, "annotator": 1}
    path = tasks(
        tmp_path,
        {"id": 1, "image": "a.png", "tone": ["x", " y "], **row},
        {"id": 2, "image": "b.png", "tone": {"choices": ["x"]}, **row},
        {"id": 3, "image": "c.png", "tone": "y", **row},
    )
    assert converted(path)[0] == {"1": ["x", "y"], "2": ["x"], "3": ["y"]}


def test_a_tab_behind_the_tag_parts_nothing_and_a_token_without_a_tag_is_told(tmp_path):
    path = table(tmp_path, "Zoe B-PER\nruns O\t\n\nBob B-PER\u00a0\n\nlone B-PER\nwolf\n", "a.conll")
    labels, done = converted(path)
    assert {row["label"] for said in labels.values() for row in said["spans"]} == {"PER"}
    assert json.loads(path.with_name("out.jsonl").read_text().splitlines()[0])["text"] == "Zoe runs"
    assert [row.reason for row in done.shown] == ["the token 'wolf' has no tag, as others have"]


def test_a_manifest_loses_blanks_in_names_and_knows_floats_and_sizes(tmp_path):
    def line(name, class_id, size):
        boxes = [{"class_id": class_id, "left": 60, "top": 2, "width": 30, "height": 4}]
        return {
            "source-ref": f"s3://b/{name}",
            "box": {"image_size": [size], "annotations": boxes},
            "box-metadata": {
                "class-map": {"0": " nut " if class_id else "nut"} if name == "b" else {"0": "nut"},
                "type": "groundtruth/object-detection",
                "note": NAN,
            },
        }

    rows = (
        line("a", 0.0, {"width": 64.0, "height": 48.0, "depth": 3}),
        line("b", "0", {"width": "64", "height": "48"}),
    )
    path = table(tmp_path, "".join(f"{json.dumps(row)}\n" for row in rows), "labels.manifest")
    labels, done = converted(path)
    assert {box["label"] for said in labels.values() for box in said["boxes"]} == {"nut"}
    assert done.unread == {"parts of boxes beyond their picture": 2}
