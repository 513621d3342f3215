"""The nearest of the names there are: a slip of the finger is seen, something else is not."""

import pytest

from assay.core.did_you_mean import did_you_mean, nearest

TASKS = ["classification", "image_boxes", "image_classification", "text_spans"]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("image_box", "image_boxes"),
        ("Image-Boxes", "image_boxes"),
        ("image clasification", "image_classification"),
        ("spans", "text_spans"),
        ("text_span", "text_spans"),
    ],
)
def test_a_slip_finds_the_name_that_was_meant(name, meant):
    assert nearest(name, TASKS) == meant
    assert did_you_mean(name, TASKS) == f" (did you mean '{meant}'?)"


@pytest.mark.parametrize("name", ["zebra", "", "x" * 10_000])
def test_something_else_is_not_guessed(name):
    assert nearest(name, TASKS) is None
    assert did_you_mean(name, TASKS) == ""


def test_a_part_that_two_names_have_tells_nothing():
    assert nearest("shop", ["shop_a_pictures_of_2025", "shop_b_pictures_of_2025"]) is None
