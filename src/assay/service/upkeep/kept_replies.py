"""Replies by idempotency key: begin, finish, or give up."""

from dataclasses import dataclass
from typing import Final

from assay.service.access.permissions import Actor
from assay.store import db
from assay.store.upkeep import kept_reply_rows

ABANDONED: Final = 60_000_000
"""A request that began so long ago without a reply died with its server: its key is free again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a key came with before: the request's digest, and the reply; status 0 while it is being made."""

    digest: str
    status: int
    body: str


def begin(actor: Actor, key: str, *, digest: str, now: int) -> Kept | None:
    """Take a key for a request; return what it came with before, None where it is free."""
    with db.transaction():
        kept_reply_rows.drop_abandoned(actor.scope, key, before=now - ABANDONED)
        if kept_reply_rows.hold_key(actor.scope, key, digest=digest, now=now):
            return None
        found = kept_reply_rows.reply_of(actor.scope, key)
    assert found is not None
    return Kept(*found)


def finish(actor: Actor, key: str, *, status: int, body: str) -> None:
    """Keep the reply."""
    with db.transaction():
        kept_reply_rows.keep_reply(actor.scope, key, status=status, body=body)


def give_up(actor: Actor, key: str) -> None:
    """Free a key whose request was refused: it may come again, mended."""
    with db.transaction():
        kept_reply_rows.drop_key(actor.scope, key)
