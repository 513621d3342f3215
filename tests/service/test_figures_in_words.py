import pytest

from assay.core.project.price_of_work import AnswerPrice, each_item
from assay.service.figures_in_words import in_bytes, price_of_work


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1_500, "1.5 kB"),
        (12_345_678, "12.3 MB"),
        (2 * 10**9, "2.0 GB"),
        (5 * 10**15, "5,000.0 TB"),
    ],
)
def test_a_size_is_said_in_the_largest_unit_below_it(count, words):
    assert in_bytes(count) == words


@pytest.mark.parametrize(
    ("price", "words"),
    [
        (each_item(4), "4 cents an answer"),
        (AnswerPrice("object", 3, 4, 60), "3 cents an object, at least 4, at most 60"),
        (AnswerPrice("page", 1, 0, 1_000), "1 cent a page, at most 1,000"),
    ],
)
def test_a_price_by_work_is_said_in_cents_with_its_least_and_most(price, words):
    assert price_of_work(price) == words
