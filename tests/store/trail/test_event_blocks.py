"""The record: appended, sealed into a chain, and any single change found and named (AUD-1, AUD-2)."""

import threading

import pytest
from django.db import DatabaseError, connections
from tests.support.cast import cast_of
from tests.support.loops import START, make_loop

from assay.core.errors import NotPermitted
from assay.service.trail.seal_events import checkpoint, seal
from assay.service.trail.verify_audit import verify_audit
from assay.store import db
from assay.store.trail import event_blocks, events

TABLES = ("event", "answer", "ledger_entry", "block")


def verified(scope, *, checkpoints=None):
    return verify_audit(cast_of(scope).ada, checkpoints=checkpoints, now=START)


def tell(scope, count, *, first=1):
    with db.transaction():
        for number in range(first, first + count):
            events.append_event(
                scope,
                at=START + number,
                actor="rita",
                source="tests",
                verb="accept a batch",
                subject=f"batch {number}",
                before="Ready for review",
                after="Accepted",
                detail='{"move":"accept"}',
            )


def sealed_chain(scope, *, blocks=3, each=5):
    for number in range(blocks):
        tell(scope, each, first=1 + number * each)
        with db.transaction():
            assert event_blocks.seal_block(now=START + number)


def drop_triggers():
    """What somebody with the database's own password can do."""
    for table in TABLES:
        on = f" ON {table}" if db.is_postgres() else ""
        for what in ("update", "delete"):
            db.execute(f"DROP TRIGGER {table}_no_{what}{on}")


def test_what_automatic_steps_did_to_a_batch_is_counted_from_an_index(cast, monkeypatch):
    tell(cast.scope, 3_000)
    with db.transaction():
        for actor, verb, subject in (
            ("assay", "look over the batch", "batch 7"),
            ("assay", "look over the batch", "batch 7"),
            ("rita", "look over the batch", "batch 7"),
            ("assay", "freeze labels", "batch 7"),
            ("assay", "look over the batch", "batch 77"),
        ):
            events.append_event(
                cast.scope, at=START, actor=actor, source="worker", verb=verb, subject=subject
            )
    if db.is_postgres():
        db.execute("ANALYZE event")
    asked, row = [], db.row
    monkeypatch.setattr(db, "row", lambda sql, values=(): asked.append((sql, values)) or row(sql, values))
    assert events.count_automatic(cast.scope, verb="look over the batch", subject="batch 7") == 2
    ((sql, values),) = asked
    explain = "EXPLAIN " if db.is_postgres() else "EXPLAIN QUERY PLAN "
    assert "event_automatic" in " ".join(str(line) for line in db.rows(explain + sql, values))


def test_an_untouched_chain_verifies_and_its_tail_is_counted(cast):
    sealed_chain(cast.scope)
    tell(cast.scope, 2, first=16)
    found = verified(cast.scope)
    assert (found.ok, found.first_bad) == (True, "")
    assert (found.blocks, found.events, found.unsealed) == (3, 15, 2)
    assert seal(now=START) == 1
    assert verified(cast.scope).unsealed == 0


def test_nothing_at_all_verifies(cast):
    assert verified(cast.scope).ok


def test_blocks_name_the_one_before(cast):
    sealed_chain(cast.scope)
    chain = list(event_blocks.blocks())
    assert [block.previous for block in chain] == [event_blocks.GENESIS, chain[0].hash, chain[1].hash]
    assert event_blocks.chain_head() == (3, chain[2].hash)
    assert [len(event_blocks.events_of_block(block.id)) for block in chain] == [5, 5, 5]


def test_a_large_tail_is_sealed_block_by_block(cast):
    tell(cast.scope, 7)
    while True:
        with db.transaction():
            if not event_blocks.seal_block(now=START, most=3):
                break
    assert [block.count for block in event_blocks.blocks()] == [3, 3, 1]
    assert verified(cast.scope).ok


