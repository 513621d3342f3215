"""A task type in one file, as a newcomer writes it, and the model that it gets."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.consolidation.methods.dawid_skene import expected_matrix
from assay.core.consolidation.stored_models import DamagedModel
from assay.core.consolidation.task_bases.by_comparison import ByComparison, fit_skills
from assay.core.errors import InvalidLabel
from assay.core.labels.label_values import Choice, Point, Points, schema_of
from assay.core.labels.loss_rules import Frame
from assay.core.ports.answers import AnswerTable
from assay.core.ports.task_type import Ability, Rows, TaskType

SCHEMA = schema_of(["a", "b", "c"])


class ImagePoints(ByComparison):
    """One point per image; the loss grows with the distance, up to 10 pixels."""

    name = "image_points"
    media = "image"
    manifest_type = "groundtruth/custom"
    produces = Points

    def compare(self, a, b, *, frame):
        (one,), (two,) = a.points, b.points
        return min(1.0, float(np.hypot(one.x - two.x, one.y - two.y)) / 10.0)

    def draw(self, value, *, schema, person, chance):
        (true,) = value.points
        if person.spam or chance.random() >= person.care:
            return Points((Point(true.label, *chance.uniform(0, 100, 2)),))
        off = chance.normal(0.0, 8.0 * (1.0 - person.skill), 2)
        return Points((Point(true.label, true.x + off[0], true.y + off[1]),))

    def examples(self):
        return (Points((Point("a", 10, 20),)), Points((Point("b", 14, 22.5),)))


class Choosing(ByComparison):
    """Choices by comparison, to hold the model against what is known of choices."""

    name = "choosing"
    media = None
    manifest_type = "groundtruth/custom"
    produces = Choice

    def ways(self, schema):
        return len(schema.names)

    def compare(self, a, b, *, frame):
        return float(a != b)

    def draw(self, value, *, schema, person, chance):
        return value

    def examples(self):
        return (Choice("a"), Choice("b"))


TASK: TaskType = ImagePoints()
CHOOSING = Choosing()


def table_of(rows, *, items=None, people=None, models=frozenset()):
    item, person, value = zip(*rows, strict=True) if rows else ((), (), ())
    return AnswerTable(
        np.array(item, np.int64),
        np.array(person, np.int64),
        value,
        items if items is not None else max(item) + 1,
        people if people is not None else max(person) + 1,
        models,
    )


def fit(task, table, known=None):
    return task.fit(table, schema=SCHEMA, known=known or [None] * table.items)


def pointing(*, skills, items=60, seed=1, spam=()):
    dice = np.random.default_rng(seed)
    truth = [Points((Point("a", *dice.uniform(0, 100, 2)),)) for _ in range(items)]
    rows = [
        (i, p, TASK.text(TASK.draw(true, schema=SCHEMA, person=person(skill, spam=p in spam), chance=dice)))
        for i, true in enumerate(truth)
        for p, skill in enumerate(skills)
    ]
    return table_of(rows), truth


def person(skill, *, spam=False):
    return Ability(skill=skill, confusion=0.0, care=1.0, spam=spam, seconds=1.0)


def mean_loss(found, truth):
    read = [TASK.parse(text, schema=SCHEMA) for text in found]
    return np.mean([TASK.compare(a, b, frame=Frame(SCHEMA)) for a, b in zip(read, truth, strict=True)])


def choosing(*, skills, items=400, seed=1):
    dice = np.random.default_rng(seed)
    truth = dice.integers(3, size=items)
    rows = []
    for i, true in enumerate(truth.tolist()):
        for p, skill in enumerate(skills):
            said = true if dice.random() < skill else (true + dice.integers(1, 3)) % 3
            rows.append((i, p, "abc"[said]))
    return table_of(rows), truth


def test_everything_but_six_members_comes_from_the_base():
    assert (TASK.rows, TASK.labels, TASK.fewest_labels, TASK.ways(SCHEMA)) == (Rows.NONE, (), 1, 50)
    assert TASK.row(TASK.examples()[0], schema=SCHEMA).tolist() == [0.0, 0.0, 0.0]
    value = TASK.examples()[1]
    assert TASK.parse(TASK.text(value), schema=SCHEMA) == value
    with pytest.raises(InvalidLabel):
        TASK.parse(TASK.text(value), schema=schema_of(["x"]))


def test_a_base_without_compare_cannot_be_used():
    with pytest.raises(TypeError, match="abstract"):
        ByComparison()


def test_the_value_is_the_answer_nearest_to_all_others():
    at = [TASK.text(Points((Point("a", x, 0.0),))) for x in (1.0, 2.0, 3.0, 9.0)]
    table = table_of([(0, p, text) for p, text in enumerate(at)])
    assert fit(TASK, table).consensus(table).value[0] in at[1:3]


def test_of_equals_the_first_in_text_order_is_taken():
    for order in ((0, 1), (1, 0)):
        table = table_of([(0, order[0], "b"), (0, order[1], "a")])
        assert fit(CHOOSING, table).consensus(table).value == ["a"]


def test_a_single_answer_is_trusted_as_its_giver_is():
    table, _ = choosing(skills=[0.9, 0.9, 0.9])
    model = fit(CHOOSING, table)
    alone = table_of([(0, 1, "c")], people=3)
    assert model.consensus(alone).right[0] == pytest.approx(model.skill()[1])


@pytest.mark.parametrize("skills", [[0.9, 0.9], [0.9, 0.8, 0.6], [0.95, 0.7, 0.7, 0.7, 0.4]])
def test_skills_are_found_without_known_labels(skills):
    table, _ = choosing(skills=skills, items=1500)
    assert fit(CHOOSING, table).skill() == pytest.approx(skills, abs=0.06)


def test_right_or_wrong_answers_give_the_one_coin_model():
    table, _ = choosing(skills=[0.9, 0.7, 0.6], items=300)
    model = fit(CHOOSING, table)
    found = model.consensus(table)
    theta = np.array([expected_matrix(3, right=skill) for skill in model.skill()])
    said = np.array(["abc".index(text) for text in table.value]).reshape(300, 3)
    logs = sum(np.log(theta[p][:, said[:, p]]).T for p in range(3))
    belief = np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True)
    assert found.right == pytest.approx(belief.max(axis=1), abs=1e-9)


def test_who_points_exactly_weighs_more_than_three_who_guess():
    table, truth = pointing(skills=[0.97, 0.95, 0.5, 0.5, 0.5], spam=(2, 3, 4))
    model = fit(TASK, table)
    assert model.skill()[:2].min() > model.skill()[2:].max() + 0.3
    assert mean_loss(model.consensus(table).value, truth) < 0.08


def test_five_together_are_nearer_than_one():
    table, truth = pointing(skills=[0.8] * 5)
    found = fit(TASK, table).consensus(table)
    assert mean_loss(found.value, truth) < 0.8 * mean_loss(table.value[::5], truth)


def test_known_labels_count_as_the_truth():
    rows = [(i, p, "b" if p < 3 else "a") for i in range(30) for p in range(4)]
    table = table_of(rows)
    blind, told = fit(CHOOSING, table), fit(CHOOSING, table, ["a"] * 25 + [None] * 5)
    assert blind.consensus(table).value[-1] == "b"
    assert told.consensus(table).value[-1] == "a"


def test_somebody_alone_on_every_item_is_the_pooled_person():
    table = table_of([(i, i % 2, "a") for i in range(10)])
    model = fit(CHOOSING, table)
    assert model.skill() == pytest.approx([0.8, 0.8])


def test_a_model_is_weighed_and_not_counted():
    table = table_of([(0, 0, "a"), (0, 1, "b"), (0, 2, "b")], models=frozenset({1, 2}))
    found = fit(CHOOSING, table).consensus(table)
    assert (found.value[0], found.count[0], found.agreement[0]) == ("b", 1, 0.0)


@settings(max_examples=25)
@given(st.integers(0, 100_000))
def test_the_order_of_answers_and_people_changes_nothing(seed):
    dice = np.random.default_rng(seed)
    rows = [
        (i, p, TASK.text(Points((Point("a", float(dice.integers(6)), 0.0),))))
        for i in range(8)
        for p in dice.permutation(5)[: int(dice.integers(1, 6))].tolist()
    ]
    renamed, order = dice.permutation(5), dice.permutation(len(rows))
    other = [(rows[k][0], int(renamed[rows[k][1]]), rows[k][2]) for k in order]
    one, two = (table_of(r, items=8, people=5) for r in (rows, other))
    first, second = fit(TASK, one), fit(TASK, two)
    assert first.skill() == pytest.approx(second.skill()[renamed], abs=1e-12)
    assert list(first.consensus(one).value) == list(second.consensus(two).value)
    assert first.consensus(one).right == pytest.approx(second.consensus(two).right, abs=1e-12)


def test_it_survives_storage_and_grows():
    table, _ = choosing(skills=[0.9, 0.6])
    model = fit(CHOOSING, table)
    back = CHOOSING.load(model.to_bytes(), schema=SCHEMA)
    assert np.array_equal(back.consensus(table).right, model.consensus(table).right)
    assert model.grown(4).skill()[3] == model.pool
    with pytest.raises(DamagedModel, match="cannot be read"):
        CHOOSING.load(b"nonsense", schema=SCHEMA)
    assert model.posteriors(table) is None


def test_two_known_labels_move_the_skill_of_nobody_else():
    table = table_of([(0, 0, "a"), (1, 0, "a"), (2, 1, "b")])
    model = fit_skills(table, task=CHOOSING, schema=SCHEMA, known=["b", "b", None], ways=3)
    assert model.skill()[0] < model.skill()[1]
    assert model.skill()[1] == pytest.approx(model.pool, abs=0.02)
