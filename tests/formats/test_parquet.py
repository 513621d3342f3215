from collections import Counter

import duckdb
import pytest

from assay.core.errors import BadValue, NotReadable
from assay.core.labels import Box, Boxes, Choice, LabelledItem
from assay.core.ports import BadRow, Columns, RawItem
from assay.formats.parquet import MEMBER
from assay.formats.parquet.writing import BATCH


def parquet(path, select):
    with duckdb.connect(":memory:") as database:
        database.execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path


def rows_of(path, columns=None, skip=0):
    return list(MEMBER.read_items(path, columns=columns or Columns(), skip=skip))


def test_rows_come_in_order_and_values_are_such_that_json_knows(tmp_path):
    path = parquet(
        tmp_path / "a.parquet",
        "SELECT 7 AS id, 'hi' AS text, DATE '2026-01-02' AS day, [1, 2] AS list, 'nan'::DOUBLE AS gone, 'x'::BLOB AS bytes",
    )
    assert rows_of(path) == [RawItem(1, "7", None, "hi", {"day": "2026-01-02", "list": [1, 2], "gone": None})]


def test_many_rows_stream_in_file_order_and_can_be_skipped(tmp_path):
    path = parquet(tmp_path / "a.parquet", "SELECT range AS id, 'f' || range AS file FROM range(20000)")
    found = rows_of(path)
    assert [row.key for row in found] == [str(number) for number in range(20000)]
    assert rows_of(path, skip=19990) == found[19990:]


def test_a_row_without_content_is_set_aside(tmp_path):
    path = parquet(tmp_path / "a.parquet", "SELECT * FROM (VALUES ('a', NULL), ('b', 'text')) AS t(id, text)")
    assert rows_of(path) == [
        BadRow(1, "there is nothing in 'text'", "a"),
        RawItem(2, "b", None, "text", {}),
    ]


def test_a_name_with_pattern_signs_is_that_file_alone(tmp_path):
    parquet(tmp_path / "ab.parquet", "SELECT 'wrong' AS text")
    path = parquet(tmp_path / "a[b]*.parquet", "SELECT 'right' AS text")
    assert [row.text for row in rows_of(path)] == ["right"]


def test_what_is_no_parquet_file_and_what_is_no_column_is_said(tmp_path):
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and nothing")
    with pytest.raises(NotReadable, match="no sound Parquet file"):
        rows_of(tmp_path / "a.parquet")
    with pytest.raises(NotReadable, match="no such file"):
        rows_of(tmp_path / "none.parquet")
    with pytest.raises(BadValue, match="'nr'"):
        rows_of(parquet(tmp_path / "b.parquet", "SELECT 'x' AS text"), Columns(id="nr"))


def labelled(path, *, attribute=None):
    contents = MEMBER.look(path, attribute=attribute)
    return contents, list(MEMBER.read_labels(path, contents=contents, left_out=Counter()))


def test_written_labels_have_columns_with_types_and_come_back(tmp_path):
    boxes = Boxes((Box("a", 1, 2.5, 3, 4),), (64, 48))
    items = [
        LabelledItem("k", "k.jpg", None, {"n": [1]}, boxes, 0.5, True, "t", control=True, parts=(0.25,)),
        LabelledItem("l", None, "abc", {}, Boxes(()), 1.0, False, "", adjusted=False),
    ]
    path = tmp_path / "it's [a] label file.parquet"
    assert MEMBER.write(items, path, naming=None, left_out=Counter()) == 2
    with duckdb.connect(":memory:") as database:
        described = database.execute(
            "DESCRIBE SELECT * FROM read_parquet(?)", [str(path).replace("[", "[[]")]
        )
        kinds = {name: kind for name, kind, *_ in described.fetchall()}
    assert (kinds["label"], kinds["confidence"], kinds["human"]) == ("VARCHAR", "DOUBLE", "BOOLEAN")
    assert labelled(path)[1] == items
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_many_items_are_written_in_their_order(tmp_path):
    path = tmp_path / "labels.parquet"
    items = (
        LabelledItem(f"k{n}", None, "t", {}, Choice(f"c{n % 7}"), 0.5, True, "") for n in range(3 * BATCH + 5)
    )
    assert MEMBER.write(items, path, naming=None, left_out=Counter()) == 3 * BATCH + 5
    contents, rows = labelled(path)
    assert contents.schema.names == tuple(f"c{n}" for n in range(7))
    assert [row.key for row in rows] == [f"k{n}" for n in range(3 * BATCH + 5)]


def test_somebody_elses_labels_may_be_numbers_and_lie_in_a_named_column(tmp_path):
    path = parquet(
        tmp_path / "a.parquet", "SELECT * FROM (VALUES ('a', 3), ('b', NULL), ('c', 4)) AS t(text, grade)"
    )
    contents, rows = labelled(path, attribute="grade")
    assert contents.schema.names == ("3", "4")
    assert [row.value for row in (rows[0], rows[2])] == [Choice("3"), Choice("4")]
    assert rows[1] == BadRow(2, "there is no label")
    with pytest.raises(BadValue, match="'attribute' is 'mark'"):
        MEMBER.look(path, attribute="mark")
