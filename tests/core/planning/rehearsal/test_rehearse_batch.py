from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.consolidation.task_bases.single_choice import SingleChoice
from assay.core.labels.label_values import LabelClass, LabelSchema
from assay.core.planning.rehearsal.rehearsal_scene import Scene
from assay.core.planning.rehearsal.rehearse_batch import rehearse
from assay.core.planning.rehearsal.simulated_answers import RecordedSource, SimulatedModel, SimulatedSource
from assay.core.ports.task_type import Ability
from assay.core.project.intake import Quality
from assay.core.review.settle_ask_again_or_hand_on import Limits

TASK = SingleChoice(name="classification", media=None, manifest_type="")
ABC = LabelSchema(tuple(LabelClass(name) for name in "abc"))


def person(skill=0.9, *, spam=False):
    return Ability(skill=skill, confusion=0.3, care=1.0, spam=spam, seconds=5.0)


def scene(items=400, *, price=5.0, seed=1, right=0.95):
    truth = tuple("abc"[k] for k in np.random.default_rng(seed).integers(3, size=items))
    return Scene(
        keys=tuple(f"item {k}" for k in range(items)),
        truth=truth,
        task=TASK,
        schema=ABC,
        quality=Quality(right=right, confidence=0.95),
        limits=Limits(least=1, most=7, threshold=0.05),
        expert_price=price,
        seed=seed,
        controls=min(10, items // 200),
        pilot=min(50, max(10, int(items * 0.06)), items),
    )


def play(played, abilities):
    source = SimulatedSource(truth=played.truth, abilities=abilities, task=TASK, schema=ABC, seed=played.seed)
    return rehearse(played, source=source)


def test_good_people_are_certified_for_less_than_experts_alone():
    found = play(scene(1500), [person(0.93)] * 20)
    assert found.certified
    assert found.cost / found.items < 0.85 * 5.0
    assert found.right >= 0.95
    assert found.bound <= 0.05


def test_people_who_guess_are_hardly_asked():
    found = play(scene(), [person(spam=True)] * 20)
    assert found.certified
    assert found.answers / found.items < 1.0
    assert found.judgements >= 0.94 * found.items


def test_dear_experts_are_asked_less_than_cheap_ones():
    cheap, dear = (play(scene(800, price=price), [person(0.85)] * 20) for price in (2.0, 20.0))
    assert dear.judgements < cheap.judgements
    assert dear.answers > cheap.answers


def test_the_same_seed_gives_the_same_rehearsal():
    one, two = (play(scene(), [person()] * 10) for _ in range(2))
    assert one == two
    assert play(replace(scene(), seed=2), [person()] * 10) != one


def test_control_items_are_outside_the_batch():
    found = play(scene(1000), [person()] * 10)
    assert found.control == 5
    assert found.items == 995


def test_what_is_reported_adds_up():
    found = play(scene(), [person()] * 10)
    assert found.cost == found.answers + 5.0 * found.judgements
    assert found.audit + found.control <= found.judgements <= found.items + found.control


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000), st.floats(0.3, 0.98), st.integers(3, 120))
def test_every_rehearsal_ends_certified_and_its_bound_holds_within_the_target(seed, skill, items):
    found = play(scene(items, seed=seed), [person(skill)] * 8)
    assert found.certified
    assert found.bound <= 0.05 + 1e-12
    assert found.reason == ""


def test_certificates_are_false_no_more_often_than_promised():
    """The promise of the whole: delivered labels are worse than the bound in 5 % of batches at most."""
    runs = [play(scene(200, seed=seed, price=10.0), [person(0.82)] * 12) for seed in range(25)]
    false = sum(1.0 - found.right > found.bound + 1e-9 for found in runs)
    assert false <= 5


def recorded(rows, *, people):
    item, who, value = zip(*rows, strict=True)
    return RecordedSource(item=np.array(item), person=np.array(who), value=value, people=people, seed=1)


def test_the_most_skilled_person_with_an_unused_answer_is_asked_and_only_once():
    source = recorded([(0, 0, "a"), (0, 1, "b"), (1, 0, "c")], people=2)
    items, skill = np.array([0, 1]), np.array([0.5, 0.9])
    first, second, third = (source.more(items, skill=skill) for _ in range(3))
    assert (first.item.tolist(), first.value) == ([0, 1], ("b", "c"))
    assert (second.item.tolist(), second.value) == ([0], ("a",))
    assert third.value == ()
    assert source.prospect(items, skill=skill) == 0.0


def test_simulated_people_are_asked_once_per_item():
    source = SimulatedSource(truth=("a",), abilities=[person()] * 3, task=TASK, schema=ABC, seed=1)
    asked = [source.more(np.array([0]), skill=np.ones(3)) for _ in range(4)]
    assert sorted(int(given.person[0]) for given in asked[:3]) == [0, 1, 2]
    assert asked[3].value == ()
    assert source.prospect(np.array([0]), skill=np.full(3, 0.7)) == pytest.approx(0.7)


def test_a_model_that_knows_saves_answers():
    plain = replace(scene(800), may_skip_people=False)
    true = ["abc".index(label) for label in plain.truth]
    model = SimulatedModel(truth=true, classes=3, right=0.95, seed=1)
    helped = play(replace(plain, proposer=model), [person(0.85)] * 20)
    alone = play(plain, [person(0.85)] * 20)
    assert helped.certified
    assert helped.answers < 0.85 * alone.answers
    assert helped.cost < alone.cost


def test_a_simulated_model_is_as_often_right_as_it_says():
    true = [k % 3 for k in range(4000)]
    rows = SimulatedModel(truth=true, classes=3, right=0.8, seed=1).propose(
        np.zeros((4000, 3)), answered=np.zeros(4000, dtype=bool)
    )
    assert (rows.argmax(axis=1) == true).mean() == pytest.approx(0.8, abs=0.02)
    assert rows.max(axis=1).mean() == pytest.approx(0.8, abs=0.02)
    assert rows.sum(axis=1) == pytest.approx(np.ones(4000))


def test_items_that_a_sure_model_may_label_are_not_asked_about():
    plain = replace(scene(1500), controls=40, may_skip_people=False)
    truth = ["abc".index(label) for label in plain.truth]
    model = SimulatedModel(truth=truth, classes=3, right=0.93, seed=3)
    people = [person(0.85)] * 20
    helped = play(replace(plain, proposer=model), people)
    alone = play(replace(plain, proposer=model, automatic=True), people)
    assert alone.certified
    assert alone.right >= 0.95
    assert helped.answers >= helped.items, "without leave everybody's items are asked about"
    assert alone.answers < 0.6 * helped.answers
    assert alone.cost < helped.cost


def test_leave_to_label_without_people_changes_nothing_without_a_model():
    plain = replace(scene(400), may_skip_people=False)
    people = [person(0.9)] * 20
    assert play(replace(plain, automatic=True), people).certified
    told = play(replace(plain, automatic=True), people)
    assert told.answers >= told.items


def test_a_model_that_is_wrong_about_known_items_labels_nothing():
    plain = replace(scene(1000), controls=40, may_skip_people=False, automatic=True)
    truth = ["abc".index(label) for label in plain.truth]
    model = SimulatedModel(truth=[(k + 1) % 3 for k in truth], classes=3, right=0.95, seed=3)
    found = play(replace(plain, proposer=model), [person(0.9)] * 20)
    assert found.certified
    assert found.answers >= found.items
