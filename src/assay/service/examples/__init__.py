"""One example per use case: data of its own making, an intake, a guide and a truth to simulate people with."""

from typing import Final

from assay.core.errors import UnknownMember
from assay.service.examples.data_sets import (
    again,
    cells,
    digits,
    entities,
    garments,
    groceries,
    intents,
    messages,
    parcels,
    preferences,
    reviews,
    shelves,
    stocktake,
    topics,
)
from assay.service.examples.example_folder import Example

EXAMPLES: Final = (
    digits.EXAMPLE,
    shelves.EXAMPLE,
    stocktake.EXAMPLE,
    parcels.EXAMPLE,
    cells.EXAMPLE,
    garments.EXAMPLE,
    groceries.EXAMPLE,
    reviews.EXAMPLE,
    intents.EXAMPLE,
    topics.EXAMPLE,
    entities.EXAMPLE,
    messages.EXAMPLE,
    preferences.EXAMPLE,
    again.EXAMPLE,
)
"""Every example, pictures first."""


def find_example(name: str) -> Example:
    """Return the example of that name; raises `UnknownMember`, which names those that there are."""
    for one in EXAMPLES:
        if one.name == name:
            return one
    known = ", ".join(one.name for one in EXAMPLES)
    raise UnknownMember(kind="example", name=name, known=known)
