import io
import json

import pytest

from assay.core.errors import BadValue, NotReadable
from assay.core.labels import Choice, LabelledItem
from assay.core.ports import BadRow, Columns, RawItem
from assay.formats.augmented_manifest import MEMBER
from assay.formats.augmented_manifest.check import check_manifest
from assay.formats.augmented_manifest.reading import LONGEST_ATTRIBUTE, LONGEST_LINE
from assay.formats.augmented_manifest.writing import read_back, write_manifest

MADE = "2026-03-02T10:15:30.123456"


def read(tmp_path, lines, **more):
    path = tmp_path / "items.manifest"
    path.write_bytes(
        b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    )
    return list(MEMBER.read_items(path, columns=more.get("columns", Columns()), skip=more.get("skip", 0)))


def written(items, naming):
    out = io.BytesIO()
    assert write_manifest(items, out, naming=naming) == len(items)
    return out.getvalue()


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


def test_a_written_line_has_the_keys_in_the_order_that_notebooks_rely_on(naming):
    item = LabelledItem(
        "k", "s3://b/1.jpg", None, {"shop": "n", "ripeness": 9}, Choice("ripe"), 0.94, False, MADE
    )
    assert written([item], naming).decode() == (
        '{"source-ref":"s3://b/1.jpg","shop":"n","ripeness":1,"ripeness-metadata":{"class-name":"ripe",'
        '"confidence":0.94,"type":"groundtruth/image-classification","job-name":"labeling-job/ripeness",'
        '"human-annotated":"no","creation-date":"2026-03-02T10:15:30.123456"}}'
    )


def test_no_newline_follows_the_last_line_and_text_items_have_source(naming, tmp_path):
    items = [
        LabelledItem(str(n), None, "text\nof two lines", {}, Choice("green"), 1.0, True, MADE)
        for n in range(3)
    ]
    data = written(items, naming)
    assert len(data.split(b"\n")) == 3
    (tmp_path / "labels.manifest").write_bytes(data)
    assert list(read_back(tmp_path / "labels.manifest", schema=naming.schema)) == [(None, "green")] * 3
    assert list(check_manifest(tmp_path / "labels.manifest")) == []


def test_reading_labels_back_finds_an_id_that_its_name_contradicts(naming, tmp_path):
    item = LabelledItem("k", "a.jpg", None, {}, Choice("ripe"), 0.94, False, MADE)
    data = written([item], naming)
    (tmp_path / "labels.manifest").write_bytes(data.replace(b'"ripeness":1', b'"ripeness":0'))
    (row,) = read_back(tmp_path / "labels.manifest", schema=naming.schema)
    assert row == BadRow(1, "class 0 with class-name 'ripe' is no label of this project")


def test_a_label_outside_the_project_is_not_written(naming):
    with pytest.raises(ValueError, match="rotten"):
        written([LabelledItem("k", "a", None, {}, Choice("rotten"), 1.0, True, MADE)], naming)
