"""Files that other people's tools wrote are read row by row as these were told to write them."""

import json
from collections import Counter
from pathlib import Path

import pytest
from tools.written_by_tools.listing import page

from assay.core.errors import NotReadable
from assay.core.labels.label_text import value_to_json
from assay.core.labels.label_values import Boxes, Choice, Points, Spans
from assay.core.ports.file_format import BadRow
from assay.formats import FORMATS
from assay.service.label_files.convert_labels import FormatUnclear, convert_labels

HOME = Path(__file__).parent / "written_by_tools"
KEPT = [
    (table.parent / one["file"], one)
    for table in sorted(HOME.glob("*/files.json"))
    for one in json.loads(table.read_text(encoding="utf-8"))
]
each_file = pytest.mark.parametrize(
    ("path", "said"), KEPT, ids=[path.relative_to(HOME).as_posix() for path, _ in KEPT]
)


def format_of(path, said):
    """The format that the user names, or the only one that takes the file for its own."""
    if said["read_as"] is not None:
        return FORMATS.get(said["read_as"])
    known = [one for one in FORMATS.all().values() if one.values and one.guess(path)]
    if len(known) > 1:
        known = [one for one in known if one.suffix and path.name.endswith(one.suffix)]
    if not known:
        raise FormatUnclear(path=str(path), known="no format takes it for its own")
    assert len(known) == 1, [one.name for one in known]
    return known[0]


def label_of(value):
    """A label as the tables of the kept files spell it."""
    match value:
        case Choice(name):
            return name
        case Boxes(boxes):
            return {"boxes": sorted([b.label, *(round(edge, 2) for edge in b[1:5])] for b in boxes)}
        case Points(points):
            return {"points": sorted([p.label, round(p.x, 2), round(p.y, 2), p.visible] for p in points)}
        case Spans(spans):
            return {"spans": sorted([s.start, s.end, s.label] for s in spans)}
        case _:
            return value_to_json(value)


def in_order(label):
    """The truth, its objects in the order of `label_of`."""
    if not isinstance(label, dict):
        return label
    return {name: sorted(said) if isinstance(said, list) else said for name, said in label.items()}


def near(label):
    """A label whose places may be a hundredth of a pixel off, as shares of a picture make them."""
    if not isinstance(label, dict):
        return label
    return {
        name: [
            [pytest.approx(one, abs=0.011) if isinstance(one, float) else one for one in part]
            for part in said
        ]
        if isinstance(said, list)
        else said
        for name, said in label.items()
    }


def facts(item):
    size = getattr(item.value, "size", None)
    return {
        "id": item.key,
        "media": item.media,
        "text": item.text,
        "size": list(size) if size else None,
        "label": label_of(item.value),
    }


@each_file
def test_a_file_of_a_tool_is_read_as_it_was_told_to_write_it(path, said):
    if said["refused"]:
        with pytest.raises((NotReadable, FormatUnclear)) as told:
            read(path, said)
        assert said["refused"] in str(told.value)
        return
    rows, left_out, names = read(path, said)
    blank = {"media": None, "text": None, "size": None}
    assert [facts(one) for one in rows if not isinstance(one, BadRow)] == [
        {**blank, **one, "label": in_order(one["label"])} for one in said["rows"]
    ]
    bad = [(one.line, one.reason) for one in rows if isinstance(one, BadRow)]
    assert [line for line, _ in bad] == [line for line, _ in said["bad"]]
    for (_, reason), (_, wanted) in zip(bad, said["bad"], strict=True):
        assert wanted in reason
    assert names == tuple(said["labels"])
    assert {noun: number for noun, number in left_out.items() if number} == said["left_out"]


def read(path, said):
    member = format_of(path, said)
    left_out = Counter()
    contents = member.look(path, attribute=said["attribute"])
    rows = list(member.read_labels(path, contents=contents, left_out=left_out))
    return rows, left_out, contents.schema.names


@each_file
def test_a_file_of_a_tool_becomes_other_files_with_the_same_labels(path, said, tmp_path):
    if said["refused"] or not said["rows"]:
        assert said["refused"] or said["bad"]
        return
    found, _, names = read(path, said)
    kind = type(next(one.value for one in found if not isinstance(one, BadRow)))
    wanted = [in_order(one["label"]) for one in said["rows"]]
    sized = all("size" in one or one["label"] == {"boxes": []} for one in said["rows"])
    for name in ("jsonl", "csv", "coco", "conll", *(("yolo",) if sized else ())):
        target = FORMATS.get(name)
        if kind not in target.values:
            continue
        out = tmp_path / f"labels{target.suffix}"
        done = convert_labels(
            path=path, out=out, read_as=said["read_as"], write_as=name, attribute=said["attribute"], now=0
        )
        again, _, known = read(out, {**said, "read_as": name, "attribute": None})
        assert (done.items, done.bad) == (len(said["rows"]), len(said["bad"])), name
        assert [label_of(one.value) for one in again] == [near(one) for one in wanted], name
        assert set(known) <= set(names), name
        if target.keyed:
            assert [one.key for one in again] == [one["id"] for one in said["rows"]], name


def test_every_kept_file_stands_in_a_table():
    known = {path for path, _ in KEPT}
    files = {one for one in HOME.rglob("*") if one.is_file() and one.name not in ("files.json", "README.md")}
    assert [one for one in sorted(files) if not known & {one, *one.parents}] == []
    assert len(KEPT) >= 60
    assert (HOME / "README.md").read_text(encoding="utf-8") == page(HOME)
    assert sum(one.stat().st_size for one in files) < 1_000_000
