"""Stretches of a text with labels: names, dates, quotations."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from assay.core.consolidation.objects.object_clusters import Kind
from assay.core.consolidation.task_bases.by_objects import ByObjects
from assay.core.consolidation.task_bases.drawn_attributes import any_details, seen_details
from assay.core.consolidation.values.spans import SPANS, span_kind, span_loss
from assay.core.labels.label_values import LabelSchema, LabelValue, Span, Spans
from assay.core.labels.loss_rules import ATTRIBUTES, Frame, LossRule
from assay.core.ports.task_type import Ability

MISSED, ADDED, MISNAMED, SLIPPED = 0.3, 0.3, 0.2, 0.5
"""Of a person's errors so much goes to each kind; 0.3 of misses and additions cost half of that each."""

_FARTHEST: Final = 4
"""A slip moves a boundary by so many characters at most."""


class TextSpans(ByObjects):
    """Any number of labelled spans per text, none included; implements `TaskType`."""

    name = "text_spans"
    media = "text"
    manifest_type = "groundtruth/text-span"
    produces = Spans
    compared = (
        "spans count by the F1 of those that agree in start, end and label, less for attributes that differ"
    )
    kind = SPANS

    loss_name = "span_f1"
    loss_version = 2
    parameters = (ATTRIBUTES,)

    @property
    def older_losses(self) -> tuple[LossRule, ...]:  # type: ignore[override]
        """What `compare` was in 0.1.0."""
        return (LossRule("span_f1", 1, _without_attributes),)

    def kind_in(self, schema: LabelSchema) -> Kind:
        """Return spans that carry what the project asks for."""
        return span_kind(self.rules_in(schema)) if schema.has_attributes else SPANS

    def compare(self, a: LabelValue, b: LabelValue, *, frame: Frame) -> float:
        """Return 1 - F1 over exact (start, end, label); two empty values have no loss."""
        return span_loss(_spans(a), _spans(b), rules=self.rules_in(frame.schema))

    def draw(
        self, value: LabelValue, *, schema: LabelSchema, person: Ability, chance: np.random.Generator
    ) -> LabelValue:
        """Return what a simulated person answers where `value` is true.

        Careless people and spammers mark one span anywhere. Others overlook, misname and invent spans, and
        slip by a few characters at a boundary, each with its share of their rate of error; a wrong label is
        the next one in the schema with probability `confusion`, else any. Nobody marks beyond the last true
        span: how long the text is cannot be seen here.
        """
        true = _spans(value).spans
        length = max([span.end for span in true], default=1)
        if person.spam or chance.random() >= person.care:
            return Spans((_anywhere(length, schema=schema, chance=chance),))
        error, said = 1.0 - person.skill, []
        for span in true:
            if chance.random() >= MISSED * error:
                said.append(_seen(span, length, error=error, schema=schema, person=person, chance=chance))
            if chance.random() < ADDED * error:
                said.append(_anywhere(length, schema=schema, chance=chance))
        if not true and chance.random() < error:
            said.append(_anywhere(length, schema=schema, chance=chance))
        return Spans(tuple(said))

    def examples(self) -> Sequence[LabelValue]:
        """Return a few label values, for tests and documents."""
        return (
            Spans((Span("a", 0, 5),)),
            Spans((Span("a", 4, 12), Span("b", 20, 26))),
            Spans((Span("b", 3, 9), Span("c", 3, 16), Span("a", 30, 31))),
            Spans(()),
        )


def _seen(
    span: Span,
    length: int,
    *,
    error: float,
    schema: LabelSchema,
    person: Ability,
    chance: np.random.Generator,
) -> Span:
    """Return a span as somebody marks and names it."""
    label, start, end, carried = span
    names = schema.names
    if len(names) > 1 and chance.random() < MISNAMED * error:
        step = 1 if chance.random() < person.confusion else 1 + int(chance.integers(len(names) - 1))
        label = names[(names.index(label) + step) % len(names)]
    if chance.random() < SLIPPED * error:
        far = int(chance.integers(1, _FARTHEST + 1)) * (1 if chance.random() < 0.5 else -1)
        if chance.random() < 0.5:
            start = min(max(start + far, 0), end - 1)
        else:
            end = max(min(end + far, length), start + 1)
    carried = seen_details(carried, label=label, schema=schema, person=person, chance=chance)
    return Span(label, start, end, carried)


def _anywhere(length: int, *, schema: LabelSchema, chance: np.random.Generator) -> Span:
    """Return a span somewhere before `length`."""
    start = int(chance.integers(length))
    end = int(chance.integers(start, min(start + 12, length))) + 1
    label = schema.names[int(chance.integers(len(schema.names)))]
    return Span(label, start, end, any_details(label=label, schema=schema, chance=chance))


def _without_attributes(a: LabelValue, b: LabelValue, *, frame: Frame) -> float:  # noqa: ARG001 - it had no parameters
    return span_loss(_spans(a), _spans(b))


def _spans(value: LabelValue) -> Spans:
    return value if isinstance(value, Spans) else Spans(())


MEMBER: Final = TextSpans()
