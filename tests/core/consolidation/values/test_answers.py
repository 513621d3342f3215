"""Answers to several questions, decided part by part."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay.core.consolidation.stored_models import DamagedModel
from assay.core.consolidation.values.answers import fit_parts, load_parts, question_loss
from assay.core.labels.label_text import read_label, write_label
from assay.core.labels.label_values import (
    Answers,
    Choice,
    Choices,
    Condition,
    Question,
    schema_of,
    schema_of_questions,
)
from assay.core.labels.loss_rules import Frame
from assay.core.ports.answers import AnswerTable
from assay.tasktypes import task_of

KIND = Question("kind", "classification", schema_of(("a", "b")), weight=3.0)
TRAITS = Question(
    "traits", "text_classification_multi", schema_of(("x", "y", "z")), when=Condition("kind", ("a",))
)
NOTE = Question("note", "classification", schema_of(("p", "q")), required=False)
SCHEMA = schema_of_questions((KIND, TRAITS, NOTE))


def said(kind, traits=None, note=None):
    parts = [("kind", Choice(kind))]
    parts += [] if traits is None else [("traits", Choices(tuple(traits)))]
    return Answers((*parts, *([] if note is None else [("note", Choice(note))])))


def loss(a, b, schema=SCHEMA):
    return question_loss(a, b, frame=Frame(schema), task_of=task_of)


def table_of(*items, models=frozenset()):
    """One list of answers for each item; the n-th answer is by the n-th person."""
    rows = [(i, p, write_label(one)) for i, given in enumerate(items) for p, one in enumerate(given)]
    people = max(p for _, p, _ in rows) + 1
    item, person, value = zip(*rows, strict=True)
    return AnswerTable(np.array(item), np.array(person), list(value), len(items), people, models)


def consensus(*items):
    table = table_of(*items)
    model = fit_parts(table, schema=SCHEMA, known=[None] * table.items, task_of=task_of)
    return model.consensus(table)


def test_the_loss_is_the_weighted_mean_of_the_parts():
    a = said("a", "xy")
    assert loss(a, a) == 0.0
    assert loss(a, said("a", "x")) == pytest.approx((1.0 * 0.5) / 4.0)
    # Only one of them was asked about traits: that part is wrong in whole, and so is the kind.
    assert loss(a, said("b")) == 1.0
    assert loss(said("b", note="p"), said("b")) == pytest.approx(1.0 / 4.0)


@settings(max_examples=60)
@given(*[st.tuples(st.sampled_from("ab"), st.sets(st.sampled_from("xyz")), st.sampled_from("pq"))] * 2)
def test_the_loss_is_symmetric_and_a_share(one, other):
    a, b = (said(kind, sorted(traits) if kind == "a" else None, note) for kind, traits, note in (one, other))
    assert loss(a, b) == pytest.approx(loss(b, a))
    assert 0.0 <= loss(a, b) <= 1.0
    assert (loss(a, b) == 0.0) == (a == b)


def test_each_question_is_decided_by_those_who_were_asked_it():
    found = consensus(
        [said("a", "x"), said("a", "x"), said("b")],
        [said("b"), said("b"), said("a", "yz")],
        [said("a", "xy"), said("a", "xy"), said("a", "xy")],
    )
    values = [read_label(text, Answers) for text in found.value]
    assert values == [said("a", "x"), said("b"), said("a", "xy")]
    assert [len(part) for part in found.parts] == [2, 1, 2]
    assert found.count.tolist() == [3, 3, 3]
    assert found.agreement[2] == pytest.approx(1.0)
    assert found.right[2] > found.right[0]


def test_what_may_be_left_out_is_said_where_half_of_the_asked_said_it():
    found = consensus(
        [said("b", note="p"), said("b"), said("b")], [said("b", note="q"), said("b", note="q"), said("b")]
    )
    assert [read_label(text, Answers) for text in found.value] == [said("b"), said("b", note="q")]


def test_the_expected_share_right_weighs_the_questions():
    found = consensus([said("a", "x"), said("a", "y"), said("a", "xyz")])
    kind, traits = found.parts[0]
    assert kind > traits
    assert found.right[0] == pytest.approx((3.0 * kind + traits) / 4.0)


def test_a_model_is_stored_and_fits_its_own_questions_only():
    table = table_of([said("a", "x"), said("a", "x")], [said("b"), said("b")])
    model = fit_parts(table, schema=SCHEMA, known=[None, None], task_of=task_of)
    back = load_parts(model.to_bytes(), schema=SCHEMA, task_of=task_of)
    assert back.skill().tolist() == model.skill().tolist()
    assert list(back.consensus(table).value) == list(model.consensus(table).value)
    assert len(model.grown(5).skill()) == 5
    other = schema_of_questions((KIND,))
    for data, schema in ((model.to_bytes(), other), (model.to_bytes()[:-9], SCHEMA), (b"{}", SCHEMA)):
        with pytest.raises(DamagedModel):
            load_parts(data, schema=schema, task_of=task_of)
