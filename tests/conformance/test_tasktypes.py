"""Every task type through the same checks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.consolidation.stored_models import DamagedModel
from assay.core.consolidation.task_bases.part_by_part import EXAMPLE
from assay.core.errors import InvalidLabel
from assay.core.labels.label_values import label_names, object_count, schema_of
from assay.core.labels.loss_rules import Frame
from assay.core.ports.answers import AnswerTable
from assay.core.ports.task_type import Ability, Rows
from assay.service.workforce.people_in_reserve import worth_of
from assay.tasktypes import TASK_TYPES

NAMES = TASK_TYPES.names()
SEEDS = st.integers(0, 100_000)
few = settings(max_examples=12)


def ability(skill, *, confusion=0.4, care=1.0, spam=False):
    return Ability(skill=skill, confusion=confusion, care=care, spam=spam, seconds=5.0)


PERFECT, EXPERT, ORDINARY = ability(1.0), ability(0.995), ability(0.88, care=0.98)
SPAMMER = ability(0.5, spam=True)


@pytest.fixture(params=NAMES, scope="module")
def task(request):
    return TASK_TYPES.get(request.param)


def schema_for(task):
    if task.has_questions:
        return EXAMPLE
    return schema_of(list(task.labels) or ["a", "b", "c"])


def truths(task, items, *, seed=1):
    dice, examples = np.random.default_rng(seed), task.examples()
    return [examples[k] for k in dice.integers(len(examples), size=items)]


def answered(task, truth, people, *, each=None, seed=1):
    """Everybody, or `each` of them, answers every item."""
    dice, schema = np.random.default_rng(seed), schema_for(task)
    item, person, value = [], [], []
    for i, true in enumerate(truth):
        for p in dice.permutation(len(people))[: each or len(people)].tolist():
            item.append(i)
            person.append(p)
            value.append(task.text(task.draw(true, schema=schema, person=people[p], chance=dice)))
    return table_of(item, person, value, items=len(truth), people=len(people))


def table_of(item, person, value, *, items, people, models=frozenset()):
    return AnswerTable(np.array(item, np.int64), np.array(person, np.int64), value, items, people, models)


def columns(table, keep):
    return table.item[keep], table.person[keep], [table.value[row] for row in np.flatnonzero(keep)]


def fit(task, table, *, known=None, prior=None):
    known = known or [None] * table.items
    return task.fit(table, schema=schema_for(task), known=known, prior=prior)


def losses(task, found, truth):
    schema = schema_for(task)
    return np.array(
        [
            task.compare(task.parse(text, schema=schema), true, frame=Frame(schema))
            for text, true in zip(found, truth, strict=True)
        ]
    )


# --- what it says of itself ----------------------------------------------------------------------


def test_a_task_type_is_named_after_its_folder(task):
    assert task.name in NAMES
    assert TASK_TYPES.get(task.name) is task
    assert task.media in {"image", "text", None}
    assert task.manifest_type.startswith("groundtruth/")


def test_it_says_what_it_produces_and_how_many_labels_it_needs(task):
    assert all(isinstance(value, task.produces) for value in task.examples())
    assert not task.labels or len(task.labels) >= task.fewest_labels
    assert task.fewest_labels >= 1


def test_somebody_who_guesses_has_at_least_two_ways_and_fifty_at_most(task):
    assert 2 <= task.ways(schema_for(task)) <= 50
    assert task.ways(schema_of([f"label {k}" for k in range(100)])) <= 50


def test_a_row_has_a_place_for_every_label(task):
    schema = schema_for(task)
    for value in task.examples():
        row = task.row(value, schema=schema)
        assert row.shape == (len(schema.names),)
        if task.rows is not Rows.NONE:
            assert {name for name, held in zip(schema.names, row, strict=True) if held} == set(
                label_names(value)
            )
        if task.rows is Rows.ONE:
            assert row.sum() == 1.0


# --- reading, writing, comparing -----------------------------------------------------------------


def test_what_is_written_is_read_back(task):
    for value in task.examples():
        assert task.parse(task.text(value), schema=schema_for(task)) == value


def test_nonsense_is_refused(task):
    for text in ("no such label", '{"a": }', '["no such label"]', "[[]]", "{}", "17"):
        with pytest.raises(InvalidLabel):
            task.parse(text, schema=schema_for(task))


def test_an_answer_with_a_label_of_another_project_is_refused(task):
    strange = schema_of(["x", "y", "z"])
    for value in task.examples():
        if label_names(value):
            with pytest.raises(InvalidLabel):
                task.parse(task.text(value), schema=strange)
            with pytest.raises(InvalidLabel):
                task.fit(
                    table_of([0], [0], [task.text(value)], items=1, people=1), schema=strange, known=[None]
                )


@pytest.mark.parametrize("name", NAMES)
@few
@given(seed=SEEDS, skill=st.floats(0.0, 1.0))
def test_any_drawn_answer_is_valid_and_compared_fairly(name, seed, skill):
    task = TASK_TYPES.get(name)
    schema, dice = schema_for(task), np.random.default_rng(seed)
    person = ability(skill, care=0.9)
    said = [
        task.draw(true, schema=schema, person=person, chance=dice) for true in task.examples() for _ in "12"
    ]
    frame = Frame(schema)
    for a in said:
        assert task.parse(task.text(a), schema=schema) == a
        assert task.compare(a, a, frame=frame) == 0.0
        for b in said:
            assert 0.0 <= task.compare(a, b, frame=frame) <= 1.0
            assert task.compare(a, b, frame=frame) == task.compare(b, a, frame=frame)
            assert (task.text(a) == task.text(b)) == (a == b)


# --- simulated people ----------------------------------------------------------------------------


def test_the_same_chance_draws_the_same_answer(task):
    for value in task.examples():
        first, second = (
            task.draw(value, schema=schema_for(task), person=ORDINARY, chance=np.random.default_rng(5))
            for _ in range(2)
        )
        assert first == second


def test_who_is_perfect_is_always_right_and_who_is_lost_or_spams_is_not(task):
    dice, schema = np.random.default_rng(2), schema_for(task)
    frame = Frame(schema)
    for true in task.examples():
        assert task.draw(true, schema=schema, person=PERFECT, chance=dice) == true
    for person in (SPAMMER, ability(0.0), ability(1.0, care=0.0)):
        said = [task.draw(true, schema=schema, person=person, chance=dice) for true in task.examples() * 30]
        assert (
            np.mean(
                [task.compare(a, b, frame=frame) for a, b in zip(said, task.examples() * 30, strict=True)]
            )
            > 0.3
        )


@pytest.mark.parametrize(("skill", "slack"), [(0.995, 0.005), (0.88, 0.04), (0.7, 0.08)])
def test_people_are_about_as_good_as_their_skill_says(task, skill, slack):
    dice, schema, person = np.random.default_rng(3), schema_for(task), ability(skill)
    loss = [
        task.compare(task.draw(true, schema=schema, person=person, chance=dice), true, frame=Frame(schema))
        for true in truths(task, 2500)
    ]
    assert 1.0 - np.mean(loss) == pytest.approx(skill, abs=slack)


# --- consensus -----------------------------------------------------------------------------------


def test_consensus_is_complete_and_bounded(task):
    truth = truths(task, 80)
    table = answered(task, truth, [ORDINARY] * 6)
    found = fit(task, table).consensus(table)
    schema = schema_for(task)
    assert len(found.value) == len(found.right) == len(found.agreement) == 80
    assert (found.count == 6).all()
    for bounded in (found.right, found.agreement):
        assert ((bounded >= 0) & (bounded <= 1)).all()
    values = [task.parse(text, schema=schema) for text in found.value]
    assert [task.text(value) for value in values] == list(found.value)
    if found.parts:
        assert [len(parts) for parts in found.parts] == [object_count(value) for value in values]
        assert all(0 <= part <= 1 for parts in found.parts for part in parts)


def test_an_answer_of_better_people_tells_more(task):
    table = answered(task, truths(task, 60), [ability(0.95)] * 3 + [ability(0.5)] * 3)
    worth = worth_of(fit(task, table), table=table, prior=None, still_open=np.ones(60, dtype=bool))
    assert worth.shape == (6,)
    assert (worth >= 0).all()
    assert worth[:3].min() > worth[3:].max()


def test_agreement_is_what_comparing_says(task):
    truth = truths(task, 40)
    table = answered(task, truth, [ability(0.7)] * 4)
    found = fit(task, table).consensus(table)
    schema = schema_for(task)
    for i in range(40):
        said = [task.parse(table.value[row], schema=schema) for row in np.flatnonzero(table.item == i)]
        value = task.parse(found.value[i], schema=schema)
        expected = np.mean([1.0 - task.compare(one, value, frame=Frame(schema)) for one in said])
        assert found.agreement[i] == pytest.approx(expected, abs=1e-9)


def test_unanimity_is_the_answer(task):
    truth = truths(task, 40)
    table = answered(task, truth, [PERFECT] * 5)
    found = fit(task, table).consensus(table)
    assert list(found.value) == [task.text(true) for true in truth]
    assert found.right.min() > 0.9
    assert found.agreement == pytest.approx(np.ones(40))


@pytest.mark.parametrize("name", NAMES)
@few
@given(seed=SEEDS)
def test_the_order_of_answers_and_people_does_not_matter(name, seed):
    task, dice = TASK_TYPES.get(name), np.random.default_rng(seed)
    table = answered(task, truths(task, 15, seed=seed), [ability(0.6)] * 5, each=3, seed=seed)
    order, renamed = dice.permutation(len(table.value)), dice.permutation(5)
    other = table_of(
        table.item[order], renamed[table.person[order]], [table.value[k] for k in order], items=15, people=5
    )
    known = [table.value[0], *[None] * 14]
    one, two = fit(task, table, known=known), fit(task, other, known=known)
    first, second = one.consensus(table), two.consensus(other)
    assert list(first.value) == list(second.value)
    assert first.right == pytest.approx(second.right, abs=1e-9)
    assert first.agreement == pytest.approx(second.agreement, abs=1e-9)
    assert one.skill() == pytest.approx(two.skill()[renamed], abs=1e-9)


def test_five_ordinary_people_together_are_better_than_one(task):
    truth = truths(task, 150)
    one = answered(task, truth, [ORDINARY], seed=4)
    five = answered(task, truth, [ORDINARY] * 5, seed=5)
    alone, together = (losses(task, fit(task, t).consensus(t).value, truth).mean() for t in (one, five))
    assert together < alone * 0.75


def test_expected_and_true_quality_are_close(task):
    truth = truths(task, 300)
    table = answered(task, truth, [ability(0.8)] * 10, each=3)
    unknown = fit(task, table).consensus(table)
    assert unknown.right.mean() < 1.0 - losses(task, unknown.value, truth).mean() + 0.08  # it does not boast
    known = [*(task.text(label) for label in truth[:100]), *[None] * 200]
    found = fit(task, table, known=known).consensus(table, known=known)
    expected = 1.0 - losses(task, found.value, truth)[100:].mean()
    assert found.right[100:].mean() == pytest.approx(expected, abs=0.08)


def test_a_perfect_person_is_worth_more_than_two_who_guess(task):
    truth = truths(task, 120)
    table = answered(task, truth, [PERFECT, PERFECT, SPAMMER, SPAMMER, SPAMMER])
    model = fit(task, table)
    assert model.skill()[:2].min() > model.skill()[2:].max() + 0.2
    assert losses(task, model.consensus(table).value, truth).mean() < 0.1


def test_skill_is_ordered_as_people_are(task):
    truth = truths(task, 200)
    table = answered(task, truth, [ability(0.6), ability(0.8), EXPERT, ability(0.8), ability(0.8)])
    skill = fit(task, table).skill()
    assert skill[0] < skill[1] < skill[2]
    assert ((skill >= 0) & (skill <= 1)).all()


def test_known_labels_teach_who_is_wrong(task):
    """Three people always give the same wrong answer; known labels say so."""
    right, wrong = (task.text(value) for value in task.examples()[:2])
    item = np.repeat(np.arange(40), 4)
    person = np.tile(np.arange(4), 40)
    value = [right if p == 3 else wrong for p in person.tolist()]
    table = table_of(item, person, value, items=40, people=4)
    blind, told = fit(task, table), fit(task, table, known=[right] * 30 + [None] * 10)
    assert blind.skill()[3] < told.skill()[3]
    assert told.skill()[3] > told.skill()[0] + 0.2


def test_models_are_weighed_but_not_counted(task):
    truth = truths(task, 60)
    people = answered(task, truth, [ability(0.7), ability(0.7), PERFECT])
    table = table_of(people.item, people.person, people.value, items=61, people=3, models=frozenset({2}))
    model = fit(task, table)
    found = model.consensus(table)
    assert (found.count[:60] == 2).all()
    without = table_of(*columns(people, people.person < 2), items=60, people=3)
    unaided = fit(task, without).consensus(without)
    assert losses(task, found.value[:60], truth).mean() < 0.8 * losses(task, unaided.value, truth).mean()
    alone = table_of([0], [2], [table.value[0]], items=1, people=3, models=frozenset({2}))
    proposed = model.consensus(alone)
    assert proposed.value[0] == table.value[0]
    assert (proposed.count[0], proposed.agreement[0]) == (0, 0.0)
    assert proposed.right[0] > 0


def test_one_answer_is_the_consensus_and_no_answer_is_none(task):
    for value in task.examples():
        table = table_of([1], [0], [task.text(value)], items=3, people=1)
        found = fit(task, table).consensus(table)
        assert list(found.value) == ["", task.text(value), ""]
        assert found.right[[0, 2]].tolist() == [0.0, 0.0]
        assert 0.4 < found.right[1] < 1.0
        assert found.count.tolist() == [0, 1, 0]


def test_nobody_and_nothing_is_no_problem(task):
    empty = table_of([], [], [], items=0, people=0)
    model = fit(task, empty)
    assert list(model.consensus(empty).value) == []
    assert len(model.skill()) == 0
    assert 0 < model.grown(2).skill()[0] < 1
    unasked = table_of([], [], [], items=3, people=2)
    assert list(fit(task, unasked).consensus(unasked).value) == ["", "", ""]


def test_people_whom_the_model_never_saw_start_as_the_pooled_person(task):
    table = answered(task, truths(task, 40), [ORDINARY] * 4)
    model = fit(task, table)
    grown = model.grown(7)
    assert np.array_equal(grown.skill()[:4], model.skill())
    assert grown.skill()[4] == grown.skill()[6]
    assert len(model.grown(2).skill()) == 4
    later = table_of([0, 0], [5, 6], [table.value[0]] * 2, items=1, people=7)
    assert grown.consensus(later).value[0] == table.value[0]


def test_a_fitted_model_survives_storage(task):
    table = answered(task, truths(task, 40), [ability(0.7)] * 4)
    model = fit(task, table)
    back = task.load(model.to_bytes(), schema=schema_for(task))
    assert back.to_bytes() == model.to_bytes()
    one, two = model.consensus(table), back.consensus(table)
    assert list(one.value) == list(two.value)
    assert np.array_equal(one.right, two.right)
    assert np.array_equal(back.grown(9).skill(), model.grown(9).skill())


@pytest.mark.parametrize("data", [b"", b"nonsense", b"PK\x03\x04"])
def test_damaged_bytes_are_refused_in_a_sentence(task, data):
    with pytest.raises(DamagedModel, match="cannot be read"):
        task.load(data, schema=schema_for(task))


# --- what models say -----------------------------------------------------------------------------


def test_probabilities_are_there_where_rows_are(task):
    truth, schema = truths(task, 30), schema_for(task)
    table = answered(task, truth, [ORDINARY] * 4)
    soft = fit(task, table).posteriors(table)
    if task.rows is Rows.NONE:
        assert soft is None
        return
    assert soft.shape == (30, len(schema.names))
    rows = np.array([task.row(true, schema=schema) for true in truth])
    assert np.abs(soft - rows).mean() < 0.1
    if task.rows is Rows.ONE:
        assert soft.sum(axis=1) == pytest.approx(np.ones(30))


def test_a_sure_model_decides_where_nobody_answered_and_only_with_rows(task):
    schema, value = schema_for(task), task.examples()[0]
    table = table_of([0], [0], [task.text(task.examples()[1])], items=3, people=1)
    row = np.clip(task.row(value, schema=schema), 0.02, 0.98)
    prior = np.stack([row, row / row.sum() if task.rows is Rows.ONE else row, np.full(len(row), np.nan)])
    prior[0] = np.nan
    found = fit(task, table, prior=prior).consensus(table, prior=prior)
    expected = "" if task.rows is Rows.NONE else task.text(value)
    assert list(found.value) == [task.text(task.examples()[1]), expected, ""]
