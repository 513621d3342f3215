"""Quotes as a worker works them out, without one."""

from assay.service.requests.draft_quote import DraftQuote, quote_draft
from assay.service.requests.work_out_quotes import claim_quote, release_quote, work_out_quote

HOLDER = "tests/1"


def work_out_all(now: int) -> int:
    """Work out every quote that somebody waits for; return how many."""
    count = 0
    while (claim := claim_quote(holder=HOLDER, after=0, now=now)) is not None:
        work_out_quote(claim, now=now)
        release_quote(claim)
        count += 1
    return count


def quoted(actor, *, draft: int, now: int) -> DraftQuote:
    """Return the quote of a draft as somebody sees it who has waited for it."""
    found = quote_draft(actor, draft=draft, now=now)
    if found.waiting:
        work_out_all(now)
        found = quote_draft(actor, draft=draft, now=now)
    return found
