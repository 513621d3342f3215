import numpy as np
import pytest

from assay.core.consolidation.methods.weighted_votes import decide, voice


def test_one_vote_is_as_sure_as_its_giver():
    for rate, ways in ((0.9, 2), (0.7, 5)):
        weight = voice(np.array([rate]), ways=ways)
        found = decide(np.array([0]), np.array([1]), weight=weight, questions=1, ways=ways)
        assert (found.code[0], found.own[0]) == (1, pytest.approx(rate))
        assert found.sure[0] == pytest.approx(rate)


def test_whoever_guesses_or_is_worse_weighs_nothing():
    assert voice(np.array([0.5, 0.2]), ways=2).tolist() == [0.0, 0.0]


def test_ties_go_to_the_smaller_code_and_questions_without_votes_have_none():
    found = decide(np.array([2, 2, 0]), np.array([7, 3, 1]), weight=np.ones(3), questions=4, ways=10)
    assert found.code.tolist() == [1, -1, 3, -1]
    assert found.own[0] == found.own[1] == found.sure[2]
    assert found.sure[1] == 0.0


def test_a_label_set_of_one_leaves_no_doubt():
    found = decide(np.array([0]), np.array([0]), weight=voice(np.array([0.6]), ways=1), questions=1, ways=1)
    assert found.sure[0] == 1.0


def test_great_weights_do_not_overflow():
    found = decide(
        np.zeros(2000, np.int64), np.zeros(2000, np.int64), weight=np.full(2000, 5.0), questions=1, ways=3
    )
    assert found.sure[0] == 1.0
