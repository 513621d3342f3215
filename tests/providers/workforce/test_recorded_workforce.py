import string

from hypothesis import given
from hypothesis import strategies as st

from assay.core.ports.workforce import Workforce
from assay.providers.workforce.recorded import RecordedWorkforce
from assay.providers.workforce.recorded.workforce import NO_TRUTH, NOT_RECORDED

ANSWERS = [("a", "Ben", "cat"), ("a", "Ada", "dog"), ("b", "Ada", "dog"), ("b", "Ada", "cat")]
names = st.text(string.ascii_letters + "-012é\x1f", min_size=1, max_size=6)


def crowd() -> RecordedWorkforce:
    return RecordedWorkforce(answers=ANSWERS, truth={"a": "cat"}, seed=1, experts=2)


def test_people_are_those_who_answered_and_then_the_experts():
    workforce: Workforce = crowd()
    assert [person.code for person in workforce.people()] == ["Ada", "Ben", "expert-01", "expert-02"]


def test_people_can_answer_only_what_they_once_answered():
    workforce = crowd()
    assert set(workforce.able("a")) == {"Ada", "Ben"}
    assert list(workforce.able("b")) == ["Ada"]
    assert list(workforce.able("nothing")) == []
    assert workforce.give("Ben", "a", expert=False).value == "cat"
    assert workforce.give("Ben", "b", expert=False).value is None
    assert workforce.give("Ben", "b", expert=False).skip_reason == NOT_RECORDED


def test_the_first_of_two_answers_to_one_item_counts():
    assert crowd().give("Ada", "b", expert=False).value == "dog"


def test_experts_say_the_truth_and_skip_where_there_is_none():
    workforce = crowd()
    assert workforce.give("expert-01", "a", expert=True).value == "cat"
    assert workforce.give("expert-02", "b", expert=True).skip_reason == NO_TRUTH


def test_a_recorded_person_called_like_an_expert_stays_a_labeller():
    workforce = RecordedWorkforce(answers=[("a", "expert-01", "dog")], truth={"a": "cat"}, seed=1)
    codes = [person.code for person in workforce.people()]
    assert len(set(codes)) == len(codes) == 4
    assert workforce.give("expert-01", "a", expert=False).value == "dog"


@given(answers=st.lists(st.tuples(names, names, names), max_size=30), truth=st.dictionaries(names, names))
def test_every_recorded_answer_comes_back_and_nothing_else(answers, truth):
    workforce = RecordedWorkforce(answers=answers, truth=truth, seed="s")
    first = {}
    for item, worker, label in answers:
        first.setdefault((worker, item), label)
    for person in workforce.people():
        for item in {item for item, _, _ in answers} | set(truth):
            said = workforce.give(person.code, item, expert=person.expert)
            expected = truth.get(item) if person.expert else first.get((person.code, item))
            assert said.value == expected
            if not person.expert:
                assert (person.code in workforce.able(item)) == (expected is not None)
            assert said.seconds > 0.0
