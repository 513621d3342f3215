import json
import re
from collections import Counter
from dataclasses import replace

import pytest
from tests.support.data import shared_data

from assay.core.errors import BadValue, NotReadable
from assay.core.labels.label_values import (
    Box,
    Boxes,
    Choice,
    Choices,
    GivenLabel,
    LabelledItem,
    Point,
    Points,
    Preference,
    Span,
    Spans,
)
from assay.core.ports.file_format import BadRow, Columns, LabelContents, RawItem
from assay.formats.augmented_manifest import MEMBER
from assay.formats.augmented_manifest.check import check_manifest
from assay.formats.augmented_manifest.reading import LONGEST_ATTRIBUTE, LONGEST_LINE

MADE = "2026-03-02T10:15:30.123456"


def read(tmp_path, lines, **more):
    path = tmp_path / "items.manifest"
    path.write_bytes(
        b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    )
    return list(MEMBER.read_items(path, columns=more.get("columns", Columns()), skip=more.get("skip", 0)))


def written(items, naming, tmp_path):
    path = tmp_path / "labels.manifest"
    assert MEMBER.write(items, path, naming=naming, left_out=Counter()) == len(items)
    return path.read_bytes()


def labelled(tmp_path, lines, *, attribute=None, left_out=None):
    path = tmp_path / "labels.manifest"
    path.write_bytes(b"\n".join(json.dumps(line).encode() for line in lines))
    contents = MEMBER.look(path, attribute=attribute)
    return contents, list(
        MEMBER.read_labels(path, contents=contents, left_out=Counter() if left_out is None else left_out)
    )


def metadata(kind, **more):
    return {
        "type": f"groundtruth/{kind}",
        "job-name": "labeling-job/x",
        "human-annotated": "yes",
        "creation-date": MADE,
        **more,
    }


def test_source_ref_is_the_media_source_is_the_text_and_all_else_passes_through(tmp_path):
    rows = read(tmp_path, [{"a": 1, "source-ref": "s3://b/1.jpg", "z": {"y": 2}}, {"source": "hi", "id": 9}])
    assert rows == [
        RawItem(1, None, "s3://b/1.jpg", None, {"a": 1, "z": {"y": 2}}),
        RawItem(2, None, None, "hi", {"id": 9}),
    ]
    assert read(tmp_path, [{"source": "hi", "id": 9}], columns=Columns(id="id"))[0].key == "9"
    with pytest.raises(BadValue, match="'id' is 'nr'"):
        read(tmp_path, [{"source": "hi"}], columns=Columns(id="nr"))
    with pytest.raises(NotReadable):
        list(MEMBER.read_items(tmp_path / "none", columns=Columns()))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ({"source": "a", "source-ref": "b"}, "both 'source-ref' and 'source'"),
        ({"x": 1}, "neither 'source-ref' nor 'source'"),
        ({"source": ""}, "'source' is empty"),
        ({"source-ref": 3}, "'source-ref' is not text"),
        ({"source": "a", "$b": 1}, "'$b' starts with '$'"),
        ({"source": "a", "b": "x" * (LONGEST_ATTRIBUTE + 1)}, "'b' is longer than 20,000"),
        ({"source": "a", **{f"k{n}": "x" * 15_000 for n in range(7)}}, "longer than 100,000"),
        ({"source": "x" * 900_000}, "longer than 100,000"),
        (b"[]", "not an object"),
        (b"{", "not JSON"),
        (b'{"source":"\xff"}', "not UTF-8"),
        (b"[" * 50_000, "nested too deeply"),
    ],
)
def test_a_line_beyond_ground_truths_limits_is_set_aside_and_the_rest_goes_on(tmp_path, line, reason):
    rows = read(tmp_path, [{"source": "before"}, line, {"source": "after"}])
    assert [row.line for row in rows] == [1, 2, 3]
    assert isinstance(rows[1], BadRow)
    assert reason in rows[1].reason
    assert rows[2].text == "after"


def test_the_limits_count_characters_and_not_bytes(tmp_path):
    text = "ü" * LONGEST_ATTRIBUTE
    line = json.dumps({"source": text, "b": text, "c": text, "d": text}, ensure_ascii=False).encode()
    assert len(line) > LONGEST_LINE
    assert read(tmp_path, [line])[0].text == text


def item(value, *, media="s3://b/1.jpg", text=None, **more):
    return LabelledItem("k", media, text, more.pop("extra", {}), value, 0.94, False, MADE, **more)


def test_a_written_line_has_the_keys_in_the_order_that_notebooks_rely_on(naming, tmp_path):
    one = item(Choice("ripe"), extra={"shop": "n", "ripeness": 9})
    assert written([one], naming, tmp_path).decode() == (
        '{"source-ref":"s3://b/1.jpg","shop":"n","ripeness":1,"ripeness-metadata":{"class-name":"ripe",'
        '"confidence":0.94,"type":"groundtruth/image-classification","job-name":"labeling-job/ripeness",'
        '"human-annotated":"no","creation-date":"2026-03-02T10:15:30.123456"}}'
    )