def test_workers_who_seal_at_the_same_time_make_one_chain(cast, django_db_blocker):
    problems, start = [], threading.Barrier(3)

    def work(first):
        try:
            start.wait()
            for number in range(8):
                tell(cast.scope, 3, first=first + 3 * number)
                seal(now=START)
        except BaseException as problem:  # noqa: BLE001 - a thread's failure is the test's
            problems.append(problem)
        finally:
            connections.close_all()

    with django_db_blocker.unblock():
        threads = [threading.Thread(target=work, args=(1_000 * place,)) for place in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert problems == []
    found = verified(cast.scope)
    assert (found.ok, found.events, found.unsealed) == (True, 72, 0)


CHANGES = {
    "a moved time": ("UPDATE event SET at = at + 1 WHERE id = %s", "event"),
    "another actor": ("UPDATE event SET actor = 'mallory' WHERE id = %s", "event"),
    "another source": ("UPDATE event SET source = 'web' WHERE id = %s", "event"),
    "another verb": ("UPDATE event SET verb = 'reject a batch' WHERE id = %s", "event"),
    "another subject": ("UPDATE event SET subject = 'batch 99' WHERE id = %s", "event"),
    "another outcome": ("UPDATE event SET outcome = 'refused' WHERE id = %s", "event"),
    "another before": ("UPDATE event SET before = '' WHERE id = %s", "event"),
    "another after": ("UPDATE event SET after = 'Rejected' WHERE id = %s", "event"),
    "another detail": ("UPDATE event SET detail = '{}' WHERE id = %s", "event"),
    "another tenant": ("UPDATE event SET tenant_id = tenant_id + 1 WHERE id = %s", "event"),
    "a removed event": ("DELETE FROM event WHERE id = %s", "event"),
    "an event of another block": ("UPDATE event SET block = 1 WHERE id = %s", "event"),
    "an event taken out of its block": ("UPDATE event SET block = NULL WHERE id = %s", "event"),
    "a moved block": ("UPDATE block SET at = at + 1 WHERE id = 2", "block 2"),
    "a shortened block": ("UPDATE block SET count = count - 1 WHERE id = 2", "block 2"),
    "another hash": ("UPDATE block SET hash = previous WHERE id = 2", "block 2"),
    "another link": ("UPDATE block SET previous = hash WHERE id = 2", "block 2"),
    "a removed block": ("DELETE FROM block WHERE id = 2", "block 2"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_each_single_change_is_found_and_the_first_bad_entry_named(cast, change):
    sealed_chain(cast.scope)
    victim = events.list_events(cast.scope)[7].id  # in block 2
    drop_triggers()
    sql, names = CHANGES[change]
    assert db.execute(sql, [victim] if "%s" in sql else []) == 1
    found = verified(cast.scope)
    assert not found.ok
    assert (f"event {victim}" if names == "event" else names) in found.first_bad


@pytest.mark.parametrize("column", ["ids", "digests"])
def test_every_byte_of_a_block_counts(cast, column):
    sealed_chain(cast.scope, blocks=2, each=2)
    whole = bytes(db.rows(f"SELECT {column} FROM block WHERE id = 2")[0][0])
    drop_triggers()
    for place in range(len(whole)):
        changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        db.execute(f"UPDATE block SET {column} = %s WHERE id = 2", [changed])
        found = verified(cast.scope)
        assert not found.ok, place
        assert "2" in found.first_bad
    db.execute(f"UPDATE block SET {column} = %s WHERE id = 2", [whole])
    assert verified(cast.scope).ok


def test_an_event_slipped_into_a_sealed_block_is_found(cast):
    sealed_chain(cast.scope)
    tell(cast.scope, 1, first=99)
    late = events.list_events(cast.scope)[-1].id
    db.execute("UPDATE event SET block = 2 WHERE id = %s", [late])
    found = verified(cast.scope)
    assert not found.ok
    assert "block 2" in found.first_bad


def test_a_chain_written_anew_differs_from_its_checkpoint(cast):
    sealed_chain(cast.scope)
    before = event_blocks.chain_head()
    drop_triggers()
    db.execute("UPDATE event SET actor = 'mallory'")
    db.execute("UPDATE event SET block = NULL")
    db.execute("DELETE FROM block")
    while seal(now=START):
        pass
    assert verified(cast.scope).ok  # alone, a chain cannot tell; its exported, signed head does
    assert event_blocks.chain_head() != before


def test_checkpoints_agree_with_the_chain_and_tell_where_it_was_cut_or_written_anew(cast, place, tmp_path):
    folder = tmp_path / "elsewhere"
    for number in range(3):
        tell(cast.scope, 4, first=1 + 4 * number)
        made = checkpoint(home=place.home, folder=folder, now=START + number)
        assert made is not None
    assert checkpoint(home=place.home, folder=folder, now=START) is None
    found = verified(cast.scope, checkpoints=folder)
    assert (found.ok, found.checkpoints) == (True, 3)
    drop_triggers()
    db.execute("DELETE FROM event WHERE block = 3")
    db.execute("DELETE FROM block WHERE id = 3")
    assert verified(cast.scope).ok  # a chain that was cut at its end is still a chain
    assert "block 3 is not the one that the checkpoint" in verified(cast.scope, checkpoints=folder).first_bad


def test_a_forged_checkpoint_is_named(cast, place, tmp_path):
    tell(cast.scope, 4)
    made = checkpoint(home=place.home, folder=tmp_path / "elsewhere", now=START)
    assert made is not None
    made.write_text(made.read_text().replace('"block": 1', '"block": 2'))
    assert f"{made.name} was changed" in verified(cast.scope, checkpoints=made.parent).first_bad
    made.write_text("[]")
    assert f"{made.name} cannot be read" in verified(cast.scope, checkpoints=made.parent).first_bad


def test_who_may_not_verify_is_refused(cast):
    with pytest.raises(NotPermitted):
        verify_audit(cast.rita, checkpoints=None, now=START)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", ["UPDATE {} SET at = at + 1", "DELETE FROM {}"])
def test_the_database_refuses_to_edit_what_is_append_only(cast, table, change):
    loop = make_loop(cast.scope)
    served = loop.take("lena")
    assert served is not None
    loop.submit("lena", served.assignment, client_id="c-1")
    seal(now=START)
    before = db.rows(f"SELECT * FROM {table} ORDER BY id")
    assert before
    with pytest.raises(DatabaseError, match="append-only"), db.transaction():
        db.execute(change.format(table))
    assert db.rows(f"SELECT * FROM {table} ORDER BY id") == before


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE event SET block = 7, actor = 'mallory'",
        'UPDATE event SET block = 7, detail = \'{"move":"reject"}\'',
        "UPDATE event SET block = 7, subject = 'batch 99'",
    ],
)
def test_sealing_is_no_way_to_edit_an_event(cast, change):
    tell(cast.scope, 1)
    with pytest.raises(DatabaseError, match="append-only"), db.transaction():
        db.execute(change)
    assert events.list_events(cast.scope)[0].actor == "rita"


def test_the_verifier_reads_every_event_of_a_long_trail(cast):
    rows = 20_000
    db.insert_many(
        "event",
        ("tenant_id", "at", "actor", "source", "verb", "subject", "outcome", "before", "after", "detail"),
        (
            (cast.scope.tenant, START + n, "lena", "tests", "submit an answer", f"assignment {n}", "done", "", "",
             '{"answer":1,"cents":4,"next":null}')
            for n in range(rows)
        ),
    )  # fmt: skip
    seal(now=START)
    found = verified(cast.scope)
    assert (found.ok, found.events) == (True, rows)
