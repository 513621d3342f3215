"""Answers of before the upgrade stay as they were, each of them counts, and none can be changed or removed."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from tests.support.loops import START, make_loop
from tests.support.places import forget

from assay.store import db
from assay.store.labelling import answers_and_pay_ledger, task_leases

HERE = ("store", "0015_supplements_and_mended_answers")


def migrate_to(name):
    call_command("migrate", "store", name, verbosity=0, interactive=False)


def stored(loop, who):
    """Take and answer an item."""
    served, person = loop.take(who), loop.crew[who].id
    with db.transaction():
        lease = task_leases.end_assignment(
            loop.scope, assignment=served.assignment, person=person, state="submitted", now=START
        )
        new = answers_and_pay_ledger.NewAnswer(
            client_id=who, assignment=lease, value="cat", seconds=3.5, at=START, next_assignment=None
        )
        return answers_and_pay_ledger.add_answer(loop.scope, new, debit="project:pets", credit=who, cents=4)


def test_an_upgrade_keeps_answers_their_pay_and_their_triggers(cast):
    loader = MigrationLoader(connection)
    (before,) = loader.graph.node_map[HERE].parents
    loop = make_loop(cast.scope, answers=2)
    sent = [stored(loop, who) for who in ("lena", "luis")]
    ledger = db.rows("SELECT * FROM ledger_entry ORDER BY id")
    migrate_to(before.key[1])  # what is stored now has no more than there was then
    (newest,) = loader.graph.leaf_nodes("store")
    migrate_to(newest[1])
    found = answers_and_pay_ledger.answers_of(loop.items, queues=("label",))
    assert [one.id for one in found] == sent
    assert db.rows("SELECT * FROM ledger_entry ORDER BY id") == ledger
    third = loop.submit("lena", loop.take("lena").assignment, client_id="after-1").answer
    assert third > max(sent)
    for statement in ("UPDATE answer SET value = 'hen'", "DELETE FROM answer"):
        with pytest.raises(Exception, match="append-only"), db.transaction():
            db.execute(statement)
        forget()
    assert answers_and_pay_ledger.count_answers(loop.rules.batch) == {"label": 3}
