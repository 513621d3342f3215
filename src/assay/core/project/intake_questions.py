"""The questions of an intake that asks several about each item."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from assay.core.did_you_mean import one_of
from assay.core.errors import BadValue, InputError
from assay.core.labels.label_values import Condition, LabelSchema, Question, schema_of_questions
from assay.core.project.document_lines import Located
from assay.core.project.intake_labels import read_labels
from assay.core.project.intake_sections import Section

USUAL_TASK: Final = "classification"
MOST_QUESTIONS: Final = 50
_LONGEST_NAME: Final = 64
_LONGEST_TEXT: Final = 500
_WEIGHTS: Final = (0.01, 100.0)


def read_schema(top: Section, problems: list[InputError]) -> LabelSchema:
    """Read what answers may say: `labels`, or the `questions` that are asked instead, with `comparison`."""
    node = top.node("questions")
    if node is None or node.kind == "nothing":
        return replace(read_labels(top, problems), parameters=top.numbers("comparison"))
    for key in ("labels", "attributes", "comparison"):
        if (found := top.node(key)) is not None and found.kind != "nothing":
            top.bad(key, "left out: each question has its own")
    if node.kind != "list" or not 0 < len(node.elements()) <= MOST_QUESTIONS:
        top.bad("questions", f"a list of 1 to {MOST_QUESTIONS} questions")
        return LabelSchema(())
    questions: list[Question] = []
    for element in node.elements():
        entry = Section(element, "questions", problems)
        question = _question(element, entry, problems, earlier=questions)
        if question is not None:
            questions.append(question)
    return schema_of_questions(questions)


def _question(
    element: Located, entry: Section, problems: list[InputError], *, earlier: Sequence[Question]
) -> Question | None:
    name = entry.text("name")
    schema = replace(read_labels(entry, problems), parameters=entry.numbers("comparison"))
    required = entry.maybe_true("required")
    text = entry.optional("ask") or ""
    if len(text) > _LONGEST_TEXT:
        entry.bad("ask", f"at most {_LONGEST_TEXT} characters")
    question = Question(
        name=name,
        task=entry.optional("task") or USUAL_TASK,
        schema=schema,
        text=text,
        when=_condition(entry.section("when"), earlier=earlier),
        weight=_weight(entry),
        required=required is not False,
    )
    if not name:
        return None
    found, expected = f"'{name[:80]}'", ""
    if len(name) > _LONGEST_NAME or not name.isprintable() or not name.strip() or ":" in name:
        expected = f"1 to {_LONGEST_NAME} printable characters without a colon"
    elif name in {one.name for one in earlier}:
        found, expected = f"'{name}' again", "a question named once"
    if expected:
        problems.append(BadValue(where=element.where, key="questions.name", found=found, expected=expected))
        return None
    return question


def _weight(entry: Section) -> float:
    found = entry.optional("weight")
    if found is None:
        return 1.0
    low, high = _WEIGHTS
    try:
        weight = float(found)
    except ValueError:
        weight = -1.0
    if not low <= weight <= high:
        entry.bad("weight", f"a number from {low:g} to {high:g}")
        return 1.0
    return weight


def _condition(when: Section, *, earlier: Sequence[Question]) -> Condition | None:
    if not when.present:
        return None
    name, labels = when.text("question"), when.texts("is")
    depends = next((one for one in earlier if one.name == name), None)
    if not name:
        return None
    if depends is None:
        known = [one.name for one in earlier]
        when.bad("question", one_of(name, known) if known else "a question above this one")
        return None
    for label in labels:
        if depends.schema.classes and label not in depends.schema.names:
            when.bad("is", f"labels of '{name}': {one_of(label, depends.schema.names)}")
            break
    return Condition(name, labels)
