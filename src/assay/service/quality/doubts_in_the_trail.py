"""How doubts about single items stand in the trail: who finds them writes them, pages and reports read them."""

import json
from collections.abc import Sequence
from typing import Final

from assay.store.scope import Scope
from assay.store.trail import events

LOOKED: Final = "look over the batch"
DOUBT: Final = "doubt a label"


def subject_of(batch: str, key: str) -> str:
    """Return how events name an item."""
    return f"item {batch}/{key}"


def doubts_about(scope: Scope, *, batch: str, key: str) -> Sequence[str]:
    """Return why an item was sent to an expert when the batch was looked over, in sentences and in order."""
    told = events.automatic_events(scope, subject=subject_of(batch, key))
    return [str(json.loads(one.detail)["found"]) for one in told if one.verb == DOUBT]
