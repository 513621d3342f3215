"""Items that were doubted are judged again: by somebody else, or by the only expert there is; audits stay blind."""

import pytest
from tests.support.invariants import check_invariants
from tests.support.labelling import answer, ask_expert, at_work, claim, person
from tests.support.projects import NOW, submit, write_project

from assay.core.project import lifecycle
from assay.service.batches.accept_batch import accept_batch
from assay.service.batches.reject_batch import Remark, reject_batch
from assay.service.delivery.verify_certificate import Result, verify_certificate
from assay.service.workforce.experts_judge_again import reopen_where_nobody_is_left
from assay.store import db
from assay.store.items import items
from assay.store.labelling import answers_and_pay_ledger, wanted_answers


def offered(installation, tmp_path, *, experts):
    intake = write_project(tmp_path / "project", items=24, right=0.8, accept="by_hand", experts=experts)
    project = submit(installation, intake)
    project.run()
    assert project.batch.status == lifecycle.READY_FOR_REVIEW
    return project


def judgements(item):
    return answers_and_pay_ledger.answers_of([item], queues=("expert", "audit"))


def judged(project):
    return [
        row
        for row in items.all_items(project.batch)
        if not row.is_control and row.judged and judgements(row.id)
    ]


def test_the_only_expert_judges_the_items_of_a_rejected_delivery_again(installation, tmp_path, cast):
    project = offered(installation, tmp_path, experts=1)
    affected = judged(project)[:3]
    before = {row.id: len(judgements(row.id)) for row in affected}
    remarks = [Remark(row.key, "look again") for row in affected]
    reject_batch(cast.rita, batch=project.batch.name, remarks=remarks, now=NOW)
    project.run()
    assert project.batch.status == lifecycle.READY_FOR_REVIEW
    for row in affected:
        last = judgements(row.id)[-1]
        assert len(judgements(row.id)) == before[row.id] + 1
        assert last.queue == "expert"
        now = items.items_by_key(project.batch_id, [row.key])[row.key]
        assert (now.label, now.judged, now.decided_by) == (last.value, True, "expert")
    untouched = [row for row in judged(project) if row.id not in before]
    assert all(len(judgements(row.id)) == 1 for row in untouched)
    check_invariants(project)


def test_rejected_again_and_again_it_is_certified_and_verified(installation, tmp_path, cast):
    project = offered(installation, tmp_path, experts=1)
    for _ in range(2):
        reject_batch(cast.rita, batch=project.batch.name, remarks=[Remark(None, "all of it")], now=NOW)
        project.run()
        assert project.batch.status == lifecycle.READY_FOR_REVIEW
    assert {row.judged for row in items.all_items(project.batch)} == {True}
    accept_batch(cast.rita, batch=project.batch.name, now=NOW)
    project.run()
    assert verify_certificate(project.delivery, trusted=None).result is Result.DEMONSTRATION


def test_where_another_expert_is_left_nobody_judges_twice(installation, tmp_path, cast):
    project = offered(installation, tmp_path, experts=3)
    (row, *_) = [one for one in judged(project) if len(judgements(one.id)) == 1]
    reject_batch(cast.rita, batch=project.batch.name, remarks=[Remark(row.key, "look again")], now=NOW)
    project.run()
    first, second = judgements(row.id)
    assert first.person != second.person
    assert db.rows("SELECT 1 FROM assignment WHERE state = 'reopened'") == []


@pytest.fixture
def working(web, tmp_path):
    """A batch in work on which Eva is the only expert."""
    return at_work(web, tmp_path / "pets", items=20, budget=1_000_000)


def test_what_is_reopened_for_a_review_is_never_drawn_for_a_blind_look(web, working):
    key = next(row.key for row in items.all_items(working.batch) if not row.is_control)
    with db.transaction():
        db.execute("DELETE FROM task WHERE batch_id = %s", [working.batch_id])
    item = ask_expert(working, key)
    answer(web, working, "eva")
    with db.transaction():
        reopen_where_nobody_is_left(web.installation.scope, working.id, [item])
        wanted_answers.open_tasks(working.batch_id, queue="audit", items=[item])
    assert claim(web, working, "eva") == []
    with db.transaction():
        wanted_answers.open_tasks(working.batch_id, queue="expert", items=[item])
    (served,) = claim(web, working, "eva")
    assert (served.item, served.queue) == (item, "expert")
    answer(web, working, "eva", label="dog")
    said = judgements(item)
    assert [(one.person, one.value) for one in said] == [
        (person(web, working, "eva").id, "cat"),
        (person(web, working, "eva").id, "dog"),
    ]


def test_nothing_is_reopened_while_an_expert_has_not_seen_the_item(web, working):
    key = next(row.key for row in items.all_items(working.batch) if not row.is_control)
    with db.transaction():
        db.execute("DELETE FROM task WHERE batch_id = %s", [working.batch_id])
    item = ask_expert(working, key)
    with db.transaction():
        reopen_where_nobody_is_left(web.installation.scope, working.id, [item])
    answer(web, working, "eva")
    assert db.row("SELECT state FROM assignment WHERE item_id = %s", [item]) == ("submitted",)
