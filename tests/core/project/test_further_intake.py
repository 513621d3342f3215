"""What a further batch says of its own, and what of its project's intake stays as it is."""

from datetime import UTC, date, datetime

import pytest
from tests.support.located import located

from assay.core.errors import AssayError, MissingKey, UnknownKey
from assay.core.project.further_intake import ProjectsKey, intake_of_further, read_further
from assay.core.project.intake import read_intake
from assay.core.project.price_of_work import each_item

PROJECT = {
    "assay": "1",
    "name": "pets",
    "task": "image_classification",
    "data": {"path": "items.csv", "id": "key"},
    "labels": ["cat", "dog"],
    "known": {"path": "known.csv"},
    "money": {"budget": "900", "answer": "5"},
    "deadline": "2026-12-20",
    "approve": {"max_price": "500", "finish_by": "2026-12-10"},
    "workforce": {"kind": "simulated", "truth": "truth.csv"},
}
START = datetime(2027, 1, 1, tzinfo=UTC)


def seen(**says):
    further = read_further(located({"data": {"path": "new.csv"}, **says}))
    return intake_of_further(read_intake(located(PROJECT)), further, folder="/more", start=START)


def test_data_are_its_own_and_task_labels_and_promise_the_projects():
    base, found = read_intake(located(PROJECT)), seen()
    assert found.data.path == "/more/new.csv"
    assert (found.schema, found.quality, found.known) == (base.schema, base.quality, "known.csv")
    assert found.workforce.truth == "truth.csv"
    assert found.start == START


def test_a_deadline_is_each_batchs_and_standing_decisions_stay():
    assert (seen().deadline, seen().finish_by, seen().approved_price) == (None, date(2026, 12, 10), 500)
    late = seen(deadline="2027-02-01")
    assert (late.deadline, late.finish_by) == (date(2027, 2, 1), None)


@pytest.mark.parametrize(
    ("says", "limit"),
    [({"approve": {"max_price": "70"}}, 70), ({"money": {"budget": "80"}}, 80)],
)
def test_a_limit_of_its_own_takes_the_place_of_the_projects(says, limit):
    assert seen(**says).approved_price == limit
    assert seen(**says).money.answer == each_item(5)


@pytest.mark.parametrize(
    ("says", "error"),
    [
        ({"data": {"path": "x"}, "labels": ["hen"]}, ProjectsKey),
        ({"data": {"path": "x"}, "money": {"answer": "1"}}, ProjectsKey),
        ({"data": {"path": "x"}, "workforce": {"kind": "people"}}, ProjectsKey),
        ({"data": {"path": "x"}, "dedline": "2027-01-01"}, UnknownKey),
        ({"deadline": "2027-01-01"}, MissingKey),
    ],
)
def test_what_is_not_its_own_to_say_is_refused_by_name(says, error):
    with pytest.raises(AssayError) as caught:
        read_further(located(says))
    assert isinstance(caught.value, error)
