import json

import numpy as np
import pytest

from assay.core.labels.label_values import schema_of
from assay.core.labels.loss_rules import Frame
from assay.core.planning import forecast as planning
from assay.core.planning.forecast import Terms, forecast
from assay.core.planning.pilot_findings import Pilot
from assay.core.planning.rehearsal.people_right_in_part import PartCrowd, PartSource, possible_labels
from assay.core.planning.rehearsal.rehearse_batch import rehearse
from assay.core.ports.answers import AnswerTable
from assay.core.ports.task_type import Ability
from assay.core.project.intake import Quality
from assay.core.review.settle_ask_again_or_hand_on import Limits
from assay.tasktypes import TASK_TYPES

SCHEMA = schema_of(["a", "b", "c", "d"])
SETS, SPANS = TASK_TYPES.get("text_classification_multi"), TASK_TYPES.get("text_spans")
TASKS = {"sets": SETS, "spans": SPANS}


def truth_of(kind, *, items, seed=1):
    dice = np.random.default_rng(seed)
    if kind == "sets":
        return [json.dumps([name for name in "abcd" if dice.random() < 0.5]) for _ in range(items)]
    return [
        json.dumps(
            {
                "spans": [
                    {"label": "abcd"[dice.integers(4)], "start": at, "end": at + int(dice.integers(3, 9))}
                    for at in (0, 12, 24)[: 1 + dice.integers(3)]
                ]
            }
        )
        for _ in range(items)
    ]


def pilot_of(kind, *, items=80, people=10, skills=(0.85,), judged=True, seed=1, hard=0.0):
    """A pilot of three answers an item; people's abilities come from `skills` in turn, and a share of items halves them."""
    task = TASKS[kind]
    dice = np.random.default_rng(seed)
    truth = truth_of(kind, items=items, seed=seed)
    item = np.repeat(np.arange(items), 3)
    person = np.concatenate([dice.permutation(people)[:3] for _ in range(items)])
    value = []
    for at, who in zip(item.tolist(), person.tolist(), strict=True):
        skill = skills[who % len(skills)] * (0.5 if at < hard * items else 1.0)
        able = Ability(skill=skill, confusion=0.3, care=1.0, spam=False, seconds=1.0)
        true = task.parse(truth[at], schema=SCHEMA)
        value.append(task.text(task.draw(true, schema=SCHEMA, person=able, chance=dice)))
    table = AnswerTable(item, person, value, items, people)
    known = truth if judged else [None] * items
    model = task.fit(table, schema=SCHEMA, known=known)
    possible, chances = possible_labels(table, model.consensus(table), known=known, task=task, schema=SCHEMA)
    every = np.full(items, judged)
    return Pilot(
        answers=table,
        chances=chances,
        control=np.zeros(items, dtype=bool),
        judged=every,
        by_chance=every,
        depth=7,
        crew=np.ones(people, dtype=bool),
        possible=possible,
        skills=model.skill(),
    )


def told(kind, pilot, *, items=400, seed=1):
    terms = Terms(
        items=items,
        quality=Quality(right=0.85, confidence=0.95),
        limits=Limits(least=1, most=5, threshold=0.15),
        expert_price=5.0,
        seed=seed,
    )
    return forecast(pilot, terms=terms, task=TASKS[kind], schema=SCHEMA, drawn=2, most=300)


@pytest.mark.parametrize("kind", TASKS)
def test_the_same_pilot_gives_the_same_forecast_and_better_people_a_cheaper_one(kind):
    usual = told(kind, pilot_of(kind, judged=False, skills=(0.75,)))
    assert usual == told(kind, pilot_of(kind, judged=False, skills=(0.75,)))
    assert 0.0 <= usual.cost.low <= usual.cost.mid <= usual.cost.high
    assert usual.cost.mid == pytest.approx(400 * usual.answers_per_item.mid + 5.0 * usual.judgements.mid)
    better = told(kind, pilot_of(kind, judged=False, skills=(0.99,)))
    assert better.cost.mid < 0.9 * usual.cost.mid
    assert better.right_before.mid > usual.right_before.mid


def test_labels_that_are_long_to_read_get_smaller_batches_and_then_fewer(monkeypatch):
    met, sizes = pilot_of("spans"), []

    def watched(scene, *, source):
        sizes.append(len(scene.keys))
        return rehearse(scene, source=source)

    monkeypatch.setattr(planning, "rehearse", watched)
    usual = told("spans", met)
    assert sizes == [380, 380]
    monkeypatch.setattr(planning, "_EFFORT", planning._EFFORT / 10)
    told("spans", met)
    assert 180 <= sizes[2] == sizes[3] < 380
    monkeypatch.setattr(planning, "_EFFORT", 1.0)
    fewer = told("spans", met)
    assert sizes[4:] == [180]
    assert abs(fewer.cost.mid / usual.cost.mid - 1.0) < 0.35


