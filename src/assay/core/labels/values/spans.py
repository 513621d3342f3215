"""The marked stretches of a text."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Final, NamedTuple

from assay.core.labels.attributes import PLAIN, Details, details_as_json
from assay.core.labels.item_facts import ItemFacts
from assay.core.labels.values.canonical_order import in_order
from assay.core.labels.values.in_json import (
    carried_in,
    counted_names,
    ends_of,
    label_in,
    objects_in,
    whole_in,
)
from assay.core.labels.values.value_kind import LabelValue, OutsideItem, Stretch, ValueKind

_NAMES: Final = ("spans", "entities", "labels", "annotations")
_STARTS: Final = ("start", "startOffset", "start_offset")
_ENDS: Final = ("end", "endOffset", "end_offset")
_TRIPLE: Final = ("start", "end", "label")
BY_START: Final = itemgetter(1, 2, 0)
"""By what a span stands among those of its value."""


class Span(NamedTuple):
    """One stretch of a text: code points from `start` up to, not including, `end`."""

    label: str
    start: int
    end: int
    details: Details = PLAIN


@dataclass(frozen=True, slots=True)
class Spans(LabelValue):
    """The marked stretches of a text, ordered by start, end and label."""

    spans: tuple[Span, ...]

    def __post_init__(self) -> None:
        """Put the spans in order."""
        object.__setattr__(self, "spans", in_order(set(self.spans), BY_START))


def is_triple(found: Any) -> bool:
    """Say whether something is a span as doccano writes it: [start, end, label]."""
    return (
        isinstance(found, list)
        and len(found) == 3
        and whole_in(found[0]) is not None
        and whole_in(found[1]) is not None
        and isinstance(found[2], str)
    )


def _read(found: Any) -> Spans:
    if isinstance(found, Mapping):
        found = next((found[name] for name in _NAMES if name in found), None)
    if isinstance(found, list) and any(map(is_triple, found)):
        found = [dict(zip(_TRIPLE, one, strict=True)) if is_triple(one) else one for one in found]
    return Spans(tuple(_span(one) for one in objects_in(found, _NAMES)))


def _span(found: Mapping[str, Any]) -> Span:
    start = next((found[name] for name in _STARTS if name in found), None)
    end = next((found[name] for name in _ENDS if name in found), None)
    return Span(label_in(found), *ends_of(start, end), carried_in(found))


def _content(value: Spans) -> object:
    rows = [
        {"label": one.label, "start": one.start, "end": one.end, **details_as_json(one.details)}
        for one in value.spans
    ]
    return {"spans": rows}


def _names(value: Spans) -> tuple[str, ...]:
    return tuple(one.label for one in value.spans)


def _renamed(value: Spans, new: Callable[[str], str]) -> Spans:
    return Spans(tuple(one._replace(label=new(one.label)) for one in value.spans))


def _carrying(value: Spans, changed: Callable[[Details], Details]) -> Spans:
    return Spans(tuple(one._replace(details=changed(one.details)) for one in value.spans))


def _outside(value: Spans, item: ItemFacts) -> bool:
    return item.length is not None and any(one.end > item.length for one in value.spans)


def _cut(value: Spans, item: ItemFacts) -> tuple[Spans, int]:
    """Refuse: a stretch that ends beyond its text belongs to another one."""
    if _outside(value, item):
        raise OutsideItem(reason=f"a stretch ends beyond its text, which has {item.length:,} signs")
    return value, 0


KIND: Final = ValueKind(
    tag="spans",
    called="spans",
    holds=Spans,
    read=_read,
    content=_content,
    names=_names,
    renamed=_renamed,
    words=lambda value: counted_names(_names(value)),
    noun="spans",
    objects=lambda value: value.spans,
    details=lambda value: tuple(one.details for one in value.spans),
    carrying=_carrying,
    nothing=Spans(()),
    bounded=True,
    outside=_outside,
    cut=_cut,
    stretches=lambda value: [Stretch(one.label, one.start, one.end) for one in value.spans],
    keys=("spans", "entities"),
    object_keys=("start", "startOffset", "start_offset"),
)
