import json
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.data import shared_data

from assay.core.errors import NotReadable
from assay.core.labels.label_values import LabelledItem, Span, Spans, schema_of
from assay.core.ports.file_format import BadRow, Columns, Naming
from assay.formats.conll import MEMBER

NAMES = ("person", "two words", "50%", "50%25")


def item(text, *spans, **more):
    return LabelledItem(
        "k", None, text, {}, Spans(tuple(Span(*span) for span in spans)), 1.0, True, "", **more
    )


def written(path, *items):
    left_out = Counter()
    naming = Naming("spans", "job", "groundtruth/text-span", schema_of(NAMES))
    assert MEMBER.write(iter(items), path, naming=naming, left_out=left_out) == len(items)
    return left_out


def read(path):
    left_out = Counter()
    return list(MEMBER.read_labels(path, contents=MEMBER.look(path), left_out=left_out)), left_out


def foreign(tmp_path, text):
    path = tmp_path / "a.conll"
    path.write_bytes(text.encode())
    return path


def test_tokens_stand_first_tags_last_and_offsets_between(tmp_path):
    path = tmp_path / "a.conll"
    written(path, item("Ann-Lee met  Bo.", ("person", 0, 7), ("two words", 13, 15)), item("ok"))
    assert path.read_text().splitlines() == [
        "-DOCSTART- -X- labels=person,two%20words,50%25,50%2525 O",
        "",
        "Ann-Lee 0:7 -X- B-person",
        "met 8:11 -X- O",
        "Bo 13:15 gap=%20%20 B-two%20words",
        ". 15:16 -X- O",
        "",
        "ok 0:2 -X- O",
        "",
    ]
    rows, left_out = read(path)
    assert [row.text for row in rows] == ["Ann-Lee met  Bo.", "ok"]
    assert MEMBER.look(path).schema.names == NAMES
    assert left_out == Counter()


def test_tokens_are_cut_where_spans_start_or_end(tmp_path):
    path = tmp_path / "a.conll"
    value = (("person", 2, 4), ("person", 4, 6))
    written(path, item("abcdefgh", *value))
    lines = [line.split() for line in path.read_text().splitlines() if line and "DOCSTART" not in line]
    assert [(line[0], line[-1]) for line in lines] == [
        ("ab", "O"),
        ("cd", "B-person"),
        ("ef", "B-person"),
        ("gh", "O"),
    ]
    assert read(path)[0][0].value == item("", *value).value


def test_of_overlapping_spans_the_longer_then_the_earlier_stays(tmp_path):
    path = tmp_path / "a.conll"
    whole = item("a b c d", ("person", 0, 3), ("50%", 2, 7), ("person", 2, 7), ("person", 0, 1))
    left_out = written(path, whole)
    assert left_out == {"overlapping spans": 2}
    kept = Spans((Span("person", 0, 1), Span("50%", 2, 7)))
    assert MEMBER.carried(whole.value) == kept
    assert read(path)[0][0].value == kept


TEXT = st.text(
    st.sampled_from("ab-.% \n\t\r\u00a0\u2028\u0085\x1c\u200b🍎ก") | st.characters(codec="utf-8"), max_size=30
)


@given(
    texts=st.lists(TEXT | st.just("-DOCSTART- a"), min_size=1, max_size=4),
    places=st.lists(
        st.tuples(st.sampled_from(NAMES), st.integers(0, 35), st.integers(1, 9)).map(
            lambda found: (found[0], found[1], found[1] + found[2])
        ),
        max_size=6,
    ),
)
def test_any_text_and_any_span_comes_back_exactly(texts, places, tmp_path_factory):
    path = tmp_path_factory.mktemp("conll") / "a.conll"
    items = [item(text, *(place for place in places if place[2] <= len(text))) for text in texts]
    written(path, *items)
    rows, left_out = read(path)
    assert [row.text for row in rows] == texts
    assert [row.value for row in rows] == [MEMBER.carried(one.value) for one in items]
    assert left_out == Counter()


@pytest.mark.parametrize(
    "tags",
    [
        "B-x I-x O B-x B-y I-y",
        "I-x I-x O I-x I-y I-y",
        "B-x E-x O S-x B-y E-y",
        "B-x L-x O U-x B-y L-y",
    ],
)
def test_all_spellings_of_tags_are_understood(tmp_path, tags):
    path = foreign(tmp_path, "".join(f"t{n}\t{tag}\r\n" for n, tag in enumerate(tags.split())))
    (row,), _ = read(path)
    assert row.text == "t0 t1 t2 t3 t4 t5"
    assert row.value == Spans((Span("x", 0, 5), Span("x", 9, 11), Span("y", 12, 17)))


def test_the_files_of_the_shared_task_are_read(tmp_path):
    text = "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\n\n-DOCSTART- -X- -X- O\n\nBonn NNP B-NP I-LOC\n"
    path = foreign(tmp_path, text)
    rows, left_out = read(path)
    assert [(row.key, row.text, row.value) for row in rows] == [
        ("1", "EU rejects", Spans((Span("ORG", 0, 2),))),
        ("2", "Bonn", Spans((Span("LOC", 0, 4),))),
    ]
    assert left_out == {"further columns": 3}
    assert [(row.line, row.text) for row in MEMBER.read_items(path, columns=Columns())] == [
        (3, "EU rejects"),
        (9, "Bonn"),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("b PERSON", "'PERSON' is no tag"),
        ("b 7:8 -X- O", "does not stand at 7:8"),
        ("b 2:1 -X- O", "no place in the text"),
        ("b 2:3 blank=x@5:5 O", "'x@5:5' is no span"),
        ("b 2:3 edge=9:9 B-x", "does not start before it ends"),
    ],
)
def test_a_bad_text_is_said_and_the_others_come(tmp_path, line, reason):
    path = foreign(tmp_path, f"a 0:1 -X- B-x\n{line}\n\ngood B-x\n")
    rows, _ = read(path)
    assert isinstance(rows[0], BadRow)
    assert rows[0].line == 1
    assert reason in rows[0].reason
    assert rows[1].text == "good"


