"""Any number of labels out of the project's label set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from assay.core.labels.values.in_json import text_in
from assay.core.labels.values.value_kind import LabelValue, Unfit, ValueKind

_LISTS: Final = ("['", '["', "('", '("')
"""How a text starts that can only be a list of names."""


@dataclass(frozen=True, slots=True)
class Choices(LabelValue):
    """Any number of labels out of the project's label set, none included; in alphabetical order."""

    names: tuple[str, ...]

    def __post_init__(self) -> None:
        """Put the names in order."""
        object.__setattr__(self, "names", tuple(sorted(set(self.names))))


def _read(found: Any) -> Choices:
    if isinstance(found, Mapping):
        found = found.get("labels", found.get("choices"))
    if isinstance(found, str):
        if found.startswith(_LISTS):
            raise Unfit("it is no sound JSON, nor a list as Python writes it")
        found = [found] if found else []
    if not isinstance(found, Sequence):
        raise Unfit("it is not a list of labels")
    return Choices(tuple(text_in(name) for name in found))


KIND: Final = ValueKind(
    tag="choices",
    called="multiple choices",
    holds=Choices,
    read=_read,
    content=lambda value: list(value.names),
    names=lambda value: value.names,
    renamed=lambda value, new: Choices(tuple(map(new, value.names))),
    words=lambda value: ", ".join(value.names) or "none of the labels",
    objects=lambda value: value.names,
    nothing=Choices(()),
    keys=("choices",),
)
