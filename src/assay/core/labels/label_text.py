"""Label values as text: what answers, known labels and truth hold, and one canonical spelling of it.

A single choice is its bare name. All other values are JSON: canonical when written, and read
tolerantly, since truth files and other tools spell the same thing in several ways. The key of an object tells which kind of
value it is; the version of its text stands beside it from the second version on, and texts of a later one are refused.
"""

import json
from dataclasses import dataclass
from typing import Any

from assay.core.errors import InvalidLabel
from assay.core.ids import canonical
from assay.core.labels.attributes import PLAIN, missing_attribute, unfit_attributes
from assay.core.labels.label_values import (
    Answers,
    Choice,
    LabelSchema,
    LabelValue,
    details_of,
    label_names,
    without_attributes,
)
from assay.core.labels.python_lists import python_value
from assay.core.labels.questions import unanswered
from assay.core.labels.values.value_kind import Unfit, content_of, kind_of_value, kinds, read_as


@dataclass(eq=False, kw_only=True)
class LabelGone(InvalidLabel):
    """'{label}' is not a label here: {reason}."""


def write_label(value: LabelValue) -> str:
    """Return the canonical text of a value; `read_label` reads it back as the same value."""
    return value.name if isinstance(value, Choice) else canonical(content_of(value)).decode()


def read_label(text: str, kind: type[LabelValue], *, schema: LabelSchema | None = None) -> LabelValue:
    """Read a value of one kind, in JSON or as Python writes it; with a schema, its labels must be the project's.

    What was said under an earlier version of the project's labels is read as their present version has it.

    Raises:
        LabelGone: if it holds a label that was split, or retired without another in its place.
        InvalidLabel: if the text is no such value, or holds a label that the schema does not know.
    """
    if kind is Choice:
        value: LabelValue = Choice(text)
    else:
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = python_value(text)
        value = value_from_json(found, kind, text=text)
    if schema is not None:
        value = read_as_now(value, schema=schema, text=text)
        if not schema.has_attributes:
            value = without_attributes(value)
        check_names(value, schema=schema, text=text)
    return value


def read_as_now(value: LabelValue, *, schema: LabelSchema, text: str = "") -> LabelValue:
    """Return a value with the present names of its labels; raises `LabelGone` for one that has none."""
    if not schema.older:
        return value
    present = {number: name for name, number in schema.numbers.items()}
    older = {one.name: one for one in schema.older}
    now: dict[str, str] = {}
    for name in label_names(value):
        if name in older:
            found = older[name]
            if found.now is None:
                raise LabelGone(label=shown(text or name), reason=f"'{shown(name)}' {found.why}")
            now[name] = present[found.now]
    if not now:
        return value
    renamed: LabelValue = kind_of_value(value).renamed(value, lambda name: now.get(name, name))
    return renamed


def value_from_json(found: Any, kind: type[LabelValue], *, text: str = "") -> LabelValue:
    """Read a value of one kind from JSON; raises `InvalidLabel`."""
    try:
        return read_as(found, kinds()[kind])
    except Unfit as problem:
        said = text or json.dumps(found, ensure_ascii=False, default=str)
        raise InvalidLabel(label=shown(said), reason=str(problem)) from None


def value_to_json(value: LabelValue) -> object:
    """Return a value as JSON values: what `write_label` writes."""
    text = write_label(value)
    return text if isinstance(value, Choice) else json.loads(text)


def check_names(value: LabelValue, *, schema: LabelSchema, text: str = "") -> None:
    """Raise `InvalidLabel` where a value uses a label that the schema does not know, or an attribute that its label has not."""
    known = schema.names
    for name in label_names(value):
        if name not in known:
            raise InvalidLabel(
                label=shown(text or name), reason=f"'{shown(name)}' is none of {', '.join(known)}"
            )
    for name, carried in zip(label_names(value), details_of(value), strict=False):
        if problem := unfit_attributes(carried, schema.attributes_of(name), label=name):
            raise InvalidLabel(label=shown(text or name), reason=problem)


def check_complete(value: LabelValue, *, schema: LabelSchema) -> None:
    """Raise `InvalidLabel` where a question is not answered, or an object lacks an attribute that its label requires."""
    check_answered(value, schema=schema)
    if not schema.has_attributes:
        return
    carried = details_of(value) or [PLAIN] * len(label_names(value))
    for name, one in zip(label_names(value), carried, strict=False):
        if missing := missing_attribute(one, schema.attributes_of(name)):
            raise InvalidLabel(
                label=shown(write_label(value)), reason=f"a '{shown(name)}' does not say its '{missing}'"
            )


def check_answered(value: LabelValue, *, schema: LabelSchema) -> None:
    """Raise `InvalidLabel` where a question that is asked, and must be answered, is not."""
    if isinstance(value, Answers) and (missing := unanswered(schema.questions, value)):
        reason = f"the question '{missing}' is not answered"
        raise InvalidLabel(label=shown(write_label(value)), reason=reason)


def shown(text: str) -> str:
    """Return a text short enough for a sentence."""
    return text if len(text) <= 80 else text[:79] + "…"
