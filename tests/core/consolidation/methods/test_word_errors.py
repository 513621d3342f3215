"""Words of texts, and how many differ."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.consolidation.methods.word_errors import (
    edits,
    padded,
    spelling_distance,
    spelt,
    text_loss,
    words,
)

WORDS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=7)


def plain_edits(a, b):
    """Levenshtein's recursion as the textbook has it."""
    table = [[i + j if not i or not j else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            table[i][j] = min(
                table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (a[i - 1] != b[j - 1])
            )
    return table[-1][-1]


def test_case_and_punctuation_are_no_part_of_a_word_but_an_apostrophe_is():
    assert words('"Well," he said; it ISN\'T so.') == ["well", "he", "said", "it", "isn't", "so"]
    assert words("isn’t Straße") == ["isn't", "strasse"]  # noqa: RUF001
    assert words(" ... - ' ") == []


def test_words_keep_their_writing_and_the_punctuation_after_them():
    assert spelt("Ask Dr. No, please!") == [
        ("ask", "Ask"),
        ("dr", "Dr."),
        ("no", "No,"),
        ("please", "please!"),
    ]


def test_the_loss_is_the_word_error_rate_of_the_true_text():
    # One substitution, one deletion and no insertion of five words.
    assert text_loss("the cat sat on", "The cat sits on it.") == pytest.approx(2 / 5)
    assert text_loss("a b c d e f g", "z") == 1.0
    assert text_loss("", "") == text_loss("...", "!") == 0.0
    assert text_loss("a", "") == text_loss("", "a") == 1.0


@given(WORDS, WORDS)
def test_edits_are_those_of_the_textbook(a, b):
    assert edits(a, b) == plain_edits(a, b)


@given(st.lists(st.tuples(st.text("abc", max_size=6), st.text("abc", max_size=6)), min_size=1, max_size=6))
def test_the_distance_of_spelling_is_edits_over_the_longer_word(pairs):
    vocabulary = [word for pair in pairs for word in pair]
    one, two = np.arange(0, len(vocabulary), 2), np.arange(1, len(vocabulary), 2)
    expected = [plain_edits(a, b) / max(len(a), len(b), 1) for a, b in pairs]
    assert spelling_distance(vocabulary, one, two) == pytest.approx(expected)


def test_rows_of_different_length_are_filled():
    filled, length = padded([[1, 2], [], [3]])
    assert filled.tolist() == [[1, 2], [0, 0], [3, 0]]
    assert length.tolist() == [2, 0, 1]
