"""Kinds of items: chosen where held-out answers show them, never where people err independently."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.consolidation.methods.dawid_skene import DEFAULTS, Choices, clamp, fit_people, posterior
from assay.core.consolidation.methods.kinds_of_items import KINDS, SHRINKS, fit_kinds
from assay.core.consolidation.values.choices import fit_choices, load_choices
from assay.core.labels.label_values import schema_of
from assay.core.ports.answers import AnswerTable

NAMES = ("a", "b")


def crowd(*, items=600, people=24, each=7, classes=2, hard=0.0, seed=1):
    """Answers of people of whom two in three are very good, but misled by hard items."""
    dice = np.random.default_rng(seed)
    truth = dice.integers(classes, size=items)
    is_hard = dice.random(items) < hard
    item = np.repeat(np.arange(items), each)
    person = np.concatenate([dice.permutation(people)[:each] for _ in range(items)])
    misled = person % 3 > 0
    skill = np.where(misled, np.where(is_hard[item], 0.1, 0.95), 0.88)
    right = dice.random(len(item)) < skill
    label = np.where(right, truth[item], (truth[item] + dice.integers(1, classes, len(item))) % classes)
    return Choices(item, person, label, items, people, classes), truth


def unknown(choices):
    return np.full(choices.items, -1)


def kinds_of(choices):
    return fit_kinds(choices, known=unknown(choices), prior=None, settings=DEFAULTS)


def share_right(belief, truth):
    return float((belief.argmax(axis=1) == truth).mean())


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("classes", [2, 4])
def test_where_people_err_independently_no_kinds_are_seen(seed, classes):
    choices, _ = crowd(classes=classes, items=1_000, seed=seed)
    assert kinds_of(choices) == ()


def test_where_many_are_misled_by_hard_items_kinds_are_seen_and_control_items_teach_which_label_is_theirs():
    gains = []
    for seed in range(1, 5):
        choices, truth = crowd(hard=0.25, seed=seed)
        known = np.where(np.arange(choices.items) < 60, truth, -1)
        finer = fit_kinds(choices, known=known, prior=None, settings=DEFAULTS)
        assert len(finer) == len(SHRINKS)
        plain = fit_people(choices, known=known, prior=None, settings=DEFAULTS)
        first, *more = (
            posterior(choices, people=one, prior=None, temper=DEFAULTS.temper) for one in (plain, *finer)
        )
        gains.append(share_right(sum(more, first)[60:], truth[60:]) - share_right(first[60:], truth[60:]))
    assert np.mean(gains) > 0.02
    assert min(gains) > -0.01


def test_with_few_answers_an_item_nothing_is_tried():
    choices, _ = crowd(hard=0.35, each=3)
    assert kinds_of(choices) == ()
    assert kinds_of(Choices(*(np.zeros(0, dtype=np.int64) for _ in range(3)), 5, 2, 2)) == ()


def test_one_kind_is_plain_dawid_skene():
    choices, _ = crowd(items=80)
    people = fit_people(choices, known=unknown(choices), prior=None, settings=replace(DEFAULTS, kinds=1))
    assert people.rows.shape == (24, 2, 2)
    prior = np.full((80, 2), 0.5)
    belief = posterior(choices, people=people, prior=prior, temper=0.9)
    assert belief.sum(axis=1) == pytest.approx(1.0)


def test_a_known_item_keeps_its_class_and_its_kind_stays_open():
    belief = np.array([[0.1, 0.2, 0.3, 0.2, 0.1, 0.1], [0.5, 0.0, 0.0, 0.5, 0.0, 0.0]])
    clamped = clamp(belief.copy(), known=np.array([1, -1]), kinds=KINDS)
    assert clamped[0] == pytest.approx([0, 0, 0, 0.5, 0.25, 0.25])
    assert clamped[1] == pytest.approx(belief[1])


def as_table(choices):
    return AnswerTable(
        choices.item, choices.person, [NAMES[label] for label in choices.label], choices.items, choices.people
    )


def test_a_model_with_kinds_survives_storage_and_takes_newcomers():
    choices, _ = crowd(hard=0.35)
    table, schema = as_table(choices), schema_of(NAMES)
    model = fit_choices(table, schema=schema, known=[None] * choices.items)
    assert len(model.finer) == len(SHRINKS)
    again = load_choices(model.to_bytes(), schema=schema)
    assert again.consensus(table).right == pytest.approx(model.consensus(table).right)
    assert again.to_bytes() == model.to_bytes()
    grown = model.grown(30)
    assert all(len(one.rows) == 30 for one in (grown.people, *grown.finer))
    assert grown.skill()[:24] == pytest.approx(model.skill())


@settings(max_examples=10)
@given(seed=st.integers(0, 1_000))
def test_the_order_of_answers_changes_nothing(seed):
    choices, _ = crowd(items=150, hard=0.35)
    order = np.random.default_rng(seed).permutation(len(choices.item))
    mixed = replace(
        choices, item=choices.item[order], person=choices.person[order], label=choices.label[order]
    )
    plain, shuffled = kinds_of(choices), kinds_of(mixed)
    assert len(plain) == len(shuffled) == len(SHRINKS)
    for one, other in zip(plain, shuffled, strict=True):
        assert one.rows == pytest.approx(other.rows)