@pytest.mark.parametrize("kind", TASKS)
def test_a_consensus_is_expected_to_lose_what_its_model_says(kind):
    task, met = TASKS[kind], pilot_of(kind, judged=False)
    model = task.fit(met.answers, schema=SCHEMA, known=[None] * 80)
    right = model.consensus(met.answers).right
    assert np.allclose(met.chances.sum(axis=1), 1.0)
    several = 0
    for item, labels in enumerate(met.possible):
        first, *others = (task.parse(text, schema=SCHEMA) for text in labels)
        lost = sum(
            chance * task.compare(first, one, frame=Frame(SCHEMA))
            for chance, one in zip(met.chances[item, 1:].tolist(), others, strict=False)
        )
        assert lost <= 1.0 - right[item] + 1e-9
        several += bool(others)
        if others and met.chances[item, 0] > 0:
            assert lost == pytest.approx(1.0 - right[item])
    assert several > 10


def test_a_known_label_is_the_only_one_that_may_be_right():
    met = pilot_of("spans")
    assert all(len(labels) == 1 for labels in met.possible)
    assert (met.chances[:, 0] == 1.0).all()


def drawn(met, kind, *, seed=2):
    """Return a source about the pilot's own items, each drawn ten times, and their right labels."""
    crowd = PartCrowd.learnt(met, task=TASKS[kind], schema=SCHEMA, seed=1)
    origin = np.repeat(np.arange(len(met.possible)), 10)
    truth = [met.possible[item][0] for item in origin.tolist()]
    source = PartSource(
        crowd,
        asked=np.tile(np.arange(10), (len(origin), 1)),
        origin=origin,
        truth=truth,
        given=(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)),
        task=TASKS[kind],
        schema=SCHEMA,
        best_first=False,
        dice=np.random.default_rng(seed),
    )
    return source, origin, truth


def gains(given, truth, kind):
    task = TASKS[kind]
    parsed = [
        (task.parse(said, schema=SCHEMA), task.parse(truth[item], schema=SCHEMA))
        for item, said in zip(given.item.tolist(), given.value, strict=True)
    ]
    return np.array([1.0 - task.compare(said, true, frame=Frame(SCHEMA)) for said, true in parsed])


@pytest.mark.parametrize("kind", TASKS)
def test_drawn_answers_have_as_much_in_common_with_the_truth_as_the_pilots(kind):
    met = pilot_of(kind, items=150, skills=(0.95, 0.6))
    source, origin, truth = drawn(met, kind)
    given = source.more(np.arange(len(origin)), skill=np.full(10, 0.5))
    gain = gains(given, truth, kind)
    real = gains(
        type(given)(met.answers.item, met.answers.person, tuple(met.answers.value)),
        [labels[0] for labels in met.possible],
        kind,
    )
    assert abs(gain.mean() - real.mean()) < 0.05
    good, poor = given.person % 2 == 0, given.person % 2 == 1
    apart = real[met.answers.person % 2 == 0].mean() - real[met.answers.person % 2 == 1].mean()
    assert gain[good].mean() - gain[poor].mean() > 0.5 * apart > 0.05


def test_items_on_which_everybody_errs_stay_hard():
    met = pilot_of("sets", items=150, skills=(0.95,), hard=0.3)
    source, origin, truth = drawn(met, "sets")
    given = source.more(np.arange(len(origin)), skill=np.full(10, 0.5))
    gain = gains(given, truth, "sets")
    assert gain[given.item < 450].mean() < gain[given.item >= 450].mean() - 0.1


def test_nobody_is_asked_twice_and_the_most_skilled_come_first():
    met = pilot_of("sets")
    crowd = PartCrowd.learnt(met, task=SETS, schema=SCHEMA, seed=1)
    source = PartSource(
        crowd,
        asked=np.tile(np.arange(4), (3, 1)),
        origin=np.arange(3),
        truth=[labels[0] for labels in met.possible[:3]],
        given=(np.array([0, 0]), np.array([3, 2])),
        task=SETS,
        schema=SCHEMA,
        best_first=True,
        dice=np.random.default_rng(1),
    )
    skill = np.linspace(0.1, 1.0, 10)
    assert source.prospect(np.array([0]), skill=skill) == pytest.approx(skill[1])
    turns = [source.more(np.arange(3), skill=skill) for _ in range(5)]
    assert [turn.person.tolist() for turn in turns] == [[1, 3, 3], [0, 2, 2], [1, 1], [0, 0], []]
    assert source.prospect(np.arange(3), skill=skill) == 0.0
