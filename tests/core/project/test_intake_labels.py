"""Attributes in the intake: of every label or of one, each with what it may say."""

import pytest
from tests.core.project.test_intake import LEAST
from tests.support.located import located

from assay.core.errors import AssayError, SeveralProblems, UnknownKey
from assay.core.labels.attributes import Attribute
from assay.core.project.intake import read_intake


def schema_with(*attributes, of_all=()):
    labels = [{"name": "can", "attributes": list(attributes)}, "jar"]
    return read_intake(located(LEAST | {"labels": labels, "attributes": list(of_all)})).schema


def test_each_label_has_its_own_attributes_beside_those_of_all():
    hidden = {"name": "hidden", "kind": "flag", "help": "Behind something."}
    colour = {"name": "colour", "options": ["red", "blue"], "required": "true"}
    found = schema_with(colour, {"name": "note"}, {"name": "doors", "kind": "number"}, of_all=[hidden])
    assert found.attributes_of("can") == (
        Attribute("hidden", "flag", help="Behind something."),
        Attribute("colour", "choice", ("red", "blue"), required=True),
        Attribute("note", "text"),
        Attribute("doors", "number"),
    )
    assert found.attributes_of("jar") == (Attribute("hidden", "flag", help="Behind something."),)
    assert found.has_attributes
    assert not read_intake(located(LEAST)).schema.has_attributes


def test_a_labels_own_attribute_goes_before_that_of_all():
    of_all = [{"name": "colour", "options": ["red", "blue"]}]
    found = schema_with({"name": "colour", "options": ["clear"]}, of_all=of_all)
    assert [one.options for one in found.attributes_of("can")] == [("clear",)]
    assert [one.options for one in found.attributes_of("jar")] == [("red", "blue")]


@pytest.mark.parametrize(
    ("attribute", "sentence"),
    [
        ({"kind": "flag"}, r"'attributes\.name' is missing"),
        ({"name": "x" * 65}, r"must be 1 to 64 printable characters"),
        (
            {"name": "a", "kind": "colour"},
            r"'attributes\.kind' is 'colour', but must be one of choice, choices",
        ),
        ({"name": "a", "kind": "choices"}, r"'attributes\.options' is missing"),
        ({"name": "a", "kind": "flag", "options": ["x"]}, "left out of an attribute that is true or false"),
        ({"name": "a", "options": ["x", "x"]}, "a list of 1 to 200 different texts"),
        ({"name": "a", "options": "x"}, "a list of 1 to 200 different texts"),
        ({"name": "a", "required": "yes"}, r"'attributes\.required' is 'yes', but must be true or false"),
    ],
)
def test_an_attribute_that_is_none_is_said_in_a_sentence(attribute, sentence):
    with pytest.raises(AssayError, match=sentence):
        schema_with(attribute)


def test_an_attribute_named_twice_and_a_key_misspelt_are_both_told():
    with pytest.raises(SeveralProblems) as caught:
        schema_with({"name": "a"}, {"name": "a"}, {"name": "b", "optoins": ["x"]})
    said = str(caught.value)
    assert "'a' again, but must be an attribute named once" in said
    assert any(isinstance(one, UnknownKey) for one in caught.value.problems)
    assert "did you mean 'options'" in said
