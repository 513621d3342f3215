import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.ports.answers import AnswerTable
from assay.core.workforce import expected_answers
from assay.core.workforce.expected_answers import foretell, votes_of


def table(rows, *, items=None, people=None):
    item, person, value = zip(*rows, strict=True)
    return AnswerTable(
        np.array(item), np.array(person), list(value), items or max(item) + 1, people or max(person) + 1
    )


def agreeing(items=60, people=5, dissent=()):
    """Everybody says `a` or `b` in turns of the item, but for (item, person) of `dissent`."""
    return table(
        [(i, p, ("a" if (i % 2) ^ ((i, p) in dissent) else "b")) for i in range(items) for p in range(people)]
    )


def test_an_answer_that_all_others_gave_is_expected_and_one_that_nobody_gave_is_not():
    found = foretell(agreeing(dissent={(7, 2)}))
    row = 7 * 5 + 2
    assert found.ordinary[row] < 0.1
    assert found.against[row] == 1
    assert found.hit[row] < 0.05
    assert np.delete(found.ordinary, [7 * 5 + p for p in range(5)]).min() > 0.9
    assert found.others.tolist() == [4] * 300


def test_an_answer_says_nothing_about_itself():
    one = table([(0, 0, "a"), (1, 0, "a"), (1, 1, "a"), (2, 1, "b"), (2, 0, "b")])
    found = foretell(one)
    assert found.others.tolist() == [0, 1, 1, 1, 1]
    alone = foretell(table([(0, 0, "b"), (1, 0, "a"), (1, 1, "a"), (2, 1, "b"), (2, 0, "b")]))
    # Whatever stands alone, the other answers' votes are the same.
    assert found.against[1:].tolist() == alone.against[1:].tolist()


def test_what_is_known_outweighs_what_the_others_said():
    crowd = agreeing(items=40, dissent={(6, p) for p in range(1, 5)})
    wrong = foretell(crowd)
    known = np.full(40, -1)
    known[6] = 1  # b, of a and b
    right = foretell(crowd, known=known)
    assert wrong.hit[6 * 5] < 0.5
    assert right.hit[6 * 5] == pytest.approx(1.0)


def test_answers_that_are_drawn_freely_are_expected_where_others_gave_the_very_same(monkeypatch):
    monkeypatch.setattr(expected_answers, "CLOSED", 3)
    rows = [(i, p, f"box {i} {p}") for i in range(30) for p in range(3)]
    rows[0] = (0, 0, "none")
    rows[1] = (0, 1, "none")
    found = foretell(table(rows))
    assert not found.closed
    assert found.ordinary[0] > found.ordinary[2]
    assert found.against[:3].tolist() == [0, 0, 1]


def test_nothing_is_said_of_no_answers():
    found = foretell(AnswerTable(np.zeros(0, np.int64), np.zeros(0, np.int64), [], 3, 2))
    assert (len(found.ordinary), found.closed) == (0, False)


@settings(max_examples=30)
@given(seed=st.integers(0, 10_000), labels=st.integers(2, 4))
def test_probabilities_are_such_and_do_not_depend_on_the_names_of_items_and_people(seed, labels):
    dice = np.random.default_rng(seed)
    item, person = np.divmod(dice.permutation(60)[:45], 6)
    value = [f"l{one}" for one in dice.integers(labels, size=45)]
    one = foretell(AnswerTable(item, person, value, 10, 6))
    for shares in (one.ordinary, one.own, one.hit):
        assert ((shares >= 0) & (shares <= 1 + 1e-9)).all()
    items, people = dice.permutation(10), dice.permutation(6)
    other = foretell(AnswerTable(items[item], people[person], value, 10, 6))
    assert one.ordinary == pytest.approx(other.ordinary)
    assert one.own == pytest.approx(other.own)


def test_votes_are_counted_by_item_and_label():
    found = foretell(table([(0, 0, "b"), (0, 1, "b"), (1, 0, "a")]))
    assert votes_of(found.coded).tolist() == [[0, 2], [1, 0]]
