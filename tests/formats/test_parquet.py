import duckdb
import pytest

from assay.core.errors import BadValue, NotReadable
from assay.core.ports import BadRow, Columns, RawItem
from assay.formats.parquet import MEMBER
from assay.formats.parquet.layout import ParquetIsReadOnly


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


def test_what_is_no_parquet_file_and_what_is_no_column_is_said(tmp_path, naming):
    (tmp_path / "a.parquet").write_bytes(b"PAR1 and nothing")
    with pytest.raises(NotReadable, match="no sound Parquet file"):
        rows_of(tmp_path / "a.parquet")
    with pytest.raises(NotReadable, match="no such file"):
        rows_of(tmp_path / "none.parquet")
    with pytest.raises(BadValue, match="'nr'"):
        rows_of(parquet(tmp_path / "b.parquet", "SELECT 'x' AS text"), Columns(id="nr"))
    with pytest.raises(ParquetIsReadOnly, match="not written as Parquet"):
        MEMBER.write([], None, naming=naming)
