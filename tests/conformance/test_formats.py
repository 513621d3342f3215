"""Every format through the same checks: it guesses by name, says what it cannot do, and reads back its labels."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.errors import AssayError
from assay.core.labels import Choice, LabelClass, LabelledItem, LabelSchema
from assay.core.ports import BadRow, Columns, Naming
from assay.formats import FORMATS

NAMES = ("folder", "csv", "jsonl", "parquet", "augmented_manifest")
WRITERS = [name for name in NAMES if FORMATS.get(name).writes_labels]
NAMING = Naming(
    "a-b", "labeling-job/a-b", "groundtruth/custom", LabelSchema((LabelClass("=x"), LabelClass("y")))
)
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=15)


@pytest.mark.parametrize("name", NAMES)
def test_a_format_is_found_by_its_name_and_says_what_it_can(name):
    layout = FORMATS.get(name)
    assert layout.name == name
    assert layout.reads_items or layout.writes_labels
    assert not layout.writes_labels or layout.suffix.startswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_a_format_guesses_by_the_name_alone(name, tmp_path):
    layout = FORMATS.get(name)
    path = tmp_path if name == "folder" else Path("nowhere") / f"ITEMS{layout.suffix.upper()}"
    others = [FORMATS.get(other) for other in NAMES if other != name]
    assert layout.guess(path)
    assert not any(other.guess(path) for other in others)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_source_is_said_and_no_traceback(name, tmp_path):
    with pytest.raises(AssayError, match="cannot be read"):
        list(FORMATS.get(name).read_items(tmp_path / "none", columns=Columns()))


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WRITERS])
def test_what_writes_no_labels_refuses_with_a_sentence(name):
    with pytest.raises(AssayError, match="csv, jsonl or augmented_manifest"):
        FORMATS.get(name).write([], io.BytesIO(), naming=NAMING)


@pytest.mark.parametrize("name", WRITERS)
@settings(max_examples=40)
@given(rows=st.lists(st.tuples(TEXT, TEXT, st.sampled_from(["=x", "y"]), st.booleans()), max_size=12))
def test_written_labels_are_read_back_and_written_the_same_again(name, rows, tmp_path_factory):
    items = [
        LabelledItem(key, None, text, {"n": 1}, Choice(label), 0.5, human, "2026-01-01T00:00:00.000000")
        for key, text, label, human in rows
    ]
    first, again = io.BytesIO(), io.BytesIO()
    layout = FORMATS.get(name)
    assert layout.write(iter(items), first, naming=NAMING) == len(items)
    layout.write(items, again, naming=NAMING)
    assert first.getvalue() == again.getvalue()
    path = tmp_path_factory.mktemp("labels") / f"labels{layout.suffix}"
    path.write_bytes(first.getvalue())
    found = list(layout.read_labels(path, schema=NAMING.schema))
    assert not any(isinstance(row, BadRow) for row in found)
    assert [label for _, label in found] == [label for _, _, label, _ in rows]
    assert [key for key, _ in found] in ([key for key, *_ in rows], [None] * len(rows))


@pytest.mark.parametrize("name", ["csv", "jsonl", "augmented_manifest"])
@settings(max_examples=60)
@given(data=st.binary(max_size=300), skip=st.integers(0, 3))
def test_no_bytes_make_a_reader_fail_otherwise_than_with_a_sentence(name, data, skip, tmp_path_factory):
    layout = FORMATS.get(name)
    path = tmp_path_factory.mktemp("noise") / f"items{layout.suffix}"
    path.write_bytes(data)
    said, rows = "", []
    try:
        rows = list(layout.read_items(path, columns=Columns(), skip=skip))
    except AssayError as error:
        said = str(error)
    assert said.endswith(".") or not said
    assert all(row.line >= 1 for row in rows)
    assert all(row.reason for row in rows if isinstance(row, BadRow))
