import numpy as np
import pytest

from assay.core.consolidation.task_bases.single_choice import SingleChoice
from assay.core.labels.label_values import LabelClass, LabelSchema
from assay.core.ports.answers import AnswerTable
from assay.core.review.control_and_pilot_sizes import control_count, most_answers, pilot_count
from assay.core.review.known_item_lessons import learn
from assay.core.review.words_of_models import rank_of, without_models

TASK = SingleChoice(name="classification", media=None, manifest_type="")
ABC = LabelSchema(tuple(LabelClass(name) for name in "abc"))


def answers(*, right, items=200, each=3, seed=1):
    """`each` answers per item by ten people who are right at that rate; the truth is always a."""
    dice = np.random.default_rng(seed)
    item = np.tile(np.arange(items), each)
    person = np.concatenate([dice.permutation(items) % 10 for _ in range(each)])
    value = ["a" if dice.random() < right else "b" for _ in item]
    return AnswerTable(item, person, value, items, 10)


def learnt(table, *, known=40, prior=None):
    model = TASK.fit(table, schema=ABC, known=[None] * table.items)
    return learn(
        table=table,
        model=model,
        prior=prior,
        known=["a" if item < known else None for item in range(table.items)],
        by_chance=np.ones(table.items, dtype=bool),
        task=TASK,
        schema=ABC,
        most=5,
    )


def test_good_people_support_what_is_right():
    good, poor = (learnt(answers(right=right)) for right in (0.95, 0.6))
    assert good.evidence.support_right > poor.evidence.support_right
    assert good.rate == pytest.approx(0.95, abs=0.05)
    assert good.evidence.support_wrong < good.evidence.support_right


def test_more_errors_seen_leave_less_doubt_about_their_rate():
    assert learnt(answers(right=0.6)).spread < learnt(answers(right=0.99)).spread <= 1.0


def test_without_known_items_what_is_believed_stays():
    found = learnt(answers(right=0.9), known=0)
    assert found.spread == 1.0
    assert found.evidence.first.size == 0
    assert 0.0 < found.evidence.support_wrong < found.evidence.support_right < 1.0


def test_a_timid_model_that_is_always_right_comes_to_be_trusted():
    prior = np.tile([0.5, 0.25, 0.25], (200, 1))
    assert learnt(answers(right=0.8), prior=prior).sharpness > 2
    assert learnt(answers(right=0.8)).sharpness == 1.0


def test_the_same_answers_teach_the_same():
    one, two = (learnt(answers(right=0.8)) for _ in range(2))
    assert one.calibration == two.calibration
    assert one.evidence.support_right == two.evidence.support_right


def test_answers_are_ranked_within_their_item():
    table = AnswerTable(np.array([1, 0, 1, 1, 0]), np.array([0, 0, 1, 2, 1]), list("aaaaa"), 2, 3)
    assert rank_of(table).tolist() == [0, 0, 1, 2, 1]


def with_model(table, *, right, seed=5):
    """The same answers with a model's word for every item before them; the truth is always a."""
    dice = np.random.default_rng(seed)
    said = ["a" if dice.random() < right else "b" for _ in range(table.items)]
    return AnswerTable(
        item=np.concatenate([np.arange(table.items), table.item]),
        person=np.concatenate([np.zeros(table.items, dtype=np.int64), table.person + 1]),
        value=[*said, *table.value],
        items=table.items,
        people=table.people + 1,
        models=frozenset({0}),
    )


def test_a_models_word_is_no_answer():
    table = with_model(answers(right=0.9, items=4, each=2), right=1.0)
    assert rank_of(table).tolist() == [-1] * 4 + [0] * 4 + [1] * 4
    assert without_models(table).value == table.value[4:]
    assert rank_of(without_models(table)).tolist() == [0] * 4 + [1] * 4


def test_a_model_that_helps_is_used_and_one_that_harms_is_dropped():
    people = answers(right=0.85, each=2)
    assert learnt(with_model(people, right=0.95), known=60).models
    assert learnt(people).models
    prior = np.tile([0.0001, 0.9998, 0.0001], (200, 1))
    assert not learnt(answers(right=0.85, each=1), known=60, prior=prior).models


def test_what_is_learnt_from_people_does_not_count_a_dropped_models_word():
    people = answers(right=0.85, each=1)
    prior = np.tile([0.0001, 0.9998, 0.0001], (200, 1))
    dropped, alone = learnt(people, known=60, prior=prior), learnt(people, known=60)
    assert dropped.calibration == alone.calibration
    assert dropped.evidence.support_right == alone.evidence.support_right


