"""Quotes are worked out one at a time in a tenant, as long as somebody asks for them, and no former state of a draft."""

from dataclasses import replace

import pytest
from tests.support.loops import one
from tests.support.projects import NOW
from tests.support.quotes import HOLDER, quoted, work_out_all

from assay.service.requests.add_draft_files import add_draft_files
from assay.service.requests.draft_files import Incoming
from assay.service.requests.draft_quote import HOUR, quote_draft
from assay.service.requests.save_draft import save_draft
from assay.service.requests.start_draft import start_draft
from assay.service.requests.work_out_quotes import (
    HOLD,
    PATIENCE,
    UNFORESEEN,
    claim_quote,
    fail_quote,
    release_quote,
    still_wanted,
    work_out_quote,
)
from assay.service.upkeep.forget_old_rows import QUOTES, tidy
from assay.store import db
from assay.store.accounts.tenants import tenant_id
from assay.store.scope import Scope

pytestmark = pytest.mark.database

INTAKE = """assay: 1
name: {name}
task: text_classification
labels: [good, bad]
money: {{budget: 1000000}}
"""
TEXTS = ("id,text\n" + "".join(f"t{n},this is text {n}\n" for n in range(30))).encode()


@pytest.fixture
def rita(cast):
    """Rita with an account."""
    return replace(cast.rita, member=7)


def drafted(installation, actor, name):
    """Return a draft with thirty texts."""
    draft = start_draft(installation.of(actor.scope), actor, text=INTAKE.format(name=name), now=NOW).id
    add_texts(actor, draft, "items.csv", TEXTS)
    return draft


def add_texts(actor, draft, name, data):
    file = Incoming(name, len(data), iter([data]))
    add_draft_files(actor, draft=draft, files=[file], most_file=1 << 20, most_all=1 << 30, now=NOW)


def claimed(now=NOW, *, holder=HOLDER, after=0):
    return claim_quote(holder=holder, after=after, now=now)


def test_a_quote_is_waited_for_and_kept_for_whoever_asks_again(installation, rita):
    draft = drafted(installation, rita, "first")
    asked = quote_draft(rita, draft=draft, now=NOW)
    assert (asked.waiting, asked.plan, asked.problem) == (True, None, "")
    found = quoted(rita, draft=draft, now=NOW + 1)
    assert not found.waiting
    assert found.plan.price.low <= found.plan.price.mid <= found.plan.price.high
    assert quote_draft(rita, draft=draft, now=NOW + 2) == found
    assert work_out_all(NOW + 3) == 0
    # The name is no part of what it costs; an hour later real people would start later.
    save_draft(rita, draft=draft, version=None, said=INTAKE.format(name="second"), now=NOW)
    assert quote_draft(rita, draft=draft, now=NOW + 4).plan == found.plan
    add_texts(rita, draft, "guide.md", b"Look closely.")
    assert quote_draft(rita, draft=draft, now=NOW + 5).plan == found.plan
    assert quote_draft(rita, draft=draft, now=NOW + HOUR).waiting


def test_one_at_a_time_in_a_tenant_and_others_do_not_wait_for_it(installation, rita):
    first, second = (drafted(installation, rita, name) for name in ("first", "second"))
    with db.transaction():
        elsewhere = replace(rita, scope=Scope(tenant_id("elsewhere")))
    other = drafted(installation, elsewhere, "other")
    for actor, draft in ((rita, first), (rita, second), (elsewhere, other)):
        assert quote_draft(actor, draft=draft, now=NOW).waiting
    one_of_rita = claimed()
    assert one_of_rita.row.draft == first
    theirs = claimed()
    assert (theirs.row.draft, theirs.row.tenant) == (other, elsewhere.scope.tenant)
    assert claimed() is None
    work_out_quote(one_of_rita, now=NOW)
    release_quote(one_of_rita)
    assert not quote_draft(rita, draft=first, now=NOW).waiting
    assert claimed().row.draft == second


