"""Attributes of objects are decided by votes, count in the loss, and cost nothing where nobody asks for them."""

import numpy as np
import pytest

from assay.core.labels.attributes import PLAIN, Attribute, details
from assay.core.labels.label_text import write_label
from assay.core.labels.label_values import Box, Boxes, LabelClass, LabelSchema, Span, Spans, schema_of
from assay.core.labels.loss_rules import Frame
from assay.core.ports.answers import AnswerTable
from assay.tasktypes.image_boxes import MEMBER as BOXES
from assay.tasktypes.text_spans import MEMBER as SPANS

COLOUR = Attribute("colour", "choice", ("red", "blue", "green"))
HIDDEN = Attribute("hidden", "flag")
SCHEMA = LabelSchema((LabelClass("can", attributes=(COLOUR, HIDDEN)), LabelClass("jar")))
FRAME = Frame(SCHEMA)


def can(left=0.0, **held):
    return Box("can", left, 0.0, 10.0, 10.0, details(held))


def table_of(rows, *, people):
    item, person, value = zip(*rows, strict=True)
    texts = [write_label(one) for one in value]
    return AnswerTable(np.array(item), np.array(person), texts, max(item) + 1, people)


def test_attributes_take_their_share_off_a_matched_pair():
    one, two = Boxes((can(colour="red", hidden=False),)), Boxes((can(colour="blue", hidden=False),))
    assert BOXES.compare(one, two, frame=FRAME) == pytest.approx(0.1)
    assert BOXES.compare(one, Boxes((can(),)), frame=FRAME) == pytest.approx(0.2)
    assert BOXES.compare(one, one, frame=FRAME) == 0.0
    assert BOXES.compare(one, two, frame=Frame(schema_of(("can", "jar")))) == 0.0
    whole = LabelSchema(SCHEMA.classes, (("attributes", 1.0),))
    assert BOXES.compare(one, two, frame=Frame(whole)) == pytest.approx(0.5)
    marked = Spans((Span("can", 0, 4, details({"colour": "red"})),)), Spans((Span("can", 0, 4),))
    assert SPANS.compare(*marked, frame=FRAME) == pytest.approx(0.1)


def test_place_decides_which_belong_together_and_of_equals_what_they_carry():
    red, blue = can(colour="red"), can(colour="blue")
    one, two = Boxes((red, blue)), Boxes((red, can(colour="blue", hidden=True)))
    assert BOXES.compare(one, two, frame=FRAME) == pytest.approx(1 - 2 * (1 + 0.9) / 4)
    # The nearer box is the same thing, though it carries something else.
    near, far = can(1.0, colour="blue"), can(3.0, colour="red")
    lost = BOXES.compare(Boxes((red,)), Boxes((near, far)), frame=FRAME)
    assert lost == pytest.approx(1 - 2 * (9 / 11) * 0.9 / 3)


@pytest.mark.parametrize("task", [BOXES, SPANS])
def test_most_people_decide_each_attribute_for_itself(task):
    def said(**held):
        if task is BOXES:
            return Boxes((can(**held),))
        return Spans((Span("can", 0, 4, details(held)),))

    given = [said(colour="red", hidden=True), said(colour="red"), said(colour="blue"), said(colour="red")]
    table = table_of([(item, p, value) for item in range(6) for p, value in enumerate(given)], people=4)
    model = task.fit(table, schema=SCHEMA, known=[None] * 6)
    found = model.consensus(table)
    assert set(found.value) == {write_label(said(colour="red"))}
    again = task.load(model.to_bytes(), schema=SCHEMA).consensus(table)
    assert (again.value, again.right.tolist()) == (found.value, found.right.tolist())


def test_agreement_is_what_comparing_says_of_attributes_too():
    dice = np.random.default_rng(3)
    colours = ["red", "blue", "green"]
    rows = []
    for item in range(30):
        for person in range(4):
            held = {"colour": colours[int(dice.integers(3))]} if dice.random() < 0.8 else {}
            rows.append((item, person, Boxes((can(float(dice.integers(3)), **held), can(40.0, **held)))))
    table = table_of(rows, people=4)
    found = BOXES.fit(table, schema=SCHEMA, known=[None] * 30).consensus(table)
    for item in range(30):
        value = BOXES.parse(found.value[item], schema=SCHEMA)
        said = [one for number, _, one in rows if number == item]
        expected = np.mean([1.0 - BOXES.compare(one, value, frame=FRAME) for one in said])
        assert found.agreement[item] == pytest.approx(expected, abs=1e-9)


def test_who_disagrees_about_attributes_lowers_what_may_be_expected():
    alike = table_of([(i, p, Boxes((can(colour="red"),))) for i in range(20) for p in range(3)], people=3)
    apart = table_of(
        [(i, p, Boxes((can(colour=("red", "blue", "green")[p]),))) for i in range(20) for p in range(3)],
        people=3,
    )
    right = [
        BOXES.fit(one, schema=SCHEMA, known=[None] * 20).consensus(one).right.mean() for one in (alike, apart)
    ]
    assert right[1] < right[0] - 0.02


def test_ids_and_groups_that_most_give_stay_and_each_id_stands_once():
    def named(own):
        return Boxes((Box("can", 0, 0, 10, 10, details({}, id=own, group="g")), Box("jar", 50, 0, 10, 10)))

    table = table_of([(i, p, named("a" if p else "b")) for i in range(4) for p in range(3)], people=3)
    found = BOXES.fit(table, schema=SCHEMA, known=[None] * 4).consensus(table)
    assert set(found.value) == {write_label(named("a"))}


def test_without_a_schema_of_attributes_the_consensus_is_byte_for_byte_what_it_was():
    plain = schema_of(("can", "jar"))
    rows = [(i, p, Boxes((can(float(p)), Box("jar", 50, 0, 10, 10)))) for i in range(5) for p in range(3)]
    table = table_of(rows, people=3)
    bare = BOXES.fit(table, schema=plain, known=[None] * 5).consensus(table)
    with_rules = BOXES.fit(table, schema=SCHEMA, known=[None] * 5).consensus(table)
    assert bare.value == with_rules.value
    assert all(box.details is PLAIN for text in bare.value for box in BOXES.parse(text, schema=plain).boxes)
