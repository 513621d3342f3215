from typing import Any, cast

import numpy as np
import pytest
from tests.support.choosing import ANIMALS, Choosing

from assay.core.errors import InvalidLabel
from assay.core.ports.task_type import TaskType
from assay.core.ports.workforce import Workforce
from assay.providers.workforce.simulated import SimulatedWorkforce
from assay.providers.workforce.simulated.people import draw_people
from assay.providers.workforce.simulated.workforce import NO_TRUTH, difficulty

KEYS = [f"item-{number}" for number in range(1_500)]
TRUTH = {key: ANIMALS.names[number % 4] for number, key in enumerate(KEYS)}
TASK = cast("TaskType", Choosing())


def crowd(**changes: Any) -> SimulatedWorkforce:
    asked: dict[str, Any] = {"seed": 7, "people": 30, "experts": 3, "truth": TRUTH}
    return SimulatedWorkforce(**(asked | changes), schema=ANIMALS, task=TASK)


def test_a_simulated_workforce_is_a_workforce():
    workforce: Workforce = crowd()
    assert [person.code for person in workforce.people()][:2] == ["labeller-01", "labeller-02"]
    assert [person.code for person in workforce.people() if person.expert] == [
        "expert-01",
        "expert-02",
        "expert-03",
    ]
    assert len(workforce.people()) == 33


def test_the_same_question_gets_the_same_answer_in_any_order_and_in_any_process():
    one, other = crowd(), crowd()
    asked = [(f"labeller-{n:02d}", key) for n in range(1, 31) for key in KEYS[:20]]
    forwards = [one.give(person, key, expert=False) for person, key in asked]
    backwards = [other.give(person, key, expert=False) for person, key in reversed(asked)]
    assert forwards == backwards[::-1]
    assert one.give("labeller-01", "item-3", expert=False) == one.give("labeller-01", "item-3", expert=False)


def test_another_seed_is_another_crowd():
    assert crowd(seed=1).people() != crowd(seed=2).people()


def test_people_do_not_change_when_colleagues_join():
    few = {person.code: person.ability for person in draw_people(seed=3, people=5, experts=1)}
    more = {person.code: person.ability for person in draw_people(seed=3, people=11, experts=2)}
    assert few.items() <= more.items()


@pytest.mark.parametrize(("people", "spammers"), [(1, 0), (11, 0), (12, 1), (30, 2), (100, 5)])
def test_about_one_in_twenty_is_a_spammer_where_a_dozen_or_more_work(people, spammers):
    crowd = draw_people(seed=1, people=people, experts=2)
    assert sum(person.ability.spam for person in crowd) == spammers
    assert not any(person.ability.spam for person in crowd if person.expert)


def test_abilities_are_shares_and_most_people_are_skilled_and_careful():
    abilities = [p.ability for p in draw_people(seed=5, people=400, experts=0)]
    for name in ("skill", "confusion", "care"):
        values = np.array([getattr(ability, name) for ability in abilities])
        assert values.min() >= 0.0
        assert values.max() <= 1.0
    assert np.mean([a.skill for a in abilities]) == pytest.approx(0.88, abs=0.02)
    assert np.mean([a.care >= 0.97 for a in abilities]) > 0.85
    assert 4.0 < np.median([a.seconds for a in abilities]) < 9.0


def test_experts_are_right_about_995_times_in_a_thousand_and_slower():
    workforce = crowd()
    said = [workforce.give("expert-01", key, expert=True) for key in KEYS]
    assert np.mean([one.value == TRUTH[key] for one, key in zip(said, KEYS, strict=True)]) >= 0.985
    assert not any(one.abandons or one.skip_reason for one in said)
    quick = np.median([workforce.give("labeller-02", key, expert=False).seconds for key in KEYS])
    assert np.median([one.seconds for one in said]) > 1.5 * quick


def test_labellers_err_skip_and_abandon_now_and_then():
    workforce = crowd()
    good = [p.code for p in workforce.people() if not p.expert and not p.ability.spam]
    said = [(key, workforce.give(code, key, expert=False)) for code in good[:10] for key in KEYS[:400]]
    answered = [(key, one.value) for key, one in said if one.value is not None]
    assert 0.75 < np.mean([value == TRUTH[key] for key, value in answered]) < 0.92
    skipped = [one for _, one in said if one.skip_reason]
    abandoned = [one for _, one in said if one.abandons]
    assert 0 < len(skipped) < 0.02 * len(said)
    assert 0 < len(abandoned) < 0.02 * len(said)
    assert len(answered) + len(skipped) + len(abandoned) == len(said)
    assert all(one.seconds > 0.0 for _, one in said)


def test_a_spammer_guesses():
    workforce = crowd()
    spammer = next(p.code for p in workforce.people() if p.ability.spam)
    said = [workforce.give(spammer, key, expert=False).value for key in KEYS]
    assert np.mean([value == TRUTH[key] for value, key in zip(said, KEYS, strict=True)]) < 0.35


def test_hard_items_are_answered_worse_and_with_the_same_wrong_label():
    workforce = crowd(people=11)
    hard = sorted(KEYS, key=lambda key: -difficulty(7, key))[:60]
    easy = sorted(KEYS, key=lambda key: difficulty(7, key))[:60]

    def wrong(keys: list[str]) -> list[list[str]]:
        given = [
            [workforce.give(f"labeller-{n:02d}", key, expert=False).value for n in range(1, 12)]
            for key in keys
        ]
        return [
            [value for value in values if value not in (None, TRUTH[key])]
            for key, values in zip(keys, given, strict=True)
        ]

    errors_hard, errors_easy = wrong(hard), wrong(easy)
    assert sum(map(len, errors_hard)) > 1.5 * sum(map(len, errors_easy))
    together = [max(map(values.count, values)) / len(values) for values in errors_hard if len(values) > 2]
    assert np.mean(together) > 0.75


def test_everybody_skips_an_item_without_truth_and_says_why():
    workforce = crowd()
    for code, expert in (("expert-01", True), ("labeller-01", False)):
        given = workforce.give(code, "unknown", expert=expert)
        assert given.value is None
        assert given.skip_reason == NO_TRUTH
    assert workforce.able("unknown") is None


def test_a_truth_that_is_no_label_of_the_project_is_refused_when_it_is_looked_at():
    workforce = crowd(truth={"a": "horse"})
    with pytest.raises(
        InvalidLabel, match="'horse' is not a label of this project: of item 'a' in the truth, "
    ):
        workforce.give("expert-01", "a", expert=True)
