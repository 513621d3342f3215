import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

from assay.core.labels.label_values import schema_of
from assay.core.planning.pilot_findings import Crowd, Pilot
from assay.core.planning.rehearsal.answers_drawn_from_pilot import DrawnModel, DrawnSets, Learning
from assay.core.ports.answers import AnswerTable

SCHEMA = schema_of(["a", "b", "c"])
TRUTH = np.arange(120) % 3


def pilot(*, right=0.7, crew=None, people=6):
    """120 items of known labels, one answer each; the model is right on a share of them, and silent on none."""
    dice = np.random.default_rng(1)
    says = np.where(dice.random(120) < right, TRUTH, (TRUTH + 1) % 3)
    person = np.arange(120) % people
    names = [SCHEMA.names[k] for k in TRUTH.tolist()]
    return Pilot(
        answers=AnswerTable(np.arange(120), person, names, 120, people),
        chances=np.eye(3)[TRUTH],
        control=np.zeros(120, dtype=bool),
        judged=np.ones(120, dtype=bool),
        by_chance=np.ones(120, dtype=bool),
        depth=4,
        crew=crew,
        prior=0.7 * np.eye(3)[says] + 0.1,
        learnt=120,
    )


def errors(found_pilot, *, answered, times=1.0, slope=0.5, items=3000):
    dice = np.random.default_rng(2)
    origin = dice.integers(0, 120, items)
    truth = TRUTH[origin]
    model = DrawnModel(found_pilot, origin=origin, truth=truth, slope=slope, times=times, dice=dice)
    rows = model.propose(np.zeros((items, 3)), answered=np.arange(items) < answered)
    assert np.allclose(rows.sum(axis=1), 1.0)
    return float((rows.argmax(axis=1) != truth).mean())


def test_a_drawn_model_starts_as_the_pilot_met_it():
    met = pilot()
    assert met.prior is not None
    wrong = float((met.prior.argmax(axis=1) != TRUTH).mean())
    assert abs(errors(met, answered=120) - wrong) < 0.03


def test_its_errors_fall_as_a_power_of_the_labels():
    good = pilot(right=0.85)
    first = errors(good, answered=120)
    assert abs(errors(good, answered=480) / first - 0.5) < 0.05
    assert abs(errors(good, answered=1920) / first - 0.25) < 0.05
    assert abs(errors(good, answered=480, slope=1.0) / first - 0.25) < 0.05


def test_a_model_that_knows_little_learns_slower():
    poor = pilot(right=0.4)
    first = errors(poor, answered=120)
    assert first > 0.5
    # 0.6 of 0.667 is 2 Phi(-0.13), and four times the labels make that 2 Phi(-0.25) at a slope of 1.
    assert abs(errors(poor, answered=480, slope=1.0) / first - 0.89) < 0.05


def learning(**changes):
    return Learning(
        **{"first": 100.0, "wrong": 0.1, "blind": 0.5, "classes": 2.0, "slope": 1.0, "times": 1.0, **changes}
    )


def test_no_labels_more_teach_nothing_more():
    assert learning().better(100.0) == 1.0
    assert learning().better(50.0) == 1.0
    assert learning(wrong=0.0).better(400.0) == 4.0


def test_a_model_that_is_no_better_than_a_blind_guess_hardly_learns():
    assert learning(wrong=0.6).better(400.0) == learning(wrong=0.5).better(400.0) < 1.05


def test_two_labels_are_told_apart_as_by_a_threshold_halfway():
    # Errors of 0.3 where half are wrong blindly: 2 Phi(-x) = 0.6; four times the labels double x at a slope of 1.
    x = -float(ndtri(0.3))
    left = 2.0 * float(ndtr(-2.0 * x))
    assert learning(wrong=0.3).better(400.0) == pytest.approx(0.6 / left, rel=0.01)


def test_errors_among_many_labels_fall_faster_once_the_right_one_stands_out():
    poor = {"wrong": 0.6 * 0.9, "blind": 0.9, "slope": 0.9}
    many = learning(classes=10.0, **poor).better(900.0)
    few = learning(classes=2.0, **poor).better(900.0)
    assert few < 4.0 < many <= 9.0**0.9


@given(share=st.floats(0.05, 0.95), classes=st.floats(2.0, 60.0), more=st.floats(1.0, 50.0))
def test_more_labels_never_make_it_worse_and_help_no_more_than_the_power_law(share, classes, more):
    one = learning(wrong=share * (1.0 - 1.0 / classes), blind=1.0 - 1.0 / classes, classes=classes)
    before, after = one.better(100.0 * more), one.better(200.0 * more)
    assert 1.0 <= before <= after + 1e-9
    assert after <= 2.0 * more + 1e-9


def test_of_label_sets_each_label_is_mended_by_itself_and_grows_surer():
    dice = np.random.default_rng(1)
    truth = dice.random((400, 4)) < 0.4
    wrong = dice.random((400, 4)) < 0.08
    met = Pilot(
        answers=AnswerTable(np.arange(400), np.arange(400) % 6, ["[]"] * 400, 400, 6),
        chances=np.ones((400, 1)),
        control=np.zeros(400, dtype=bool),
        judged=np.ones(400, dtype=bool),
        by_chance=np.ones(400, dtype=bool),
        depth=4,
        prior=np.where(truth ^ wrong, 0.8, 0.2),
        learnt=100,
        possible=tuple(("[]",) for _ in range(400)),
    )
    model = DrawnSets(
        met, origin=np.arange(400), truth=truth, slope=1.0, times=1.0, dice=np.random.default_rng(2)
    )
    rows = [
        model.propose(np.zeros((400, 4)), answered=np.arange(400) < answered) for answered in (100, 200, 400)
    ]
    errors = [float(((one > 0.5) != truth).mean()) for one in rows]
    assert np.array_equal(rows[0], met.prior)
    assert abs(errors[1] / errors[0] - 0.5) < 0.15
    assert abs(errors[2] / errors[0] - 0.25) < 0.15
    right = ((rows[0] > 0.5) == truth) & ((rows[2] > 0.5) == truth)
    assert np.abs(rows[2] - 0.5)[right].mean() > np.abs(rows[0] - 0.5)[right].mean()


def test_each_drawn_item_teaches_as_much_as_those_it_stands_for():
    assert errors(pilot(), answered=480, times=4.0) == errors(pilot(), answered=120 + 4 * 360)


def test_a_model_that_is_never_right_stays_wrong():
    assert errors(pilot(right=0.0), answered=3000) == 1.0


def test_only_the_crew_is_asked_and_all_of_it_alike():
    crew = np.array([True, True, True, True, True, False])
    known = Crowd.learnt(pilot(crew=crew), schema=SCHEMA)
    assert known.share.tolist() == [0.2] * 5 + [0.0]


def test_a_crowd_without_a_list_of_people_has_some_whom_the_pilot_did_not_meet():
    met = Crowd.learnt(pilot(people=100), schema=SCHEMA)
    assert len(met.share) > 100
    assert np.isclose(met.share.sum(), 1.0)
