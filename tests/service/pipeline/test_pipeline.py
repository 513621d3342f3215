"""From an intake to a delivery: who decides what, what waits, what is worked on again, and what is refused."""

import json
import shutil
from contextlib import contextmanager

import pytest
from tests.support.faults import Crash, give_keys, make_keys
from tests.support.invariants import check_invariants, check_record
from tests.support.loops import one
from tests.support.places import forget
from tests.support.projects import NOW, contents, draw_picture, submit, write_pictures, write_project

from assay.core.errors import NotAllowed, NotFound
from assay.core.ports.workforce import GivenAnswer
from assay.core.project import lifecycle
from assay.service.batches.accept_batch import accept_batch
from assay.service.batches.reject_batch import NothingSaid, Remark, reject_batch
from assay.service.delivery.delivered_items import MediaChanged
from assay.service.delivery.verify_certificate import verify_certificate
from assay.service.intake.unprotected_data import CannotDeidentify
from assay.service.pipeline.run_batch import BatchBusy, run_batch
from assay.service.pipeline.stages import plan
from assay.service.pipeline.stages.deliver import PlaceTaken
from assay.service.projects.approve_quote import approve_quote
from assay.service.requests.submit_intake import OtherIntake
from assay.service.trail.seal_events import demonstration_key
from assay.service.working_set.stored_project import make_workforce
from assay.store import db
from assay.store.items import item_remarks, items
from assay.store.upkeep.fenced_leases import LeaseLost, claim_lease
from assay.store.upkeep.whole_tables import ORDER

LEASE = 30_000_000


def small(tmp_path, **changes):
    return write_project(tmp_path / "project", **({"items": 24, "right": 0.8} | changes))


def delivered_statement(project):
    return json.loads((project.delivery / "certificate.json").read_text())["statement"]


# --- submitting ----------------------------------------------------------------------------------


def test_the_whole_chain_ends_delivered_certified_and_recorded(installation, tmp_path):
    project = submit(installation, small(tmp_path, items=60))
    project.run()
    assert (project.row.status, project.batch.status) == (
        lifecycle.PRODUCTION_COMPLETE,
        lifecycle.DATA_DELIVERED,
    )
    check_invariants(project)
    assert project.run() == 0


@pytest.mark.parametrize("kind", ["personal", "health"])
def test_data_that_must_be_deidentified_are_refused_when_submitted(installation, tmp_path, kind):
    with pytest.raises(CannotDeidentify, match=f"Data of class '{kind}' must be de-identified"):
        submit(installation, small(tmp_path, data_class=kind))
    assert one("SELECT COUNT(*) FROM project") == 0
    assert one("SELECT COUNT(*) FROM event") == 0


def test_submitting_the_same_intake_again_is_the_same_project(installation, tmp_path):
    intake = small(tmp_path)
    first, second = submit(installation, intake), submit(installation, intake)
    assert (first.id, first.batch_id) == (second.id, second.batch_id)
    assert one("SELECT COUNT(*) FROM project") == 1


@pytest.mark.parametrize("what", ["intake", "seed"])
def test_another_intake_or_seed_under_the_same_name_is_refused(installation, tmp_path, what):
    intake = small(tmp_path)
    submit(installation, intake)
    if what == "intake":
        intake = small(tmp_path, right=0.9)
    with pytest.raises(OtherIntake, match="There is a project 'pets' with another intake or seed"):
        submit(installation, intake, seed=2 if what == "seed" else 1)


def test_two_tenants_do_not_meet(place, installation, tmp_path):
    intake = small(tmp_path)
    here, there = submit(installation, intake), submit(place.open(tenant="elsewhere"), intake)
    here.run()
    assert here.batch.status == lifecycle.DATA_DELIVERED
    assert there.batch.status == lifecycle.REQUEST_SUBMITTED
    with pytest.raises(NotFound):
        run_batch(there.installation, batch=here.batch_id, out=there.out, clock=lambda: NOW)


# --- the quote -----------------------------------------------------------------------------------


