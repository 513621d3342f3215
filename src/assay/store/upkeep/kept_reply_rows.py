"""Replies by idempotency key: the same request again gets the same reply, for a day."""

from typing import Final

from assay.store import db
from assay.store.scope import Scope

LIFE: Final = 86_400_000_000


def reply_of(scope: Scope, key: str) -> tuple[str, int, str] | None:
    """Return (digest of the request, status, body) of a key that came before."""
    found = db.row(
        "SELECT digest, status, body FROM reply WHERE tenant_id = %s AND key = %s", [scope.tenant, key]
    )
    return None if found is None else (str(found[0]), int(found[1]), str(found[2]))


def hold_key(scope: Scope, key: str, *, digest: str, now: int) -> bool:
    """Take a key for a request that is being answered; return whether it was free."""
    return (
        db.execute(
            "INSERT INTO reply (tenant_id, key, digest, status, body, at) VALUES (%s, %s, %s, 0, '', %s)"
            " ON CONFLICT (tenant_id, key) DO NOTHING",
            [scope.tenant, key, digest, now],
        )
        == 1
    )


def keep_reply(scope: Scope, key: str, *, status: int, body: str) -> None:
    """Keep the reply to a held key."""
    db.execute(
        "UPDATE reply SET status = %s, body = %s WHERE tenant_id = %s AND key = %s",
        [status, body, scope.tenant, key],
    )


def drop_key(scope: Scope, key: str) -> None:
    """Free a key whose request came to nothing."""
    db.execute("DELETE FROM reply WHERE tenant_id = %s AND key = %s AND status = 0", [scope.tenant, key])


def drop_abandoned(scope: Scope, key: str, *, before: int) -> None:
    """Free a key whose request began before a moment and never got a reply."""
    db.execute(
        "DELETE FROM reply WHERE tenant_id = %s AND key = %s AND status = 0 AND at < %s",
        [scope.tenant, key, before],
    )


def forget_before(at: int) -> None:
    """Forget replies that are older."""
    db.execute("DELETE FROM reply WHERE at < %s", [at])
