"""What one answer is paid: the same for each, or by the objects, pages or minutes in it, within least and most."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.labels.item_facts import NOTHING_MEASURED, ItemFacts
from assay.core.labels.label_values import (
    Answers,
    Box,
    Boxes,
    Choice,
    Choices,
    Point,
    Points,
    Preference,
    Span,
    Spans,
)
from assay.core.project.price_of_work import (
    COUNTED,
    ITEM,
    MINUTE,
    OBJECT,
    PAGE,
    AnswerPrice,
    assumed_work,
    each_item,
    measured_work,
    price_of_answer,
    price_of_units,
)

OBJECTS = AnswerPrice(OBJECT, cents=3, least=4, most=60)
BOXES = Boxes(tuple(Box("cat", 1.0 * place, 1.0, 5.0, 5.0) for place in range(5)))
SPANS = Spans((Span("name", 0, 4), Span("name", 6, 9)))

prices = st.builds(
    lambda per, cents, least, more: AnswerPrice(per, cents, least, least + more),
    st.sampled_from([OBJECT, PAGE, MINUTE]),
    st.integers(0, 10_000),
    st.integers(0, 10_000),
    st.integers(0, 100_000),
)
units = st.floats(0, 1e6)


def paid(price, value=BOXES, *, pages=None, seconds=0.0):
    return price_of_answer(price, value=value, facts=ItemFacts(pages=pages), seconds=seconds)


@pytest.mark.parametrize(
    ("value", "cents"),
    [
        (BOXES, 15),
        (SPANS, 6),
        (Points((Point("eye", 1.0, 1.0), Point("eye", 2.0, 2.0))), 6),
        (Boxes(()), 4),
        (Choice("cat"), 4),
        (Choices(("cat", "dog", "hen")), 4),  # labels that are ticked are no objects
        (Preference("first"), 4),
        (Answers((("what", Choice("cat")), ("where", BOXES), ("also", SPANS))), 21),
        (Answers((("what", Choice("cat")),)), 4),
        (Boxes(tuple(Box("cat", 1.0 * place, 1.0, 5.0, 5.0) for place in range(99))), 60),
    ],
)
def test_objects_are_counted_in_the_answer_within_least_and_most(value, cents):
    assert paid(OBJECTS, value) == cents


def test_pages_are_those_of_the_item_and_one_where_nobody_knows():
    price = AnswerPrice(PAGE, cents=10, least=10, most=80)
    assert [paid(price, pages=pages) for pages in (None, 1, 3, 100)] == [10, 10, 30, 80]


def test_minutes_are_those_that_its_giver_worked_rounded_once_to_the_nearest_cent():
    price = AnswerPrice(MINUTE, cents=30, least=2, most=60)
    assert [paid(price, seconds=one) for one in (0.0, 9.0, 10.0, 11.0, 60.0, 9_999.0)] == [2, 5, 5, 6, 30, 60]
    assert paid(price, seconds=-5.0) == 2


def test_a_price_of_each_item_is_the_same_whatever_is_said():
    assert {paid(each_item(4), value, pages=9, seconds=900.0) for value in (BOXES, Choice("cat"))} == {4}


@given(price=prices, few=units, more=units)
def test_nobody_earns_less_than_least_more_than_most_or_less_for_more(price, few, more):
    found = price_of_units(price, few)
    assert type(found) is int
    assert price.least <= found <= price_of_units(price, few + more) <= price.most


@given(price=prices, held=st.lists(st.integers(0, 1000), min_size=1, max_size=30))
def test_what_an_answer_is_expected_to_cost_is_what_such_answers_cost_on_average(price, held):
    found = measured_work(price, held)
    low, mid, high = found.cents
    assert mid * len(held) == pytest.approx(sum(price_of_units(price, one) for one in held))
    assert price.least <= low <= mid * (1 + 1e-12)
    assert mid <= high * (1 + 1e-12) <= price.most * (1 + 1e-12) < inf
    assert found.answers == len(held)


@pytest.mark.parametrize("per", COUNTED)
def test_what_is_assumed_is_a_range_within_least_and_most(per):
    price = each_item(7) if per == ITEM else AnswerPrice(per, cents=7, least=7, most=50)
    low, mid, high = assumed_work(price).cents
    assert 7 <= low <= mid <= high <= 50
    assert measured_work(price, []) == assumed_work(price)
    assert assumed_work(price).answers == 0


def test_facts_that_were_never_measured_are_no_obstacle():
    assert price_of_answer(OBJECTS, value=BOXES, facts=NOTHING_MEASURED, seconds=3.0) == 15
