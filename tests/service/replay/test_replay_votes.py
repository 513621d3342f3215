"""Recorded answers without experts: as right as votes, with fewer answers, beside the votes themselves."""

import csv
import json

import pytest
from tests.service.replay.test_replay_answers import files
from tests.support.data import shared_data

from assay.service.replay.recorded_answers import NothingToReplay
from assay.service.replay.replay_votes import CURVE, at_other_votes, replay_votes, to_json


@pytest.fixture
def crowd(tmp_path):
    given = files(tmp_path, items=300, skill=0.8)
    return {"answers": given["answers"], "truth": given["truth"]}


def test_the_result_adds_up_and_says_what_the_votes_took(crowd):
    found = replay_votes(**crowd, votes=3, expert_price=4.0, seed=3)
    assert found.items + found.control_items == 300
    assert found.control_items == 30
    assert found.votes_per_item == 3.0
    assert found.answers_available == 1_800
    assert found.answers_per_item == found.answers_used / found.items
    assert found.saved == pytest.approx(1.0 - found.answers_per_item / 3.0)
    assert found.cost == found.answers_used + 4.0 * 30
    assert found.cost_per_item == found.cost / found.items
    assert json.loads(to_json(found))["votes"] == 3
    ours, votes = found.ways
    assert (ours.cost_per_item, ours.accuracy) == (found.cost_per_item, found.accuracy)
    assert (votes.name, votes.cost_per_item, votes.accuracy) == ("3 votes each", 3.0, found.votes_accuracy)
    assert not ours.proven
    assert not votes.proven


def test_the_votes_are_as_right_as_so_many_votes_are(crowd):
    # Three people right with 0.8 each: 0.8^3 + 3 * 0.8^2 * 0.2; of one vote 0.8.
    three = [replay_votes(**crowd, votes=3, seed=seed).votes_accuracy for seed in range(1, 5)]
    assert sum(three) / 4 == pytest.approx(0.896, abs=0.03)
    assert replay_votes(**crowd, votes=1, seed=1).votes_accuracy == pytest.approx(0.8, abs=0.06)


def test_where_some_guess_ours_are_as_right_with_fewer_answers(tmp_path):
    given = files(tmp_path, items=800, guessing=8)
    found = [
        replay_votes(answers=given["answers"], truth=given["truth"], votes=3, seed=seed)
        for seed in range(1, 4)
    ]
    assert sum(one.saved for one in found) / 3 > 0.2
    assert sum(one.accuracy - one.votes_accuracy for one in found) / 3 > -0.01


def test_the_same_seed_replays_the_same(crowd):
    assert replay_votes(**crowd, votes=3, seed=5) == replay_votes(**crowd, votes=3, seed=5)


def test_the_curve_holds_the_votes_that_were_asked_for(crowd):
    found = dict(at_other_votes(**crowd, votes=4, seed=3))
    assert sorted(found) == sorted({*CURVE, 4})
    assert found[4] == replay_votes(**crowd, votes=4, seed=3).ways[0]


def test_where_fewer_answers_are_recorded_the_votes_take_what_there_is(crowd):
    found = replay_votes(**crowd, votes=9, seed=3)
    assert found.votes_per_item == 6.0
    assert found.answers_used <= 1_800


def test_an_item_that_nobody_answered_is_wrong_in_both(crowd):
    with crowd["truth"].open("a") as truth:
        truth.write("".join(f"unseen{number},y\n" for number in range(100)))
    found = replay_votes(**crowd, votes=3, seed=3)
    assert found.items + found.control_items == 400
    assert found.votes_accuracy < 0.8
    assert found.accuracy < 0.8


def test_a_tiny_set_is_replayed_too(tmp_path):
    given = files(tmp_path, items=3)
    found = replay_votes(answers=given["answers"], truth=given["truth"], votes=3)
    assert (found.items, found.control_items) == (3, 0)


def test_nothing_in_common_is_refused(crowd):
    crowd["truth"].write_text("item,label\nother,y\n")
    with pytest.raises(NothingToReplay):
        replay_votes(**crowd, votes=3)


@pytest.mark.shared_data
def test_a_real_crowd_needs_fewer_answers_than_its_votes():
    folder = shared_data("crowd", "sentpol")
    answers = next(folder.glob("answers.csv*"))
    found = replay_votes(answers=answers, truth=folder / "truth.csv", votes=5, seed=1)
    assert found.saved > 0.4
    assert found.accuracy > found.votes_accuracy - 0.02
    with (folder / "truth.csv").open() as rows:
        assert found.items + found.control_items == sum(1 for _ in csv.DictReader(rows))
