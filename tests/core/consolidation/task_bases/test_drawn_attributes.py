"""Simulated people err about each attribute by itself, at their rate, and never say what the schema does not know."""

import numpy as np
import pytest

from assay.core.consolidation.task_bases.drawn_attributes import any_details, seen_details
from assay.core.labels.attributes import PLAIN, Attribute, details, missing_attribute, unfit_attributes
from assay.core.labels.label_values import Box, Boxes, LabelClass, LabelSchema, schema_of
from assay.core.ports.task_type import Ability
from assay.tasktypes.image_boxes import MEMBER as BOXES

EVERY = (
    Attribute("colour", "choice", ("red", "blue", "green"), required=True),
    Attribute("parts", "choices", ("cap", "label", "dent")),
    Attribute("doors", "number"),
    Attribute("note", "text"),
    Attribute("hidden", "flag"),
)
SCHEMA = LabelSchema(
    (LabelClass("can", attributes=EVERY), LabelClass("jar", attributes=EVERY[:1]), LabelClass("box"))
)
TRUE = details(
    {"colour": "red", "parts": ("cap", "dent"), "doors": 2.0, "note": "x", "hidden": False}, id="a", group="g"
)


def person(skill):
    return Ability(skill=skill, confusion=0.5, care=1.0, spam=False, seconds=1.0)


def seen(true, skill, *, label="can", schema=SCHEMA, times=400):
    dice = np.random.default_rng(1)
    return [
        seen_details(true, label=label, schema=schema, person=person(skill), chance=dice)
        for _ in range(times)
    ]


def test_who_is_perfect_says_what_is_true_and_who_is_lost_says_nothing_of_it():
    assert set(seen(TRUE, 1.0)) == {TRUE}
    for said in seen(TRUE, 0.0):
        assert not set(said.attributes) & set(TRUE.attributes)
        assert (said.id, said.group) == ("a", "g")


@pytest.mark.parametrize("name", [one.name for one in EVERY])
def test_each_attribute_is_wrong_at_the_persons_rate(name):
    true = dict(TRUE.attributes)[name]
    wrong = [dict(said.attributes).get(name) != true for said in seen(TRUE, 0.8, times=2_000)]
    assert np.mean(wrong) == pytest.approx(0.2, abs=0.03)


def test_of_several_options_one_goes_or_one_comes():
    said = {dict(one.attributes)["parts"] for one in seen(TRUE, 0.0)}
    assert said == {("cap",), ("dent",), ("cap", "dent", "label")}


@pytest.mark.parametrize("label", SCHEMA.names)
def test_whatever_is_drawn_can_be_said_and_says_what_it_must(label):
    allowed = SCHEMA.attributes_of(label)
    dice = np.random.default_rng(2)
    guessed = [any_details(label=label, schema=SCHEMA, chance=dice) for _ in range(50)]
    for said in (*seen(TRUE, 0.3, label=label), *seen(PLAIN, 0.3, label=label), *guessed):
        assert unfit_attributes(said, allowed, label=label) == ""
        assert missing_attribute(said, allowed) == ""


def test_without_attributes_no_chance_is_drawn():
    before, after = np.random.default_rng(3), np.random.default_rng(3)
    plain = schema_of(("can", "jar"))
    assert seen_details(PLAIN, label="can", schema=plain, person=person(0.1), chance=after) is PLAIN
    assert any_details(label="can", schema=plain, chance=after) is PLAIN
    assert before.random() == after.random()


def test_a_drawn_answer_of_boxes_reads_back_with_its_attributes():
    value, dice = (
        Boxes((Box("can", 0, 0, 10, 10, TRUE), Box("jar", 50, 0, 10, 10, details({"colour": "blue"})))),
        np.random.default_rng(4),
    )
    for _ in range(100):
        said = BOXES.draw(value, schema=SCHEMA, person=person(0.5), chance=dice)
        assert BOXES.parse(BOXES.text(said), schema=SCHEMA) == said
