import numpy as np
import pytest

from assay.core.consolidation.single_choice import SingleChoice
from assay.core.labels import LabelClass, LabelSchema
from assay.core.ports import AnswerTable
from assay.core.review.lessons import learn, rank_of, without_models
from assay.core.review.sizes import control_count, most_answers, pilot_count

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

    def compare(self, a, b):
        return 0.5 * super().compare(a, b)


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
