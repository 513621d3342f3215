"""What operators see and do: alarms with their remedies, and pausing, resuming, planning and queueing again."""

import pytest
from tests.support.labelling import answer, ask_expert, at_work, person, write_for_people
from tests.support.projects import NOW, submit, write_project

from assay.core.errors import BadValue, NotAllowed, NotFound, NotPermitted
from assay.core.project import lifecycle
from assay.service.batches.queue_again import queue_again
from assay.service.labelling.claim_tasks import claim_tasks
from assay.service.labelling.submit_answer import submit_answer
from assay.service.pipeline.worker_rounds import Round, tend
from assay.service.projects.alarms_of_live_batches import QUIET, live_batches
from assay.service.projects.approve_quote import approve_quote
from assay.service.projects.pause_project import pause_project
from assay.service.projects.plan_again import plan_again
from assay.service.projects.resume_project import resume_project
from assay.service.workforce.pause_person import pause_person
from assay.store import db
from assay.store.items import items
from assay.store.labelling import answers_and_pay_ledger, wanted_answers
from assay.store.projects import batches, projects
from assay.store.trail import events

HOUR = 3_600_000_000


def alarms(actor, project, now=NOW):
    (found,) = [one for one in live_batches(actor, now=now) if one.batch == project.batch.name]
    return [(one.level, one.sentence) for one in found.alarms]


def told(scope, verb, subject):
    return events.events_about(scope, subject=subject, verbs=[verb])


@pytest.fixture
def working(web, tmp_path):
    """A project on which Lena, Luis and Eva work."""
    return at_work(web, tmp_path / "pets", items=20)


# --- alarms ------------------------------------------------------------------------------------------


def test_a_batch_that_moves_has_no_alarm(web, working):
    (found,) = live_batches(web.actor("otto"), now=NOW)
    assert (found.batch, found.status, found.alarms, found.risk) == ("pets-1", lifecycle.IN_PROGRESS, [], 0)
    assert found.items == sum(not row.is_control for row in items.all_items(working.batch))
    assert found.done == 0.0


def test_a_paused_batch_is_an_alarm_with_its_reason(web, working):
    pause_project(web.actor("otto"), project="pets", reason="wrong guide", now=NOW)
    assert alarms(web.actor("otto"), working) == [("danger", "Paused: wrong guide.")]


def test_items_that_wait_for_experts_where_there_is_none_are_an_alarm(web, working):
    ask_expert(working, "item-003")
    assert alarms(web.actor("otto"), working) == []
    pause_person(web.actor("otto"), person=person(web, working, "eva").id, reason="holiday", now=NOW)
    assert alarms(web.actor("otto"), working) == [("danger", "Items wait for experts, and there is none.")]


def test_items_that_wait_for_labellers_where_there_is_none_are_an_alarm(web, working):
    for name in ("lena", "luis"):
        pause_person(web.actor("otto"), person=person(web, working, name).id, reason="holiday", now=NOW)
    assert ("danger", "Items wait for labellers, and there is none.") in alarms(web.actor("otto"), working)


def test_an_hour_without_an_answer_is_a_warning(web, working):
    otto, quiet = web.actor("otto"), "Items wait, and nobody has answered for an hour."
    start = working.batch.created_at
    assert alarms(otto, working, now=start + QUIET) == []
    assert alarms(otto, working, now=start + QUIET + 1) == [("warning", quiet)]
    answer(web, working, "lena", now=start + HOUR)
    assert alarms(otto, working, now=start + QUIET + 1) == []


def test_a_plan_that_ends_after_the_date_waits_for_approval_and_then_stays_an_alarm(web, tmp_path):
    intake = write_for_people(tmp_path / "pets", items=60, more="deadline: 2026-11-17\n")
    project = submit(web.installation, intake, actor=web.actor("rita"))
    for name in ("lena", "luis", "eva"):
        web.member(name)
    project.run()
    otto = web.actor("otto")
    waits, late = alarms(otto, project)
    assert waits[0] == "warning"
    assert waits[1].startswith("It waits for the requester's approval: it would be finished about ")
    assert late[0] == "danger"
    assert late[1].endswith(", after its date 2026-11-17.")
    approve_quote(web.actor("rita"), project="pets", now=NOW)
    project.run()
    assert late in alarms(otto, project)
    assert waits not in alarms(otto, project)


