import numpy as np

from assay.core.labels import schema_of
from assay.core.planning.drawn import DrawnModel
from assay.core.planning.pilot import Crowd, Pilot
from assay.core.ports import AnswerTable

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
    first = errors(pilot(), answered=120)
    assert abs(errors(pilot(), answered=480) / first - 0.5) < 0.05
    assert abs(errors(pilot(), answered=1920) / first - 0.25) < 0.05
    assert abs(errors(pilot(), answered=480, slope=1.0) / first - 0.25) < 0.05


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
