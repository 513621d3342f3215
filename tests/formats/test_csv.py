import csv
import gzip
import io
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.errors import BadValue, NotReadable
from assay.core.labels.label_values import Box, Boxes, Choice, Choices, LabelledItem, Span, Spans, schema_of
from assay.core.layouts.row_ids import id_text
from assay.core.ports.file_format import BadRow, Columns, LabelContents, RawItem
from assay.formats.csv import MEMBER
from assay.formats.csv.writing import guarded, unguarded


def read(tmp_path, data, *, name="items.csv", columns=None, skip=0):
    path = tmp_path / name
    path.write_bytes(data)
    return list(MEMBER.read_items(path, columns=columns or Columns(), skip=skip))


def test_a_record_becomes_an_item_and_other_columns_pass_through_in_order(tmp_path):
    rows = read(tmp_path, b"shop,ID,image,price\nnorth,a,a.jpg,3\n")
    assert rows == [RawItem(2, "a", "a.jpg", None, {"shop": "north", "price": "3"})]
    assert list(rows[0].extra) == ["shop", "price"]


def test_lines_are_physical_lines_even_with_newlines_in_quotes_and_blank_lines(tmp_path):
    rows = read(tmp_path, b'id,text\na,"one\ntwo"\n\nb,"x\r\ny\rz"\nc,end\n')
    assert [(row.line, row.key) for row in rows] == [(2, "a"), (5, "b"), (8, "c")]
    assert rows[1].text == "x\r\ny\rz"


def test_ragged_nul_and_non_utf8_records_are_set_aside_and_the_rest_goes_on(tmp_path):
    rows = read(tmp_path, b"id,text\na,ok\nb\nc,x,y\nd,\xff\xfe\ne,n\0l\nf,gr\xc3\xbcn\n")
    assert [row.line for row in rows if isinstance(row, BadRow)] == [3, 4, 5, 6]
    assert [row.reason for row in rows if isinstance(row, BadRow)] == [
        "the record has 1 cells where the header has 2",
        "the record has 3 cells where the header has 2",
        "the record is not UTF-8; save the file as UTF-8",
        "the record holds a NUL byte",
    ]
    assert [row.key for row in rows if isinstance(row, RawItem)] == ["a", "f"]


def test_a_record_without_media_and_text_is_set_aside(tmp_path):
    rows = read(tmp_path, b"id,file,text\na,,\nb,b.jpg,\nc,,hello\n")
    assert rows[0] == BadRow(2, "there is nothing in 'file' and 'text'", "a")
    assert rows[1:] == [RawItem(3, "b", "b.jpg", None, {}), RawItem(4, "c", None, "hello", {})]


def test_a_cell_beyond_the_limit_is_set_aside(tmp_path):
    rows = read(tmp_path, b"id,text\na," + b"x" * (5 << 20) + b"\nb,short\n")
    assert isinstance(rows[0], BadRow)
    assert rows[1] == RawItem(3, "b", None, "short", {})


@pytest.mark.parametrize("mark", [b",", b";", b"\t"])
def test_gzip_byte_order_mark_and_other_delimiters_are_understood(tmp_path, mark):
    data = (
        b"\xef\xbb\xbf" + b"\n".join(mark.join(row) for row in ([b"id", b"text"], [b"a", b"hello"])) + b"\n"
    )
    expected = [RawItem(2, "a", None, "hello", {})]
    assert read(tmp_path, data) == expected
    assert read(tmp_path, gzip.compress(data), name="items.csv.gz") == expected


PLAIN = "id,text\na,naïve café so\nb,Größe\n"


@pytest.mark.parametrize(
    ("name", "encoding", "mark", "spelling"),
    [
        ("items.csv", "utf-8", ",", ""),
        ("items.csv", "utf-8-sig", ",", ""),
        ("items.csv", "utf-16", ",", "UTF-16"),
        ("items.csv", "utf-16-be", "\t", "UTF-16, parted by tabs"),
        ("items.csv", "cp1252", ";", "Windows-1252, parted by semicolons"),
        ("items.csv", "utf-8", "|", "parted by bars"),
        ("items.tsv", "utf-8", "\t", ""),
        ("items.tsv.gz", "cp1252", "\t", "Windows-1252"),
    ],
)
def test_what_a_file_is_written_in_is_recognised_and_told(tmp_path, name, encoding, mark, spelling):
    text = PLAIN.replace(",", mark)
    data = ("\ufeff" + text if encoding == "utf-16-be" else text).encode(encoding)
    rows = read(tmp_path, gzip.compress(data) if name.endswith("gz") else data, name=name)
    assert [(row.line, row.key, row.text) for row in rows] == [(2, "a", "naïve café so"), (3, "b", "Größe")]
    assert MEMBER.settle(tmp_path / name, columns=Columns()).spelling == spelling


