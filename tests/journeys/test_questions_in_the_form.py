"""The request's form asks for several questions, or for what is said about each object, as the task has them."""

import pytest
import yaml


def typed(page):
    """What the draft's text says, once the form is saved."""
    page.get_by_text("Saved", exact=False).first.wait_for()
    page.wait_for_timeout(1500)
    address = page.url.partition("#")[0]
    page.goto(f"{address}text/")
    found = yaml.safe_load(page.locator("textarea").first.input_value())
    page.goto(address)
    return found


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_questions_and_attributes_are_typed_into_the_form(window, portal, width, theme):
    rita = window("rita", width=width, theme=theme)
    page = rita.page
    page.goto(f"{portal.base}/requests/new")
    page.get_by_label("Name of the project").fill(f"form-{width}")
    page.select_option("#task", "image_questions")
    assert not page.locator("[name=label_name]").first.is_visible()
    page.get_by_label("Question 1: what is asked").fill("Can one see the parcel?")
    page.locator("[name=question_labels]").fill("usable\nblurred")
    page.locator("[name=question_weight]").fill("2")
    page.get_by_role("button", name="Add a question").click()
    page.get_by_label("Question 2: what is asked").fill("Where is it damaged?")
    second = page.locator(".as-question-row").nth(1)
    second.locator("[name=question_name]").fill("damage")
    second.locator("[name=question_task]").select_option("image_boxes")
    second.locator("[name=question_labels]").fill("hole")
    second.locator("[name=question_when]").select_option("Can one see the parcel: usable")
    assert rita.violations() == []
    assert typed(page)["questions"] == [
        {
            "name": "Can one see the parcel",
            "ask": "Can one see the parcel?",
            "labels": ["usable", "blurred"],
            "weight": 2,
        },
        {
            "name": "damage",
            "ask": "Where is it damaged?",
            "task": "image_boxes",
            "labels": ["hole"],
            "when": {"question": "Can one see the parcel", "is": "usable"},
        },
    ]
    # What is stored is shown again, and a question that goes takes its number along.
    assert second.locator("[name=question_when]").input_value() == "Can one see the parcel: usable"
    page.get_by_role("button", name="Remove question 2").click()
    page.select_option("#task", "image_boxes")
    page.get_by_label("Label 1", exact=True).fill("can")
    page.get_by_role("button", name="Ask something about each object").click()
    page.get_by_label("Attribute 1", exact=True).fill("colour")
    page.get_by_label("Options of attribute 1").fill("red\nblue")
    assert rita.violations() == []
    found = typed(page)
    assert found["attributes"] == [{"name": "colour", "options": ["red", "blue"]}]
    assert (found["labels"], "questions" in found) == (["can"], False)
