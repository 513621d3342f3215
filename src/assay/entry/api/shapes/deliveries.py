"""Shapes of deliveries: versions, and files with sizes and digests."""

from assay.entry.api.shapes.base import Shape
from assay.service.delivery import deliveries


class DeliveryListed(Shape, shows=deliveries.DeliveryLine, without={"id"}):
    """A delivery in the list; `right` is the proven lower bound of the share right."""


class Deliveries(Shape):
    """One page of deliveries, newest first."""

    deliveries: list[DeliveryListed]
    next: str | None


class DeliveredFile(Shape, shows=deliveries.DeliveredFile):
    """One file of a delivery, by its name within it."""


class Delivery(Shape):
    """A delivery with its files; `more` where there are more than are listed."""

    delivery: DeliveryListed
    files: list[DeliveredFile]
    more: bool


def delivery_of(found: deliveries.Delivery) -> Delivery:
    """Return the shape of a delivery."""
    return Delivery.of(found, delivery=DeliveryListed.of(found.line))
