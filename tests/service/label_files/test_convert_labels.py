"""Converting a label file: what comes along, what does not, and that no half result is ever seen."""

import json
from collections import Counter

import pytest
from PIL import Image

from assay.core.errors import BadValue, NotReadable, UnknownMember
from assay.core.labels.label_values import (
    Box,
    Boxes,
    Choice,
    Choices,
    GivenLabel,
    LabelledItem,
    Preference,
    Span,
    Spans,
    schema_of,
)
from assay.core.ports.file_format import Naming
from assay.formats import FORMATS
from assay.service.label_files.convert_labels import (
    MOST_SHOWN,
    AlreadyThere,
    FormatUnclear,
    NotCarried,
    NothingConverted,
    OtherTask,
    convert_labels,
)

NOW = 1_772_446_530_123_456
MADE = "2026-03-02T10:15:30.123456"


def convert(path, out, **more):
    return convert_labels(path=path, out=out, now=NOW, **more)


def written(path, values, *, name="jsonl", **more):
    items = [
        LabelledItem(f"k{number}", f"{number}.png", None, {}, value, 0.5, True, MADE, **more)
        for number, value in enumerate(values)
    ]
    naming = Naming("x", "labeling-job/x", "", schema_of(("a", "b")))
    FORMATS.get(name).write(items, path, naming=naming, left_out=Counter())
    return path


def read(path, name):
    layout = FORMATS.get(name)
    return list(layout.read_labels(path, contents=layout.look(path), left_out=Counter()))


def test_the_names_tell_the_formats_and_everything_comes_along(tmp_path):
    path = written(tmp_path / "a.jsonl", [Choice("b"), Choice("a")])
    done = convert(path, tmp_path / "out" / "a.parquet")
    assert (done.source, done.target, done.kind, done.items) == ("jsonl", "parquet", "single choices", 2)
    assert done.labels == ("b", "a")
    assert (done.unread, done.unwritten, done.bad) == ({}, {}, 0)
    assert read(tmp_path / "out" / "a.parquet", "parquet") == read(path, "jsonl")
    assert [one.name for one in (tmp_path / "out").iterdir()] == ["a.parquet"]


def test_what_the_target_cannot_hold_is_counted(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"text":"t","label":"a","shop":"n","price":3}\n{"text":"u","label":"a","shop":"n"}\n')
    done = convert(path, tmp_path / "a.csv")
    assert done.unwritten == {"other columns": 3}