def test_tenants_take_turns(installation, rita):
    with db.transaction():
        elsewhere = replace(rita, scope=Scope(tenant_id("elsewhere")))
    for actor in (rita, elsewhere):
        quote_draft(actor, draft=drafted(installation, actor, "first"), now=NOW)
    first = claimed()
    release_quote(first)
    second = claimed(after=first.row.tenant)
    release_quote(second)
    third = claimed(after=second.row.tenant)
    assert [one.row.tenant for one in (first, second, third)] == [
        rita.scope.tenant,
        elsewhere.scope.tenant,
        rita.scope.tenant,
    ]


def test_a_quote_for_which_nobody_waits_is_not_worked_out_and_given_up_in_the_middle(installation, rita):
    draft = drafted(installation, rita, "first")
    quote_draft(rita, draft=draft, now=NOW)
    assert claimed(NOW + PATIENCE + 1) is None
    quote_draft(rita, draft=draft, now=NOW + PATIENCE)
    claim = claimed(NOW + PATIENCE + 1)
    assert still_wanted(claim, now=NOW + PATIENCE + 2)
    assert not still_wanted(claim, now=NOW + 2 * PATIENCE + 1)


def test_a_former_state_of_a_draft_is_given_up_for_the_one_that_is_there_now(installation, rita):
    draft = drafted(installation, rita, "first")
    quote_draft(rita, draft=draft, now=NOW)
    claim = claimed()
    add_texts(rita, draft, "items.csv", TEXTS + b"t30,one more\n")
    assert quote_draft(rita, draft=draft, now=NOW + 1).waiting
    assert not still_wanted(claim, now=NOW + 2)
    work_out_quote(claim, now=NOW + 2)  # it was quick enough all the same: nothing is kept
    release_quote(claim)
    assert quote_draft(rita, draft=draft, now=NOW + 3).waiting
    assert quoted(rita, draft=draft, now=NOW + 3).plan.items == 30  # of 31, one becomes a control item
    assert one("SELECT COUNT(*) FROM quote") == 1


def test_a_worker_that_lost_its_hold_keeps_nothing(installation, rita):
    draft = drafted(installation, rita, "first")
    quote_draft(rita, draft=draft, now=NOW)
    lost = claimed()
    quote_draft(rita, draft=draft, now=NOW + HOLD)
    taken = claimed(NOW + HOLD + 1, holder="tests/2")
    assert taken is not None
    assert not still_wanted(lost, now=NOW + HOLD + 2)
    assert still_wanted(taken, now=NOW + HOLD + 2)


def test_what_broke_down_is_told_in_a_sentence_and_not_tried_again(installation, rita):
    draft = drafted(installation, rita, "first")
    quote_draft(rita, draft=draft, now=NOW)
    fail_quote(claimed())
    found = quote_draft(rita, draft=draft, now=NOW + 1)
    assert (found.problem, found.waiting) == (UNFORESEEN, False)


def test_what_only_the_data_tell_is_told_by_the_worker_without_places_on_the_machine(installation, rita):
    draft = drafted(installation, rita, "first")
    simulated = INTAKE.format(name="first") + "workforce: {kind: simulated, truth: gone.csv}\n"
    save_draft(rita, draft=draft, version=None, said=simulated, now=NOW)
    problem = quoted(rita, draft=draft, now=NOW).problem
    assert "names 'gone.csv', but no such file was uploaded" in problem
    assert str(installation.home) not in problem


def test_quotes_are_forgotten_after_a_day_and_only_their_owner_asks_for_one(installation, rita):
    draft = drafted(installation, rita, "first")
    quoted(rita, draft=draft, now=NOW)
    tidy(now=NOW + QUOTES)
    assert one("SELECT COUNT(*) FROM quote") == 1
    tidy(now=NOW + QUOTES + 1)
    assert one("SELECT COUNT(*) FROM quote") == 0