COMMON = (
    '"job-name":"labeling-job/ripeness","human-annotated":"no","creation-date":"2026-03-02T10:15:30.123456"'
)


@pytest.mark.parametrize(
    ("kind", "one", "expected"),
    [
        (
            "image-classification-multilabel",
            item(Choices(("ripe", "green")), parts=(0.41, 0.97)),
            '[0,1],"ripeness-metadata":{"type":"groundtruth/image-classification-multilabel",' + COMMON + ","
            '"class-map":{"0":"green","1":"ripe"},"confidence-map":{"0":0.41,"1":0.97}}}',
        ),
        (
            "object-detection",
            item(Boxes((Box("ripe", 40, 52.25, 210, 118),), (1280, 720)), parts=(0.92,)),
            '{"image_size":[{"width":1280,"height":720,"depth":3}],"annotations":[{"class_id":1,"left":40,'
            '"top":52.25,"width":210,"height":118}]},"ripeness-metadata":{"objects":[{"confidence":0.92}],'
            '"class-map":{"1":"ripe"},"type":"groundtruth/object-detection",' + COMMON + "}}",
        ),
        (
            "text-span",
            item(Spans((Span("ripe", 1, 3),)), parts=(0.5,), adjusted=False),
            '{"annotations":{"labels":[{"label":"green"},{"label":"ripe"}],"entities":[{"label":"ripe",'
            '"startOffset":1,"endOffset":3}]}},"ripeness-metadata":{"type":"groundtruth/text-span",'
            + COMMON
            + ","
            '"entities":[{"confidence":0.5}],"adjustment-status":"unadjusted"}}',
        ),
        (
            "custom",
            item(Points((Point("ripe", 1, 2.5, visible=False),), (10, 20)), parts=(0.5,)),
            '{"image_size":[{"width":10,"height":20,"depth":3}],"points":[{"label":"ripe","x":1,"y":2.5,'
            '"visible":false}]},"ripeness-metadata":{"objects":[{"confidence":0.5}],"type":"groundtruth/custom",'
            + COMMON
            + "}}",
        ),
        (
            "custom",
            item(Preference("second")),
            '{"winner":"second"},"ripeness-metadata":{"confidence":0.94,"type":"groundtruth/custom",'
            + COMMON
            + "}}",
        ),
    ],
)
def test_each_value_has_the_shape_that_ground_truth_gives_it(kind, one, expected, naming, tmp_path):
    naming = replace(naming, manifest_type=f"groundtruth/{kind}")
    data = written([one], naming, tmp_path).decode()
    assert data == '{"source-ref":"s3://b/1.jpg","ripeness":' + expected
    assert list(check_manifest(tmp_path / "labels.manifest")) == []


def test_without_a_task_the_value_and_the_media_say_the_type(naming, tmp_path):
    naming = replace(naming, manifest_type="")
    items = [item(Choice("ripe")), item(Choice("ripe"), media=None, text="t")]
    data = written(items, naming, tmp_path).decode()
    assert re.findall(r"groundtruth/([a-z-]+)", data) == ["image-classification", "text-classification"]


def test_no_newline_follows_the_last_line_and_text_items_have_source(naming, tmp_path):
    items = [
        LabelledItem(str(n), None, "text\nof two lines", {}, Choice("green"), 1.0, True, MADE)
        for n in range(3)
    ]
    data = written(items, naming, tmp_path)
    assert len(data.split(b"\n")) == 3
    path = tmp_path / "labels.manifest"
    rows = list(MEMBER.read_labels(path, contents=MEMBER.look(path), left_out=Counter()))
    assert [(row.value, row.text) for row in rows] == [(Choice("green"), "text\nof two lines")] * 3
    assert list(check_manifest(path)) == []


def test_reading_labels_back_finds_an_id_that_its_name_contradicts(naming, tmp_path):
    data = written([item(Choice("ripe"))], naming, tmp_path)
    path = tmp_path / "labels.manifest"
    path.write_bytes(data.replace(b'"ripeness":1', b'"ripeness":0'))
    contents = LabelContents(Choice, naming.schema, "ripeness")
    (row,) = MEMBER.read_labels(path, contents=contents, left_out=Counter())
    assert row == BadRow(1, "class 0 is 'ripe' here, but 'green' elsewhere")


def test_a_label_outside_the_project_is_not_written(naming, tmp_path):
    with pytest.raises(ValueError, match="rotten"):
        written([item(Choice("rotten"))], naming, tmp_path)


