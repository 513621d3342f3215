"""Quotes that somebody waits for: asked by pages and API, worked out by a worker, kept for whoever asks again."""

from dataclasses import dataclass
from typing import Final

from assay.store import db
from assay.store.scope import Scope

WAITING: Final = "waiting"
DONE: Final = "done"
FAILED: Final = "failed"


@dataclass(frozen=True, slots=True)
class QuoteRow:
    """A quote of one state of a draft: `plan` as JSON once it is done, the sentence `problem` where there is none."""

    id: int
    tenant: int
    draft: int
    member: int
    key: str
    state: str
    plan: str
    problem: str


_COLUMNS = "id, tenant_id, draft_id, member_id, key, state, plan, problem"


def ask_quote(scope: Scope, *, draft: int, member: int, key: str, now: int) -> QuoteRow:
    """Return the quote of a state of a draft, and remember that somebody waits for it.

    Nobody waits for former states of the draft any longer: those that were not worked out are forgotten.
    """
    known = db.row(f"SELECT {_COLUMNS} FROM quote WHERE tenant_id = %s AND key = %s", [scope.tenant, key])
    if known is not None and known[5] != WAITING:
        return QuoteRow(*known)
    db.execute(
        f"DELETE FROM quote WHERE tenant_id = %s AND draft_id = %s AND key <> %s AND state = '{WAITING}'",
        [scope.tenant, draft, key],
    )
    found = db.row(
        "INSERT INTO quote (tenant_id, draft_id, member_id, key, wanted_at) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (tenant_id, key) DO UPDATE SET wanted_at = excluded.wanted_at"
        f" RETURNING {_COLUMNS}",
        [scope.tenant, draft, member, key, now],
    )
    assert found is not None
    return QuoteRow(*found)


def next_wanted(scope: Scope, *, since: int) -> QuoteRow | None:
    """Return the quote of a tenant that was asked for first, of those that somebody has asked for since."""
    found = db.row(
        f"SELECT {_COLUMNS} FROM quote WHERE tenant_id = %s AND state = '{WAITING}' AND wanted_at >= %s"
        " ORDER BY id LIMIT 1",
        [scope.tenant, since],
    )
    return None if found is None else QuoteRow(*found)


def is_wanted(quote: int, *, since: int) -> bool:
    """Whether somebody has asked for a quote since, which is not worked out yet."""
    found = db.row(
        f"SELECT 1 FROM quote WHERE id = %s AND state = '{WAITING}' AND wanted_at >= %s", [quote, since]
    )
    return found is not None


def finish_quote(quote: int, *, plan: str = "", problem: str = "") -> None:
    """Keep a quote's plan, or the sentence why there is none."""
    db.execute(
        "UPDATE quote SET state = %s, plan = %s, problem = %s WHERE id = %s",
        [FAILED if problem else DONE, plan, problem, quote],
    )


def forget_quotes(*, before: int) -> None:
    """Forget quotes that nobody has asked for since."""
    db.execute("DELETE FROM quote WHERE wanted_at < %s", [before])
