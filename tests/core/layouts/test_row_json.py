"""Rows spelled fast are spelled as Python spells them, byte for byte."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.ids import canonical
from assay.core.layouts.row_json import row_json, whole_row

texts = st.text(st.characters())  # half surrogate pairs too
cells = st.one_of(
    texts,
    st.integers(),
    st.booleans(),
    st.none(),
    st.floats(allow_nan=False),
    st.lists(st.integers(), max_size=2),
)
extras = st.dictionaries(texts, cells, max_size=5)


def as_python(value):
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def outcome(spell):
    """Return what a spelling gives, or that it is refused."""
    try:
        return spell()
    except ValueError:  # UnicodeEncodeError is one
        return "refused"


@given(extra=extras)
def test_other_columns_are_spelled_as_python_spells_them(extra):
    assert outcome(lambda: row_json(extra)) == outcome(lambda: as_python(extra))


@given(media=st.one_of(st.none(), texts), text=st.one_of(st.none(), texts), extra=extras)
def test_a_whole_row_has_its_canonical_bytes(media, text, extra):
    said = [media, text, extra]
    assert outcome(lambda: whole_row(media, text, extra)) == outcome(lambda: canonical(said))


def test_every_character_is_spelled_alike():
    for start in range(0, 0x110000, 0x1000):
        row = {"all": "".join(map(chr, range(start, start + 0x1000)))}
        assert row_json(row) == as_python(row)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"raw"])
def test_what_json_cannot_carry_is_refused(value):
    with pytest.raises((ValueError, TypeError)):
        row_json({"a": "b", "c": value})
    with pytest.raises((ValueError, TypeError)):
        whole_row(None, "x", {"a": "b", "c": value})
