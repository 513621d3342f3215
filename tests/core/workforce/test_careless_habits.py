import itertools

import numpy as np
import pytest
from bench.quality.simulated_crowds import GUESSER, ONE_LABEL, PATTERN, crowd
from hypothesis import given
from hypothesis import strategies as st

from assay.core.consolidation.methods.dawid_skene import Choices
from assay.core.workforce.careless_habits import HONEST, habits
from assay.core.workforce.expected_answers import Foretold, foretell


def foretold(labels, ordinary, *, classes=2, person=None):
    """One person's answers (or those of `person`) with the probabilities that others give them."""
    count = len(labels)
    who = np.zeros(count, np.int64) if person is None else np.array(person)
    coded = Choices(np.arange(count), who, np.array(labels), count, int(who.max()) + 1, classes)
    nothing = np.zeros(count)
    return Foretold(
        coded=coded,
        ordinary=np.array(ordinary, dtype=float),
        own=nothing,
        hit=nothing,
        usual=nothing,
        against=np.zeros(count, np.int64),
        others=np.ones(count, np.int64),
        closed=True,
    )


def test_the_wager_of_a_fixed_mixture_is_that_of_the_counts_so_far():
    # y = a, a, b with counts plus a half: m = 1/2, 3/4, 1/6; q = 0.9, 0.2, 0.5.
    m, q = np.array([1 / 2, 3 / 4, 1 / 6]), np.array([0.9, 0.2, 0.5])
    stake = np.prod(m / (HONEST * q + (1 - HONEST) * m))
    found = habits(foretold([0, 0, 1], q.tolist()))
    # The first turns have no turn before them: the four patterns of one, two, three and four turns are known by hand too.
    lag = {
        1: [1 / 2, 1 / 2, 1 / 4],
        2: [1 / 2, 3 / 4, 1 / 2],
        3: [1 / 2, 3 / 4, 1 / 6],
        4: [1 / 2, 3 / 4, 1 / 6],
    }
    stakes = [np.prod(np.array(m) / (0.5 * q + 0.5 * np.array(m))) for m in lag.values()]
    assert np.exp(found.evidence[0]) == pytest.approx(0.8 * stake + 0.05 * sum(stakes))


def test_one_label_whatever_the_item_is_a_habit_and_following_the_items_is_none():
    same = habits(foretold([0] * 60, [0.95, 0.05] * 30))
    follows = habits(foretold([0, 1] * 30, [0.95] * 60))
    assert same.evidence[0] > np.log(1_000)
    assert (same.share[0], same.label[0], same.count[0]) == (1.0, 0, 60)
    assert follows.evidence[0] < 1.0


def test_a_pattern_is_found_by_its_length():
    labels = [0, 1, 2, 2] * 20
    found = habits(foretold(labels, [0.4] * 80, classes=3))
    assert found.evidence[0] > np.log(1_000)
    assert found.pattern[0] in (2, 3, 4)
    assert habits(foretold([0, 1] * 40, [0.5] * 80)).pattern[0] == 1


def test_people_are_judged_each_by_their_own_answers():
    labels = [0, 0] * 60
    q = list(itertools.chain.from_iterable((0.95, 0.5) if i % 2 else (0.05, 0.5) for i in range(60)))
    found = habits(foretold(labels, q, person=[0, 1] * 60))
    assert found.evidence[0] > np.log(100)
    alone = habits(foretold([0] * 60, q[::2]))
    assert found.evidence[0] == pytest.approx(alone.evidence[0])


def test_where_nobody_else_answered_nothing_is_said():
    one = foretold([0] * 50, [0.01] * 50)
    lonely = Foretold(**{name: getattr(one, name) for name in one.__slots__} | {"others": np.zeros(50, int)})
    found = habits(lonely)
    assert (found.evidence[0], found.count[0]) == (0.0, 0)


@given(q=st.lists(st.floats(0.05, 0.95), min_size=6, max_size=6))
def test_the_stake_of_somebody_honest_does_not_grow_on_average(q):
    """All 64 sequences of six answers, each with its probability where half of the answers follow the items."""
    total = 0.0
    for labels in itertools.product((0, 1), repeat=6):
        given_q = [share if label == 0 else 1 - share for share, label in zip(q, labels, strict=True)]
        counts, chance, stake = [0.5, 0.5], 1.0, 1.0
        for share, label in zip(given_q, labels, strict=True):
            m = counts[label] / sum(counts)
            mixed = HONEST * share + (1 - HONEST) * m
            chance *= mixed
            stake *= m / mixed
            counts[label] += 1
        total += chance * stake
    assert total == pytest.approx(1.0)


@pytest.mark.parametrize("careless", [GUESSER, ONE_LABEL, PATTERN])
def test_careless_people_stand_out_of_a_crowd_with_hard_items(careless):
    one = crowd(4, items=800, people=16, answers=5, classes=4, careless=careless, bad=2)
    found = habits(foretell(one.table)).evidence
    assert found[:2].min() > np.log(400)
    assert found[2:].max() < 0.0
