"""Shapes of deliveries: versions, and files with sizes and digests."""

from pydantic import Field

from assay.entry.api.shapes.base import Shape
from assay.entry.api.shapes.texts import Word
from assay.service.delivery import deliveries
from assay.service.delivery.supplements import further_formats


class DeliveryListed(Shape, shows=deliveries.DeliveryLine, without={"id"}):
    """A delivery in the list; `right` is the proven lower bound of the share right."""


class Deliveries(Shape):
    """One page of deliveries, newest first."""

    deliveries: list[DeliveryListed]
    next: str | None


class DeliveredFile(Shape, shows=deliveries.DeliveredFile):
    """One file of a delivery, by its name within it."""


class Supplement(Shape, shows=further_formats.Supplement):
    """Further formats of a delivery: asked for, then delivered or refused; `folder` lies within the delivery."""


class Supplements(Shape):
    """The supplements of a delivery, in the order of their numbers."""

    supplements: list[Supplement]


class AskForFormats(Shape):
    """The formats in which a delivered batch is wanted too."""

    formats: list[Word] = Field(min_length=1, max_length=50)


class Delivery(Shape):
    """A delivery with its files; `more` where there are more than are listed. `possible` are formats to ask for."""

    delivery: DeliveryListed
    files: list[DeliveredFile]
    more: bool
    supplements: list[Supplement]
    possible: list[str]


def delivery_of(found: deliveries.Delivery) -> Delivery:
    """Return the shape of a delivery."""
    return Delivery.of(
        found,
        delivery=DeliveryListed.of(found.line),
        supplements=[Supplement.of(one) for one in found.further.supplements],
        possible=list(found.further.possible),
    )
