"""The service under load while its processes are killed with SIGKILL: nothing acknowledged is lost or doubled.

Labellers keep a journal of what was acknowledged, as the bench does, and ask again until they get a reply.
Server, worker and, on PostgreSQL, a backend of the database (which makes the database start over) are
killed in turn; afterwards every line of every journal must be in the database once, with its pay entry.
"""

import os
import signal
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest
from tests.support.serving import Labeller, fill, serving, tree

from assay.service.trail.verify_audit import verify_audit
from assay.store import db

LABELLERS = 8
HOLD = 4.0
"""Seconds that an item is held: a killed server is away for about as long, so that holds run out under people's hands."""
MOST_GAP = 30.0


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    kills: int
    journal: dict[str, float]
    errors: list[str]
    gap: float


def test_nothing_acknowledged_is_lost_while_processes_are_killed(place, installation, cast):
    found = run_under_fire(place, installation, kills=3, answers=400)
    check(found, installation, cast, redundancy=3)


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_nothing_acknowledged_is_lost_at_full_count(place, installation, cast, scale):
    kills, answers = max(3, int(30 * scale)), max(1_000, int(20_000 * scale))
    found = run_under_fire(place, installation, kills=kills, answers=answers)
    said = f"{found.kills} kills, {len(found.journal):,} acknowledged answers, longest gap {found.gap:.1f} s"
    print(said)  # noqa: T201 - the counts of a slow test
    check(found, installation, cast, redundancy=3)
    assert len(found.journal) >= answers


def run_under_fire(place, installation, *, kills, answers):
    """Label with eight people while processes are killed; return when both counts are reached."""
    # A third more slots than wanted answers: towards the end of a queue not everybody finds something.
    filled = fill(installation, home=place.home, tasks=answers // 2 + 100, redundancy=3, labellers=LABELLERS)
    crew = []
    with serving(place.home, place.url, ASSAY_THREADS="4", ASSAY_TASK_SECONDS=str(HOLD)) as server:
        crew = [Labeller(server.port, filled.batch, key, patient=True, hold=HOLD) for key in filled.keys]
        until = time.monotonic() + 1_800
        share = answers // LABELLERS + 1
        threads = [
            threading.Thread(target=one.work, args=(until,), kwargs={"most": share}, daemon=True)
            for one in crew
        ]
        for thread in threads:
            thread.start()
        done = 0
        while done < kills and time.monotonic() < until:
            before = sum(len(one.journal) for one in crew)
            kill_one(server, place.url, number=done)
            done += 1
            # The next one falls when people work again, so that each kill hits a loaded service.
            wait = time.monotonic() + MOST_GAP + 30
            while sum(len(one.journal) for one in crew) < before + 20 and time.monotonic() < wait:
                if not any(thread.is_alive() for thread in threads):
                    break
                time.sleep(0.05)
        for thread in threads:
            thread.join()
    journal = {client: at for one in crew for client, at in one.journal.items()}
    moments = sorted(journal.values())
    gap = max((later - earlier for earlier, later in pairwise(moments)), default=0.0)
    return Outcome(kills=done, journal=journal, errors=[e for one in crew for e in one.errors], gap=gap)


def kill_one(server, url, *, number):
    """Kill a server process, the whole server, a worker, or a backend of the database."""
    kinds = ["server worker", "server", "worker", *(["database"] if url else [])]
    kind = kinds[number % len(kinds)]
    if kind == "database":
        kill_backend(url)
        return
    mark = "assay.entry.worker.main" if kind == "worker" else "granian"
    found = [pid for pid in server.below() if mark in command_of(pid)]
    if kind == "server worker":
        found = [child for pid in found for child in tree(pid)[1:]] or found
    if found:
        with suppress(ProcessLookupError):
            os.kill(found[-1 if kind == "server worker" else 0], signal.SIGKILL)


def kill_backend(url):
    """Kill one of the database's backends; the database ends all others and recovers, as after a crash."""
    with psycopg.connect(url, autocommit=True) as line:
        found = line.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        ).fetchall()
    for (pid,) in found[:1]:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


def command_of(pid):
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def check(found, installation, cast, *, redundancy):
    """Compare the journals with the database."""
    db.forget_connection()
    assert found.kills > 0
    assert found.errors == []
    stored = dict(db.rows("SELECT client_id, COUNT(*) FROM answer GROUP BY client_id"))
    assert [client for client in found.journal if client not in stored] == [], "acknowledged answers are lost"
    assert [client for client, count in stored.items() if count != 1] == []
    assert (
        len(stored) - len(found.journal) <= LABELLERS
    )  # at the end a last reply may not have been waited for
    assert db.rows(
        "SELECT COUNT(*) FROM answer a LEFT JOIN ledger_entry l ON l.answer_id = a.id WHERE l.id IS NULL"
    ) == [(0,)]
    assert db.rows("SELECT COUNT(*) FROM ledger_entry WHERE cents <> 4") == [(0,)]
    assert db.rows(f"SELECT item_id FROM answer GROUP BY item_id HAVING COUNT(*) > {redundancy}") == []
    assert db.rows("SELECT item_id, person_id FROM answer GROUP BY 1, 2 HAVING COUNT(*) > 1") == []
    told = db.rows("SELECT COUNT(*) FROM event WHERE verb = 'submit an answer'")
    assert told == [(len(stored),)]
    late = db.rows("SELECT COUNT(*) FROM event WHERE verb = 'submit an answer' AND detail LIKE '%%late%%'")
    renewed = db.rows("SELECT COUNT(*) FROM event WHERE verb = 'renew a task'")
    assert late[0][0] > 0
    assert renewed[0][0] > 0
    assert found.gap <= MOST_GAP
    report = verify_audit(cast.ada, checkpoints=installation.checkpoint_dir, now=time.time_ns() // 1_000)
    assert report.ok, report.first_bad
