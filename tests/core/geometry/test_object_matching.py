from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.geometry.object_matching import best_matching, group_alike

GAINS = st.lists(
    st.lists(st.sampled_from([0.0, 0.0, 0.5, 0.7, 0.9, 1.0]), min_size=3, max_size=3), max_size=4
)


def edges_of(gain):
    rows = np.array(gain, dtype=float).reshape(-1, 3)
    left, right = np.nonzero(rows)
    return left, right, rows[left, right]


@given(GAINS)
def test_no_other_matching_scores_more(gain):
    left, right, score = edges_of(gain)
    used = best_matching(left, right, score, problem=np.zeros(len(left), dtype=np.int64))
    assert len(set(left[used])) == len(set(right[used])) == used.sum()
    rows = [*gain, *[[0.0] * 3] * (4 - len(gain))]
    best = max(sum(rows[i][k] for k, i in enumerate(order)) for order in permutations(range(4), 3))
    assert score[used].sum() == pytest.approx(best)


def test_greed_is_not_enough():
    left, right, score = edges_of([[0.9, 0.8, 0.0], [0.8, 0.0, 0.0]])
    used = best_matching(left, right, score, problem=np.zeros(3, dtype=np.int64))
    assert score[used].sum() == pytest.approx(1.6)


@given(st.lists(GAINS, min_size=1, max_size=4))
def test_many_matchings_at_once_are_each_as_if_alone(gains):
    parts = [edges_of(gain) for gain in gains]
    left, right, score, problem = [], [], [], []
    for at, (i, j, s) in enumerate(parts):
        left += (i + 10 * at).tolist()
        right += (j + 10 * at).tolist()
        score += s.tolist()
        problem += [at] * len(i)
    arrays = np.array(left, np.int64), np.array(right, np.int64), np.array(score, float)
    used = best_matching(*arrays, problem=np.array(problem, np.int64))
    for at, (i, j, s) in enumerate(parts):
        alone = best_matching(i, j, s, problem=np.zeros(len(i), dtype=np.int64))
        assert arrays[2][used & (np.array(problem) == at)].sum() == pytest.approx(s[alone].sum())


def one_at_a_time(left, right, score, answer):
    """Join pairs in the order of their score, one by one."""
    group = list(range(len(answer)))
    for k in sorted(range(len(left)), key=lambda k: (-score[k], left[k], right[k])):
        a, b = group[left[k]], group[right[k]]
        members = [[i for i, g in enumerate(group) if g == which] for which in (a, b)]
        if a != b and not {answer[i] for i in members[0]} & {answer[i] for i in members[1]}:
            group = [min(a, b) if g in (a, b) else g for g in group]
    return group


@given(st.integers(0, 100_000), st.integers(2, 14), st.integers(2, 5))
def test_groups_are_those_of_joining_one_pair_at_a_time(seed, objects, answers):
    dice = np.random.default_rng(seed)
    answer = dice.integers(answers, size=objects)
    left, right = np.triu_indices(objects, 1)
    keep = (answer[left] != answer[right]) & (dice.random(len(left)) < 0.5)
    left, right = left[keep], right[keep]
    score = dice.integers(1, 6, len(left)) / 5.0
    found = group_alike(left, right, score, answer=answer)
    assert found.tolist() == one_at_a_time(left.tolist(), right.tolist(), score.tolist(), answer.tolist())


def test_more_than_sixty_four_answers_share_a_group():
    n = 130
    left, right = np.arange(n - 1), np.arange(1, n)
    together = group_alike(left, right, np.ones(n - 1), answer=np.arange(n))
    assert set(together.tolist()) == {0}
    twice = group_alike(left, right, np.ones(n - 1), answer=np.arange(n) % 100)
    assert len(set(twice.tolist())) > 1
