"""What many labellers at once must never bring about: too many answers, lost slots, more leases than one.

    python -m bench.service_limits [--scale 0.1]

First one labeller asks for an item twelve times at the same moment; then sixteen drain 300 tasks that each
want three answers. Counted in the database afterwards. Label Studio drains the same in the same run.
"""

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from bench import label_studio
from bench.measuring import Finding, Place, apart, options, place, report
from bench.serving import fill, serving
from tests.support.serving import Labeller

LABELLERS, TASKS, REDUNDANCY, AT_ONCE = 16, 300, 3, 12
AGAIN = 2.2
"""Seconds after which somebody who found nothing may look again."""
PEER_SECONDS = 600.0


def main() -> None:
    given = options(__doc__)
    tasks = max(30, int(TASKS * given.scale))
    with place() as at:
        database = at.database
        leases, counts = _ours(at, tasks)
    with place() as at, label_studio.running(at, users=LABELLERS) as peer:
        theirs = "the peer did not run" if peer is None else _theirs(at, peer, tasks)
    beyond = sum(max(0, count - REDUNDANCY) for count in counts)
    unfilled = tasks * REDUNDANCY - sum(min(REDUNDANCY, count) for count in counts)
    what = f"{LABELLERS} labellers drain {tasks} tasks x {REDUNDANCY} over HTTP"
    report(
        given,
        [
            Finding(
                f"Answers beyond the redundancy: {what} ({database})",
                "0",
                f"{beyond} ({theirs})",
                beyond == 0,
            ),
            Finding(f"Slots never filled: {what} ({database})", "0", str(unfilled), unfilled == 0),
            Finding(
                f"Leases of one labeller after {AT_ONCE} simultaneous calls ({database})",
                "1",
                str(leases),
                leases == 1,
            ),
        ],
    )


def _ours(at: Place, tasks: int) -> tuple[int, list[int]]:
    """Return the leases of the labeller who called many times, and the answers of each task's item."""
    filled = apart(fill, at, tasks, REDUNDANCY, LABELLERS)
    with serving(at) as server:
        first = filled.keys[0]
        lines = [Labeller(server.port, filled.batch, first) for _ in range(AT_ONCE)]
        _at_once([lambda line=line: line.call("claim", {"ahead": 1}) for line in lines])
        leases = _rows(at, "SELECT COUNT(*) FROM assignment WHERE state = 'leased'")[0][0]
        for _ in range(10):  # what was locked while somebody passed is found by looking again
            crew = [Labeller(server.port, filled.batch, key) for key in filled.keys]
            _at_once([lambda one=one: one.work(time.monotonic() + 300) for one in crew])
            errors = Counter(error[:60] for one in crew for error in one.errors)
            for error, count in errors.items():
                print(f"   {count} times: {error}")
            if not _rows(at, "SELECT COUNT(*) FROM task WHERE is_open")[0][0]:
                break
            time.sleep(AGAIN)
        given = _rows(at, "SELECT COUNT(*) FROM answer GROUP BY item_id")
    return int(leases), [int(count) for (count,) in given]


def _theirs(at: Place, peer: label_studio.Peer, tasks: int) -> str:
    project = peer.project(REDUNDANCY)
    peer.add(project, label_studio.texts(tasks))
    users = [label_studio.User(peer, project, peer.tokens[0]) for _ in range(AT_ONCE)]
    _at_once([user.next for user in users])
    locks = _rows(at, "SELECT COUNT(*) FROM tasks_tasklock")[0][0]
    load = peer.drive(project, seconds=PEER_SECONDS)
    given = [
        int(count)
        for (count,) in _rows(
            at, "SELECT COUNT(*) FROM task_completion WHERE NOT was_cancelled GROUP BY task_id"
        )
    ]
    beyond = sum(max(0, count - REDUNDANCY) for count in given)
    short = tasks * REDUNDANCY - sum(min(REDUNDANCY, count) for count in given)
    return (
        f"Label Studio: {beyond} of {sum(given):,} answers, {100 * beyond / max(1, sum(given)):.0f} %; {short} slots"
        f" unfilled after {load.seconds:.0f} s, {load.errors} errors, {locks} locks after {AT_ONCE} calls"
    )


def _at_once(work: list[Callable[[], Any]]) -> None:
    gate = threading.Barrier(len(work))

    def go(one: Callable[[], Any]) -> None:
        gate.wait()
        one()

    threads = [threading.Thread(target=go, args=(one,), daemon=True) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _rows(at: Place, sql: str) -> list[tuple[Any, ...]]:
    """Read the database of a running server from outside."""
    if at.url:
        with psycopg.connect(at.url, autocommit=True) as line:
            return line.execute(sql.encode()).fetchall()
    with closing(sqlite3.connect(_file(at.home), timeout=60)) as line:
        return list(line.execute(sql))


def _file(home: Path) -> Path:
    return next(path for path in (home / "assay.db", home / "label_studio.sqlite3") if path.exists())


if __name__ == "__main__":
    main()
