"""Texts of several people become one."""

import csv
import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.data import shared_data

import assay.core.consolidation.methods.word_votes
from assay.core.consolidation.methods.word_errors import text_loss
from assay.core.consolidation.values.texts import consolidate_texts
from assay.core.ports.answers import AnswerTable

TEXT = st.lists(st.sampled_from(["the", "cat", "sat", "Cats,", "on", "mat."]), max_size=6).map(" ".join)
TABLE = st.lists(st.lists(TEXT, min_size=1, max_size=4), min_size=1, max_size=4)


def table_of(rows, *, items=None, people=None):
    item, person, value = zip(*rows, strict=True)
    return AnswerTable(
        np.array(item, np.int64),
        np.array(person, np.int64),
        list(value),
        items or max(item) + 1,
        people or max(person) + 1,
    )


def texts(*answers):
    """One item, answered by as many people."""
    return table_of([(0, person, answer) for person, answer in enumerate(answers)])


def test_words_are_voted_on_so_that_the_text_may_be_nobodys():
    # Each of the three misses another word.
    found = consolidate_texts(
        texts("The cat sat at the mat.", "The bat sat on the mat", "the cat sat on a mat.")
    )
    assert found.consensus.value == ["The cat sat on the mat."]
    first, cat, *_ = found.consensus.parts[0]
    assert first > cat > 0.5


def test_a_word_that_most_did_not_hear_is_left_out_and_one_that_most_heard_is_put_in():
    found = consolidate_texts(texts("well he came home", "he came back home", "he came back home"))
    assert found.consensus.value == ["he came back home"]


def test_a_vote_for_a_word_spelt_almost_alike_counts_in_part():
    found = consolidate_texts(texts("miss theobald", "miss theobalt", "miss leopard"))
    assert found.consensus.value[0] in ("miss theobald", "miss theobalt")


def test_an_answer_alone_is_trusted_no_more_than_people_usually_are():
    alone, agreed = (consolidate_texts(texts(*["the cat sat"] * many)).consensus for many in (1, 3))
    assert 0.7 < alone.right[0] < 0.9 < agreed.right[0] < 1.0
    assert alone.parts[0] == pytest.approx((alone.right[0],) * 3)


def test_an_item_without_answers_has_no_text_and_one_of_no_words_is_empty():
    found = consolidate_texts(table_of([(1, 0, "..."), (1, 1, "-")], items=2)).consensus
    assert list(found.value) == ["", ""]
    assert found.right.tolist() == [0.0, 1.0]
    assert found.count.tolist() == [0, 2]


def test_items_do_not_concern_one_another_however_many_are_compared_together(monkeypatch):
    rows = [
        (item, who, f"{text} {item}") for item in range(5) for who, text in enumerate(("a b c", "a c", "b c"))
    ]
    together = consolidate_texts(table_of(rows))
    monkeypatch.setattr(assay.core.consolidation.methods.word_votes, "_CELLS", 100)
    apart = consolidate_texts(table_of(rows))
    assert list(together.consensus.value) == list(apart.consensus.value)
    assert together.skill.tolist() == apart.skill.tolist()


def test_a_table_without_answers_is_no_error():
    empty = np.zeros(0, np.int64)
    found = consolidate_texts(AnswerTable(empty, empty, [], 2, 1))
    assert list(found.consensus.value) == ["", ""]


@given(TEXT.filter(bool), st.integers(1, 5))
def test_unanimity_wins(text, people):
    found = consolidate_texts(texts(*[text] * people)).consensus
    assert text_loss(found.value[0], text) == 0.0
    assert found.agreement[0] == pytest.approx(1.0)
    assert found.count.tolist() == [people]


@settings(deadline=None)
@given(TABLE, st.randoms(use_true_random=False))
def test_neither_the_order_of_answers_nor_peoples_names_matter(answers, chance):
    rows = [(item, who, said) for item, row in enumerate(answers) for who, said in enumerate(row)]
    names = list(range(4))
    chance.shuffle(names)
    other = [(item, names[who], said) for item, who, said in rows]
    chance.shuffle(other)
    one, two = (consolidate_texts(table_of(given_, people=4)) for given_ in (rows, other))
    assert list(one.consensus.value) == list(two.consensus.value)
    assert one.consensus.right == pytest.approx(two.consensus.right)
    assert one.skill == pytest.approx(two.skill[names])


@settings(deadline=None)
@given(TABLE)
def test_a_text_has_a_confidence_for_each_word(answers):
    rows = [(item, who, said) for item, row in enumerate(answers) for who, said in enumerate(row)]
    found = consolidate_texts(table_of(rows)).consensus
    for value, parts, right in zip(found.value, found.parts, found.right, strict=True):
        assert len(value.split()) == len(parts)
        assert all(0.0 < part <= 1.0 for part in parts)
        assert 0.0 <= right <= 1.0


def test_a_perfect_person_beats_two_coins_where_control_items_tell():
    rows, known = [], []
    for item in range(12):
        true = f"number {item} is the right one"
        known.append(true if item < 10 else None)
        rows.append((item, 0, true))
        rows += [(item, who, f"nothing {item} was a wrong word") for who in (1, 2)]
    found = consolidate_texts(table_of(rows), known=known)
    assert found.consensus.value[10:] == ["number 10 is the right one", "number 11 is the right one"]
    assert found.skill[0] > 0.85 > 0.6 > found.skill[1]


@pytest.mark.shared_data
def test_transcriptions_of_a_real_crowd_have_fewer_errors_than_the_medoid():
    folder = shared_data("crowd", "crowdspeech_dev_other")
    with gzip.open(folder / "answers.csv.gz", "rt") as lines:
        rows = [row for row in csv.DictReader(lines) if int(row["item"]) < 300]
    with (folder / "truth.csv").open() as lines:
        truth = {row["item"]: row["label"] for row in csv.DictReader(lines)}
    items = {key: place for place, key in enumerate(dict.fromkeys(row["item"] for row in rows))}
    people = {key: place for place, key in enumerate(dict.fromkeys(row["worker"] for row in rows))}
    table = table_of([(items[row["item"]], people[row["worker"]], row["label"]) for row in rows])
    found = consolidate_texts(table).consensus
    losses = np.array([text_loss(value, truth[key]) for key, value in zip(items, found.value, strict=True)])
    assert losses.mean() < 0.12
    # What is believed to be right is right: on average, and more often where more is believed.
    assert found.right.mean() == pytest.approx(1.0 - losses.mean(), abs=0.04)
    assert np.corrcoef(found.right, 1.0 - losses)[0, 1] > 0.5
