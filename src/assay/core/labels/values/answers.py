"""What somebody says to several questions about one item: named parts, each a label value of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from assay.core.labels.attributes import Details
from assay.core.labels.item_facts import ItemFacts, Size
from assay.core.labels.values.in_json import picture_size_in
from assay.core.labels.values.value_kind import (
    LabelValue,
    Mark,
    Stretch,
    Unfit,
    ValueKind,
    content_of,
    kind_of_value,
    value_in,
)

OF: Final = ": "
"""Between a question and a label of it, where both are named as one: `sharp: yes`."""


@dataclass(frozen=True, slots=True)
class Answers(LabelValue):
    """The answers to the questions that were asked about one item, (question, value) by the question's name.

    A question that was not asked, since its condition is not met, is not in it.
    """

    parts: tuple[tuple[str, LabelValue], ...]

    def __post_init__(self) -> None:
        """Put the parts in order."""
        object.__setattr__(self, "parts", tuple(sorted(self.parts, key=lambda part: part[0])))

    def to(self, question: str) -> LabelValue | None:
        """Return the answer to one question, None where there is none."""
        return next((value for name, value in self.parts if name == question), None)


def label_of(question: str, label: str) -> str:
    """Return how a label of one question is called among those of all: `sharp: yes`."""
    return f"{question}{OF}{label}"


def parts_in(found: Any) -> Mapping[str, Any]:
    """Return what JSON says to each question; raises `Unfit`."""
    if isinstance(found, Mapping) and isinstance(found.get("answers"), Mapping):
        found = found["answers"]
    if not isinstance(found, Mapping) or not all(isinstance(name, str) for name in found):
        raise Unfit("it is not a mapping of questions to answers")
    return found


def _read(found: Any) -> Answers:
    parts = []
    for name, said in parts_in(found).items():
        try:
            parts.append((name, value_in(said)))
        except Unfit as problem:
            raise Unfit(f"the answer to '{name[:80]}': {problem}") from None
    if any(isinstance(value, Answers) for _, value in parts):
        raise Unfit("the answer to a question holds questions again")
    size = picture_size_in(found)
    return Answers(tuple(parts)) if size is None else _sized(Answers(tuple(parts)), size)


def _content(value: Answers) -> object:
    return {"answers": {name: content_of(said) for name, said in value.parts}}


def _names(value: Answers) -> tuple[str, ...]:
    return tuple(label_of(name, one) for name, said in value.parts for one in kind_of_value(said).names(said))


def _renamed(value: Answers, new: Callable[[str], str]) -> Answers:
    def within(question: str) -> Callable[[str], str]:
        start = label_of(question, "")

        def renamed(label: str) -> str:
            found = new(start + label)
            return label if found == start + label else found.removeprefix(start).strip()

        return renamed

    return Answers(
        tuple((name, kind_of_value(said).renamed(said, within(name))) for name, said in value.parts)
    )


def _words(value: Answers) -> str:
    return "; ".join(label_of(name, kind_of_value(said).words(said)) for name, said in value.parts)


def _details(value: Answers) -> tuple[Details, ...]:
    found: list[Details] = []
    for _, said in value.parts:
        kind = kind_of_value(said)
        held = kind.details(said)
        found += held or [Details()] * len(kind.names(said))
    return tuple(found)


def _carrying(value: Answers, changed: Callable[[Details], Details]) -> Answers:
    return Answers(tuple((name, kind_of_value(said).carrying(said, changed)) for name, said in value.parts))


def _outside(value: Answers, item: ItemFacts) -> bool:
    return any(kind_of_value(said).outside(said, item) for _, said in value.parts)


def _cut(value: Answers, item: ItemFacts) -> tuple[Answers, int]:
    parts, cut = [], 0
    for name, said in value.parts:
        inside, here = kind_of_value(said).cut(said, item)
        parts.append((name, inside))
        cut += here
    return Answers(tuple(parts)), cut


def _size(value: Answers) -> Size | None:
    return next((size for _, said in value.parts if (size := kind_of_value(said).size(said))), None)


def _sized(value: Answers, size: Size | None) -> Answers:
    return Answers(tuple((name, kind_of_value(said).sized(said, size)) for name, said in value.parts))


def _marks(value: Answers) -> Sequence[Mark]:
    return [
        mark._replace(label=label_of(name, mark.label))
        for name, said in value.parts
        for mark in kind_of_value(said).marks(said)
    ]


def _stretches(value: Answers) -> Sequence[Stretch]:
    found = (
        one._replace(label=label_of(name, one.label))
        for name, said in value.parts
        for one in kind_of_value(said).stretches(said)
    )
    return sorted(found, key=lambda one: (one.start, one.end, one.label))


KIND: Final = ValueKind(
    tag="answers",
    called="answers to several questions",
    holds=Answers,
    read=_read,
    content=_content,
    names=_names,
    renamed=_renamed,
    words=_words,
    noun="answers",
    objects=lambda value: value.parts,
    details=_details,
    carrying=_carrying,
    bounded=True,
    outside=_outside,
    cut=_cut,
    size=_size,
    sized=_sized,
    marks=_marks,
    stretches=_stretches,
    keys=("answers",),
    parts=lambda value: tuple(said for _, said in value.parts),
)
