"""Every format through the same checks: a member is covered by being in the registry.

It guesses by name, reads items, and whatever label value it says it carries comes back as it was written;
malformed files give sentences and never a traceback.
"""

import random
import re
import shutil
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay.core.errors import AssayError, NotReadable
from assay.core.labels.attributes import PLAIN, details
from assay.core.labels.label_text import write_label
from assay.core.labels.label_values import (
    FIRST,
    SECOND,
    TIE,
    Answers,
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
    label_names,
    object_count,
    schema_of,
)
from assay.core.labels.values.answers import label_of
from assay.core.labels.values.value_kind import kinds
from assay.core.ports.file_format import BadRow, Columns, LabelContents, Naming
from assay.formats import FORMATS

NAMES = FORMATS.names()
KINDS = tuple(kinds())
HOLDERS = [(name, kind) for name in NAMES for kind in KINDS if kind in FORMATS.get(name).values]
WRITERS = [name for name in NAMES if FORMATS.get(name).values]
TYPES = {
    Choice: "groundtruth/text-classification",
    Choices: "groundtruth/text-classification-multilabel",
    Boxes: "groundtruth/object-detection",
    Points: "groundtruth/custom",
    Spans: "groundtruth/text-span",
    Preference: "groundtruth/custom",
    Answers: "groundtruth/custom",
}
LABELS = (
    "plain",
    "two words",
    "a, \"b\" and 'c'",
    "🍎",
    "ผลไม้",
    "فاكهة",
    "e\u0301 combined",
    "\u202eright to left\u202c",
    "=1+1",
    "<x> & y: #z",
    "{[back\\slash]}",
    "-",
    "no",
)
QUESTIONS = ("sort", "all of them", "marks, ü")
MADE = "2026-01-01T00:00:00.000000"
WIDTH, HEIGHT = 640, 480


def naming_of(kind):
    return Naming("a-b", "labeling-job/a-b", TYPES[kind], schema_of(labels_of(kind)))


def labels_of(kind):
    if kind is Preference:
        return (FIRST, SECOND, TIE)
    return [label_of(one, name) for one in QUESTIONS for name in LABELS] if kind is Answers else LABELS


def contents_of(kind):
    schema = schema_of(labels_of(kind))
    return LabelContents(kind, schema, "a-b", TYPES[kind])


def place_of(name, folder):
    return folder / f"labels{FORMATS.get(name).suffix}"


def written(name, items, path, kind):
    left_out = Counter()
    count = FORMATS.get(name).write(iter(items), path, naming=naming_of(kind), left_out=left_out)
    assert count == len(items)
    return left_out


def read(name, path, contents=None):
    layout = FORMATS.get(name)
    left_out = Counter()
    rows = list(layout.read_labels(path, contents=contents or layout.look(path), left_out=left_out))
    return rows, left_out


# --- what to write -------------------------------------------------------------------------------

TEXT = st.text(
    st.one_of(
        st.sampled_from("ab .,\n🍎👩‍👧กำعر\u200f\u0301\u00a0=\"'<&"),
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")),
    ),
    max_size=40,
)
LABEL = st.sampled_from(LABELS)
ATTRIBUTE = st.one_of(
    st.sampled_from(("red", "12", "true", " two words")),
    st.booleans(),
    st.integers(-500, 500).map(lambda number: number / 4),
    st.sampled_from((("a",), ("a", "b c"))),
)
CARRIED = st.one_of(
    st.just(PLAIN),
    st.builds(
        lambda held, own, group: details(held, id=own, group=group),
        st.dictionaries(st.sampled_from(("colour", "parts", "ü")), ATTRIBUTE, max_size=2),
        st.sampled_from(("", "1", "a-b")),
        st.sampled_from(("", "g")),
    ),
)
HUNDREDTHS = st.integers(0, 20_000).map(lambda hundredths: hundredths / 100)


