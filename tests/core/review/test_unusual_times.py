"""Items that everybody was long or short about."""

import numpy as np
import pytest

from assay.core.review.unusual_times import RATE, item_times, sentence_of


def crowd(seed, *, items=2_000, people=30, each=3, tails=None, spread=0.3):
    dice = np.random.default_rng(seed)
    item = np.repeat(np.arange(items), each)
    person = np.concatenate([dice.choice(people, each, replace=False) for _ in range(items)])
    noise = dice.standard_t(tails, len(item)) if tails else dice.normal(size=len(item))
    pace = dice.normal(0, 0.6, people)
    logs = 1.5 + dice.normal(0, spread, items)[item] + pace[person] + 0.4 * noise
    return item, person, np.exp(logs)


def test_ordinary_items_are_found_as_seldom_as_is_said():
    found = sum(np.abs(item_times(*crowd(seed), items=2_000).unusual).sum() for seed in range(10))
    assert found <= RATE * 20_000 + 5 * np.sqrt(RATE * 20_000)


def test_coffee_breaks_of_single_people_are_no_findings_about_items():
    # Student's t with two degrees of freedom: one answer of thirty takes ten times as long.
    found = sum(np.abs(item_times(*crowd(s, tails=2.0), items=2_000).unusual).sum() for s in range(10))
    assert found <= 0.004 * 20_000


@pytest.mark.parametrize("times", [20.0, 0.05])
def test_an_item_of_which_all_answers_are_long_or_short_is_found(times):
    item, person, seconds = crowd(1)
    seconds[item == 17] *= times
    found = item_times(item, person, seconds, items=2_000)
    assert found.unusual[17] == (1 if times > 1 else -1)
    assert np.abs(found.unusual).sum() <= 1 + 10
    assert 0.3 < found.factor[17] / times < 3.0


def test_one_long_answer_of_three_is_not_enough():
    item, person, seconds = crowd(1)
    at = np.flatnonzero(item == 17)
    seconds[at[0]] *= 10_000
    assert item_times(item, person, seconds, items=2_000).unusual[17] == 0


def test_a_single_answer_is_never_enough():
    item, person, seconds = crowd(1, each=1)
    seconds[item == 17] *= 10_000
    assert not item_times(item, person, seconds, items=2_000).unusual.any()


def test_slow_people_make_no_slow_items():
    item, person, seconds = crowd(2)
    slow = np.where(person < 5, seconds * 30, seconds)
    plain, other = (item_times(item, person, times, items=2_000) for times in (seconds, slow))
    assert other.unusual.tolist() == plain.unusual.tolist()
    assert other.factor == pytest.approx(plain.factor)


def test_the_order_of_answers_does_not_matter():
    item, person, seconds = crowd(3)
    mixed = np.random.default_rng(1).permutation(len(item))
    plain = item_times(item, person, seconds, items=2_000)
    other = item_times(item[mixed], person[mixed], seconds[mixed], items=2_000)
    assert other.unusual.tolist() == plain.unusual.tolist()


def test_untold_times_say_nothing():
    none = np.zeros(0, dtype=np.int64)
    assert item_times(none, none, np.zeros(0), items=3).unusual.tolist() == [0, 0, 0]
    item, person, _ = crowd(1)
    assert not item_times(item, person, np.zeros(len(item)), items=2_000).unusual.any()
    assert not item_times(item, person, np.full(len(item), 3.0), items=2_000).unusual.any()


def test_what_is_told():
    assert (
        sentence_of(12.3, answers=3)
        == "All its 3 answers took unusually long: 12 times what these people need."
    )
    assert sentence_of(0.1, answers=2).startswith("All its 2 answers took unusually short")
