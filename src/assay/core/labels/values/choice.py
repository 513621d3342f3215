"""One label out of the project's label set."""

from dataclasses import dataclass
from typing import Final

from assay.core.labels.values.in_json import text_in
from assay.core.labels.values.value_kind import LabelValue, ValueKind


@dataclass(frozen=True, slots=True)
class Choice(LabelValue):
    """One label out of the project's label set."""

    name: str


KIND: Final = ValueKind(
    tag="choice",
    called="single choices",
    holds=Choice,
    read=lambda found: Choice(text_in(found)),
    content=lambda value: value.name,
    names=lambda value: (value.name,),
    renamed=lambda value, new: Choice(new(value.name)),
    words=lambda value: value.name,
)