@st.composite
def boxes(draw):
    left, top = draw(HUNDREDTHS), draw(HUNDREDTHS)
    return Box(draw(LABEL), left, top, 0.01 + draw(HUNDREDTHS), 0.01 + draw(HUNDREDTHS), draw(CARRIED))


@st.composite
def spans(draw, text):
    start = draw(st.integers(0, len(text) - 1))
    return Span(draw(LABEL), start, draw(st.integers(start + 1, len(text))), draw(CARRIED))


POINT = st.builds(Point, LABEL, HUNDREDTHS, HUNDREDTHS, st.booleans())
VALUES = {
    Choice: st.builds(Choice, LABEL),
    Choices: st.lists(LABEL, max_size=5).map(lambda names: Choices(tuple(names))),
    Boxes: st.lists(boxes(), max_size=4, unique=True).map(lambda found: Boxes(tuple(found), (WIDTH, HEIGHT))),
    Points: st.lists(POINT, max_size=4, unique=True).map(lambda found: Points(tuple(found), (WIDTH, HEIGHT))),
    Preference: st.sampled_from((FIRST, SECOND, TIE)).map(Preference),
}
VALUES[Answers] = st.tuples(
    VALUES[Choice],
    VALUES[Choices],
    st.lists(boxes(), max_size=3, unique=True).map(lambda found: Boxes(tuple(found), (WIDTH, HEIGHT))),
).map(lambda said: Answers(tuple(zip(QUESTIONS, said, strict=True))))


@st.composite
def items_of(draw, kind):
    """A few items, sure in every way: whoever leaves something out of them leaves out the label."""
    found = []
    for number in range(draw(st.integers(1, 8))):
        text = None if kind in (Boxes, Points) else draw(TEXT)
        if kind is Spans:
            value = Spans(tuple(draw(st.lists(spans(text), max_size=4)) if text else ()))
        else:
            value = draw(VALUES[kind])
        media = f"pictures/{number % 2}/{number} ü.jpg" if kind in (Boxes, Points) else None
        found.append(LabelledItem(f"k {number}", media, text, {}, value, 1.0, True, MADE))
    return found


# --- the checks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_a_format_is_found_by_its_name_and_says_what_it_can(name):
    layout = FORMATS.get(name)
    assert layout.name == name
    assert layout.reads_items or layout.values
    assert layout.values <= set(KINDS)
    assert layout.answers_for <= layout.values
    assert layout.suffix == "" or re.fullmatch(r"(\.[a-z_]+)+", layout.suffix)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_source_is_said_and_no_traceback(name, tmp_path):
    layout = FORMATS.get(name)
    with pytest.raises(AssayError, match="cannot be read"):
        list(layout.read_items(tmp_path / "none", columns=Columns()))
    with pytest.raises(NotReadable, match="cannot be read"):
        layout.look(tmp_path / "none")
    with pytest.raises(NotReadable, match="cannot be read"):
        list(layout.read_labels(tmp_path / "none", contents=contents_of(Choice), left_out=Counter()))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WRITERS])
def test_what_holds_no_labels_refuses_with_a_sentence(name, tmp_path):
    layout = FORMATS.get(name)
    with pytest.raises(AssayError, match="no labels"):
        layout.write([], tmp_path / "out", naming=naming_of(Choice), left_out=Counter())
    with pytest.raises(NotReadable, match="no labels"):
        layout.look(tmp_path)


@pytest.mark.parametrize(("name", "kind"), HOLDERS)
def test_what_a_format_wrote_it_alone_knows_and_its_items_are_read(name, kind, tmp_path):
    path = place_of(name, tmp_path)
    items = good_items(kind)
    written(name, items, path, kind)
    assert [other for other in WRITERS if FORMATS.get(other).guess(path)] == [name]
    if FORMATS.get(name).reads_items:
        rows = list(FORMATS.get(name).read_items(path, columns=Columns()))
        assert not [row for row in rows if isinstance(row, BadRow)]
        assert len(rows) == len(items)


