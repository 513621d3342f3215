"""The one order in which the objects of a value stand, whatever order somebody drew in."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from assay.core.ids import canonical
from assay.core.labels.attributes import PLAIN, Details, details_as_json


class Carrying(Protocol):
    """An object that may carry something beside its place and label."""

    @property
    def details(self) -> Details:
        """What it carries."""


Marked = TypeVar("Marked", bound=Carrying)


def in_order(objects: Iterable[Marked], by: Callable[[Marked], Any]) -> tuple[Marked, ...]:
    """Return objects in the order of `by`; of those that lie alike what they carry decides."""
    found = sorted(objects, key=by)
    if any(one.details is not PLAIN for one in found):
        found.sort(key=lambda one: (by(one), carried_text(one)))
    return tuple(found)


def carried_text(one: Carrying) -> bytes:
    """Return what an object carries as one text, to tell objects apart that lie alike."""
    return canonical(details_as_json(one.details))
