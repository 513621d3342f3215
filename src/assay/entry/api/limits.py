"""Limits of requests (SEC-10): a bucket of tokens per caller and server process.

The numbers stand in the documents. A bucket holds a minute's worth, refills evenly, and belongs to one
person, so nobody's haste slows another.
"""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from assay.entry.api.errors import TooMany
from assay.service.permissions import Actor

MOST_CALLERS: Final = 20_000


@dataclass(slots=True)
class Bucket:
    """What one caller has left; `at` in seconds of a clock that only moves on."""

    left: float
    at: float


class Buckets:
    """The buckets of one kind of request."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.lock = threading.Lock()
        self.found: OrderedDict[object, Bucket] = OrderedDict()

    def take(self, caller: object, *, per_minute: int) -> None:
        """Take one; raises `TooMany` where none is left."""
        now = time.monotonic()
        with self.lock:
            bucket = self.found.setdefault(caller, Bucket(left=float(per_minute), at=now))
            self.found.move_to_end(caller)
            if len(self.found) > MOST_CALLERS:
                self.found.popitem(last=False)
            bucket.left = min(float(per_minute), bucket.left + (now - bucket.at) * per_minute / 60)
            bucket.at = now
            if bucket.left < 1:
                wait = int((1 - bucket.left) * 60 / per_minute) + 1
                raise TooMany(what=self.what, limit=per_minute, window="a minute", seconds=wait)
            bucket.left -= 1


REQUESTS: Final = Buckets("requests")
EXPORTS: Final = Buckets("exports")
UPLOADS: Final = Buckets("uploads")
EXPORTS_PER_MINUTE: Final = 10
UPLOADS_PER_MINUTE: Final = 600


def count_request(actor: Actor) -> None:
    """Count one request of a caller."""
    REQUESTS.take((actor.scope.tenant, actor.member), per_minute=settings.ASSAY.requests_per_minute)


def count_export(actor: Actor) -> None:
    """Count one export of a caller."""
    EXPORTS.take((actor.scope.tenant, actor.member), per_minute=EXPORTS_PER_MINUTE)


def count_upload(actor: Actor) -> None:
    """Count one upload of a caller."""
    UPLOADS.take((actor.scope.tenant, actor.member), per_minute=UPLOADS_PER_MINUTE)
