import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.ids import sha256
from assay.core.labels.item_facts import ItemFacts
from assay.providers.media.inspection import Inspection, UnreadableMedia
from assay.providers.media.text import inspect
from assay.providers.media.text.near_duplicate_hash import simhash

STORY = "The delivery came two days late and one of the cups was broken, but the shop replaced it at once."


def bits_apart(one: str, other: str) -> int:
    a, b = simhash(one), simhash(other)
    assert a is not None
    assert b is not None
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).bit_count()


def test_a_text_is_fingerprinted_as_utf_8():
    found = inspect("naïve café")
    assert found.fingerprint == sha256("naïve café".encode())
    assert (found.kind, found.facts, found.depth) == ("text", ItemFacts(length=10), None)
    assert inspect("naïve café".encode()) == found
    assert inspect(b"\xef\xbb\xbf" + "naïve café".encode()) == found


def test_case_white_space_and_compatibility_forms_make_no_difference():
    assert simhash(STORY) == simhash("  " + STORY.upper().replace(" ", "\n\t ") + "\u00a0")


def test_a_small_edit_changes_few_bits_and_another_text_many():
    assert bits_apart(STORY, STORY.replace("two days", "three days")) <= 12
    assert (
        bits_apart(STORY, "Stock prices fell sharply on Tuesday after the central bank raised its rates.")
        > 15
    )


def test_a_very_short_text_is_like_no_other():
    assert inspect("yes").near is None
    assert inspect("long enough text").near is not None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("", "it is empty"),
        (" \n\t", "it is empty"),
        (b"", "it is empty"),
        (b"caf\xe9", "it is not UTF-8 at byte 3"),
        ("a\x00b", "NUL"),
        ("\ud800", "surrogate"),
        ("x" * 4_000_001, "at most 4,000,000"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(data, reason):
    with pytest.raises(UnreadableMedia, match=reason):
        inspect(data)


def outcome(data: bytes | str) -> Inspection | str:
    try:
        return inspect(data)
    except UnreadableMedia as refused:
        return str(refused)


@given(data=st.one_of(st.text(), st.binary()))
def test_any_text_is_inspected_or_refused(data):
    said = outcome(data)
    if isinstance(said, str):
        assert said.endswith(".")
    else:
        assert said.near is None or len(said.near) == 8
        assert len(said.fingerprint) == 64