def test_what_people_said_about_a_pair_lies_beside_the_manifest_and_comes_back(naming, tmp_path):
    naming = replace(naming, manifest_type="groundtruth/custom")
    given = tuple(
        GivenLabel(f"p{n}", Preference(winner), 40.5, "2026-03-02T10:15:10.543000")
        for n, winner in enumerate(("first", "tie", "second"))
    )
    second = item(Preference("second"), media="s3://b/2.jpg", answers=given)
    written([item(Preference("first")), second], naming, tmp_path)
    (side,) = (tmp_path / "annotations/worker-response/iteration-1/1").iterdir()
    assert side.name == "2026-03-02_10:15:30.json"
    answers = json.loads(side.read_bytes())["answers"]
    assert [
        answer["answerContent"]["ordinalRankingDimensions"][0]["responseRankings"] for answer in answers
    ] == [[1, 2], [1, 1], [2, 1]]
    assert answers[0]["acceptanceTime"] == "2026-03-02T10:14:30.043Z"
    path = tmp_path / "labels.manifest"
    assert list(check_manifest(path)) == []
    rows = list(MEMBER.read_labels(path, contents=MEMBER.look(path), left_out=Counter()))
    assert [row.value.winner for row in rows] == ["first", "second"]
    assert [(one.person, one.value, one.seconds) for one in rows[1].answers] == [
        (one.person, one.value, one.seconds) for one in given
    ]


def test_an_empty_custom_label_takes_what_most_people_said_and_nothing_outside_its_folder(tmp_path):
    home = tmp_path / "inside"
    (home / "answers").mkdir(parents=True)

    def ranked(*ranks):
        dimension = [{"responseRankings": list(one)} for one in ranks]
        return json.dumps(
            {"answers": [{"answerContent": {"ordinalRankingDimensions": [one, one]}} for one in dimension]}
        )

    (home / "answers/0.json").write_text(ranked((2, 1), (2, 1), (1, 2)))
    (tmp_path / "outside.json").write_text(ranked((2, 1)))
    lines = [
        {"source": "a", "x": {}, "x-metadata": metadata("custom", **{"worker-response-ref": reference})}
        for reference in ("answers/0.json", "../outside.json", "s3://b/0.json", "none.json", 7)
    ]
    left_out = Counter()
    contents, rows = labelled(home, lines, left_out=left_out)
    assert contents.kind is Preference
    assert rows[0].value == Preference("second")
    assert left_out == {"further dimensions of rankings": 3}
    assert all("not beside the manifest" in row.reason for row in rows[1:])


def test_the_last_attribute_is_read_and_the_earlier_ones_stay(tmp_path):
    first = {"x": 0, "x-metadata": metadata("image-classification", **{"class-name": "a", "confidence": 0.5})}
    fixed = {
        "y": 2,
        "y-metadata": metadata(
            "image-classification", **{"class-name": "c", "confidence": 0.5, "adjustment-status": "adjusted"}
        ),
    }
    lines = [{"source-ref": "1.jpg", **first}, {"source-ref": "2.jpg", "shop": "n", **first, **fixed}]
    contents, rows = labelled(tmp_path, lines)
    assert (contents.attribute, contents.schema.names) == ("y", ("c",))
    assert rows[0] == BadRow(1, "the line is not labelled: it has no 'y'")
    assert (rows[1].value, rows[1].adjusted) == (Choice("c"), True)
    assert rows[1].extra == {"shop": "n", **first}
    contents, rows = labelled(tmp_path, lines, attribute="x")
    assert [row.value for row in rows] == [Choice("a")] * 2
    with pytest.raises(NotReadable, match="no label attribute 'z', only x, y"):
        labelled(tmp_path, lines, attribute="z")


def test_labels_stand_in_the_order_of_their_class_ids_whatever_line_names_them(tmp_path):
    lines = [
        {
            "source": "a",
            "x": ["7"],
            "x-metadata": metadata("text-classification-multilabel", class_map={"7": "z"}),
        },
        {
            "source": "b",
            "x": [3, 0],
            "x-metadata": metadata(
                "text-classification-multilabel",
                **{"class-map": {"0": "q", "3": "b"}, "confidence-map": {"3": 0.5, "0": 0.75}},
            ),
        },
    ]
    contents, rows = labelled(tmp_path, lines)
    assert contents.schema.names == ("q", "b", "z")
    assert [row.value for row in rows] == [Choices(("z",)), Choices(("b", "q"))]
    assert rows[1].parts == (0.5, 0.75)
    assert rows[1].confidence == 0.625


