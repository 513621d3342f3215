import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core import chance

seeds = st.one_of(st.integers(), st.text(max_size=8))
words = st.text(max_size=12)


def test_a_draw_is_the_same_on_every_machine_and_in_every_release():
    assert chance.digest(7, "audit", "item-1").hex() == "db460a5826326040d66479882432efbf"
    assert chance.uniform(7, "audit", "item-1") == 0.8565374818046592
    assert chance.order(7, "audit", ["a", "b", "c", "d", "e"]) == [0, 3, 4, 2, 1]
    assert chance.generator(7, "audit", "item-1").integers(1_000_000, size=3).tolist() == [
        346229,
        645245,
        649190,
    ]


@given(seed=seeds, purpose=words, subject=words)
def test_the_same_key_draws_the_same_and_a_share_below_one(seed, purpose, subject):
    drawn = chance.uniform(seed, purpose, subject)
    assert drawn == chance.uniform(seed, purpose, subject)
    assert 0.0 <= drawn < 1.0
    assert chance.uniforms(seed, purpose, [subject, subject]).tolist() == [drawn, drawn]


@pytest.mark.parametrize("other", [(8, "p", "s"), (7, "q", "s"), (7, "p", "t"), (7, "p\x1fs", "")])
def test_seed_purpose_and_subject_each_make_another_draw(other):
    assert chance.digest(*other) != chance.digest(7, "p", "s")


@given(seed=seeds, below=st.integers(1, 10**9))
def test_a_pick_stays_below_its_limit(seed, below):
    assert 0 <= chance.pick(seed, "p", "s", below=below) < below


@given(seed=seeds, subjects=st.lists(words, unique=True, max_size=30), data=st.data())
def test_an_order_ranks_subjects_whatever_order_they_are_given_in(seed, subjects, data):
    ranked = [subjects[place] for place in chance.order(seed, "p", subjects)]
    shuffled = data.draw(st.permutations(subjects))
    assert [shuffled[place] for place in chance.order(seed, "p", shuffled)] == ranked
    assert sorted(ranked) == sorted(subjects)


def test_one_subject_more_moves_no_other():
    subjects = [f"item-{number}" for number in range(50)]
    before = [subjects[place] for place in chance.order(1, "p", subjects)]
    after = [[*subjects, "new"][place] for place in chance.order(1, "p", [*subjects, "new"])]
    assert [one for one in after if one != "new"] == before


def test_uniforms_are_spread_evenly_and_neighbouring_subjects_are_unrelated():
    drawn = chance.uniforms(3, "p", [str(number) for number in range(20_000)])
    counts = np.histogram(drawn, bins=20, range=(0.0, 1.0))[0]
    assert np.all(np.abs(counts - 1_000) < 150)
    assert abs(np.corrcoef(drawn[:-1], drawn[1:])[0, 1]) < 0.03


def test_every_subject_has_a_generator_of_its_own():
    first = chance.generator(1, "p", "a").random(5)
    assert np.array_equal(first, chance.generator(1, "p", "a").random(5))
    assert not np.array_equal(first, chance.generator(1, "p", "b").random(5))