def test_a_mark_within_quotes_parts_nothing(tmp_path):
    rows = read(tmp_path, b'id;"text"\na;x\n')
    assert rows[0].text == "x"
    rows = read(tmp_path, b'id;text;"a, or b"\na;x;1\n')
    assert (rows[0].text, rows[0].extra) == ("x", {"a, or b": "1"})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no header"),
        (b"id,id\na,b\n", "'id' more than once"),
        ("编号,评论\na,好\n".encode("gbk"), "its header is not UTF-8 text; save it as UTF-8"),
        ("номер,текст\na,да\n".encode("cp1251"), "its header is not UTF-8 text; save it as UTF-8"),
        (b"i\xffd,text\n", "not UTF-8"),
    ],
)
def test_a_file_without_a_usable_header_cannot_be_read(tmp_path, data, reason):
    with pytest.raises(NotReadable, match=reason):
        read(tmp_path, data)


def test_a_missing_or_damaged_file_and_an_unknown_column_are_said(tmp_path):
    with pytest.raises(NotReadable, match="no such file"):
        list(MEMBER.read_items(tmp_path / "none.csv", columns=Columns()))
    with pytest.raises(NotReadable, match="it is damaged"):
        read(tmp_path, gzip.compress(b"id,text\n" + b"a,b\n" * 9999)[:-20], name="cut.csv.gz")
    with pytest.raises(BadValue, match="'nr', but must be one of the columns id, text"):
        read(tmp_path, b"id,text\na,b\n", columns=Columns(id="nr"))


def test_skip_leaves_out_the_first_rows_and_keeps_line_numbers(tmp_path):
    data = b"id,text\n" + b"".join(f"k{n},t\n".encode() for n in range(3000))
    assert read(tmp_path, data, skip=2500) == read(tmp_path, data)[2500:]


@pytest.mark.parametrize("first", [b"sep=;\r\n", b'"sep=;"\n', b"\xef\xbb\xbfSEP=;\n"])
def test_a_first_line_that_names_the_delimiter_is_no_record(tmp_path, first):
    path = tmp_path / "a.csv"
    path.write_bytes(first + b"id;text;label\r\n7;a,b;pos\r\n8;c\r\n")
    _, rows = labelled(path)
    assert (rows[0].key, rows[0].text, rows[0].value) == ("7", "a,b", Choice("pos"))
    assert rows[1] == BadRow(4, "the record has 2 cells where the header has 3")
    data = first + b"text;x\n" + b"a;b\n" * 300
    assert [row.line for row in read(tmp_path, data)] == list(range(3, 303))
    assert read(tmp_path, b"sep=|\ntext|x\na,b|c\n") == [RawItem(3, None, None, "a,b", {"x": "c"})]


