"""Shapes of deliveries: versions, and files with sizes and digests."""

from datetime import datetime

from assay.entry.api.shapes.base import Shape, moment
from assay.service.reads.deliveries import Delivery as Found
from assay.service.reads.deliveries import DeliveryLine


class DeliveryListed(Shape):
    """A delivery in the list; `right` is the proven lower bound of the share right."""

    batch: str
    project: str
    task: str
    version: int
    formats: list[str]
    items: int
    right: float | None
    certified: bool
    workforce: str
    delivered_at: datetime | None
    bytes: int
    there: bool


class Deliveries(Shape):
    """One page of deliveries, newest first."""

    deliveries: list[DeliveryListed]
    next: str | None


class DeliveredFile(Shape):
    """One file of a delivery, by its name within it."""

    name: str
    bytes: int
    sha256: str
    type: str


class Delivery(Shape):
    """A delivery with its files; `more` where there are more than are listed."""

    delivery: DeliveryListed
    files: list[DeliveredFile]
    more: bool


def listed_of(found: DeliveryLine) -> DeliveryListed:
    """Return the shape of a delivery in the list."""
    return DeliveryListed(
        batch=found.batch,
        project=found.project,
        task=found.task,
        version=found.version,
        formats=list(found.formats),
        items=found.items,
        right=found.right,
        certified=found.certified,
        workforce=found.workforce,
        delivered_at=moment(found.delivered_at),
        bytes=found.bytes,
        there=found.there,
    )


def delivery_of(found: Found) -> Delivery:
    """Return the shape of a delivery."""
    return Delivery(
        delivery=listed_of(found.line),
        files=[
            DeliveredFile(name=one.name, bytes=one.bytes, sha256=one.sha256, type=one.type)
            for one in found.files
        ],
        more=found.more,
    )
