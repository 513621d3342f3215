import json
from collections import Counter

import duckdb
import pytest

from assay.core.errors import BadValue, NotReadable
from assay.core.labels.label_values import Box, Boxes, Choice, Choices, LabelledItem, Span, Spans
from assay.core.ports.file_format import BadRow, Columns, RawItem
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


def classes(path, select, features):
    """Write a Parquet file with the metadata that Hugging Face's `datasets` adds."""
    said = json.dumps({"info": {"features": features}}).replace("'", "''")
    with duckdb.connect(":memory:") as database:
        database.execute(
            f"COPY ({select}) TO '{path}' (FORMAT parquet, KV_METADATA {{huggingface: '{said}'}})"
        )
    return path


NAMED = {"names": ["neg", "po's", "mixed"], "_type": "ClassLabel"}


def test_classes_have_the_names_that_the_metadata_state_and_minus_one_is_no_label(tmp_path):
    path = classes(
        tmp_path / "a.parquet",
        "SELECT * FROM (VALUES ('a', 1), ('b', -1), ('c', 0), ('d', 3), ('e', NULL)) AS t(text, label)",
        {"label": NAMED},
    )
    contents, rows = labelled(path)
    assert contents.schema.names == ("neg", "po's", "mixed")
    assert [row.value for row in (rows[0], rows[2])] == [Choice("po's"), Choice("neg")]
    assert [rows[at] for at in (1, 3, 4)] == [
        BadRow(2, "there is no label"),
        BadRow(4, "3 is none of the 3 classes that the file names, counted from 0"),
        BadRow(5, "there is no label"),
    ]


@pytest.mark.parametrize(
    "feature", [{"feature": NAMED, "_type": "Sequence"}, {"feature": NAMED, "_type": "List"}, [NAMED]]
)
def test_lists_of_classes_are_multiple_choices_by_name(tmp_path, feature):
    path = classes(tmp_path / "a.parquet", "SELECT 'a' AS text, [2, 0] AS labels", {"labels": feature})
    contents, (row,) = labelled(path)
    assert (contents.schema.names, row.value) == (("neg", "po's", "mixed"), Choices(("mixed", "neg")))


def test_tags_of_tokens_are_no_labels_of_the_text(tmp_path):
    tags = {"feature": {"names": ["O", "B-PER", "I-PER"], "_type": "ClassLabel"}, "_type": "Sequence"}
    path = classes(tmp_path / "a.parquet", "SELECT 'a' AS text, [0, 1] AS tags", {"tags": tags})
    with pytest.raises(NotReadable, match="'tags' holds lists of numbers"):
        MEMBER.look(path)


def test_metadata_that_state_no_names_leave_numbers(tmp_path):
    for number, features in enumerate(([], {"label": {"names": 3, "_type": "ClassLabel"}}, {"label": "x"})):
        path = classes(tmp_path / f"{number}.parquet", "SELECT 'a' AS text, 1 AS label", features)
        assert labelled(path)[1][0].value == Choice("1")


def test_whole_floats_are_ids_and_a_column_of_ids_never_gives_way_to_row_numbers(tmp_path):
    path = parquet(
        tmp_path / "a.parquet",
        "SELECT * FROM (VALUES (7.0::DOUBLE, 'a', 'x'), (1.5, 'b', 'x'), (7.0, 'c', 'x'), ('nan'::DOUBLE, 'd', 'x')) AS t(id, text, label)",
    )
    _, rows = labelled(path)
    assert [row.key for row in rows if isinstance(row, LabelledItem)] == ["7", "7"]
    assert [row.reason for row in rows if isinstance(row, BadRow)] == [
        "the id 1.5 is neither text nor a whole number",
        "there is nothing in 'id', its id",
    ]
    items = rows_of(path)
    assert [items[at].key for at in (0, 2, 3)] == ["7", "7", None]
    assert items[1] == BadRow(2, "the id 1.5 is neither text nor a whole number")


def test_a_span_beyond_its_text_and_a_row_that_was_turned_down_are_no_items(tmp_path):
    path = parquet(
        tmp_path / "a.parquet",
        "SELECT * FROM (VALUES ('Zoe', 0, 30, 'accept'), ('Zoe', 0, 3, 'reject'), ('Bo', 0, 2, 'accept')) AS t(text, a, b, answer)",
    )
    path = parquet(
        tmp_path / "b.parquet",
        f"SELECT text, answer, [{{'start': a, 'end': b, 'label': 'PER'}}] AS spans FROM '{path}'",
    )
    left_out = Counter()
    rows = list(MEMBER.read_labels(path, contents=MEMBER.look(path), left_out=left_out))
    assert rows[0] == BadRow(1, "a span ends at 30, but the text has 3 signs")
    assert [row.value for row in rows[1:]] == [Spans((Span("PER", 0, 2),))]
    assert left_out == {"rejected rows": 1}


def test_a_picture_as_datasets_holds_it_is_its_path(tmp_path):
    held = "SELECT {'bytes': 'x'::BLOB, 'path': 'a.png'} AS image, 'cat' AS label"
    bare = "SELECT {'bytes': 'x'::BLOB, 'path': NULL::VARCHAR}, 'dog'"
    path = parquet(tmp_path / "a.parquet", f"{held} UNION ALL {bare}")
    rows = list(MEMBER.read_labels(path, contents=MEMBER.look(path), left_out=Counter()))
    reason = "'image' holds the file itself and no path: save it beside, and name it"
    assert (rows[0].media, rows[0].value) == ("a.png", Choice("cat"))
    assert rows[1] == BadRow(2, reason)
    assert rows_of(path) == [RawItem(1, None, "a.png", None, {"label": "cat"}), BadRow(2, reason)]


def test_decimals_are_numbers_for_ids_and_places(tmp_path):
    path = tmp_path / "boxes.parquet"
    box = "{'label': 'x', 'left': 1.5, 'top': 2.0, 'width': 3.25, 'height': 4.0}"
    ids = "(7.00::decimal(9, 2), 'a.png'), (7.5::decimal(9, 2), 'b.png')"
    duckdb.sql(
        f"COPY (SELECT id, image, [{box}] AS boxes FROM (VALUES {ids}) AS t(id, image)) TO '{path}' (FORMAT parquet)"
    )
    first, second = MEMBER.read_labels(path, contents=MEMBER.look(path), left_out=Counter())
    assert (first.key, first.value) == ("7", Boxes((Box("x", 1.5, 2, 3.25, 4),)))
    assert second.reason == "the id 7.5 is neither text nor a whole number"
    assert [row.key for row in MEMBER.read_items(path, columns=Columns()) if not isinstance(row, BadRow)] == [
        "7"
    ]
