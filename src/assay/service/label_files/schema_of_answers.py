"""What the answers of a file may say, told by themselves: labels, questions, and what objects carry."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from assay.core.errors import InvalidLabel
from assay.core.labels.attributes import (
    CHOICE,
    CHOICES,
    FLAG,
    NUMBER,
    TEXT,
    Attribute,
    AttributeValue,
    Details,
    details,
    unfit_attributes,
)
from assay.core.labels.label_values import (
    Answers,
    Boxes,
    Choice,
    Choices,
    LabelClass,
    LabelSchema,
    LabelValue,
    Preference,
    Question,
    Spans,
    details_of,
    label_names,
    schema_of_questions,
)
from assay.core.labels.values.value_kind import kind_of_value
from assay.tasktypes import TASK_TYPES

ASKED_BY: Final[Mapping[type[LabelValue], str]] = {
    Choice: "classification",
    Choices: "text_classification_multi",
    Boxes: "image_boxes",
    Spans: "text_spans",
    Preference: "preference_pair",
}
"""Which task type a question is of, by what answers it; which media it is about, nothing here depends on."""


def schema_of_answers(values: Sequence[LabelValue], *, labels: Sequence[str]) -> LabelSchema:
    """Return what answers may say, by what they say.

    Labels, questions and attributes come in alphabetical order. A question's kind is that of most of its answers, or several
    choices where any answer has such; it may be left out, since nothing tells under which condition it was asked. An attribute
    is what most of its values are, and texts that recur are options.

    Args:
        values: the answers.
        labels: the labels of a task type that has its own; else they are those that are used.
    """
    said: dict[str, list[LabelValue]] = defaultdict(list)
    for value in values:
        for name, part in value.parts if isinstance(value, Answers) else ():
            said[name].append(part)
    if not said:
        return _labels(values, labels)
    questions = []
    for name in sorted(said):
        kind = _kind(said[name])
        task = ASKED_BY.get(kind)
        if task is not None:
            alike = [part for part in said[name] if isinstance(part, kind)]
            schema = _labels(alike, TASK_TYPES.get(task).labels)
            questions.append(Question(name, task, schema, required=False))
    return schema_of_questions(questions)


def fitted(value: LabelValue, schema: LabelSchema) -> tuple[LabelValue, int]:
    """Return an answer without attributes that are not what most are, and how many that were.

    Raises:
        InvalidLabel: if a question is answered by another kind than it mostly is.
    """
    if not isinstance(value, Answers):
        return _fitted(value, schema)
    asked = {one.name: one for one in schema.questions}
    parts, left_out = [], 0
    for name, part in value.parts:
        if name not in asked:
            reason = f"no task type asks for {kind_of_value(part).tag}, which answer '{name[:80]}'"
            raise InvalidLabel(label=name[:80], reason=reason)
        kind = TASK_TYPES.get(asked[name].task).produces
        own = Choices((part.name,)) if isinstance(part, Choice) and kind is Choices else part
        if not isinstance(own, kind):
            reason = f"'{name[:80]}' is answered by {kind_of_value(own).tag}, and mostly by another kind"
            raise InvalidLabel(label=name[:80], reason=reason)
        fit, count = _fitted(own, asked[name].schema)
        parts.append((name, fit))
        left_out += count
    return Answers(tuple(parts)), left_out


def _kind(parts: Sequence[LabelValue]) -> type[LabelValue]:
    found = Counter(type(part) for part in parts)
    if found[Choices]:
        found[Choices] += found.pop(Choice, 0)
    return max(found, key=lambda kind: (found[kind], kind.__name__))


def _labels(values: Iterable[LabelValue], labels: Sequence[str]) -> LabelSchema:
    used = dict.fromkeys(labels)
    held: dict[tuple[str, str], list[AttributeValue]] = defaultdict(list)
    for value in values:
        names = label_names(value)
        if not labels:
            used.update(dict.fromkeys(names))
        for label, carried in zip(names, details_of(value), strict=False):
            for name, one in carried.attributes:
                held[label, name].append(one)
    attributes: dict[str, list[Attribute]] = defaultdict(list)
    for (label, name), said in sorted(held.items()):
        attributes[label].append(_attribute(name, said))
    ordered = labels or sorted(used)
    return LabelSchema(tuple(LabelClass(one, attributes=tuple(attributes[one])) for one in ordered))


def _attribute(name: str, said: Sequence[AttributeValue]) -> Attribute:
    kinds = Counter(_kind_of_attribute(one) for one in said)
    kind = max(kinds, key=lambda one: (kinds[one], one))
    if kind not in (TEXT, CHOICES):
        return Attribute(name, kind)
    texts = [one for one in said if isinstance(one, str)]
    if kind == CHOICES:
        texts = [option for one in said if isinstance(one, tuple) for option in one]
    options = tuple(sorted(set(texts)))
    if kind == TEXT and 2 * len(options) > len(texts):
        return Attribute(name, TEXT)
    return Attribute(name, CHOICE if kind == TEXT else CHOICES, options)


def _kind_of_attribute(value: AttributeValue) -> str:
    if isinstance(value, bool):
        return FLAG
    if isinstance(value, tuple):
        return CHOICES
    return TEXT if isinstance(value, str) else NUMBER


def _fitted(value: LabelValue, schema: LabelSchema) -> tuple[LabelValue, int]:
    carried = details_of(value)
    if not carried:
        return value, 0
    held = [
        _fitting(one, schema, label=label) for label, one in zip(label_names(value), carried, strict=True)
    ]
    left_out = sum(len(one.attributes) for one in carried) - sum(len(one.attributes) for one in held)
    if not left_out:
        return value, 0
    rest = iter(held)
    fit: LabelValue = kind_of_value(value).carrying(value, lambda _: next(rest))
    return fit, left_out


def _fitting(carried: Details, schema: LabelSchema, *, label: str) -> Details:
    allowed = schema.attributes_of(label)
    kept = {
        name: one
        for name, one in carried.attributes
        if not unfit_attributes(details({name: one}), allowed, label=label)
    }
    return details(kept, id=carried.id, group=carried.group)
