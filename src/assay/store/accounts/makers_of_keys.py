"""By what keys of before were made: a migration, and a restore of an older backup, learn it from the trail.

Keys that were made with a key live no longer than it: where the trail does not say which key that was, they end.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

SESSION: Final = "session"
SHELL: Final = "shell"
KEY: Final = "key"
_NEVER: Final = 2**62


@dataclass(slots=True)
class _Key:
    id: int
    tenant: int
    member: int
    name: str
    expires_at: int
    revoked_at: int


def note_makers_of_keys(cursor: Any) -> None:
    """Fill in what older rows lack; `cursor` is a database's own, since no model may be known yet."""
    cursor.execute(
        "SELECT id, tenant_id, member_id, name, expires_at, revoked_at, made_by FROM api_key ORDER BY id"
    )
    rows = cursor.fetchall()
    if all(row[6] for row in rows):
        return
    cursor.execute("SELECT tenant_id, subject, actor, source FROM event WHERE verb = 'make a key'")
    told = {(tenant, subject): (actor, source) for tenant, subject, actor, source in cursor.fetchall()}
    keys = {row[0]: _Key(*row[:6]) for row in rows}
    for key in [keys[row[0]] for row in rows if not row[6]]:
        actor, source = told.get((key.tenant, f"key {key.id}"), ("", ""))
        made_by = _made_by(actor, source)
        parent = _parent(keys, key, actor) if made_by == KEY else None
        if made_by == KEY:
            key.expires_at = min(key.expires_at, parent.expires_at if parent else _NEVER)
            key.revoked_at = key.revoked_at or (parent.revoked_at if parent else time.time_ns() // 1_000)
        cursor.execute(
            "UPDATE api_key SET made_by = %s, parent_id = %s, expires_at = %s, revoked_at = %s WHERE id = %s",
            [made_by, parent and parent.id, key.expires_at, key.revoked_at, key.id],
        )


def _made_by(actor: str, source: str) -> str:
    if source.startswith("cli"):
        return SHELL
    return KEY if source.startswith("api") and " (key " in actor else SESSION


def _parent(keys: Mapping[int, _Key], key: _Key, actor: str) -> _Key | None:
    """Return the one key of the same member that the actor's name ends with; None where there is not just one."""
    found = [
        one
        for one in keys.values()
        if one.id < key.id and one.member == key.member and actor.endswith(f" (key {one.name})")
    ]
    return found[0] if len(found) == 1 else None
