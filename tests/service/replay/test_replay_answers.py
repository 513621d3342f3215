import json

import numpy as np
import pytest
from tests.support.data import shared_data

from assay.core.project.intake import Quality
from assay.service.replay.recorded_answers import NothingToReplay, TooFewLabels
from assay.service.replay.replay_answers import replay_answers, to_json

TARGET = Quality(right=0.95, confidence=0.95)
FIELDS = {
    "items", "answers_used", "answers_available", "answers_per_item", "expert_judgements",
    "audit_judgements", "control_items", "accuracy_before_review", "accuracy", "certified",
    "certified_bound", "reason", "cost", "cost_per_item",
}  # fmt: skip


def files(tmp_path, *, items=200, skill=0.9, each=6, people=12, guessing=0):
    """Recorded answers of people who are right with `skill`; the last `guessing` of them toss a coin."""
    dice = np.random.default_rng(1)
    truth = dice.integers(2, size=items)
    rows = ["item,worker,label"]
    for i, t in enumerate(truth):
        rows += [
            f"{i},w{p},{'ny'[t if dice.random() < (0.5 if p >= people - guessing else skill) else 1 - t]}"
            for p in dice.permutation(people)[:each]
        ]
    answers, known = tmp_path / "answers.csv", tmp_path / "truth.csv"
    answers.write_text("\n".join(rows) + "\n")
    known.write_text("item,label\n" + "".join(f"{i},{'ny'[t]}\n" for i, t in enumerate(truth)))
    return {"answers": answers, "truth": known, "target": TARGET}


def test_the_result_has_the_fields_of_the_contract_and_adds_up(tmp_path):
    found = replay_answers(**files(tmp_path), seed=3)
    said = json.loads(to_json(found))
    assert set(said) == FIELDS
    assert found.certified
    assert found.exit_code == 0
    assert found.items + found.control_items == 200
    assert found.answers_used <= found.answers_available == 1200
    assert found.cost == found.answers_used + 5.0 * found.expert_judgements
    assert found.cost_per_item == found.cost / found.items
    assert found.certified_bound <= 0.05


def test_the_same_seed_replays_the_same(tmp_path):
    given = files(tmp_path)
    assert replay_answers(**given, seed=3) == replay_answers(**given, seed=3)


def test_dear_experts_make_people_answer_more(tmp_path):
    given = files(tmp_path)
    cheap = replay_answers(**given, expert_price=1.0)
    dear = replay_answers(**given, expert_price=25.0)
    assert cheap.answers_per_item < dear.answers_per_item
    assert dear.expert_judgements < cheap.expert_judgements


def test_files_without_a_common_item_are_refused(tmp_path):
    given = files(tmp_path)
    given["truth"].write_text("item,label\nother,y\n")
    with pytest.raises(NothingToReplay, match="no item in common"):
        replay_answers(**given)


def test_one_label_is_nothing_to_choose_from(tmp_path):
    given = files(tmp_path)
    given["answers"].write_text("item,worker,label\n1,w,y\n")
    given["truth"].write_text("item,label\n1,y\n")
    with pytest.raises(TooFewLabels, match="'y'"):
        replay_answers(**given)


def test_an_item_that_nobody_answered_goes_to_an_expert(tmp_path):
    given = files(tmp_path)
    with given["truth"].open("a") as truth:
        truth.write("".join(f"unseen{k},y\n" for k in range(20)))
    found = replay_answers(**given, expert_price=25.0)
    assert found.items + found.control_items == 220
    assert found.certified
    assert found.expert_judgements >= 20


def test_a_tiny_set_is_certified_too(tmp_path):
    found = replay_answers(**files(tmp_path, items=3))
    assert found.certified
    assert found.items == 3


@pytest.mark.shared_data
@pytest.mark.parametrize("name", ["bluebird", "possent", "product", "weather_cf"])
def test_real_crowds_are_certified_within_the_cost_of_experts_and_a_pilot(name):
    folder = shared_data("crowd", name)
    found = replay_answers(answers=folder / "answers.csv", truth=folder / "truth.csv", target=TARGET, seed=1)
    assert found.certified
    assert found.accuracy >= 0.95
    assert found.cost_per_item < 6.0