def test_a_plan_beyond_the_limit_waits_for_the_requester_and_then_goes_on(installation, tmp_path, cast):
    project = submit(installation, small(tmp_path, more="approve: {max_price: 1}\n"))
    project.run()
    assert project.row.status == lifecycle.REVIEW_IN_PROGRESS
    assert project.batch.status == lifecycle.DATA_RECEIVED
    assert project.run() == 0
    assert one("SELECT COUNT(*) FROM task") == 0

    approve_quote(cast.rita, project="pets", now=NOW)
    project.run()
    assert project.row.status == lifecycle.PRICING_COMPLETE  # the firm quote is a decision of its own
    waiting = one("SELECT COUNT(*) FROM item WHERE state = 'waiting'")
    assert project.run() == 0
    assert waiting == one("SELECT COUNT(*) FROM item WHERE state = 'waiting'")

    approve_quote(cast.rita, project="pets", now=NOW)
    project.run()
    assert project.batch.status == lifecycle.DATA_DELIVERED
    with pytest.raises(NotAllowed):
        approve_quote(cast.rita, project="pets", now=NOW)
    check_invariants(project)


def test_a_plan_that_ends_too_late_waits_too(installation, tmp_path):
    project = submit(installation, small(tmp_path, more="approve: {finish_by: 2026-11-22}\n"))
    project.run()
    assert project.row.status == lifecycle.REVIEW_IN_PROGRESS


# --- accepting and rejecting ---------------------------------------------------------------------


def offered_batch(installation, folder):
    """Bring a small batch up to its review."""
    project = submit(installation, small(folder, accept="by_hand"))
    project.run()
    assert project.batch.status == lifecycle.READY_FOR_REVIEW
    return project


@pytest.fixture
def begun(beginnings, request):
    return beginnings.of(offered_batch) if "offered" in request.fixturenames else None


@pytest.fixture
def offered(begun, installation, tmp_path):
    return begun.project(installation, tmp_path)


def test_accept_by_hand_waits_for_the_requester_and_nothing_is_delivered(offered, cast):
    assert offered.run() == 0
    assert not offered.out.exists()
    accept_batch(cast.rita, batch=offered.batch.name, now=NOW)
    assert offered.batch.status == lifecycle.READY_FOR_DELIVERY
    offered.run()
    assert offered.batch.status == lifecycle.DATA_DELIVERED
    check_invariants(offered)


def test_what_was_accepted_is_neither_accepted_nor_rejected_again(offered, cast):
    name = offered.batch.name
    accept_batch(cast.rita, batch=name, now=NOW)
    before = offered.batch
    with pytest.raises(NotAllowed, match="cannot submit the review"):
        accept_batch(cast.rita, batch=name, now=NOW)
    with pytest.raises(NotAllowed):
        reject_batch(cast.rita, batch=name, remarks=[Remark(None, "no")], now=NOW)
    assert offered.batch == before


def test_a_rejected_batch_reopens_only_the_affected_items_and_ends_with_a_new_certificate(offered, cast):
    before = {row.key: row for row in items.all_items(offered.batch)}
    ordinary = [row.key for row in before.values() if not row.is_control]
    affected = [ordinary[2], ordinary[5]]
    reject_batch(
        cast.rita, batch=offered.batch.name, remarks=[Remark(key, "look again") for key in affected], now=NOW
    )
    assert offered.batch.status == lifecycle.SENT_FOR_REWORK
    after = {row.key: row for row in items.all_items(offered.batch)}
    assert [key for key in after if after[key].state != before[key].state] == affected
    assert {after[key].state for key in affected} == {lifecycle.EXPERT_REVIEW}
    assert {after[key].label for key in ordinary} == {before[key].label for key in ordinary}
    tasks = db.rows("SELECT item_id, queue FROM task WHERE is_open ORDER BY id")
    assert tasks == [(before[key].id, "expert") for key in affected]
    assert item_remarks.list_feedback(offered.batch_id) == [
        (before[key].id, "look again") for key in affected
    ]

    offered.run()
    assert offered.batch.status == lifecycle.READY_FOR_REVIEW
    accept_batch(cast.rita, batch=offered.batch.name, now=NOW)
    offered.run()
    assert delivered_statement(offered)["attempt"] == 2
    assert delivered_statement(offered)["delta_spent"] == pytest.approx(0.1 / 4)
    check_invariants(offered)


def test_a_remark_about_the_whole_batch_sends_every_item_to_experts(offered, cast):
    reject_batch(cast.rita, batch=offered.batch.name, remarks=[Remark(None, "all of it")], now=NOW)
    rows = items.all_items(offered.batch)
    assert {row.state for row in rows if not row.is_control} == {lifecycle.EXPERT_REVIEW}
    assert {row.state for row in rows if row.is_control} <= {lifecycle.SETTLED}
    offered.run()
    assert offered.batch.status == lifecycle.READY_FOR_REVIEW
    check_record(offered)


