"""Questions in a statement: printed, signed, read back, and compared by what was stated."""

import copy
import json

import pytest

from assay.core.ids import canonical, digest_of_labels
from assay.core.labels.attributes import Attribute
from assay.core.labels.label_text import write_label
from assay.core.labels.label_values import (
    Answers,
    Choice,
    Choices,
    Condition,
    LabelClass,
    LabelSchema,
    Question,
    schema_of,
    schema_of_questions,
)
from assay.core.quality.certificate import AuditVerdict, issue
from assay.core.quality.certificate_statement import Claims, read_claims
from assay.core.quality.certificate_verification import verify_statement
from assay.core.quality.label_loss import loss_of, rule_of
from assay.core.quality.sample_draw import draw_order, draw_seed
from assay.tasktypes import TASK_TYPES

TASK = TASK_TYPES.get("questions")
BOX = LabelClass("hole", attributes=(Attribute("deep", "flag"),))
SCHEMA = schema_of_questions(
    (
        Question("zeal", "classification", schema_of(("much", "none")), text="How much?", weight=2.0),
        Question(
            "best", "text_classification_multi", schema_of(("x", "y")), when=Condition("zeal", ("much",))
        ),
        Question("where", "image_boxes", LabelSchema((BOX,), (("overlap", 0.7),)), required=False),
    )
)
NONCE = b"\x07" * 16


def said(*traits):
    return write_label(Answers((("zeal", Choice("much")), ("best", Choices(traits)))))


FROZEN = {f"item-{number}": said("x") if number % 2 else said("x", "y") for number in range(30)}


def statement_of(*, schema=SCHEMA):
    seed = draw_seed(nonce=NONCE, labels_digest=digest_of_labels(FROZEN.items()))
    order = draw_order(list(FROZEN), seed=seed)
    verdicts = [AuditVerdict(key=key, verdict=FROZEN[key]) for key in order]
    verdicts[2] = AuditVerdict(key=order[2], verdict=said("y"), correction=said("y"))
    made = issue(
        version="0",
        project="a",
        batch="a-1",
        task=TASK.name,
        schema=schema,
        stated_loss=TASK.loss.stated(schema),
        frozen=FROZEN,
        control_items=0,
        set_aside=0,
        right=0.9,
        confidence=0.9,
        attempt=1,
        delta_spent=0.1,
        nonce=NONCE,
        verdicts=verdicts,
        loss=loss_of(TASK, schema),
        auditors=1,
        workforce="simulated",
        issued_at="2026-01-01T00:00:00",
    )
    return json.loads(canonical(made.statement()))


STATEMENT = statement_of()
DELIVERED = FROZEN | {line["item"]: line["correction"] for line in STATEMENT["sample"] if line["correction"]}


def verify(statement):
    claims = read_claims(statement)
    if not isinstance(claims, Claims):
        return [one.sentence for one in claims]
    rule = rule_of(TASK, claims.loss)
    loss = loss_of(TASK, claims.schema, rule=rule)
    found = verify_statement(statement=statement, frozen=FROZEN, delivered={"a": DELIVERED}, loss=loss)
    return [one.sentence for one in found]


def changed(name, /, **values):
    statement = copy.deepcopy(STATEMENT)
    next(one for one in statement["questions"] if one["name"] == name).update(values)
    return statement


def test_questions_are_read_back_as_they_were_stated():
    claims = read_claims(STATEMENT)
    assert isinstance(claims, Claims)
    assert [one.name for one in claims.schema.questions] == ["zeal", "best", "where"]
    first, second, third = claims.schema.questions
    assert (first.weight, first.loss) == (2.0, ("one_label", 2))
    assert second.when == Condition("zeal", ("much",))
    assert third.schema.parameters == (("attributes", 0.2), ("overlap", 0.7))
    assert third.schema.attributes_of("hole") == BOX.attributes
    assert not third.required


def test_an_honest_statement_verifies_and_names_every_loss():
    assert verify(STATEMENT) == []
    assert STATEMENT["loss"]["questions"]["where"] == {
        "name": "box_overlap",
        "version": 2,
        "parameters": {"attributes": 0.2, "overlap": 0.7},
    }


def test_another_weight_gives_other_losses():
    assert any("is a loss of" in one for one in verify(changed("zeal", weight=1.0)))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"weight": 0}, "the weight of 'best' is no positive number"),
        ({"weight": "2"}, "the weight of 'best' is no positive number"),
        ({"labels": "x"}, "the labels of 'best' are no list of texts"),
        ({"when": {"question": "where", "is": []}}, "the condition of 'best' names no question above it"),
        ({"name": "other"}, "a question has no name, no task, or no loss"),
    ],
)
def test_what_is_no_question_is_a_sentence(values, sentence):
    assert any(sentence in one for one in verify(changed("best", **values))), verify(
        changed("best", **values)
    )


def test_a_question_that_is_left_out_is_missed():
    fewer = copy.deepcopy(STATEMENT)
    del fewer["questions"][1]
    assert verify(fewer) == ["the statement's 'questions': they are not those that the loss is made of"]


def test_statements_with_one_question_are_what_they_were():
    assert "questions" not in json.dumps(
        TASK_TYPES.get("image_boxes").loss.stated(LabelSchema((BOX,))).as_json()
    )
