"""What an id is called, however its file spells it."""

import pytest

from assay.core.layouts.row_ids import UnfitId, id_text, odd_id


@pytest.mark.parametrize(
    ("found", "text"),
    [
        ("7.0", "7"),
        ("-7.00", "-7"),
        (" 7 ", "7"),
        ("007", "007"),
        ("1.5", "1.5"),
        ("1.0.0", "1.0.0"),
        ("v1.0", "v1.0"),
        ("\u00a0a b\n", "a b"),
        (" ", None),
        ("", None),
        (7.0, "7"),
        (7, "7"),
        (float("nan"), None),
    ],
)
def test_blanks_go_and_whole_floats_are_integers(found, text):
    assert id_text(found) == text
    if isinstance(found, str) and found:
        assert bool(odd_id(found)) is (text != found)


@pytest.mark.parametrize("found", [1.5, True, [7], float("inf")])
def test_what_is_neither_text_nor_a_whole_number_is_no_id(found):
    with pytest.raises(UnfitId, match="neither text nor a whole number"):
        id_text(found)


def test_a_number_too_long_to_be_counted_with_stays_a_text():
    long = "1" * 5000 + ".0"
    assert id_text(long) == long
