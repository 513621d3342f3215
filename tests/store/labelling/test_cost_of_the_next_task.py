"""What the pick of the next task costs the database, counted and not timed: flat as the queue grows.

On SQLite the opcodes of its virtual machine are counted, on PostgreSQL the blocks that the statement touches.
"""

import itertools
import os
import re
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection
from tests.support.loops import START, make_loop

from assay.service.working_set import label_queues
from assay.store import db
from assay.store.labelling import next_task_for_a_person
from assay.store.labelling.next_task_for_a_person import CursorRow

FEW, MANY = 1_000, 50_000
FLAT = 1.3
DEEPER = 4
"""Blocks: an index over fifty times as many rows may be a level deeper."""
KEPT_AFTER = 7
"""PostgreSQL plans a prepared statement anew five times before it keeps one plan."""


@pytest.fixture(scope="module")
def costs(templates, tmp_path_factory):
    """What the pick costs a newcomer, and somebody half through, with few and with many open tasks."""
    found = {}
    for size in (FEW, MANY):
        with templates.place(tmp_path_factory.mktemp("place")) as place:
            loop = queue_of(place.open().scope, size)
            found |= {(who, size): cost_of_pick(loop, who) for who in ("lena", "luis")}
    return found


@pytest.mark.parametrize("who", ["lena", "luis"])
def test_the_pick_costs_the_same_in_a_long_queue(costs, who):
    assert costs[who, MANY] <= FLAT * costs[who, FEW] + slack(), costs


@pytest.mark.parametrize("size", [FEW, MANY])
def test_the_pick_costs_somebody_half_through_as_little_as_a_newcomer(costs, size):
    assert costs["luis", size] <= FLAT * costs["lena", size] + slack(), costs


@pytest.mark.xfail(
    condition=bool(os.environ.get("DATABASE_URL")),
    reason="where nearly all tasks are this batch's, PostgreSQL walks the primary key past the others'",
)
def test_a_newcomer_does_not_pay_for_the_tasks_of_other_batches(installation):
    alone = cost_of_pick(queue_of(installation.scope, FEW), "lena")
    beside = cost_of_pick(queue_of(installation.scope, MANY, name="beside"), "lena")
    assert beside <= FLAT * alone + slack()


def queue_of(scope, size, *, name="pets"):
    """Return a queue of so many open tasks of which Luis has answered half, known to the planner."""
    loop = make_loop(scope, items_wanted=size, name=name)
    let_answer(loop, "luis", loop.items[: size // 2])
    if db.is_postgres():
        db.execute("VACUUM ANALYZE task")
        db.execute("VACUUM ANALYZE assignment")
    return loop


def slack():
    return DEEPER if db.is_postgres() else 0


def let_answer(loop, who, answered):
    """Let somebody have answered items: their assignments exist, and their cursor stands at the last one's task."""
    names = (
        "tenant_id",
        "batch_id",
        "item_id",
        "person_id",
        "queue",
        "state",
        "leased_until",
        "served_at",
        "reason",
    )
    batch, person = loop.rules.batch, loop.crew[who].id
    with db.transaction():
        db.insert_many(
            "assignment",
            names,
            (
                (loop.scope.tenant, batch, item, person, label_queues.LABEL, "submitted", START, START, "")
                for item in answered
            ),
        )
        last = db.row("SELECT id FROM task WHERE item_id = %s", [answered[-1]])
        next_task_for_a_person.lock_cursor(batch, person=person, queue=label_queues.LABEL)
        next_task_for_a_person.save_cursor(
            batch, person=person, queue=label_queues.LABEL, cursor=CursorRow(last[0], len(answered), 0, 0)
        )


def cost_of_pick(loop, who):
    """Return what one pick costs, from where the person's cursor stands."""
    batch, person = loop.rules.batch, loop.crew[who].id
    with db.transaction():
        cursor = next_task_for_a_person.lock_cursor(batch, person=person, queue=label_queues.LABEL)
        with counted() as cost:
            found = next_task_for_a_person.pick_task(
                batch, person=person, queue=label_queues.LABEL, after=cursor.position
            )
    assert cost[0] > 0
    assert found[1] == loop.items[len(loop.items) // 2 if who == "luis" else 0]
    return cost[0]


@contextmanager
def counted():
    """Count what the one statement inside costs: a list that holds the number at the end."""
    cost = [0]
    with (blocks if db.is_postgres() else opcodes)(cost):
        yield cost


@contextmanager
def opcodes(cost):
    def step():
        cost[0] += 1
        return 0

    connection.connection.set_progress_handler(step, 1)
    try:
        yield
    finally:
        connection.connection.set_progress_handler(None, 1)


@contextmanager
def blocks(cost):
    """Explain the statement first, as the server runs it once it has kept a plan for it, and take that back."""
    run = db._run

    def explained(sql, values):
        with psycopg.ClientCursor(connection.connection) as cursor:
            numbers = itertools.count(1)
            numbered = re.sub("%s", lambda _: f"${next(numbers)}", sql)
            cursor.execute("DEALLOCATE ALL")
            cursor.execute(f"PREPARE pick (bigint, text, bigint, bigint) AS {numbered}")
            for _ in range(KEPT_AFTER):
                cursor.execute("SAVEPOINT before")
                cursor.execute(
                    "EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) EXECUTE pick (%s, %s, %s, %s)", values
                )
                plan = cursor.fetchone()[0][0]["Plan"]
                cursor.execute("ROLLBACK TO SAVEPOINT before")
        cost[0] = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
        return run(sql, values)

    db._run = explained
    try:
        yield
    finally:
        db._run = run