@pytest.mark.parametrize("key", ["nothing", "a control item"])
def test_a_remark_about_an_item_that_is_not_in_the_batch_changes_nothing(offered, cast, key):
    if key == "a control item":
        key = next(row.key for row in items.all_items(offered.batch) if row.is_control)
    before = (offered.batch, items.all_items(offered.batch))
    with pytest.raises(NotFound, match=f"There is no item '{key}'"):
        reject_batch(cast.rita, batch=offered.batch.name, remarks=[Remark(key, "?")], now=NOW)
    with pytest.raises(NothingSaid):
        reject_batch(cast.rita, batch=offered.batch.name, remarks=[], now=NOW)
    assert (offered.batch, items.all_items(offered.batch)) == before


# --- delivering ----------------------------------------------------------------------------------


def until_delivery_is_due(project):
    project.run_until(lambda p: p.batch.status == lifecycle.READY_FOR_DELIVERY)


def test_a_kill_between_the_rename_and_the_commit_is_mended(place, tmp_path):
    give_keys(make_keys(tmp_path / "keyring"), place.home)
    project = submit(place.open(), small(tmp_path))
    until_delivery_is_due(project)
    with pytest.raises(Crash), crashing_when(project.delivery.exists):
        project.run()
    forget()
    assert project.batch.status == lifecycle.READY_FOR_DELIVERY
    moved = contents(project.delivery)
    project.run(clock=lambda: NOW + LEASE)
    assert project.batch.status == lifecycle.DATA_DELIVERED
    assert contents(project.delivery) == moved
    check_invariants(project)


@contextmanager
def crashing_when(due):
    """Crash at the first commit that is about to be made once something holds."""

    def crash(side):
        if due():
            raise Crash

    db.around_commit = crash
    try:
        yield
    finally:
        db.around_commit = None


def test_a_place_that_is_taken_by_something_else_is_left_alone(installation, tmp_path):
    project = submit(installation, small(tmp_path))
    until_delivery_is_due(project)
    project.delivery.mkdir(parents=True)
    (project.delivery / "thesis.txt").write_text("irreplaceable")
    with pytest.raises(PlaceTaken, match="holds something that is not this delivery; nothing was delivered"):
        project.run()
    assert [path.name for path in project.delivery.iterdir()] == ["thesis.txt"]
    assert project.batch.status == lifecycle.READY_FOR_DELIVERY
    shutil.rmtree(project.delivery)
    project.run()
    assert project.batch.status == lifecycle.DATA_DELIVERED


@pytest.mark.parametrize("how", ["changed", "removed", "a link out"])
def test_media_that_changed_since_ingest_stop_the_delivery(installation, tmp_path, how):
    project = submit(installation, write_pictures(tmp_path / "project", items=24, right=0.8))
    until_delivery_is_due(project)
    path = project.folder / "photos" / "item-007.jpg"
    saved = path.read_bytes()
    path.unlink()
    if how == "changed":
        draw_picture(path, label="dog", key="another")
    if how == "a link out":
        (tmp_path / "outside.jpg").write_bytes(saved)
        path.symlink_to(tmp_path / "outside.jpg")
    with pytest.raises(
        MediaChanged, match="1 items changed since they were received, the first is 'item-007'"
    ):
        project.run()
    assert not project.delivery.exists()
    assert project.batch.status == lifecycle.READY_FOR_DELIVERY
    path.unlink(missing_ok=True)
    path.write_bytes(saved)
    project.run()
    assert project.batch.status == lifecycle.DATA_DELIVERED


