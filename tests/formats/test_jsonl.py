import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.errors import BadValue, NotReadable
from assay.core.labels import Choice, LabelledItem
from assay.core.ports import BadRow, Columns, RawItem
from assay.formats.jsonl import MEMBER
from assay.formats.jsonl.reading import LONGEST_LINE
from assay.formats.jsonl.writing import read_back, write_jsonl


def read(tmp_path, data, *, name="items.jsonl", columns=None, skip=0):
    path = tmp_path / name
    path.write_bytes(data)
    return list(MEMBER.read_items(path, columns=columns or Columns(), skip=skip))


def test_an_object_becomes_an_item_and_other_keys_pass_through_in_order(tmp_path):
    rows = read(tmp_path, b'{"z":1,"id":7,"text":"hello","a":[true]}\n')
    assert rows == [RawItem(1, "7", None, "hello", {"z": 1, "a": [True]})]
    assert list(rows[0].extra) == ["z", "a"]


def test_every_bad_line_is_set_aside_with_a_sentence_and_the_rest_goes_on(tmp_path):
    bad = [
        b"{",
        b"[1]",
        b'{"text":"\xff"}',
        b"[" * 100_000,
        b'{"text":3}',
        b'{"text":""}',
        b'{"x":1}',
        b"null",
    ]
    rows = read(tmp_path, b'{"text":"one"}\n' + b"\n".join(bad) + b'\n\n{"text":"two"}')
    assert [row.line for row in rows if isinstance(row, BadRow)] == list(range(2, 2 + len(bad)))
    reasons = [row.reason for row in rows if isinstance(row, BadRow)]
    assert reasons[1:6] == [
        "the line is JSON, but not an object",
        "the line is not UTF-8",
        "the line is nested too deeply",
        "'text' is not text",
        "there is nothing in 'text'",
    ]
    assert rows[0] == RawItem(1, None, None, "one", {})
    assert rows[-1] == RawItem(11, None, None, "two", {})


def test_an_over_long_line_is_set_aside_and_the_next_one_has_its_right_number(tmp_path):
    long = b'{"text":"' + b"x" * (2 * LONGEST_LINE) + b'"}\n'
    rows = read(tmp_path, b'{"text":"a"}\n' + long + b'{"text":"b"}\n')
    assert [row.line for row in rows] == [1, 2, 3]
    assert isinstance(rows[1], BadRow)
    assert "longer than" in rows[1].reason


def test_gzip_and_byte_order_mark_are_understood(tmp_path):
    data = b'\xef\xbb\xbf{"item":"a","file":"a.jpg"}\r\n'
    expected = [RawItem(1, "a", "a.jpg", None, {})]
    assert read(tmp_path, data) == expected
    assert read(tmp_path, gzip.compress(data), name="items.jsonl.gz") == expected


def test_named_keys_are_used_and_a_wrong_name_is_said(tmp_path):
    data = b'{"nr":"a","id":"b","body":"t"}\n'
    assert read(tmp_path, data, columns=Columns(id="nr"))[0].key == "a"
    with pytest.raises(BadValue, match="line 1: 'text' is 'words'"):
        read(tmp_path, data, columns=Columns(text="words"))
    with pytest.raises(NotReadable, match="no such file"):
        list(MEMBER.read_items(tmp_path / "none", columns=Columns()))


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=60)
@given(
    rows=st.lists(
        st.tuples(st.text(st.characters(codec="utf-8"), min_size=1, max_size=9), VALUES), max_size=20
    ),
    skip=st.integers(0, 5),
)
def test_what_was_written_as_json_is_what_is_read(tmp_path_factory, rows, skip):
    data = "\n".join(json.dumps({"text": text, "more": more}) for text, more in rows).encode()
    found = read(tmp_path_factory.mktemp("jsonl"), data, skip=skip)
    expected = [
        RawItem(line, None, None, text, {"more": more}) for line, (text, more) in enumerate(rows, start=1)
    ]
    assert found == expected[skip:]


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_fail(tmp_path_factory, data):
    rows = read(tmp_path_factory.mktemp("jsonl"), b'{"text":"a"}\n' + data)
    assert rows[0] == RawItem(1, None, None, "a", {})
    assert all(isinstance(row, RawItem | BadRow) for row in rows)


def test_written_labels_are_read_back(tmp_path):
    item = LabelledItem("a", None, "hi", {"n": 1}, Choice("yes"), 0.5, True, "2026-01-01T00:00:00.000000")
    path = tmp_path / "labels.jsonl"
    with path.open("wb") as out:
        assert write_jsonl([item, item], out) == 2
    assert json.loads(path.read_text().splitlines()[0]) == {
        "item": "a",
        "text": "hi",
        "label": "yes",
        "confidence": 0.5,
        "human": True,
        "control": False,
        "made_at": "2026-01-01T00:00:00.000000",
        "extra": {"n": 1},
    }
    assert list(read_back(path)) == [("a", "yes")] * 2