def test_most_of_the_price_spent_is_a_warning_unless_the_requester_agreed_to_more(web, working, monkeypatch):
    monkeypatch.setattr(answers_and_pay_ledger, "spent", lambda batch: 900_000)
    assert alarms(web.actor("otto"), working) == []
    monkeypatch.setattr(answers_and_pay_ledger, "spent", lambda batch: 900_001)
    assert alarms(web.actor("otto"), working) == [("warning", "90% of the approved price are spent.")]
    with db.transaction():
        projects.save_quote(web.installation.scope, working.row, quote=working.row.quote, agreed=True)
    assert alarms(web.actor("otto"), working) == []


def test_data_that_could_not_be_received_and_a_parked_batch_are_alarms(web, tmp_path):
    intake = write_project(tmp_path / "pets", items=12)
    (tmp_path / "pets" / "items.csv").write_text("no,such\ncolumns,here\n")
    broken = submit(web.installation, intake, actor=web.actor("rita"))
    with pytest.raises(BadValue):
        broken.run()
    assert broken.batch.status == lifecycle.DATA_TRANSFER_FAILED
    ((level, said),) = alarms(web.actor("otto"), broken)
    assert level == "danger"
    assert said.startswith("Its data could not be received: ")
    parked = submit(
        web.installation, write_project(tmp_path / "more", items=12, name="more"), actor=web.actor("rita")
    )
    with db.transaction():
        batches.set_batch(web.installation.scope, parked.batch_id, reason="no room is left")
    assert alarms(web.actor("otto"), parked) == [("danger", "Parked after three tries: no room is left.")]


def test_the_most_urgent_batch_comes_first_and_other_tenants_are_not_there(web, working, strangers, tmp_path):
    at_work(web, tmp_path / "calm", items=12, name="calm")
    pause_project(web.actor("otto"), project="pets", reason="wrong guide", now=NOW)
    assert [one.batch for one in live_batches(web.actor("otto"), now=NOW)] == ["pets-1", "calm-1"]
    assert live_batches(strangers.otto, now=NOW) == []
    with pytest.raises(NotPermitted):
        live_batches(web.actor("lena"), now=NOW)


# --- pause and resume --------------------------------------------------------------------------------


def test_a_paused_project_hands_out_nothing_and_takes_what_is_held(web, working):
    otto, lena, name = web.actor("otto"), web.actor("lena"), working.batch.name
    (held,) = claim_tasks(web.installation, lena, batch=name, ahead=1, now=NOW)
    pause_project(otto, project="pets", reason=" wrong guide ", now=NOW)
    assert (working.batch.status, working.batch.reason) == (lifecycle.PAUSED, "wrong guide")
    assert claim_tasks(web.installation, web.actor("luis"), batch=name, ahead=1, now=NOW) == []
    receipt = submit_answer(
        web.installation,
        lena,
        batch=name,
        assignment=held.assignment,
        client_id="held-before",
        value="cat",
        seconds=1,
        now=NOW,
    )
    assert (receipt.cents, receipt.served) == (4, None)
    assert not tend(web.installation, Round("tests/1", NOW), clock=lambda: NOW, stop=lambda: False)
    resume_project(otto, project="pets", now=NOW)
    assert (working.batch.status, working.batch.reason) == (lifecycle.IN_PROGRESS, "")
    assert claim_tasks(web.installation, web.actor("luis"), batch=name, ahead=1, now=NOW)
    scope = web.installation.scope
    (paused,) = told(scope, "pause a project", "project pets")
    assert (paused.actor, paused.before, paused.after) == ("otto@example.org", "Pilot in-progress", "Paused")
    assert len(told(scope, "resume a project", "project pets")) == 1


def test_pausing_needs_a_reason_and_something_in_work(web, working):
    otto = web.actor("otto")
    with pytest.raises(BadValue, match="a reason"):
        pause_project(otto, project="pets", reason="  ", now=NOW)
    with pytest.raises(NotAllowed, match="nothing of it is paused"):
        resume_project(otto, project="pets", now=NOW)
    pause_project(otto, project="pets", reason="why", now=NOW)
    with pytest.raises(NotAllowed, match="nothing of it is in work"):
        pause_project(otto, project="pets", reason="why", now=NOW)


