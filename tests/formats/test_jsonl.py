import gzip
import json
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.errors import BadValue, NotReadable
from assay.core.labels.label_values import (
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
from assay.core.ports.file_format import BadRow, Columns, RawItem
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
    with pytest.raises(
        BadValue, match=r"items\.jsonl: 'text' is 'words', but must be one of the columns nr, id, body"
    ):
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
    path, left_out = written(tmp_path, [item, replace(item, key="b")])
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
    assert labelled(path)[1] == [item, replace(item, key="b")]
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
    ]
    assert rows[2:] == [BadRow(3, "the line has no label"), BadRow(4, "it has no id, as earlier rows have")]


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
    with pytest.raises(BadValue, match="'attribute' is 'y', but must be one of the columns text, label"):
        MEMBER.look(path, attribute="y")
    path.write_text('{"a":1,"b":2,"c":3}\n')
    with pytest.raises(NotReadable, match=r"none of its columns looks like labels \(a, b, c\)"):
        MEMBER.look(path)
    path.write_text("nothing\n")
    with pytest.raises(NotReadable, match="no line of it is a JSON object"):
        MEMBER.look(path)


def labels_of(tmp_path, *lines):
    path = tmp_path / "theirs.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines))
    left_out = Counter()
    return list(MEMBER.read_labels(path, contents=MEMBER.look(path), left_out=left_out)), left_out


def test_whole_floats_are_ids_and_other_floats_and_ids_that_stand_twice_are_said(tmp_path):
    rows, _ = labels_of(
        tmp_path,
        *(
            f'{{"id":{found},"text":"x{found}","label":"a"}}'
            for found in ("7.0", "2", "1.5", "2.0", "true", "1e300")
        ),
        '{"id":null,"text":"y","label":"a"}',
    )
    assert [row.key for row in rows if isinstance(row, LabelledItem)] == ["7", "2", "2"]
    assert [(row.line, row.reason) for row in rows if isinstance(row, BadRow)] == [
        (3, "the id 1.5 is neither text nor a whole number"),
        (5, "the id True is neither text nor a whole number"),
        (6, "the id 1e+300 is neither text nor a whole number"),
        (7, "there is nothing in 'id', its id"),
    ]
    items = read(tmp_path, b'{"id":7.0,"text":"x"}\n{"id":1.5,"text":"y"}\n')
    assert items == [
        RawItem(1, "7", None, "x", {}),
        BadRow(2, "the id 1.5 is neither text nor a whole number"),
    ]


def test_a_span_beyond_its_text_makes_it_a_bad_row(tmp_path):
    rows, _ = labels_of(
        tmp_path,
        '{"text":"Zoe","label":{"spans":[{"start":0,"end":30,"label":"PER"}]}}',
        '{"text":"\U0001f680 Zoe","label":[{"start":2,"end":5,"label":"PER"}]}',
        '{"id":"elsewhere","label":[{"start":2,"end":5,"label":"PER"}]}',
    )
    assert rows[0] == BadRow(1, "a span ends at 30, but the text has 3 signs")
    assert [row.value for row in rows[1:]] == [Spans((Span("PER", 2, 5),))] * 2


@pytest.mark.parametrize(
    "first",
    [
        '{"id":1,"text":"\U0001f680 Zoe runs","label":[[2,5,"PER"]],"Comments":[]}',
        '{"id":1,"text":"\U0001f680 Zoe runs","entities":[[2,5,"PER"]]}',
        '{"id":1,"text":"\U0001f680 Zoe runs","label":{"entities":[[2,5,"PER"]]}}',
        '{"id":1,"text":"\U0001f680 Zoe runs","entities":[{"id":9,"label":"PER","start_offset":2,"end_offset":5}],"relations":[]}',
    ],
)
def test_spans_of_doccano_are_read(tmp_path, first):
    key = "entities" if first.count("entities") and '"label":{' not in first else "label"
    rows, left_out = labels_of(tmp_path, first, f'{{"id":2,"text":"no one","{key}":[]}}')
    assert [(row.key, row.text, row.value) for row in rows] == [
        ("1", "\U0001f680 Zoe runs", Spans((Span("PER", 2, 5),))),
        ("2", "no one", Spans(())),
    ]
    assert left_out == Counter()


def test_spans_of_prodigy_are_read_and_what_was_turned_down_is_counted(tmp_path):
    span = '{"start":10,"end":18,"label":"GPE","token_start":3,"token_end":4}'
    rows, left_out = labels_of(
        tmp_path,
        f'{{"text":"I live in New York","spans":[{span}],"answer":"accept","_input_hash":1}}',
        '{"text":"nothing","spans":[],"answer":"reject"}',
        '{"text":"no spans at all","answer":"ignore"}',
        '{"text":"nobody","spans":[],"answer":"accept"}',
    )
    assert [(row.text, row.value) for row in rows] == [
        ("I live in New York", Spans((Span("GPE", 10, 18),))),
        ("nobody", Spans(())),
    ]
    assert left_out == {"rejected rows": 1, "ignored rows": 1}


def test_a_file_without_one_label_that_can_be_read_says_what_its_first_bad_line_is(tmp_path):
    with pytest.raises(NotReadable, match="'label' holds no labels; line 2: the line is not JSON"):
        labels_of(tmp_path, '{"text":"a","label":null}', "{")


def test_lists_of_names_that_came_as_text_are_multiple_choices(tmp_path):
    rows, _ = labels_of(
        tmp_path,
        """{"text":"x","labels":"['a', 'b']"}""",
        """{"text":"y","labels":"[\\"a\\"]"}""",
        """{"text":"z","labels":["c"]}""",
    )
    assert [row.value for row in rows] == [Choices(("a", "b")), Choices(("a",)), Choices(("c",))]


@pytest.mark.parametrize(
    ("encoding", "spelling"), [("utf-16", "UTF-16"), ("cp1252", "Windows-1252"), ("utf-8-sig", "")]
)
def test_other_encodings_are_recognised_and_told_and_lines_may_be_long(tmp_path, encoding, spelling):
    lines = [{"id": str(n), "text": "é" + "x" * (300_000 if n == 1 else 3)} for n in range(3)]
    data = "\r\n".join(json.dumps(one, ensure_ascii=False) for one in lines).encode(encoding)
    rows = read(tmp_path, data)
    assert [(row.line, row.key, len(row.text)) for row in rows] == [
        (1, "0", 4),
        (2, "1", 300_001),
        (3, "2", 4),
    ]
    assert MEMBER.settle(tmp_path / "items.jsonl", columns=Columns()).spelling == spelling