def test_a_label_without_a_date_is_dated_by_the_conversion(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("file,label\na.png,x\n")
    convert(path, tmp_path / "a.manifest")
    line = json.loads((tmp_path / "a.manifest").read_text())
    assert list(line) == ["source-ref", "label", "label-metadata"]
    assert line["label-metadata"]["creation-date"] == MADE
    assert line["label-metadata"]["type"] == "groundtruth/image-classification"
    assert line["label-metadata"]["job-name"] == "labeling-job/label"


def test_a_task_says_the_type_in_the_manifest_and_must_fit_the_labels(tmp_path):
    path = written(tmp_path / "a.jsonl", [Choice("a")])
    convert(path, tmp_path / "a.manifest", task="classification")
    assert "groundtruth/text-classification" in (tmp_path / "a.manifest").read_text()
    spans = written(tmp_path / "b.jsonl", [Spans((Span("a", 0, 1),))])
    with pytest.raises(OtherTask, match=r"'classification' asks for single choices; .*b\.jsonl holds spans"):
        convert(spans, tmp_path / "b.manifest", task="classification")
    with pytest.raises(UnknownMember, match="clasification"):
        convert(path, tmp_path / "c.manifest", task="clasification")


def test_a_picture_beside_the_labels_says_how_large_it_is(tmp_path):
    box = Boxes((Box("a", 1, 2, 3, 4),))
    path = written(tmp_path / "a.jsonl", [box, box, box, Boxes((), (9, 9))])
    Image.new("RGB", (64, 48)).save(tmp_path / "0.png")
    (tmp_path / "1.png").write_bytes(b"no picture")
    convert(path, tmp_path / "a.csv")
    assert [row.value.size for row in read(tmp_path / "a.csv", "csv")] == [(64, 48), None, None, (9, 9)]


def test_bad_rows_are_told_and_counted_and_the_others_are_written(tmp_path):
    path = tmp_path / "a.csv"
    bad = "b\n" * (MOST_SHOWN + 5)
    path.write_text(f"text,label\na,yes\n{bad}c,no\n")
    done = convert(path, tmp_path / "a.jsonl")
    assert (done.items, done.bad, len(done.shown)) == (2, MOST_SHOWN + 5, MOST_SHOWN)
    assert (done.shown[0].line, done.shown[0].reason) == (3, "the record has 1 cells where the header has 2")


def test_an_id_that_stands_twice_is_one_item_and_the_first_label_counts(tmp_path):
    path = tmp_path / "in.csv"
    path.write_text("item,label\na,cat\nb,dog\na,dog\n")
    done = convert(path, tmp_path / "out.jsonl")
    assert (done.items, done.bad) == (2, 1)
    assert "the id 'a' was used before" in done.shown[0].reason
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert [(row["item"], row["label"]) for row in rows] == [("a", "cat"), ("b", "dog")]


def test_where_no_row_is_good_nothing_is_written(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,label,confidence\na,yes,7\n")
    with pytest.raises(NothingConverted, match="1 bad rows, the first on line 2: the confidence is '7'"):
        convert(path, tmp_path / "a.jsonl")
    assert [one.name for one in tmp_path.iterdir()] == ["a.csv"]


def test_labels_that_the_target_does_not_carry_are_refused_by_name(tmp_path):
    path = written(tmp_path / "a.jsonl", [Spans((Span("a", 0, 1),))])
    with pytest.raises(NotCarried, match=r"^coco holds (boxes|boxes, points); .*a\.jsonl holds spans\.$"):
        convert(path, tmp_path / "a.json", write_as="coco")
    with pytest.raises(NotCarried, match="folder holds no labels"):
        convert(path, tmp_path / "b", write_as="folder")
    assert [one.name for one in tmp_path.iterdir()] == ["a.jsonl"]


def test_a_name_that_tells_no_format_and_a_format_that_there_is_not_are_said(tmp_path):
    path = written(tmp_path / "a.jsonl", [Choice("a")])
    with pytest.raises(
        FormatUnclear, match=r"a\.xyz does not tell its format; name one of: augmented_manifest, "
    ):
        convert(path, tmp_path / "a.xyz")
    with pytest.raises(UnknownMember, match="no format 'jason'"):
        convert(path, tmp_path / "a.xyz", write_as="jason")
    assert convert(path, tmp_path / "a.xyz", write_as="csv").items == 1
    with pytest.raises(BadValue, match="'attribute' is 'z'"):
        convert(path, tmp_path / "b.csv", attribute="z")
    with pytest.raises(NotReadable, match="no such file"):
        convert(tmp_path / "none.csv", tmp_path / "b.jsonl")


def test_what_is_there_is_never_touched(tmp_path):
    path = written(tmp_path / "a.jsonl", [Choice("a")])
    (tmp_path / "b.csv").write_text("mine")
    with pytest.raises(AlreadyThere, match=r"b\.csv is there already"):
        convert(path, tmp_path / "b.csv")
    (tmp_path / "c.csv").symlink_to(tmp_path / "nowhere")
    with pytest.raises(AlreadyThere, match=r"c\.csv is there already"):
        convert(path, tmp_path / "c.csv")
    assert (tmp_path / "b.csv").read_text() == "mine"


def test_side_files_come_along_and_do_not_mix_with_those_of_another_manifest(tmp_path):
    given = (GivenLabel("p", Preference("first"), 1.0, MADE),)
    (tmp_path / "in").mkdir()
    path = written(
        tmp_path / "in" / "a.manifest", [Preference("first")], name="augmented_manifest", answers=given
    )
    out = tmp_path / "out"
    assert convert(path, out / "b.manifest").items == 1
    (row,) = read(out / "b.manifest", "augmented_manifest")
    assert [one.person for one in row.answers] == ["p"]
    with pytest.raises(AlreadyThere, match="annotations is there already"):
        convert(path, out / "c.manifest")
    assert sorted(one.name for one in out.iterdir()) == ["annotations", "b.manifest"]


def test_a_conversion_that_stops_half_way_leaves_nothing(tmp_path, monkeypatch):
    path = written(tmp_path / "a.jsonl", [Choice("a")] * 9)
    layout = FORMATS.get("jsonl")
    real = layout.read_labels

    def stopped(*given, **named):
        for number, row in enumerate(real(*given, **named)):
            if number == 5:
                raise KeyboardInterrupt
            yield row

    monkeypatch.setattr(type(layout), "read_labels", lambda _, *given, **named: stopped(*given, **named))
    for name in ("b.csv", "b.manifest", "b.parquet"):
        with pytest.raises(KeyboardInterrupt):
            convert(path, tmp_path / name)
    assert [one.name for one in tmp_path.iterdir()] == ["a.jsonl"]


VALUES = {
    Choice: [Choice("a"), Choice("b")],
    Choices: [Choices(("a", "b")), Choices(("b",))],
    Boxes: [
        Boxes((Box("a", 1, 2.25, 3, 4), Box("b", 5, 6, 7.5, 8)), (64, 48)),
        Boxes((Box("b", 1, 1, 2, 2),), (64, 48)),
    ],
}
WAYS = [
    (source, target, kind)
    for kind in VALUES
    for source, one in FORMATS.all().items()
    for target, other in FORMATS.all().items()
    if source != target and kind in one.values and kind in other.values
]


@pytest.mark.parametrize(("source", "target", "kind"), WAYS)
def test_labels_survive_every_way_from_format_to_format(source, target, kind, tmp_path):
    path = written(tmp_path / f"a{FORMATS.get(source).suffix}", VALUES[kind], name=source)
    out = tmp_path / f"b{FORMATS.get(target).suffix}"
    done = convert(path, out, read_as=source, write_as=target)
    assert (done.items, done.bad) == (2, 0)
    assert [row.value for row in read(out, target)] == VALUES[kind]
    assert [row.media for row in read(out, target)] == ["0.png", "1.png"]
