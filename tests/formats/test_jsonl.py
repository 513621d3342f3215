import gzip
import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.errors import BadValue, NotReadable
from assay.core.labels import (
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
)
from assay.core.ports import BadRow, Columns, RawItem
from assay.formats.jsonl import MEMBER
from assay.formats.jsonl.reading import LONGEST_LINE


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


def written(tmp_path, items):
    path = tmp_path / "labels.jsonl"
    left_out = Counter()
    assert MEMBER.write(items, path, naming=None, left_out=left_out) == len(items)
    return path, left_out


def labelled(path, *, attribute=None):
    contents = MEMBER.look(path, attribute=attribute)
    return contents, list(MEMBER.read_labels(path, contents=contents, left_out=Counter()))


def test_written_labels_are_read_back(tmp_path):
    item = LabelledItem("a", None, "hi", {"n": 1}, Choice("yes"), 0.5, True, "2026-01-01T00:00:00.000000")
    path, left_out = written(tmp_path, [item, item])
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
    assert labelled(path)[1] == [item, item]
    assert left_out == {}


def test_a_value_of_objects_stands_in_the_line_as_json(tmp_path):
    value = Spans((Span("a", 0, 2), Span("b", 3, 5)))
    item = LabelledItem("a", None, "ab cd", {}, value, 0.5, False, "t", parts=(0.25, 1.0), adjusted=False)
    path, _ = written(tmp_path, [item])
    found = json.loads(path.read_text())
    assert found["label"]["spans"][1] == {"label": "b", "start": 3, "end": 5}
    assert (found["confidences"], found["adjusted"]) == ([0.25, 1.0], False)
    assert labelled(path)[1] == [item]


def test_objects_need_not_have_the_same_keys(tmp_path):
    path = tmp_path / "theirs.jsonl"
    path.write_text(
        '{"text":"a","intent":"x"}\n{"intent":"y","image":"b.jpg","id":3}\n{"text":"c"}\n{"intent":4,"text":"d"}\n'
    )
    contents, rows = labelled(path)
    assert (contents.kind, contents.attribute, contents.schema.names) == (Choice, "intent", ("x", "y", "4"))
    assert [(row.key, row.media, row.text) for row in rows if isinstance(row, LabelledItem)] == [
        ("1", None, "a"),
        ("3", "b.jpg", None),
        ("4", None, "d"),
    ]
    assert rows[2] == BadRow(3, "the line has no label")


@pytest.mark.parametrize(
    ("label", "value"),
    [
        (["b", "a"], Choices(("a", "b"))),
        ({"winner": "left"}, Preference("first")),
        ({"entities": [{"label": "P", "startOffset": 0, "endOffset": 1}]}, Spans((Span("P", 0, 1),))),
        ([{"label": "P", "start": 0, "end": 1}], Spans((Span("P", 0, 1),))),
        (
            {"boundingBoxes": [{"label": "B", "left": 1, "top": 1, "width": 2, "height": 2}]},
            Boxes((Box("B", 1, 1, 2, 2),)),
        ),
        ({"keypoints": [{"label": "K", "x": 1, "y": 2}]}, Points((Point("K", 1, 2),))),
    ],
)
def test_the_first_labels_tell_their_kind_and_misfits_are_set_aside(tmp_path, label, value):
    path = tmp_path / "theirs.jsonl"
    lines = [label, 7, label, {"no": "such"}]
    path.write_text("\n".join(json.dumps({"text": "t", "label": one}) for one in lines))
    contents, rows = labelled(path)
    assert contents.kind is type(value)
    assert [row.value for row in (rows[0], rows[2])] == [value, value]
    assert rows[1].reason.startswith("the label cannot be used: ")
    assert rows[3].reason.startswith("the label cannot be used: ")


def test_a_key_that_no_object_has_is_said(tmp_path):
    path = tmp_path / "theirs.jsonl"
    path.write_text('{"text":"a","label":"x"}\n')
    with pytest.raises(BadValue, match="'attribute' is 'y', but must be one of the keys text, label"):
        MEMBER.look(path, attribute="y")
    path.write_text('{"a":1,"b":2,"c":3}\n')
    with pytest.raises(NotReadable, match=r"no key looks like labels \(a, b, c\)"):
        MEMBER.look(path)
    path.write_text("nothing\n")
    with pytest.raises(NotReadable, match="no line of it is a JSON object"):
        MEMBER.look(path)
