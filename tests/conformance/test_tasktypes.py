"""Every task type through the same checks."""

import numpy as np
import pytest

from assay.core.errors import InvalidLabel
from assay.core.labels import LabelClass, LabelSchema
from assay.core.ports import Ability, AnswerTable
from assay.tasktypes import TASK_TYPES

SCHEMA = LabelSchema(tuple(LabelClass(name) for name in "abc"))
PERSON = Ability(skill=0.8, confusion=0.5, care=0.95, spam=False, seconds=5.0)


@pytest.fixture(params=TASK_TYPES.names())
def task(request):
    return TASK_TYPES.get(request.param)


def answers(task, *, items=60, people=6):
    dice = np.random.default_rng(1)
    examples = task.examples()
    truth = [examples[k] for k in dice.integers(len(examples), size=items)]
    item, person = np.repeat(np.arange(items), people), np.tile(np.arange(people), items)
    value = [task.text(task.draw(truth[i], schema=SCHEMA, person=PERSON, chance=dice)) for i in item.tolist()]
    return AnswerTable(item, person, value, items, people), [task.text(value) for value in truth]


def test_a_task_type_is_named_after_its_folder(task):
    assert task.name in TASK_TYPES.names()
    assert TASK_TYPES.get(task.name) is task
    assert task.media in {"image", "text", None}
    assert task.manifest_type.startswith("groundtruth/")


def test_what_is_written_is_read_back(task):
    for value in task.examples():
        assert task.parse(task.text(value), schema=SCHEMA) == value


def test_nonsense_is_refused(task):
    for text in ("", "no such label", '{"a": }'):
        with pytest.raises(InvalidLabel):
            task.parse(text, schema=SCHEMA)


def test_comparing_is_symmetric_and_zero_for_equals(task):
    for a in task.examples():
        assert task.compare(a, a) == 0.0
        for b in task.examples():
            assert 0.0 <= task.compare(a, b) <= 1.0
            assert task.compare(a, b) == task.compare(b, a)


def test_drawn_answers_are_valid_and_follow_ability(task):
    true = task.examples()[0]
    able = Ability(skill=1.0, confusion=0.0, care=1.0, spam=False, seconds=1.0)
    spam = Ability(skill=1.0, confusion=0.0, care=1.0, spam=True, seconds=1.0)
    dice = np.random.default_rng(2)
    guesses = [task.draw(true, schema=SCHEMA, person=spam, chance=dice) for _ in range(60)]
    assert all(task.parse(task.text(guess), schema=SCHEMA) == guess for guess in guesses)
    assert any(task.compare(guess, true) > 0 for guess in guesses)
    assert task.draw(true, schema=SCHEMA, person=able, chance=dice) == true


def test_consensus_is_complete_and_better_than_one_person(task):
    table, truth = answers(task)
    model = task.fit(table, schema=SCHEMA, known=[None] * table.items)
    found = model.consensus(table)
    assert len(found.value) == table.items
    assert (found.count == 6).all()
    assert ((found.right > 0) & (found.right <= 1)).all()
    assert ((found.agreement >= 0) & (found.agreement <= 1)).all()
    assert np.mean([a == b for a, b in zip(found.value, truth, strict=True)]) > 0.85


def test_a_fitted_model_survives_storage_and_grows(task):
    table, _ = answers(task)
    model = task.fit(table, schema=SCHEMA, known=[None] * table.items)
    back = task.load(model.to_bytes(), schema=SCHEMA)
    assert np.array_equal(back.consensus(table).right, model.consensus(table).right)
    assert len(model.grown(9).skill()) == 9
    assert ((model.skill() >= 0) & (model.skill() <= 1)).all()
