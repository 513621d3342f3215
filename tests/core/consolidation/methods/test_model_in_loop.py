import numpy as np
import pytest
from tests.support.data import shared_data

from assay.core.consolidation.methods.model_in_loop import learn_with_model
from assay.core.labels.label_values import Choices, schema_of
from assay.core.ports.answers import AnswerTable
from assay.providers.prelabel import PRELABELLERS
from assay.service.intake.answer_files import read_answers, read_truth
from assay.tasktypes import TASK_TYPES

MODEL = PRELABELLERS.get("image_embeddings")
ONE, SETS = TASK_TYPES.get("classification"), TASK_TYPES.get("text_classification_multi")
ABC = schema_of(["a", "b", "c"])


def crowd(*, items=300, each=2, skill=0.6, seed=1):
    """Items in three clouds, and people who are right at that rate."""
    dice = np.random.default_rng(seed)
    truth = dice.integers(3, size=items)
    features = dice.normal(size=(items, 8)) + 3.5 * np.eye(3, 8)[truth]
    item = np.repeat(np.arange(items), each)
    wrong = (truth[item] + dice.integers(1, 3, len(item))) % 3
    said = np.where(dice.random(len(item)) < skill, truth[item], wrong)
    table = AnswerTable(item, dice.integers(0, 10, len(item)), ["abc"[k] for k in said], items, 10)
    return table, features.astype(np.float32), truth, dice.integers(0, 3, items)


def learn(table, features, fold, *, known=None, task=ONE, schema=ABC, rounds=5):
    return learn_with_model(
        table,
        features=features,
        task=task,
        schema=schema,
        known=known or [None] * table.items,
        model=MODEL,
        fold=fold,
        rounds=rounds,
    )


def right(table, truth, prior, *, schema=ABC):
    people = ONE.fit(table, schema=schema, known=[None] * table.items, prior=prior)
    return np.mean(
        [schema.names[t] == v for t, v in zip(truth, people.consensus(table, prior=prior).value, strict=True)]
    )


def test_people_and_model_know_more_together_than_either_alone():
    table, features, truth, fold = crowd()
    once, often = learn(table, features, fold, rounds=1), learn(table, features, fold)
    assert (
        right(table, truth, None) + 0.1 < right(table, truth, once) + 0.02 < right(table, truth, often) + 0.04
    )
    assert right(table, truth, often) > 0.88


def test_one_round_is_a_model_taught_by_people_alone():
    table, features, _, fold = crowd()
    soft = ONE.fit(table, schema=ABC, known=[None] * 300).posteriors(table)
    alone = MODEL.predict(features, soft=soft, answered=np.ones(300, dtype=bool), fold=fold)
    assert np.array_equal(learn(table, features, fold, rounds=1), alone)


def test_items_without_answers_have_rows_from_what_others_taught():
    table, features, truth, fold = crowd()
    kept = table.item < 200
    some = AnswerTable(
        table.item[kept],
        table.person[kept],
        [v for v, k in zip(table.value, kept, strict=True) if k],
        300,
        10,
    )
    rows = learn(some, features, fold)
    assert (rows.argmax(axis=1) == truth)[200:].mean() > 0.85


def test_known_labels_teach_like_answers_that_are_never_wrong():
    table, features, truth, fold = crowd(items=120, each=1, skill=0.4)
    known = ["abc"[t] if i % 2 else None for i, t in enumerate(truth)]
    taught, untaught = learn(table, features, fold, known=known), learn(table, features, fold)
    others = np.arange(120) % 2 == 0
    assert (taught.argmax(axis=1) == truth)[others].mean() > (untaught.argmax(axis=1) == truth)[others].mean()


def test_without_answers_nobody_says_anything():
    table, features, _, fold = crowd(each=0)
    assert learn(table, features, fold) == pytest.approx(np.full((300, 3), 1 / 3))


def test_sets_of_labels_are_learnt_with_the_people_too():
    dice = np.random.default_rng(4)
    has = dice.random((200, 2)) < 0.5
    features = (dice.normal(size=(200, 6)) + 3.0 * has @ np.eye(2, 6)).astype(np.float32)
    schema = schema_of(["red", "big"])
    item = np.repeat(np.arange(200), 2)
    said = has[item] ^ (dice.random((400, 2)) < 0.15)
    values = [SETS.text(value) for value in _sets(said, schema)]
    table = AnswerTable(item, dice.integers(0, 8, 400), values, 200, 8)
    rows = learn(table, features, dice.integers(0, 3, 200), task=SETS, schema=schema)
    assert ((rows > 0.5) == has).mean() > 0.9


def _sets(said, schema):
    from_names = {name: k for k, name in enumerate(schema.names)}
    for row in said:
        yield Choices(tuple(name for name, k in from_names.items() if row[k]))


def test_labelmes_crowd_is_right_more_often_with_what_a_network_saw():
    answers, known = (shared_data("crowd", "labelme", name) for name in ("answers.csv", "truth.csv"))
    stored = np.load(shared_data("crowd", "labelme", "features.npz"))["features"].astype(np.float32)
    recorded, truth = read_answers(answers), read_truth(known)
    schema = schema_of(sorted({*recorded.value, *truth.values()}))
    table = AnswerTable(
        np.asarray(recorded.item, dtype=np.int64),
        np.asarray(recorded.person, dtype=np.int64),
        list(recorded.value),
        len(recorded.items),
        int(np.max(recorded.person)) + 1,
    )
    features = stored[[int(key[1:]) for key in recorded.items]]
    labels = [schema.names.index(truth[key]) for key in recorded.items]
    rows = learn(table, features, np.random.default_rng(0).integers(0, 3, table.items), schema=schema)
    assert right(table, labels, None, schema=schema) < 0.81
    assert right(table, labels, rows, schema=schema) > 0.86
