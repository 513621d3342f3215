"""The worker of quotes: a process for each, which ends with whoever waited."""

import os
import signal
import time
from dataclasses import replace

import pytest
from tests.support.loops import one
from tests.support.quotes import HOLDER

from assay.entry.worker import quotes
from assay.entry.worker.again_and_again import clock
from assay.service.requests.add_draft_files import add_draft_files
from assay.service.requests.draft_files import Incoming
from assay.service.requests.draft_quote import quote_draft
from assay.service.requests.start_draft import start_draft
from assay.service.requests.work_out_quotes import UNFORESEEN, claim_quote
from assay.store import db

pytestmark = pytest.mark.one_database

INTAKE = "assay: 1\nname: first\ntask: text_classification\nlabels: [good, bad]\nmoney: {budget: 1000000}\n"
TEXTS = ("id,text\n" + "".join(f"t{n},this is text {n}\n" for n in range(30))).encode()


@pytest.fixture
def asked(installation, cast):
    """A function that asks for a draft's quote at this moment."""
    rita = replace(cast.rita, member=7)
    draft = start_draft(installation, rita, text=INTAKE, now=clock()).id
    file = Incoming("items.csv", len(TEXTS), iter([TEXTS]))
    add_draft_files(rita, draft=draft, files=[file], most_file=1 << 20, most_all=1 << 30, now=clock())

    def ask():
        return quote_draft(rita, draft=draft, now=clock())

    assert ask().waiting
    return ask


@pytest.fixture(autouse=True)
def _often(monkeypatch):
    monkeypatch.setattr(quotes, "ASK", 0.05)


def claimed():
    return claim_quote(holder=HOLDER, after=0, now=clock())


def never():
    return False


def test_a_process_works_it_out_and_the_next_quote_may_come(asked):
    quotes.see_through(claimed(), stop=never)
    assert asked().plan is not None
    assert one("SELECT until FROM lease") == 0


def test_the_process_is_ended_when_nobody_waits_any_longer(asked, monkeypatch):
    monkeypatch.setattr(quotes, "work_out_quote", lambda claim, *, now: time.sleep(600))
    claim = claimed()
    with db.transaction():
        db.execute("UPDATE quote SET wanted_at = 0")
    quotes.see_through(claim, stop=never)
    assert one("SELECT COUNT(*) FROM quote WHERE state = 'waiting'") == 1
    assert one("SELECT until FROM lease") == 0


def test_the_process_is_ended_with_its_worker(asked, monkeypatch):
    monkeypatch.setattr(quotes, "work_out_quote", lambda claim, *, now: time.sleep(600))
    quotes.see_through(claimed(), stop=lambda: True)
    assert one("SELECT COUNT(*) FROM quote WHERE state = 'waiting'") == 1


@pytest.mark.parametrize(
    "end", [lambda: 1 // 0, lambda: os.kill(os.getpid(), signal.SIGKILL)], ids=["an error", "a kill"]
)
def test_a_process_that_breaks_down_leaves_a_sentence(asked, monkeypatch, end, capfd):
    monkeypatch.setattr(quotes, "work_out_quote", lambda claim, *, now: end())
    quotes.see_through(claimed(), stop=never)
    assert asked().problem == UNFORESEEN