def test_a_quote_that_is_never_closed_is_named_and_the_records_below_it_come(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('text,label\ngood,pos\n"5 pipe,pos\nother,neg\n\nmore,neg\n')
    _, rows = labelled(path)
    assert [(row.text, row.value, row.key) for row in rows if isinstance(row, LabelledItem)] == [
        ("good", Choice("pos"), "2"),
        ("other", Choice("neg"), "4"),
        ("more", Choice("neg"), "6"),
    ]
    assert rows[1] == BadRow(3, "a quote opens on line 3 and is never closed")


def test_what_a_cut_off_file_ends_with_is_no_record(tmp_path):
    rows = read(tmp_path, b'id,text\na,ok\nb,"one\ntwo\nthree, four\nfive')
    assert rows[0] == RawItem(2, "a", None, "ok", {})
    assert rows[1:] == [BadRow(3, "a quote opens on line 3 and is never closed; it holds the 3 lines below")]
    assert read(tmp_path, b'text\n"a\nb\n') == [
        BadRow(2, "a quote opens on line 2 and is never closed; it holds the 1 lines below")
    ]
    with pytest.raises(NotReadable, match="a quote that its header opens is never closed"):
        read(tmp_path, b'id,"text\na,b\n')
    (row,) = read(tmp_path, b'id,text\na,"b\nc,"d,e\n')
    assert row.reason.endswith(
        "where the header has 2; it runs over several lines, so a quote may be missing"
    )


def test_white_space_around_a_label_is_no_part_of_it(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text, label\nx, pos\ny,pos\nz,pos \nw,  \n")
    contents, rows = labelled(path)
    assert contents.schema.names == ("pos",)
    assert [row.value for row in rows[:3]] == [Choice("pos")] * 3
    assert rows[3] == BadRow(5, "there is no label")


def test_lists_as_python_writes_them_are_multiple_choices(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,labels\nx,\"['a', 'b']\"\ny,['a']\nz,[]\nw,\"[' a', \"\"it's\"\"]\"\nv,['a' 'b']\n")
    contents, rows = labelled(path)
    assert (contents.kind, contents.schema.names) == (Choices, ("a", "b", "it's"))
    assert [row.value.names for row in rows[:4]] == [("a", "b"), ("a",), (), ("a", "it's")]
    assert "it is no sound JSON, nor a list as Python writes it" in rows[4].reason


def test_spans_as_python_writes_them_are_spans(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(
        "text,entities\nZoe runs,\"[(0, 3, 'PER')]\"\nOslo,\"[{'start': 0, 'end': 4, 'label': 'LOC'}]\"\n"
    )
    _, rows = labelled(path)
    assert [row.value for row in rows] == [Spans((Span("PER", 0, 3),)), Spans((Span("LOC", 0, 4),))]


def test_a_list_among_bare_names_is_no_name(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,label\nx,a\ny,b\nz,\"['a', 'b']\"\nw,[PAD]\n")
    contents, rows = labelled(path)
    assert contents.schema.names == ("a", "b", "[PAD]")
    assert rows[2] == BadRow(4, "'['a', 'b']' is none of the labels of this file")


def test_an_id_that_is_missing_beside_others_is_said(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,text,label\n2,x,a\n,z,a\n3,w,a\n")
    _, rows = labelled(path)
    assert [row.key for row in (rows[0], rows[2])] == ["2", "3"]
    assert rows[1] == BadRow(3, "there is nothing in 'id', its id")
    path.write_text("name,text,label\nAnn,x,a\nAnn,y,b\n")
    assert [row.key for row in labelled(path)[1]] == ["Ann", "Ann"]


def test_rows_that_their_person_turned_down_are_left_out_and_counted(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,label,answer\nx,a,accept\ny,a,reject\nz,b,ignore\nw,b,maybe\n")
    left_out = Counter()
    rows = list(MEMBER.read_labels(path, contents=MEMBER.look(path), left_out=left_out))
    assert [row.text for row in rows] == ["x", "w"]
    assert left_out == {"rejected rows": 1, "ignored rows": 1}


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@settings(max_examples=60)
@given(rows=st.lists(st.tuples(CELLS, CELLS, st.text("a\n\r,\"'", max_size=6)), max_size=30))
def test_whatever_the_csv_module_writes_is_read_back_with_its_lines(tmp_path_factory, rows):
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("id", "text", "more"))
    starts = []
    for row in rows:
        whole = text.getvalue().replace("\r\n", "\n").replace("\r", "\n")
        starts.append(whole.count("\n") + 1)
        writer.writerow(row)
    found = read(tmp_path_factory.mktemp("csv"), text.getvalue().encode())
    named = [(id_text(key), text, more) for key, text, more in rows]
    assert [(row.key, row.text, row.extra["more"]) for row in found] == named
    assert [row.line for row in found] == starts


@pytest.mark.parametrize("cell", ["=1+1", "+49 30", "-x", "@me", "\ttab", "\rcr", "'=1", "''-1"])
def test_no_cell_starts_a_formula(cell):
    assert guarded(cell) == "'" + cell
    assert unguarded(guarded(cell)) == cell


@pytest.mark.parametrize("cell", ["-5", "+1.5e3", "cola", "", "it's", "'quoted'", ".5"])
def test_plain_numbers_and_plain_text_are_left_alone(cell):
    assert guarded(cell) == cell
    assert unguarded(cell) == cell


@given(st.text("=+-@\t\r'a1.", max_size=8))
def test_the_guard_can_always_be_undone(cell):
    assert unguarded(guarded(cell)) == cell


def written(tmp_path, items, left_out=None):
    path = tmp_path / "labels.csv"
    left = Counter() if left_out is None else left_out
    assert MEMBER.write(items, path, naming=None, left_out=left) == len(items)
    return path


def labelled(path, *, attribute=None):
    contents = MEMBER.look(path, attribute=attribute)
    return contents, list(MEMBER.read_labels(path, contents=contents, left_out=Counter()))


def test_a_carriage_return_in_a_cell_does_not_end_the_record(tmp_path):
    item = LabelledItem("a\rb", None, "\r", {}, Choice("yes"), 1.0, True, "t")
    _, (row,) = labelled(written(tmp_path, [item]))
    assert (row.key, row.text, row.value) == ("a\rb", "\r", Choice("yes"))


def test_written_labels_are_read_back(tmp_path):
    items = [
        LabelledItem("=a", None, 'say "hi"\nthere', {"x": 1}, Choice("-yes"), 0.123456789, False, "t"),
        LabelledItem("b", "b.jpg", None, {}, Choice("no"), 1.0, True, "t", control=True),
    ]
    left_out = Counter()
    path = written(tmp_path, items, left_out)
    assert path.read_text().splitlines()[0] == "item,media,text,label,confidence,human"
    assert path.read_text().endswith("b,b.jpg,,no,1.0,yes\n")
    contents, rows = labelled(path)
    assert contents.schema.names == ("-yes", "no")
    assert rows[0] == LabelledItem(
        "=a", None, 'say "hi"\nthere', {}, Choice("-yes"), 0.123457, human=False, made_at=""
    )
    assert (rows[1].key, rows[1].media, rows[1].human) == ("b", "b.jpg", True)
    assert left_out == {"other columns": 1}


def test_a_value_of_objects_is_json_with_a_column_of_confidences(tmp_path):
    boxes = Boxes((Box("a", 1, 2.5, 3, 4), Box("b", 5, 6, 7, 8)), (64, 48))
    items = [
        LabelledItem("k", "k.jpg", None, {}, boxes, 0.5, True, "t", parts=(0.25, 0.75)),
        LabelledItem("l", "l.jpg", None, {}, Boxes(()), 0.5, True, "t"),
    ]
    path = written(tmp_path, items)
    lines = path.read_text().splitlines()
    assert lines[0] == "item,media,text,label,confidence,human,confidences"
    assert '""size"":[64,48]}' in lines[1]
    assert lines[1].endswith(',0.5,yes,"[0.25,0.75]"')
    assert lines[2].endswith(",0.5,yes,")
    _, rows = labelled(path)
    assert [(row.value, row.parts) for row in rows] == [(boxes, (0.25, 0.75)), (Boxes(()), ())]
    assert rows[0].value.size == (64, 48)


def test_confidences_follow_their_objects_into_the_order_of_the_value(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text('file,label,confidences\na.jpg,"[""b"",""a""]","[0.1,0.9]"\n')
    _, (row,) = labelled(path)
    assert (row.value, row.parts) == (Choices(("a", "b")), (0.9, 0.1))


@pytest.mark.parametrize(
    ("header", "attribute"),
    [("file,species", None), ("text,intent", None), ("a,b,c", "b"), ("filename,Class", None), ("id,y", None)],
)
def test_the_column_of_labels_in_somebody_elses_file_is_found_or_named(tmp_path, header, attribute):
    path = tmp_path / "theirs.csv"
    cells = [
        "x.jpg" if name != (attribute or header.split(",")[1]) else "tiger" for name in header.split(",")
    ]
    path.write_text(f"{header}\n{','.join(cells)}\n")
    contents, (row,) = labelled(path, attribute=attribute)
    assert row.value == Choice("tiger")
    assert contents.attribute == attribute or contents.attribute == header.split(",")[1]


def test_where_no_column_looks_like_labels_that_is_said(tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_text("a,b,c\n1,2,3\n")
    with pytest.raises(NotReadable, match=r"none of its columns looks like labels \(a, b, c\)"):
        MEMBER.look(path)
    with pytest.raises(BadValue, match="'attribute' is 'd', but must be one of the columns a, b, c"):
        MEMBER.look(path, attribute="d")
    path.write_text("id,label\na,\n")
    with pytest.raises(NotReadable, match="'label' holds no labels"):
        MEMBER.look(path)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("x,yes,1.5,yes", "the confidence is '1.5', but must be a number from 0 to 1"),
        ("x,yes,0.5,perhaps", "'human' is 'perhaps', but must be yes or no"),
        ("x,,0.5,yes", "there is nothing in 'label'"),
    ],
)
def test_a_bad_record_is_set_aside_and_the_others_come(tmp_path, cells, reason):
    path = tmp_path / "labels.csv"
    path.write_text(f"text,label,confidence,human\na,yes,0.5,no\n{cells}\nb,no,,\n")
    _, rows = labelled(path)
    assert (rows[1].line, rows[1].reason) == (3, reason)
    assert [(row.value.name, row.confidence, row.human) for row in (rows[0], rows[2])] == [
        ("yes", 0.5, False),
        ("no", 1.0, True),
    ]


def test_labels_that_the_project_does_not_know_are_set_aside(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("item,label\na,yes\nb,maybe\n")
    contents = LabelContents(Choice, schema_of(("yes", "no")))
    rows = list(MEMBER.read_labels(path, contents=contents, left_out=Counter()))
    assert rows[1] == BadRow(3, "'maybe' is none of the labels of this file", "b")


def test_several_labels_in_one_cell_of_doccano_are_not_the_name_of_one(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,text,label,Comments\n1,a,C#,\n2,b,bad#good,\n3,c,bad,\n", encoding="utf-8")
    contents = MEMBER.look(path)
    rows = list(MEMBER.read_labels(path, contents=contents, left_out=Counter()))
    assert contents.schema.names == ("C#", "bad")
    assert [getattr(row, "value", None) for row in rows] == [Choice("C#"), None, Choice("bad")]
    assert rows[1] == BadRow(
        3, "'bad#good' may be several labels, which doccano joins by # in its CSV; export JSONL from it", "2"
    )