@pytest.mark.parametrize("name", ["lena", "eva", "ada", "adam"])
def test_who_neither_operates_nor_requests_pauses_nothing_and_the_try_is_an_event(web, working, name):
    who = web.actor(name)
    for act in (
        lambda: pause_project(who, project="pets", reason="why", now=NOW),
        lambda: resume_project(who, project="pets", now=NOW),
        lambda: plan_again(web.installation, who, project="pets", now=NOW),
        lambda: queue_again(who, batch="pets-1", key="item-001", now=NOW),
    ):
        with pytest.raises(NotPermitted):
            act()
    refused = [one for one in events.list_events(web.installation.scope) if one.outcome == "refused"]
    assert {one.actor for one in refused} == {who.name}
    assert len(refused) == 4
    assert working.batch.status == lifecycle.IN_PROGRESS


def test_another_tenant_s_projects_are_not_found(web, working, strangers):
    for act in (
        lambda: pause_project(strangers.otto, project="pets", reason="why", now=NOW),
        lambda: resume_project(strangers.otto, project="pets", now=NOW),
        lambda: queue_again(strangers.otto, batch="pets-1", key="item-001", now=NOW),
    ):
        with pytest.raises(NotFound):
            act()


# --- plan and queue again ----------------------------------------------------------------------------


def test_a_plan_is_made_anew_from_what_happened_but_not_before_a_quote(web, tmp_path):
    project = submit(web.installation, write_project(tmp_path / "pets", items=60))
    otto = web.actor("otto")
    project.run_until(lambda one: one.row.status == lifecycle.PILOT_IN_PROGRESS)
    with pytest.raises(NotAllowed, match="wait for the pilot's quote"):
        plan_again(web.installation, otto, project="pets", now=NOW)
    project.run_until(lambda one: one.row.status == lifecycle.PRODUCTION_IN_PROGRESS)
    project.run(most_steps=2)
    before = project.row.plan
    plan_again(web.installation, otto, project="pets", now=NOW)
    assert project.row.plan != before
    assert len(told(web.installation.scope, "plan again", "project pets")) == 1


@pytest.fixture
def settled(web, tmp_path):
    """A project in production some of whose items are settled, and one of these."""
    project = submit(web.installation, write_project(tmp_path / "pets", items=60, accept="by_hand"))

    def some_are(one):
        rows = items.all_items(one.batch) if one.batch.accepted else []
        return any(row.state == lifecycle.SETTLED and not row.is_control for row in rows)

    project.run_until(some_are)
    return project, next(
        row for row in items.all_items(project.batch) if row.state == "settled" and not row.is_control
    )


def test_a_settled_item_is_queued_again_for_an_expert(web, settled):
    project, row = settled
    queue_again(web.actor("otto"), batch="pets-1", key=row.key, now=NOW)
    (after,) = items.items_by_id([row.id])
    assert (after.state, after.judged) == (lifecycle.move("item", lifecycle.SETTLED, "ask an expert"), False)
    assert (row.id, "expert") in wanted_answers.open_task_items(project.batch_id, ("expert",))
    (event,) = told(web.installation.scope, "queue an item again", "batch pets-1")
    assert (event.before, event.after) == (lifecycle.SETTLED, after.state)
    with pytest.raises(NotAllowed):
        queue_again(web.actor("otto"), batch="pets-1", key=row.key, now=NOW)
    project.run()
    assert project.batch.status == lifecycle.READY_FOR_REVIEW
    assert items.items_by_id([row.id])[0].state == lifecycle.SETTLED


def test_neither_unknown_nor_control_items_nor_those_of_an_offered_batch_are_queued_again(web, settled):
    project, row = settled
    otto = web.actor("otto")
    control = next(one.key for one in items.all_items(project.batch) if one.is_control)
    for key in ("no such item", control):
        with pytest.raises(NotFound):
            queue_again(otto, batch="pets-1", key=key, now=NOW)
    project.run()
    with pytest.raises(NotAllowed, match="wait for its offer"):
        queue_again(otto, batch="pets-1", key=row.key, now=NOW)