class Halves(SingleChoice):
    """Labels that are half right where they differ: a loss between 0 and 1."""

    def compare(self, a, b, *, frame):
        return 0.5 * super().compare(a, b, frame=frame)


def test_a_label_that_is_right_in_part_counts_in_part():
    table = answers(right=0.0, each=3)
    model = TASK.fit(table, schema=ABC, known=[None] * table.items)
    found = learn(
        table=table,
        model=model,
        prior=None,
        known=["a"] * 40 + [None] * 160,
        by_chance=np.ones(200, dtype=bool),
        task=Halves(name="halves", media=None, manifest_type="", learns_from_known=False),
        schema=ABC,
        most=5,
    )
    assert found.rate == pytest.approx(0.5, abs=0.05)
    assert found.spread == pytest.approx(1.0 / np.sqrt(21.0), abs=0.02)
    consensus = model.consensus(table)
    assert 0.3 < found.calibration.apply(consensus).mean() < 0.65


def test_small_batches_have_small_pilots_and_few_control_items():
    assert (control_count(10), pilot_count(10)) == (0, 10)
    assert (control_count(100), pilot_count(95)) == (5, 50)
    assert (control_count(1_000_000), pilot_count(1_000_000)) == (40, 500)


def test_an_item_never_costs_more_answers_than_an_expert():
    assert most_answers(least=1, most=7, expert_price=5.0) == 5
    assert most_answers(least=1, most=7, expert_price=20.0) == 7
    assert most_answers(least=3, most=7, expert_price=2.0) == 3


def rows(*, right, sure, items=200, seed=7):
    """A learning model's rows: right about `right` of the items and always as sure; the truth is always a."""
    dice = np.random.default_rng(seed)
    hit = dice.random(items) < right
    rest = (1.0 - sure) / 2.0
    return np.where(hit[:, None], [sure, rest, rest], [rest, sure, rest])


def test_an_overconfident_model_is_believed_as_far_as_it_is_right():
    poor, good = (learnt(answers(right=0.7), known=80, prior=rows(right=r, sure=0.97)) for r in (0.8, 1.0))
    word = np.array([0.97])
    assert poor.alone is not None
    assert good.alone is not None
    assert poor.alone.apply(word)[0] == pytest.approx(0.8, abs=0.1)
    assert 0.95 < good.alone.apply(word)[0] < 0.9965  # 0.3 of 80 unseen errors may be there


def test_few_known_items_leave_a_risk_however_sure_a_model_is():
    floors = []
    for known in (20, 60, 180):
        alone = learnt(answers(right=0.9), known=known, prior=rows(right=1.0, sure=0.97)).alone
        assert alone is not None
        assert alone.apply(np.array([0.999999]))[0] < 1.0 - alone.floor + 1e-12
        floors.append(alone.floor)
    assert floors == pytest.approx([0.3 / 21, 0.3 / 61, 0.3 / 181])


def test_nothing_is_said_of_models_below_fifteen_items_drawn_by_chance():
    prior = rows(right=1.0, sure=0.97)
    assert learnt(answers(right=0.9), known=14, prior=prior).alone is None
    assert learnt(answers(right=0.9), known=15, prior=prior).alone is not None
    assert learnt(answers(right=0.9), known=40).alone is None


def test_models_that_suggest_whole_answers_are_believed_by_what_known_items_say():
    good, poor = (
        learnt(with_model(answers(right=0.8, items=400), right=r), known=200).alone for r in (0.98, 0.7)
    )
    assert good is not None
    assert poor is not None
    assert good.apply(np.array([0.95]))[0] > poor.apply(np.array([0.95]))[0]


def test_items_chosen_for_their_risk_count_less_for_the_models_word():
    """Half of the known items were chosen because they are hard, and the model errs on all of them."""
    table, items = answers(right=0.9), 200
    prior = np.tile([0.9, 0.05, 0.05], (items, 1))
    known = ["a" if item < 40 else "b" if item < 60 else None for item in range(items)]
    model = TASK.fit(table, schema=ABC, known=[None] * items)

    def alone(by_chance):
        found = learn(
            table=table,
            model=model,
            prior=prior,
            known=known,
            by_chance=by_chance,
            task=TASK,
            schema=ABC,
            most=5,
        ).alone
        assert found is not None
        return float(found.apply(np.array([0.9]))[0])

    assert alone(np.arange(items) < 40) > alone(np.ones(items, dtype=bool)) + 0.05
