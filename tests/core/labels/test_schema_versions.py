"""Versions of labels: ids are never reused, class numbers stay, and every older text is read or asked again."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.core.errors import InvalidLabel
from assay.core.labels.attributes import Attribute
from assay.core.labels.label_text import LabelGone, read_label, write_label
from assay.core.labels.label_values import Choice, Choices, LabelClass, LabelSchema, schema_of
from assay.core.labels.schema_versions import (
    ADD,
    KINDS,
    MERGE,
    RENAME,
    RETIRE,
    SPLIT,
    CannotChangeLabels,
    WantedChange,
    changed,
    from_json,
    in_force,
    planned,
    to_json,
    with_older_names,
)
from assay.core.labels.stated_label_ids import ids_as_json, with_stated_ids

PETS = schema_of(("cat", "dog", "hen"))
NAMES = tuple("abcdefghijkl")


def after(*wanted, schema=PETS):
    for kind, labels, names in wanted:
        schema = changed(schema, planned(schema, WantedChange(kind, labels, names)))
    return schema


@st.composite
def histories(draw):
    """Return the versions of a schema, each made by a change that was possible."""
    versions = [schema_of(NAMES[:4])]
    changes = []
    for _ in range(draw(st.integers(1, 6))):
        schema = versions[-1]
        labels = tuple(draw(st.lists(st.sampled_from(schema.names), unique=True, max_size=2)))
        names = tuple(draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=2)))
        try:
            change = planned(schema, WantedChange(draw(st.sampled_from(KINDS)), labels, names))
        except CannotChangeLabels:
            continue
        changes.append(from_json(to_json(change)))
        versions.append(changed(schema, changes[-1]))
    assert in_force(versions[0], changes) == versions[-1]
    return versions


def read(text, schema):
    try:
        return write_label(read_label(text, Choice, schema=schema))
    except LabelGone:
        return None


@given(histories())
def test_a_label_keeps_its_number_and_nobody_else_gets_it(versions):
    owners: dict[str, int] = {}
    for schema in versions:
        numbers = schema.numbers
        assert len(set(numbers.values())) == len(numbers)
        assert list(numbers.values()) == sorted(numbers.values()), "positions never pass ids"
        for name, number in numbers.items():
            assert owners.setdefault(name, number) == number, "a name is one label's for ever"
        assert set(schema.every_number) == set(range(len(schema.every_number)))
    for before, later in itertools.pairwise(versions):
        assert later.version == before.version + 1
        assert set(before.every_number) <= set(later.every_number)


@given(histories())
def test_every_text_of_a_version_is_read_in_every_later_one_or_asked_again(versions):
    for place, early in enumerate(versions):
        for name in early.names:
            way: str | None = name
            for later in versions[place:]:
                way = None if way is None else read(way, later)
                assert read(name, later) == way, "step by step is the same as at once"
                assert way is None or way in later.names


@given(histories())
def test_a_statement_says_the_ids_that_files_are_written_with(versions):
    for schema in versions[1:]:
        plain = schema_of(schema.names)
        stated = with_stated_ids(plain, ids_as_json(schema))
        assert (stated.numbers, stated.every_number) == (schema.numbers, schema.every_number)
    assert ids_as_json(versions[0]) is None


def test_a_renamed_label_is_read_under_both_names():
    schema = after((RENAME, ("cat",), ("kitten",)))
    assert read("cat", schema) == read("kitten", schema) == "kitten"
    assert after((RENAME, ("kitten",), ("cat",)), schema=schema).names == PETS.names


def test_merged_labels_are_one_also_within_a_text_that_names_both():
    schema = after((MERGE, ("cat", "dog"), ("mammal",)))
    assert schema.numbers == {"hen": 2, "mammal": 3}
    assert read_label('["cat", "dog", "hen"]', Choices, schema=schema) == Choices(("hen", "mammal"))
    assert after((MERGE, ("cat", "dog"), ("dog",))).numbers == {"dog": 1, "hen": 2}


def test_what_was_split_or_retired_has_to_be_asked_again():
    schema = after((SPLIT, ("cat",), ("kitten", "tom")), (RETIRE, ("hen",), ()), (RETIRE, ("dog",), ("tom",)))
    assert (read("cat", schema), read("hen", schema), read("dog", schema)) == (None, None, "tom")
    with pytest.raises(LabelGone, match="'cat' was split: it is 'kitten' or 'tom' now"):
        read_label("cat", Choice, schema=schema)
    with pytest.raises(InvalidLabel, match="is none of kitten, tom"):
        read_label("cow", Choice, schema=schema)
    assert schema.every_number == {0: "cat", 1: "dog", 2: "hen", 3: "kitten", 4: "tom"}
    assert set(with_older_names(schema).names) == {"cat", "dog", "hen", "kitten", "tom"}


def test_a_new_label_has_the_attributes_that_all_others_have():
    both, one = Attribute("hidden", "flag"), Attribute("age", "number")
    schema = LabelSchema((LabelClass("cat", attributes=(both, one)), LabelClass("dog", attributes=(both,))))
    assert after((ADD, (), ("cow",)), schema=schema).attributes_of("cow") == (both,)
    with pytest.raises(CannotChangeLabels, match="'cat', 'dog' have different attributes"):
        after((MERGE, ("cat", "dog"), ("pet",)), schema=schema)


@pytest.mark.parametrize(
    ("kind", "labels", "names", "reason"),
    [
        (RENAME, ("cot",), ("kitten",), r"there is no label 'cot' \(did you mean 'cat'\?\); the labels are"),
        (RENAME, ("cat",), ("dog",), "the name 'dog' is taken"),
        (RENAME, ("cat",), ("a\nb",), "is no name of 1 to 256 printable characters"),
        (RENAME, ("cat",), (), "rename takes one label and its new name"),
        (SPLIT, ("cat",), ("cat", "tom"), "the name 'cat' is taken"),
        (MERGE, ("cat", "cat"), ("pet",), "'cat' is named twice"),
        (RETIRE, ("cat",), ("cat",), "cannot be retired and be read as itself"),
        ("paint", ("cat",), ("red",), "there is no change 'paint'"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_reason(kind, labels, names, reason):
    with pytest.raises(CannotChangeLabels, match=reason):
        planned(PETS, WantedChange(kind, labels, names))


def test_names_and_labels_that_are_gone_are_said_to_be():
    schema = after((RENAME, ("cat",), ("kitten",)), (MERGE, ("dog", "hen"), ("other",)))
    with pytest.raises(CannotChangeLabels, match="'cat' is called 'kitten' now"):
        planned(schema, WantedChange(RETIRE, ("cat",)))
    with pytest.raises(CannotChangeLabels, match="the name 'dog' was another label's"):
        planned(schema, WantedChange(ADD, (), ("dog",)))
    one = after((MERGE, ("kitten", "other"), ("pet",)), schema=schema)
    with pytest.raises(CannotChangeLabels, match="'pet' is the last label"):
        planned(one, WantedChange(RETIRE, ("pet",)))
