"""Many at once: one person's simultaneous calls, and a crowd that drains a queue to its last slot."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from tests.support.serving import fill

from assay.service.access.permissions import LABELLER, Actor
from assay.service.labelling.claim_tasks import claim_tasks
from assay.service.labelling.submit_answer import submit_answer
from assay.store import db
from assay.store.accounts.account_members import list_members

CALLS = 12


@pytest.fixture
def crowd(place, installation):
    """A batch of 40 items, three answers each, and six labellers."""
    filled = fill(installation, home=place.home, tasks=40, redundancy=3, labellers=6)
    actors = [
        Actor(installation.scope, one.email, frozenset({LABELLER}), "tests", member=one.id)
        for one in list_members(installation.scope)
    ]
    return filled, actors


def clock() -> int:
    return time.time_ns() // 1_000


def at_once(count, work):
    """Run `work(number)` in so many threads that start together; return what they returned."""
    gate = threading.Barrier(count)

    def one(number):
        gate.wait()
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


def test_twelve_simultaneous_calls_of_one_labeller_make_one_lease(installation, crowd):
    filled, actors = crowd
    found = at_once(
        CALLS,
        lambda _: [
            one.assignment
            for one in claim_tasks(installation, actors[0], batch=filled.batch, ahead=1, now=clock())
        ],
    )
    assert len({tuple(one) for one in found}) == 1
    assert len(found[0]) == 1
    assert db.rows("SELECT COUNT(*) FROM assignment WHERE state = 'leased'") == [(1,)]


def test_one_answer_sent_twelve_times_at_once_has_one_effect_and_one_reply(installation, crowd):
    filled, actors = crowd
    held = claim_tasks(installation, actors[0], batch=filled.batch, ahead=1, now=clock())[0]

    def send(_):
        return submit_answer(
            installation,
            actors[0],
            batch=filled.batch,
            assignment=held.assignment,
            client_id="the same every time",
            value="cat",
            seconds=1.0,
            now=clock(),
        )

    found = at_once(CALLS, send)
    assert len({(one.answer, one.served and one.served.assignment) for one in found}) == 1
    assert db.rows("SELECT COUNT(*) FROM answer") == [(1,)]
    assert db.rows("SELECT COUNT(*), SUM(cents) FROM ledger_entry") == [(1, 4)]
    assert db.rows("SELECT COUNT(*) FROM assignment WHERE state = 'leased'") == [(1,)]


def test_a_crowd_fills_every_slot_and_none_twice(installation, crowd):
    filled, actors = crowd
    waiting_ends = time.monotonic() + 60

    def label(number):
        actor, done = actors[number], 0
        quiet = 0
        while quiet < 30 and time.monotonic() < waiting_ends:
            held = claim_tasks(installation, actor, batch=filled.batch, ahead=1, now=clock())
            if not held:
                quiet += 1
                time.sleep(0.1)
                continue
            quiet = 0
            for one in held:
                submit_answer(
                    installation,
                    actor,
                    batch=filled.batch,
                    assignment=one.assignment,
                    client_id=f"{number}/{one.assignment}",
                    value="cat",
                    seconds=1.0,
                    now=clock(),
                    take_next=False,
                )
                done += 1
        return done

    done = at_once(6, label)
    assert sum(done) == 120
    assert db.rows("SELECT COUNT(*) FROM task WHERE is_open") == [(0,)]
    assert db.rows("SELECT item_id, COUNT(*) FROM answer GROUP BY item_id HAVING COUNT(*) <> 3") == []
    assert db.rows("SELECT item_id, person_id FROM answer GROUP BY 1, 2 HAVING COUNT(*) > 1") == []