def test_each_box_keeps_its_own_confidence_in_whatever_order_they_stand(tmp_path):
    boxes = [
        {"class_id": 1, "left": 9, "top": 1, "width": 1, "height": 1},
        {"class-id": "0", "left": 2.5, "top": 1, "width": 1, "height": 1},
    ]
    line = {
        "source-ref": "a.jpg",
        "x": {"image_size": [{"width": 20, "height": 10, "depth": 3}], "annotations": boxes},
        "x-metadata": metadata(
            "object-detection",
            objects=[{"confidence": 0.9}, {"confidence": 0.2}],
            **{"class-map": {"0": "a", "1": "b"}},
        ),
    }
    _, (row,) = labelled(tmp_path, [line])
    assert [box.label for box in row.value.boxes] == ["a", "b"]
    assert row.value.size == (20, 10)
    assert row.parts == (0.2, 0.9)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"x": {"annotations": [{"class_id": 0, "left": 1, "top": 1, "width": 0, "height": 1}]}}, "no area"),
        (
            {"x": {"annotations": [{"class_id": 0, "left": "1", "top": 1, "width": 1, "height": 1}]}},
            "in pixels",
        ),
        (
            {"x": {"annotations": [{"class_id": -1, "left": 1, "top": 1, "width": 1, "height": 1}]}},
            "whole number",
        ),
        ({"x": {"annotations": [5]}}, "not an object"),
        ({"x": {"annotations": [], "more": 1}, "x-metadata": {"failure-reason": "timed out"}}, "timed out"),
        ({"x": {"annotations": []}, "x-metadata": "text"}, "no metadata"),
        ({"x": 3}, "not an object"),
        ({"x": {}, "x-metadata": metadata("text-span")}, "another kind"),
        ({"x-metadata": None}, "not labelled"),
    ],
)
def test_a_broken_label_is_set_aside_and_the_others_come(tmp_path, broken, reason):
    good = {
        "source-ref": "a.jpg",
        "x": {"annotations": [{"class_id": 0, "left": 1, "top": 1, "width": 1, "height": 1}]},
        "x-metadata": metadata("object-detection", **{"class-map": {"0": "a"}}),
    }
    line = {**good, **broken}
    if broken.get("x-metadata", 0) is None:
        line = {"source-ref": "a.jpg"}
    _, rows = labelled(tmp_path, [good, line, good])
    assert isinstance(rows[1], BadRow)
    assert rows[1].line == 2
    assert reason in rows[1].reason
    assert rows[0].value == rows[2].value == Boxes((Box("a", 1, 1, 1, 1),))


def test_offsets_count_code_points_and_a_span_behind_the_text_is_set_aside(tmp_path):
    def line(end):
        entity = {"label": "P", "startOffset": 1, "endOffset": end}
        return {
            "source": "🍎กำ",
            "x": {"annotations": {"labels": [{"label": "P"}], "entities": [entity]}},
            "x-metadata": metadata("text-span"),
        }

    _, rows = labelled(tmp_path, [line(3), line(4)])
    assert rows[0].value == Spans((Span("P", 1, 3),))
    assert rows[1].reason == "a span ends at 4, behind the text of 3 characters"


def examples():
    path = shared_data().parent / "reference" / "output_manifest_examples.jsonl"
    if not path.exists():
        pytest.skip("the shared folder has no reference/output_manifest_examples.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


READ = {
    "image-classification": Choice("ripe"),
    "text-classification": Choice("angry"),
    "image-classification-multilabel": Choices(("indoor", "night")),
    "text-classification-multilabel": Choices(("courtesy", "speed")),
    "object-detection": Boxes((Box("pallet", 40, 52, 210, 118), Box("forklift", 600, 300, 64, 80))),
    "object-detection-adjustment": Boxes((Box("pallet", 41, 50, 208, 121),)),
    "label-verification": Choice("needs work"),
    "named-entity-recognition": Spans((Span("Person", 0, 3), Span("Place", 13, 17))),
    "video-classification": Choice("handover"),
}


def test_every_kind_of_line_that_ground_truth_writes_is_read_or_named(tmp_path):
    found, refused = {}, {}
    for number, example in enumerate(examples()):
        path = tmp_path / f"{number}.manifest"
        path.write_text(json.dumps(example["manifest_line"]))
        assert list(check_manifest(path)) == [], example["task"]
        try:
            contents = MEMBER.look(path)
        except NotReadable as problem:
            refused[example["task"]] = problem.reason
            continue
        (row,) = MEMBER.read_labels(path, contents=contents, left_out=Counter())
        if isinstance(row, LabelledItem):
            found[example["task"]] = row.value
    assert found == READ
    assert len(refused) == 9
    assert "labels of groundtruth/semantic-segmentation, for which" in refused["semantic-segmentation"]
    assert sum("labels of groundtruth/" in reason for reason in refused.values()) == 8


def test_all_the_lines_together_have_no_problem_either(tmp_path):
    path = tmp_path / "all.manifest"
    path.write_text("\n".join(json.dumps(example["manifest_line"]) for example in examples()))
    assert len(path.read_text().splitlines()) == 19
    assert list(check_manifest(path)) == []