@pytest.mark.parametrize(("name", "kind"), HOLDERS)
def test_nothing_is_ever_overwritten(name, kind, tmp_path):
    path = place_of(name, tmp_path)
    items = good_items(kind)
    written(name, items, path, kind)
    before = snapshot(path)
    with pytest.raises((FileExistsError, AssayError)):
        written(name, items[:1], path, kind)
    assert snapshot(path) == before


@pytest.mark.parametrize(("name", "kind"), HOLDERS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_label_comes_back_as_it_was_written(name, kind, data, tmp_path_factory):
    items = data.draw(items_of(kind))
    layout = FORMATS.get(name)
    path = place_of(name, tmp_path_factory.mktemp("labels"))
    left_out = written(name, items, path, kind)
    rows, unread = read(name, path, contents_of(kind))
    assert not [row for row in rows if isinstance(row, BadRow)], rows
    assert [row.value for row in rows] == [layout.carried(item.value) for item in items]
    if layout.keyed:
        assert [row.key for row in rows] == [item.key for item in items]
    assert [row.media for row in rows] == [item.media for item in items]
    if kind is Spans:
        assert [row.text or "" for row in rows] == [
            item.text or "" for item in items if True
        ] or not layout.keyed
    lost = [item for item in items if layout.carried(item.value) != item.value]
    assert bool(left_out) == bool(lost), left_out
    assert not unread, unread
    assert all(row.confidence == 1.0 for row in rows)


@pytest.mark.parametrize(("name", "kind"), HOLDERS)
def test_a_first_look_finds_the_kind_and_the_labels_that_are_used(name, kind, tmp_path):
    path = place_of(name, tmp_path)
    items = good_items(kind)
    written(name, items, path, kind)
    contents = FORMATS.get(name).look(path)
    assert contents.kind is kind
    if kind is Preference:
        assert contents.schema.names == (FIRST, SECOND, TIE)
    else:
        used = {name for item in items for name in label_names(item.value)}
        assert used <= set(contents.schema.names) <= set(labels_of(kind))
    rows, _ = read(name, path, contents)
    assert [row.value for row in rows] == [item.value for item in items]


@pytest.mark.parametrize(("name", "kind"), HOLDERS)
def test_what_does_not_come_back_was_counted(name, kind, tmp_path):
    items = [
        replace(
            item,
            extra={"shop": "north", "n": 3},
            confidence=0.5,
            parts=tuple(0.25 + 0.5 * n / 7 for n in range(object_count(item.value))),
            adjusted=True,
        )
        for item in good_items(kind)
    ]
    path = place_of(name, tmp_path)
    left_out = written(name, items, path, kind)
    rows, unread = read(name, path)
    pairs = [(item, row) for item, row in zip(items, rows, strict=True) if not isinstance(row, BadRow)]
    assert len(pairs) == len(items)
    lost = [
        what
        for item, row in pairs
        for what, same in (
            ("extra", {key: str(row.extra.get(key)) for key in item.extra} == {"shop": "north", "n": "3"}),
            ("confidence", abs(row.confidence - item.confidence) < 1e-5),
            ("parts", row.parts == pytest.approx(item.parts, abs=1e-5)),
            ("adjusted", row.adjusted is True),
        )
        if not same
    ]
    assert bool(lost) == bool(left_out + unread), (lost, left_out, unread)
    assert all(number > 0 for number in left_out.values())


@pytest.mark.parametrize(("name", "kind"), HOLDERS)
def test_huge_values_come_back(name, kind, tmp_path):
    many = range(1_000)
    text = "ä🍎กb " * 20_000
    value = {
        Choice: Choice("plain"),
        Choices: Choices(LABELS),
        Boxes: Boxes(tuple(Box("plain", n / 4, n / 8, 1.25, 2) for n in many), (WIDTH, HEIGHT)),
        Points: Points(tuple(Point("plain", n / 4, n / 8) for n in many), (WIDTH, HEIGHT)),
        Spans: Spans(tuple(Span("plain", 5 * n, 5 * n + 4) for n in many)),
        Preference: Preference(TIE),
        Answers: Answers(tuple((f"question {n}", Choices(LABELS)) for n in many)),
    }[kind]
    pictured = kind in (Boxes, Points)
    media, words = ("a.jpg", None) if pictured else (None, text)
    path = place_of(name, tmp_path)
    written(name, [LabelledItem("k", media, words, {}, value, 1.0, True, MADE)], path, kind)
    rows, _ = read(name, path)
    assert [row.value for row in rows] == [FORMATS.get(name).carried(value)]
    assert rows[0].text == words


# --- malformed files -----------------------------------------------------------------------------

FEW, MANY = 40, 500
NUMBER, STRING = re.compile(rb"-?\d+(?:\.\d+)?"), re.compile(rb'"[^"\n]*"|>[^<\n]+<|[^\s,:"]+')
NUMBERS = (b"9" * 400, b"1e400", b"-1", b"NaN", b"-Infinity", b"0", b"1.5", b"9" * 5000, b"true")
STRINGS = (
    b"null",
    b"[]",
    b"{}",
    b"7",
    b"true",
    b'"\\ud800"',
    b'""',
    b"\xff\xfe",
    b"[" * 60_000,
    b'{"a":' * 60_000,
)


def good_items(kind):
    values = {
        Choice: [Choice("plain"), Choice("two words"), Choice("plain")],
        Choices: [Choices(("plain", "two words")), Choices(()), Choices(("plain",))],
        Boxes: [
            Boxes((Box("plain", 1, 2, 3, 4), Box("two words", 5.25, 2, 30, 4)), (WIDTH, HEIGHT)),
            Boxes((), (WIDTH, HEIGHT)),
            Boxes((Box("plain", 0, 0, 9, 9),), (WIDTH, HEIGHT)),
        ],
        Points: [
            Points((Point("plain", 1, 2), Point("two words", 3, 4.5, False)), (WIDTH, HEIGHT)),
            Points((), (WIDTH, HEIGHT)),
            Points((Point("plain", 9, 9),), (WIDTH, HEIGHT)),
        ],
        Spans: [
            Spans((Span("plain", 0, 5), Span("two words", 6, 9))),
            Spans(()),
            Spans((Span("plain", 0, 5),)),
        ],
        Preference: [Preference(FIRST), Preference(SECOND), Preference(TIE)],
        Answers: [
            Answers((("sort", Choice("plain")), ("all of them", Choices(("plain", "two words"))))),
            Answers((("sort", Choice("two words")),)),
            Answers(
                (("sort", Choice("plain")), ("marks, ü", Boxes((Box("plain", 1, 2, 3, 4),), (WIDTH, HEIGHT))))
            ),
        ],
    }[kind]
    pictured = kind in (Boxes, Points)
    return [
        LabelledItem(
            f"key{number}",
            f"pictures/{number}.jpg" if pictured else None,
            None if pictured else f"hello you {number}",
            {},
            value,
            1.0,
            True,
            MADE,
        )
        for number, value in enumerate(values)
    ]


def snapshot(path):
    files = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
    return {str(one.relative_to(path.parent)): one.read_bytes() for one in files}


def mutated(data, chance):
    """Return the bytes of a file after one of a dozen accidents."""
    at, to = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    accidents = (
        lambda: data[:at],
        lambda: data[:at] + data[to:],
        lambda: data[:to] + data[at:],
        lambda: data[:at] + chance.randbytes(chance.randrange(1, 9)) + data[at:],
        lambda: flipped(data, chance),
        lambda: flipped(data, chance),
        lambda: swapped(data, chance, NUMBER, NUMBERS),
        lambda: swapped(data, chance, STRING, STRINGS),
        lambda: swapped(data, chance, STRING, STRINGS),
        lambda: data.decode("utf-8", errors="replace").encode(
            chance.choice(("utf-16", "utf-32", "cp1252")), errors="replace"
        ),
        lambda: data.replace(b"\n", b"\r\n") + b"\n\n\0",
        lambda: chance.choice(
            (b"", b"\xef\xbb\xbf" + data, b"\0" * 64, b"[]", b"{}", b"null", b"[" * 100_000)
        ),
    )
    return chance.choice(accidents)()


def flipped(data, chance):
    found = bytearray(data)
    for _ in range(chance.randrange(1, 4)):
        if found:
            found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def swapped(data, chance, pattern, others):
    found = list(pattern.finditer(data))
    if not found:
        return data
    one = chance.choice(found)
    return data[: one.start()] + chance.choice(others) + data[one.end() :]


def spoil(path, chance):
    """Spoil one file of a good label file or folder."""
    if path.is_dir():
        files = sorted(one for one in path.rglob("*") if one.is_file())
        one = chance.choice(files)
        if chance.random() < 0.1:
            one.unlink()
            return
        path = one
    path.write_bytes(mutated(path.read_bytes(), chance))


def outcome(name, path, contents):
    """Read a spoilt file; return how many items came, and fail on whatever is no sentence."""
    layout = FORMATS.get(name)
    try:
        if contents is None:
            contents = layout.look(path)
            assert contents.kind in layout.values
            assert all(label.encode() for label in contents.schema.names)
        rows = list(layout.read_labels(path, contents=contents, left_out=Counter()))
    except NotReadable as problem:
        return 0 if len(problem.reason) > 5 else pytest.fail("there is no sentence")
    for row in rows:
        if isinstance(row, BadRow):
            assert len(row.reason) > 5
            assert row.line >= 0
            assert str(row.reason).encode()
        else:
            assert write_label(row.value).encode()
            assert 0 <= row.confidence <= 1
            assert len(row.parts) in (0, object_count(row.value))
    return sum(isinstance(row, LabelledItem) for row in rows)


def check_spoilt(name, folder, rounds, seed):
    """Spoil good files of every kind, one after another, and read each."""
    chance = random.Random(seed)
    kinds = [kind for kind in KINDS if kind in FORMATS.get(name).values]
    good = {}
    for number, kind in enumerate(kinds):
        home = folder / f"good{number}"
        home.mkdir()
        good[kind] = place_of(name, home)
        written(name, good_items(kind), good[kind], kind)
    came = 0
    for number in range(rounds):
        kind = kinds[number % len(kinds)]
        home = folder / "spoilt"
        home.mkdir()
        path = place_of(name, home)
        if good[kind].is_dir():
            shutil.copytree(good[kind], path)
        else:
            shutil.copyfile(good[kind], path)
        spoil(path, chance)
        try:
            came += outcome(name, path, None)
            if number % 3 == 0:
                came += outcome(name, path, contents_of(kind))
        except Exception as error:
            error.add_note(f"round {number}, {kind.__name__}: {snapshot(path)!r:.3000}")
            raise
        shutil.rmtree(home)
    assert came > rounds / 10


@pytest.mark.parametrize("name", WRITERS)
def test_malformed_files_give_sentences_and_what_is_good_still_comes(name, tmp_path):
    check_spoilt(name, tmp_path, FEW, f"spoil {name}")


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITERS)
def test_many_more_malformed_files_give_sentences(name, tmp_path, scale):
    check_spoilt(name, tmp_path, max(1, int(MANY * scale)), f"spoil {name} further")


@pytest.mark.parametrize("name", [name for name in NAMES if FORMATS.get(name).suffix])
@settings(max_examples=60)
@given(data=st.binary(max_size=300), skip=st.integers(0, 3))
def test_no_bytes_make_a_reader_fail_otherwise_than_with_a_sentence(name, data, skip, tmp_path_factory):
    layout = FORMATS.get(name)
    path = place_of(name, tmp_path_factory.mktemp("noise"))
    path.write_bytes(data)
    said, rows = "", []
    try:
        rows = list(layout.read_items(path, columns=Columns(), skip=skip))
    except AssayError as error:
        said = str(error)
    assert said.endswith(".") or not said
    assert all(row.line >= 1 for row in rows)
    assert all(row.reason for row in rows if isinstance(row, BadRow))
