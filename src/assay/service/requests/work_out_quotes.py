"""Work out the quotes that somebody waits for: one at a time in each tenant, given up when nobody waits any longer."""

from dataclasses import dataclass
from typing import Final

from assay.core.errors import AssayError, NotFound
from assay.service.quality.plan_and_quote import store_plan
from assay.service.requests.draft_quote import HOUR, quote_key, said
from assay.service.requests.draft_source import settle
from assay.service.requests.drafts import draft_folder
from assay.service.requests.preview_plan import preview_plan
from assay.store import db
from assay.store.accounts.tenants import list_tenants
from assay.store.projects.drafts import DraftRow, draft_by_id
from assay.store.projects.wanted_quotes import QuoteRow, finish_quote, is_wanted, next_wanted
from assay.store.scope import Scope
from assay.store.upkeep.fenced_leases import LeaseLost, claim_lease, drop_lease, hold_lease

SEED: Final = 1
PATIENCE: Final = 10_000_000
"""Whoever waits asks again every second or two; who has not asked for so long waits no longer. In microseconds."""
HOLD: Final = 15_000_000
"""How long a worker holds a tenant's quotes without a sign of life, in microseconds."""
UNFORESEEN: Final = (
    "The price could not be worked out: an error that nobody foresaw, which the server's log tells."
)


@dataclass(frozen=True, slots=True)
class ClaimedQuote:
    """A quote that a worker works out, and the fence of its hold on the tenant's quotes."""

    row: QuoteRow
    fence: int


def claim_quote(*, holder: str, after: int, now: int) -> ClaimedQuote | None:
    """Claim the quote that waits longest in the first tenant behind `after`, around in a circle, that has one.

    A tenant of which another worker has a quote in hand is passed over.
    """
    tenants = sorted(list_tenants(), key=lambda tenant: (tenant <= after, tenant))
    for tenant in tenants:
        found = next_wanted(Scope(tenant), since=now - PATIENCE)
        if found is None:
            continue
        with db.transaction():
            fence = claim_lease(_subject(found), holder=holder, now=now, until=now + HOLD)
        if fence is not None:
            return ClaimedQuote(found, fence)
    return None


def still_wanted(claim: ClaimedQuote, *, now: int) -> bool:
    """Hold on to a claim; return whether somebody still waits for its quote and it is this worker's."""
    try:
        with db.transaction():
            hold_lease(_subject(claim.row), fence=claim.fence, until=now + HOLD)
    except LeaseLost:
        return False
    return is_wanted(claim.row.id, since=now - PATIENCE)


def release_quote(claim: ClaimedQuote) -> None:
    """Let the next quote of the tenant be worked out."""
    with db.transaction():
        drop_lease(_subject(claim.row), fence=claim.fence)


def fail_quote(claim: ClaimedQuote) -> None:
    """Say that a quote cannot be had: whoever worked it out broke down, and would again."""
    with db.transaction():
        finish_quote(claim.row.id, problem=UNFORESEEN)


def work_out_quote(claim: ClaimedQuote, *, now: int) -> None:
    """Rehearse the draft's plan and keep it, or the sentence why there is none; of a draft that changed, nothing."""
    row = claim.row
    try:
        draft = draft_by_id(Scope(row.tenant), member=row.member, draft=row.draft)
    except NotFound:
        return
    if quote_key(draft, now=now) != row.key:
        return  # whoever asks again asks for what it is now
    plan, problem = _rehearsed(draft, now=now // HOUR * HOUR)
    with db.transaction():
        hold_lease(_subject(row), fence=claim.fence, until=now + HOLD)
        finish_quote(row.id, plan=plan, problem=problem)


def _rehearsed(draft: DraftRow, *, now: int) -> tuple[str, str]:
    folder = draft_folder(draft)
    try:
        return store_plan(preview_plan(settle(folder, draft.text), seed=SEED, now=now)), ""
    except AssayError as problem:
        return "", said(problem, folder)


def _subject(row: QuoteRow) -> str:
    return f"quotes of tenant {row.tenant}"
