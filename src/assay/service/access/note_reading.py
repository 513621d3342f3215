"""Reading what is protected leaves an event too (AUD-1): one for each reader, subject and minute, however often they look."""

from collections import OrderedDict
from typing import Final

from assay.service.access.permissions import Actor, record
from assay.store import db
from assay.store.upkeep.fenced_leases import claim_lease

MINUTE: Final = 60_000_000
MARK: Final = "read "
_MOST: Final = 10_000
_noted: Final[OrderedDict[tuple[int, str, str, str, int], None]] = OrderedDict()
"""What this process has noted lately, so that it need not ask the database."""


def note_reading(actor: Actor, *, verb: str, subject: str, now: int) -> None:
    """Append the event of a reading, unless there is one of this minute; over all server processes."""
    minute = now // MINUTE
    key = (actor.scope.tenant, actor.name, verb, subject, minute)
    if key in _noted:
        return
    with db.transaction():
        name = f"{MARK}{actor.scope.tenant} {actor.name} {verb} {subject}"
        if claim_lease(name, holder="", now=now, until=(minute + 1) * MINUTE) is not None:
            record(actor, now=now, verb=verb, subject=subject)
    _noted[key] = None
    if len(_noted) > _MOST:
        _noted.popitem(last=False)


def forget_noted() -> None:
    """Ask the database again about what was noted."""
    _noted.clear()
