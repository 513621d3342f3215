"""What needs an expert's judgement, riskiest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assay.service.access.permissions import Actor, require
from assay.store.labelling import queues_at_work, riskiest_items_waiting
from assay.store.labelling.queues_at_work import QueueRow
from assay.store.labelling.riskiest_items_waiting import WaitingItem

__all__ = ["QueueRow", "ReviewQueue", "WaitingItem", "review_queue"]

MOST: Final = 100


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """The riskiest items by name, and how many judgements wait in each batch."""

    items: Sequence[WaitingItem]
    queues: Sequence[QueueRow]

    @property
    def waiting(self) -> int:
        """Judgements that wait altogether."""
        return sum(one.open for one in self.queues)


def review_queue(actor: Actor, *, now: int) -> ReviewQueue:
    """Return the queue; audit items are counted only, since they are judged blind and in the drawn order."""
    require(actor, "see the review queue", now=now)
    queues = [one for one in queues_at_work.waiting_by_queue(actor.scope) if one.queue in ("expert", "audit")]
    return ReviewQueue(items=riskiest_items_waiting.riskiest_waiting(actor.scope, limit=MOST), queues=queues)
