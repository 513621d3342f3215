"""Asking until labels are as right as a fixed number of votes would make them."""

import numpy as np
import pytest

from assay.core.labels.label_values import schema_of
from assay.core.planning.as_good_as_votes import as_good_as_votes, vote_pilot
from assay.core.planning.rehearsal.rehearsal_scene import Scene
from assay.core.planning.rehearsal.simulated_answers import RecordedSource
from assay.core.project.intake import Quality
from assay.core.review.settle_ask_again_or_hand_on import Limits
from assay.tasktypes import TASK_TYPES

NAMES = ("a", "b", "c")


def crowd(*, skill, items=400, each=9, seed=1):
    """Recorded answers of people with these skills, `each` of whom answered every item."""
    dice = np.random.default_rng(seed)
    truth = dice.integers(len(NAMES), size=items)
    item = np.repeat(np.arange(items), each)
    person = np.concatenate([dice.permutation(len(skill))[:each] for _ in range(items)])
    right = dice.random(len(item)) < np.array(skill)[person]
    away = dice.integers(1, len(NAMES), size=len(item))
    said = np.where(right, truth[item], (truth[item] + away) % len(NAMES))
    return item, person, [NAMES[label] for label in said], tuple(NAMES[label] for label in truth)


def asked(skill, *, votes, seed=1, **more):
    item, person, value, truth = crowd(skill=skill, seed=seed, **more)
    scene = Scene(
        keys=tuple(str(number) for number in range(len(truth))),
        truth=truth,
        task=TASK_TYPES.get("classification"),
        schema=schema_of(NAMES),
        quality=Quality(right=0.95, confidence=0.95),
        limits=Limits(1, 7, 0.05),
        expert_price=5.0,
        seed=seed,
        controls=40,
        pilot=vote_pilot(len(truth)),
    )
    source = RecordedSource(item=item, person=person, value=value, people=len(skill), seed=seed, crew=False)
    return as_good_as_votes(scene, source=source, votes=votes)


def majority(skill, *, votes, tries=40_000):
    """How often a vote of so many people drawn from these is right, ties broken by chance."""
    dice = np.random.default_rng(2)
    who = np.array([dice.permutation(len(skill))[:votes] for _ in range(tries)])
    said = np.where(dice.random(who.shape) < np.array(skill)[who], 0, dice.integers(1, 3, size=who.shape))
    counts = np.stack([(said == k).sum(axis=1) for k in range(3)], axis=1)
    first = counts == counts.max(axis=1, keepdims=True)
    return float((first[:, 0] / first.sum(axis=1)).mean())


@pytest.mark.parametrize("votes", [3, 5])
def test_where_some_are_good_and_some_guess_the_good_ones_do_as_well_with_far_fewer_answers(votes):
    skill = [0.95] * 4 + [0.4] * 8
    found = asked(skill, votes=votes)
    assert found.answers_per_item < 0.6 * votes
    assert found.right > majority(skill, votes=votes) - 0.01


def test_where_all_are_alike_labels_are_as_right_and_no_more_answers_are_asked_for_than_votes():
    skill = [0.8] * 12
    found = asked(skill, votes=3, items=800)
    assert found.right > majority(skill, votes=3) - 0.05  # forty control items know a share to five points
    assert found.answers_per_item < 3.0


def test_what_the_votes_are_worth_is_foretold():
    skill = [0.75] * 12
    goals = [asked(skill, votes=3, items=1_000, seed=seed).goal for seed in range(1, 5)]
    assert float(np.mean(goals)) == pytest.approx(majority(skill, votes=3), abs=0.06)


def test_it_ends_where_nobody_is_left_to_ask():
    found = asked([0.5] * 3, votes=3, each=2, items=120)
    assert found.answers_per_item <= 2.0 * 120 / found.items
    assert 0.0 < found.right < 1.0


def test_what_votes_are_worth_is_foretold_without_bias():
    skill = [0.8] * 12
    goals = [asked(skill, votes=3, seed=seed).goal for seed in range(1, 9)]
    # Forty control items know the share to 4 points each time, eight together to a little more than one.
    assert np.mean(goals) == pytest.approx(majority(skill, votes=3), abs=0.04)
