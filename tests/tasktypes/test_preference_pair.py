import numpy as np
import pytest

from assay.core.errors import InvalidLabel
from assay.core.labels.label_values import FIRST, SECOND, TIE, Preference, schema_of
from assay.core.labels.loss_rules import Frame
from assay.core.ports.answers import AnswerTable
from assay.core.ports.task_type import Ability
from assay.tasktypes.preference_pair import MEMBER as TASK

SCHEMA = schema_of([FIRST, SECOND, TIE])


def text(name):
    return TASK.text(Preference(name))


def crowd(*, items, people, bias, skill=0.75, each=3, seed=1):
    """People who cannot decide say `first` (with probability `bias`), else err evenly."""
    dice = np.random.default_rng(seed)
    truth = dice.choice([FIRST, SECOND, TIE], p=[0.45, 0.45, 0.1], size=items)
    item, person, value = [], [], []
    for i, true in enumerate(truth.tolist()):
        for p in dice.permutation(people)[:each].tolist():
            said = true
            if dice.random() >= skill:
                said = FIRST if dice.random() < bias else str(dice.choice([FIRST, SECOND, TIE]))
            item.append(i)
            person.append(p)
            value.append(text(said))
    return AnswerTable(np.array(item), np.array(person), value, items, people), truth


def majority(table):
    votes = np.zeros((table.items, 3))
    for i, value in zip(table.item.tolist(), table.value, strict=True):
        votes[i, [text(name) for name in SCHEMA.names].index(value)] += 1
    return [SCHEMA.names[k] for k in votes.argmax(axis=1).tolist()]


def loss(found, truth):
    frame = Frame(SCHEMA)
    return np.mean(
        [TASK.compare(Preference(a), Preference(b), frame=frame) for a, b in zip(found, truth, strict=True)]
    )


def test_a_crowd_that_favours_the_first_place_is_corrected():
    table, truth = crowd(items=1500, people=12, bias=0.9, skill=0.55)
    model = TASK.fit(table, schema=SCHEMA, known=[None] * 1500)
    found = [TASK.parse(one, schema=SCHEMA).winner for one in model.consensus(table).value]
    said_first = np.mean([value == text(FIRST) for value in table.value])
    assert said_first > 0.6
    assert found.count(FIRST) / 1500 < said_first - 0.08
    assert loss(found, truth) < loss(majority(table), truth) - 0.02
    assert model.people.pool[1, 0] > model.people.pool[0, 1] + 0.1


def test_a_crowd_without_bias_is_left_alone():
    table, truth = crowd(items=1500, people=12, bias=0.0)
    model = TASK.fit(table, schema=SCHEMA, known=[None] * 1500)
    found = [TASK.parse(one, schema=SCHEMA).winner for one in model.consensus(table).value]
    assert abs(found.count(FIRST) - found.count(SECOND)) / 1500 < 0.05
    assert loss(found, truth) <= loss(majority(table), truth) + 0.005


def test_one_of_each_is_a_tie_because_that_loses_least():
    table = AnswerTable(np.zeros(2, int), np.arange(2), [text(FIRST), text(SECOND)], 1, 2)
    found = TASK.fit(table, schema=SCHEMA, known=[None]).consensus(table)
    assert found.value[0] == text(TIE)
    assert found.agreement[0] == 0.5


def test_without_ties_there_are_two_answers():
    two = schema_of([FIRST, SECOND])
    assert TASK.ways(two) == 2
    with pytest.raises(InvalidLabel):
        TASK.parse(text(TIE), schema=two)
    table = AnswerTable(np.zeros(3, int), np.arange(3), [text(SECOND)] * 3, 1, 3)
    assert TASK.fit(table, schema=two, known=[None]).consensus(table).value[0] == text(SECOND)
    person = Ability(skill=0.0, confusion=0.0, care=1.0, spam=False, seconds=1.0)
    chance = np.random.default_rng(1)
    said = {TASK.draw(Preference(FIRST), schema=two, person=person, chance=chance).winner for _ in range(20)}
    assert said == {SECOND}


def test_a_models_guess_is_not_heard():
    table = AnswerTable(np.zeros(1, int), np.zeros(1, int), [text(FIRST)], 2, 1)
    model = TASK.fit(table, schema=SCHEMA, known=[None] * 2)
    prior = np.array([[0.0, 1.0, 0.0]] * 2)
    assert model.posteriors(table, prior=prior) is None
    assert list(model.consensus(table, prior=prior).value) == [text(FIRST), ""]


def test_many_spellings_of_a_winner_are_read():
    for said, winner in (('{"winner":"a"}', FIRST), ("2", SECOND), ("tie", TIE), ('{"winner": 0}', TIE)):
        assert TASK.parse(said, schema=SCHEMA) == Preference(winner)


def test_simulated_people_favour_the_first_place():
    person = Ability(skill=0.0, confusion=0.0, care=1.0, spam=False, seconds=1.0)
    chance = np.random.default_rng(2)
    said = [
        TASK.draw(Preference(SECOND), schema=SCHEMA, person=person, chance=chance).winner for _ in range(300)
    ]
    assert SECOND not in said
    assert said.count(FIRST) > 200
