"""Read a certificate's statement from untrusted JSON values, saying what is not as it should be."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from assay.core.labels.attributes import Attribute, UnfitDetails, attribute_in
from assay.core.labels.label_values import LabelClass, LabelSchema, Question
from assay.core.labels.loss_rules import StatedLoss, parameters_from
from assay.core.labels.stated_label_ids import UnfitIds, with_stated_ids
from assay.core.quality.certificate import LAYOUT, SampleLine
from assay.core.quality.stated_questions import UnfitQuestions, questions_in


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: `about` is the part of the delivery, the sentence names what differs."""

    about: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of a statement that can be derived again, with their types checked.

    `schema` holds the labels with their attributes and the parameters of the loss; `loss` is None in the first layout,
    which named none.
    """

    schema: LabelSchema
    loss: StatedLoss | None
    items: int
    control_items: int
    set_aside: int
    right: float
    confidence: float
    attempt: int
    delta_spent: float
    allowed: float
    nonce: str
    nonce_commitment: str
    labels_digest: str
    seed: str
    sample: tuple[SampleLine, ...]
    errors_found: int
    loss_found: float
    process_error_bound: float
    certified_bound: float
    outcome: str
    certified: bool
    wealth: float
    twice_judged: int
    agreed: int
    judgements_reused: int
    delivered_digest: str
    workforce: str
    demonstration: bool
    independent: bool
    made_elsewhere: bool


_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "layout": (int,),
    "version": (str,),
    "project": (str,),
    "batch": (str,),
    "task": (str,),
    "labels": (list,),
    "items": (int,),
    "control_items": (int,),
    "set_aside": (int,),
    "target": (dict,),
    "attempt": (int,),
    "delta_spent": (int, float),
    "method": (str,),
    "allowed": (int, float),
    "nonce": (str,),
    "nonce_commitment": (str,),
    "labels_digest": (str,),
    "seed": (str,),
    "sample": (list,),
    "errors_found": (int,),
    "loss_found": (int, float),
    "process_error_bound": (int, float),
    "certified_bound": (int, float),
    "outcome": (str,),
    "certified": (bool,),
    "wealth": (int, float),
    "auditors": (int,),
    "audit_agreement": (dict,),
    "judgements_reused": (int,),
    "delivered_digest": (str,),
    "files": (dict,),
    "workforce": (str,),
    "demonstration": (bool,),
    "issued_at": (str,),
    "says_not": (list,),
}
_SINCE_LAYOUT_2: Final[dict[str, tuple[type, ...]]] = {"attributes": (dict,), "loss": (dict,)}
_LOSS_KINDS: Final[dict[str, tuple[type, ...]]] = {"name": (str,), "version": (int,), "parameters": (dict,)}
_LATER: Final[dict[str, object]] = {"independent": True, "made_elsewhere": False}
"""What statements of the same layout did not say at first, and what they meant."""
_NUMBERS: Final = (int, float)
_SAMPLE_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "position": (int,),
    "item": (str,),
    "frozen": (str,),
    "verdict": (str,),
    "correction": (str, type(None)),
    "loss": _NUMBERS,
    "fresh": (bool,),
    "second": (str, type(None)),
}
_LARGEST: Final = 10**12


def read_claims(statement: Mapping[str, Any]) -> Claims | list[Finding]:
    """Return the claims, or why the statement cannot be read."""
    problems = _shape(statement, _KINDS, "the statement")
    if not problems and statement["layout"] != 1:
        problems += _shape(statement, _SINCE_LAYOUT_2, "the statement") or [
            *_loss_problems(statement["loss"]),
            *_attribute_problems(statement["attributes"]),
        ]
        problems = problems or _question_problems(statement) or _id_problems(statement)
    if not problems:
        problems += _shape(
            statement["target"], {"right": _NUMBERS, "confidence": _NUMBERS}, "the statement's 'target'"
        )
        problems += _shape(
            statement["audit_agreement"],
            {"twice_judged": (int,), "agreed": (int,)},
            "the statement's 'audit_agreement'",
        )
        for place, line in enumerate(statement["sample"]):
            problems += _shape(line, _SAMPLE_KINDS, f"sample line {place}")
        if not all(isinstance(name, str) for name in statement["labels"]):
            problems.append(Finding("statement", "the statement's 'labels' are not all text"))
    for name, meant in _LATER.items():
        if type(statement.get(name, meant)) is not type(meant):
            problems.append(Finding("statement", f"the statement: '{name}' is of the wrong kind"))
    if not problems:
        problems += _ranges(statement)
    return problems or _claims({**_LATER, **statement})


def _shape(found: Any, kinds: Mapping[str, tuple[type, ...]], where: str) -> list[Finding]:
    if not isinstance(found, Mapping):
        return [Finding("statement", f"{where} is not an object")]
    problems = [Finding("statement", f"{where} lacks '{name}'") for name in kinds if name not in found]
    for name, allowed in kinds.items():
        # A bool is an int to Python, but not to a reader of the statement.
        if name in found and type(found[name]) not in allowed:
            problems.append(Finding("statement", f"{where}: '{name}' is of the wrong kind"))
    return problems


def _loss_problems(found: Any, where: str = "the statement's 'loss'") -> list[Finding]:
    problems = _shape(found, _LOSS_KINDS, where)
    if not problems and not all(type(value) in _NUMBERS for value in found["parameters"].values()):
        problems.append(Finding("loss", f"{where}: its parameters are not all numbers"))
    if problems or "questions" not in found:
        return problems
    if not isinstance(found["questions"], dict):
        return [Finding("loss", f"{where}: its questions are no mapping")]
    return [
        problem
        for name, one in found["questions"].items()
        for problem in _loss_problems(
            {**one, "questions": {}} if isinstance(one, dict) else one, f"{where} of '{name[:80]}'"
        )
    ]


def _question_problems(statement: Mapping[str, Any]) -> list[Finding]:
    """Return what is wrong with the questions, of a statement whose loss and attributes can be read."""
    try:
        _questions(statement, _loss(statement["loss"]))
    except UnfitQuestions as problem:
        return [Finding("statement", f"the statement's 'questions': {problem}")]
    return []


def _id_problems(statement: Mapping[str, Any]) -> list[Finding]:
    """Return what is wrong with the ids of the labels, where the statement says any."""
    try:
        _schema(statement, _loss(statement["loss"]))
    except UnfitIds as problem:
        return [Finding("statement", f"the statement's 'label_ids': {problem}")]
    return []


def _questions(statement: Mapping[str, Any], loss: StatedLoss) -> tuple[Question, ...]:
    found = statement.get("questions", [])
    return questions_in(found, attributes=_attributes(statement["attributes"]), loss=loss)


def _attribute_problems(found: Mapping[str, Any]) -> list[Finding]:
    try:
        _attributes(found)
    except UnfitDetails as problem:
        return [Finding("statement", f"the statement's 'attributes': {problem}")]
    return []


def _attributes(found: Mapping[str, Any]) -> dict[str, tuple[Attribute, ...]]:
    if not all(isinstance(said, list) for said in found.values()):
        raise UnfitDetails("they are no list of each label")
    return {name: tuple(map(attribute_in, said)) for name, said in found.items()}


def _ranges(statement: Mapping[str, Any]) -> list[Finding]:
    target = statement["target"]
    checks = (
        ("layout", 1 <= statement["layout"] <= LAYOUT, f"1 to {LAYOUT}, the layouts that this version knows"),
        ("items", 1 <= statement["items"] <= _LARGEST, "a positive whole number"),
        ("attempt", 1 <= statement["attempt"] <= 1000, "a whole number from 1"),
        ("delta_spent", 0.0 < statement["delta_spent"] < 1.0, "between 0 and 1"),
        ("allowed", 0.0 < statement["allowed"] < 1.0, "between 0 and 1"),
        ("target", all(0.0 < target[name] < 1.0 for name in ("right", "confidence")), "between 0 and 1"),
        ("sample", all(0.0 <= line["loss"] <= 1.0 for line in statement["sample"]), "losses from 0 to 1"),
        ("sample", len(statement["sample"]) <= statement["items"], "no longer than the batch"),
    )
    return [
        Finding("statement", f"the statement's '{name}' is not as it must be: {expected}")
        for name, holds, expected in checks
        if not holds
    ]


def _claims(statement: Mapping[str, Any]) -> Claims:
    alike = set(Claims.__dataclass_fields__) & {*_KINDS, *_LATER} - {"sample"}
    loss = _loss(statement["loss"]) if statement["layout"] > 1 else None
    return Claims(
        schema=_schema(statement, loss),
        loss=loss,
        sample=tuple(
            SampleLine(**{name: line[name] for name in _SAMPLE_KINDS}) for line in statement["sample"]
        ),
        right=statement["target"]["right"],
        confidence=statement["target"]["confidence"],
        twice_judged=statement["audit_agreement"]["twice_judged"],
        agreed=statement["audit_agreement"]["agreed"],
        **{name: statement[name] for name in alike},
    )


def _schema(statement: Mapping[str, Any], loss: StatedLoss | None) -> LabelSchema:
    said = _attributes(statement["attributes"]) if loss else {}
    classes = tuple(LabelClass(name, attributes=said.get(name, ())) for name in statement["labels"])
    if loss is None:
        return LabelSchema(classes)
    schema = LabelSchema(classes, loss.parameters, _questions(statement, loss))
    return with_stated_ids(schema, statement["label_ids"]) if "label_ids" in statement else schema


def _loss(found: Mapping[str, Any]) -> StatedLoss:
    parts = tuple((name, _loss(one)) for name, one in found.get("questions", {}).items())
    return StatedLoss(found["name"], found["version"], parameters_from(found["parameters"]), parts)
