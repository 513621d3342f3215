"""Late answers at the same moment: no more of them than are wanted, whoever is first; nobody is heard twice."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from tests.support.serving import fill

from assay.service.access.permissions import LABELLER, Actor
from assay.service.labelling import label_loop
from assay.service.labelling.claim_tasks import claim_tasks
from assay.service.labelling.renew_task import renew_task
from assay.service.labelling.submit_answer import submit_answer
from assay.store import db
from assay.store.accounts.account_members import list_members
from assay.store.labelling.task_leases import AssignmentGone, TooLate

START = 1_900_000_000_000_000
PEOPLE = 6
ROUNDS = 8


@pytest.fixture
def crowd(place, installation):
    """A batch in which each item wants two answers, and six labellers."""
    filled = fill(installation, home=place.home, tasks=ROUNDS, redundancy=2, labellers=PEOPLE)
    actors = [
        Actor(installation.scope, one.email, frozenset({LABELLER}), "tests", member=one.id)
        for one in list_members(installation.scope)
        if one.email.startswith("load-")
    ]
    assert len(actors) == PEOPLE
    return filled, actors


def at_once(works):
    """Run calls in threads that start together; return what each returned or raised."""
    gate = threading.Barrier(len(works))

    def one(work):
        gate.wait()
        try:
            return work()
        except AssignmentGone as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def lose(installation, filled, actors, now):
    """Let each of them take the next item and lose it; return what they lost, and the time after that."""
    lost = []
    for actor in actors:
        lost += claim_tasks(installation, actor, batch=filled.batch, ahead=1, now=now)
        now += installation.task_micros
        expire(installation, filled, now)
    return lost, now


def expire(installation, filled, now):
    with db.transaction():
        return label_loop.expire(installation.system("worker"), batch=filled.number, now=now)


def submits(installation, filled, actor, served, now, client):
    return lambda: submit_answer(
        installation,
        actor,
        batch=filled.batch,
        assignment=served.assignment,
        client_id=client,
        value="cat",
        seconds=1.0,
        now=now,
        take_next=False,
    )


def wanted_and_given():
    given = Counter(int(item) for (item,) in db.rows("SELECT item_id FROM answer"))
    open_now = Counter(int(item) for (item,) in db.rows("SELECT item_id FROM task WHERE is_open"))
    held = Counter(int(item) for (item,) in db.rows("SELECT item_id FROM assignment WHERE state = 'leased'"))
    return [given[item] + open_now[item] + held[item] for item in given | open_now | held], given


def test_six_who_are_late_at_the_same_moment_fill_the_two_places_that_there_are(installation, crowd):
    filled, actors = crowd
    now = START
    for turn in range(ROUNDS):
        lost, now = lose(installation, filled, actors, now)
        same = Counter(one.item for one in lost)
        replies = at_once(
            [
                submits(installation, filled, actor, served, now, f"late/{turn}/{served.assignment}")
                for actor, served in zip(actors, lost, strict=True)
            ]
        )
        refusals = [one for one in replies if isinstance(one, AssignmentGone)]
        assert all(isinstance(one, TooLate) for one in refusals), refusals
        assert {one.reason for one in refusals} <= {"it has its answers"}, refusals
        taken = Counter(served.item for served, one in zip(lost, replies, strict=True) if one not in refusals)
        assert all(taken[item] == min(2, many) for item, many in same.items()), (same, taken)
        totals, given = wanted_and_given()
        assert set(totals) == {2}, "an item's answers and wanted answers are as many as at the beginning"
        if sum(given.values()) > 2 * (ROUNDS - 3):
            break
    assert db.rows("SELECT item_id, person_id FROM answer GROUP BY 1, 2 HAVING COUNT(*) > 1") == []
    assert db.rows("SELECT COUNT(*) FROM answer") == db.rows("SELECT COUNT(*) FROM ledger_entry")
    assert db.row("SELECT COUNT(*) FROM answer")[0] >= 2


def test_one_late_answer_sent_many_times_under_many_ids_is_one_answer(installation, crowd):
    filled, actors = crowd
    (served,), now = lose(installation, filled, actors[:1], START)
    replies = at_once(
        [submits(installation, filled, actors[0], served, now, f"late/{number}") for number in range(8)]
    )
    assert sum(not isinstance(one, AssignmentGone) for one in replies) == 1
    assert db.rows("SELECT COUNT(*), SUM(cents) FROM ledger_entry") == [(1, 4)]


def test_a_late_answer_a_renewal_the_end_of_the_hold_and_somebody_else_leave_one_holder_a_place(
    installation, crowd
):
    filled, actors = crowd
    now = START
    for turn in range(ROUNDS):
        (served,) = claim_tasks(installation, actors[0], batch=filled.batch, ahead=1, now=now)
        now += installation.task_micros
        replies = at_once(
            [
                submits(installation, filled, actors[0], served, now, f"late/{turn}"),
                lambda served=served, now=now: renew_task(
                    installation, actors[0], batch=filled.batch, assignment=served.assignment, now=now
                ),
                lambda now=now: expire(installation, filled, now),
                lambda now=now: claim_tasks(installation, actors[1], batch=filled.batch, ahead=1, now=now),
                lambda now=now: claim_tasks(installation, actors[2], batch=filled.batch, ahead=1, now=now),
            ]
        )
        # There are two places for three people, and whoever was late lost it only to somebody else.
        assert not isinstance(replies[0], AssignmentGone) or isinstance(replies[0], TooLate), replies[0]
        totals, given = wanted_and_given()
        assert set(totals) == {2}
        assert max(given.values(), default=0) <= 2
        now += installation.task_micros
        expire(installation, filled, now)
        assert db.rows("SELECT item_id, person_id FROM answer GROUP BY 1, 2 HAVING COUNT(*) > 1") == []