TAMPERINGS = {
    "a label": ("labels.csv", lambda text: text.replace(",cat,", ",dog,", 1)),
    "a frozen label": ("frozen.jsonl", lambda text: text.replace('"cat"', '"dog"', 1)),
    "a verdict": ("audit.jsonl", lambda text: text.replace('"verdict":"', '"verdict":"x', 1)),
    "N": ("certificate.json", lambda text: text.replace('"items": ', '"items": 1', 1)),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_a_delivered_certificate_verifies_and_a_change_is_named(installation, tmp_path, what):
    project = submit(installation, small(tmp_path))
    project.run()
    key = demonstration_key(installation.home)
    assert verify_certificate(project.delivery, trusted=key.fingerprint).ok
    name, change = TAMPERINGS[what]
    path = project.delivery / name
    text = path.read_text()
    assert change(text) != text
    path.write_text(change(text))
    found = verify_certificate(project.delivery, trusted=key.fingerprint)
    assert not found.ok
    assert any(name in str(finding) or "signature" in str(finding) for finding in found.findings)


# --- running -------------------------------------------------------------------------------------


def test_one_worker_holds_a_batch_at_a_time(installation, tmp_path):
    project = submit(installation, small(tmp_path))
    with db.transaction():
        assert claim_lease(f"batch {project.batch_id}", holder="elsewhere/1", now=NOW, until=NOW + LEASE)
    with pytest.raises(BatchBusy, match=r"Another worker .elsewhere/1. is working on batch"):
        project.run(most_steps=1)
    assert project.run(most_steps=1, clock=lambda: NOW + LEASE) == 1


def test_a_worker_that_lost_its_lease_saves_nothing(installation, tmp_path, monkeypatch):
    project = submit(installation, small(tmp_path))
    project.run(most_steps=6)
    before = {table: db.rows(f"SELECT * FROM {table}") for table in ORDER if table != "lease"}

    def stolen(work):
        with db.transaction():
            claim_lease(
                f"batch {project.batch_id}", holder="elsewhere/1", now=NOW + LEASE, until=NOW + 2 * LEASE
            )
        return step(work)

    step = plan._STEPS[project.row.status]
    monkeypatch.setitem(plan._STEPS, project.row.status, stolen)
    with pytest.raises(LeaseLost):
        project.run()
    assert {table: db.rows(f"SELECT * FROM {table}") for table in ORDER if table != "lease"} == before


def test_a_task_time_shorter_than_people_need_slows_a_batch_but_ends_it(place, tmp_path):
    project = submit(place.open(task_seconds=15), small(tmp_path, experts=6))
    project.run(most_steps=2_000)
    assert project.batch.status == lifecycle.DATA_DELIVERED
    assert one("SELECT COUNT(*) FROM assignment WHERE state = 'expired'") > 0
    check_invariants(project)


@pytest.mark.parametrize("unknown", [1, 4])
def test_what_no_expert_can_label_is_set_aside_and_counted_beside_the_batch(installation, tmp_path, unknown):
    intake = small(tmp_path)
    truth = intake.parent / "truth.csv"
    lines = truth.read_text().splitlines()
    truth.write_text("\n".join([*lines[:5], *lines[5 + unknown :]]) + "\n")
    project = submit(installation, intake)
    project.run(most_steps=2_000)
    assert project.batch.status == lifecycle.DATA_DELIVERED
    assert [key for _, key, _ in items.list_set_aside(project.batch_id)] == [
        f"item-{number:03}" for number in range(4, 4 + unknown)
    ]
    statement = delivered_statement(project)
    assert (statement["set_aside"], project.batch.rejected) == (unknown, unknown)
    check_invariants(project)


def test_a_batch_whose_experts_never_judge_is_never_certified(installation, tmp_path, monkeypatch):
    made = make_workforce

    def silent(*arguments, **named):
        return SilentExperts(made(*arguments, **named))

    monkeypatch.setattr("assay.service.working_set.stored_project.make_workforce", silent)
    project = submit(installation, small(tmp_path, items=12))
    project.run(most_steps=2_000)
    assert not project.batch.certificate
    assert project.batch.status == lifecycle.IN_PROGRESS
    assert not project.out.exists()
    check_invariants(project)


class SilentExperts:
    """A workforce whose experts skip everything."""

    def __init__(self, inner):
        self.inner = inner

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def give(self, person, key, *, expert):
        if expert:
            return GivenAnswer(value=None, seconds=1.0, skip_reason="no comment")
        return self.inner.give(person, key, expert=expert)


def test_the_same_intake_and_seed_give_the_same_bytes(templates, tmp_path):
    keys, intake = make_keys(tmp_path / "keyring"), small(tmp_path)
    found = []
    for step_answers in (60, 60):
        with templates.place(tmp_path / f"home-{len(found)}") as place:
            give_keys(keys, place.home)
            project = submit(place.open(step_answers=step_answers), intake)
            shutil.rmtree(project.out, ignore_errors=True)
            project.run()
            found.append(contents(project.delivery))
    assert found[0] == found[1]