def test_bytes_that_are_no_utf_8_are_said(tmp_path):
    path = tmp_path / "a.conll"
    path.write_bytes(b"\xef\xbb\xbfgood O\n\n\xff\xfe B-x\n\nfine B-y\n")
    rows, _ = read(path)
    assert [getattr(row, "reason", None) or row.text for row in rows] == [
        "good",
        "the text is not UTF-8",
        "fine",
    ]
    assert MEMBER.look(path).schema.names == ("y",)


def test_columns_are_parted_by_blanks_and_tabs_alone(tmp_path):
    path = foreign(tmp_path, "10\u00a0000 B-NUM\nkm  O\n\n10\u3000000\tB-NUM\nkm\tO\n")
    rows, left_out = read(path)
    assert [(row.text, row.value) for row in rows] == [
        ("10\u00a0000 km", Spans((Span("NUM", 0, 6),))),
        ("10\u3000000 km", Spans((Span("NUM", 0, 6),))),
    ]
    assert left_out == Counter()


def test_a_file_none_of_whose_texts_can_be_read_says_why(tmp_path):
    path = tmp_path / "a.conll"
    path.write_bytes("\nZo\u00eb B-PER\n".encode("latin-1"))
    with pytest.raises(NotReadable, match="the first, on line 2: the text is not UTF-8"):
        MEMBER.look(path)
    with pytest.raises(NotReadable, match="the first, on line 1: 'PERSON' is no tag"):
        MEMBER.look(foreign(tmp_path, "Zoe PERSON\n"))


def test_comments_above_a_text_are_passed_over_and_counted(tmp_path):
    text = "#begin document\n# id 7a domain=xx\nZoe _ _ B-PER\nruns _ _ O\n\n# text = a b\nOslo _ _ B-LOC\n"
    path = foreign(tmp_path, f"# made by hand\n\n{text}")
    rows, left_out = read(path)
    assert [(row.key, row.text, row.value) for row in rows] == [
        ("1", "Zoe runs", Spans((Span("PER", 0, 3),))),
        ("2", "Oslo", Spans((Span("LOC", 0, 4),))),
    ]
    assert left_out == {"comments": 4}
    assert [(row.line, row.text) for row in MEMBER.read_items(path, columns=Columns())] == [
        (5, "Zoe runs"),
        (9, "Oslo"),
    ]


def test_tokens_that_start_like_a_comment_stay_tokens(tmp_path):
    path = foreign(tmp_path, "# O\n#oslo B-LOC\nruns O\n\n# O\n\n#oslo B-LOC\n")
    rows, left_out = read(path)
    assert [row.text for row in rows] == ["# #oslo runs", "#", "#oslo"]
    assert rows[2].value == Spans((Span("LOC", 0, 5),))
    assert left_out == Counter()


def test_a_span_beyond_its_text_makes_it_a_bad_row(tmp_path):
    path = tmp_path / "a.conll"
    written(path, item("abc", ("person", 0, 3), ("person", 5, 30)), item("abc", ("person", 0, 3)))
    rows, _ = read(path)
    assert rows[0] == BadRow(3, "a span ends at 30, but the text has 3 signs")
    assert rows[1].value == Spans((Span("person", 0, 3),))


def test_a_file_without_tags_is_said(tmp_path):
    with pytest.raises(NotReadable, match="none of its lines has a token and a tag"):
        MEMBER.look(foreign(tmp_path, "only\nwords\n"))


def test_what_tags_cannot_say_is_counted(tmp_path):
    lossy = LabelledItem("k", None, "a", {"x": 1}, Spans(()), 0.5, True, "", adjusted=True)
    assert written(tmp_path / "a.conll", lossy) == {"confidences": 1, "further columns": 1, "adjustments": 1}
    with pytest.raises(ValueError, match="stranger"):
        written(tmp_path / "b.conll", item("a", ("stranger", 0, 1)))


def test_real_truth_is_read_as_its_own_offsets_say():
    rows, left_out = read(shared_data("text", "ner_wnut17", "truth.conll"))
    truth = [
        json.loads(line) for line in shared_data("text", "ner_wnut17", "truth.jsonl").read_text().splitlines()
    ]
    assert [row.text for row in rows] == [one["text"] for one in truth]
    assert [row.value for row in rows] == [
        Spans(tuple(Span(one["label"], one["start"], one["end"]) for one in row["entities"])) for row in truth
    ]
    assert left_out == Counter()


def test_seqeval_finds_the_same_spans_in_what_we_write(tmp_path):
    labeling = pytest.importorskip("seqeval.metrics.sequence_labeling", reason="seqeval is not installed")
    path = tmp_path / "a.conll"
    written(path, item("Ann met Bo Li .", ("person", 0, 3), ("50%", 8, 13)))
    tags = [line.split()[-1] for line in path.read_text().splitlines()[2:] if line]
    assert labeling.get_entities(tags) == [("person", 0, 0), ("50%", 2, 3)]
