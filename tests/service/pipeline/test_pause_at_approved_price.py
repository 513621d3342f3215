"""The approved price is the autopilot's limit: what would go beyond it is not opened before it is approved."""

import re
from dataclasses import replace

import pytest
from tests.support.invariants import check_record
from tests.support.projects import NOW, submit, write_project

from assay.core.errors import NotAllowed
from assay.core.project import lifecycle
from assay.service.batches.batch_summary import batch_summary
from assay.service.pipeline.stages import plan as stage
from assay.service.projects.approve_quote import approve_quote
from assay.service.projects.project_page import project_page
from assay.service.projects.projects_overview import count_waiting, projects_page
from assay.service.projects.resume_project import resume_project
from assay.service.quality.plan_and_quote import load_plan
from assay.service.working_set.batch_at_hand import Work
from assay.store import db
from assay.store.labelling import answers_and_pay_ledger, wanted_answers


@pytest.fixture(autouse=True)
def _plans_promise_too_much(monkeypatch):
    """Let every plan be cheap, so that the limit is met in the middle of the work."""
    made = stage.compile_plan

    def cheap(work: Work, **_: object) -> object:
        plan = load_plan(work.project.plan) if work.project.plan else made(work, models=())
        return replace(plan, price=replace(plan.price, low=1.0, mid=2.0, high=3.0))

    monkeypatch.setattr(stage, "compile_plan", cheap)
    monkeypatch.setattr(stage, "quote_batch", cheap)


def limited(installation, tmp_path, *, budget, items=60):
    return submit(installation, write_project(tmp_path / "project", items=items, budget=budget))


def known(project):
    """What is known of the items and what waits, which a pause must not change."""
    return (
        db.rows("SELECT id, state, label, chance, answers, dirty FROM item ORDER BY id"),
        db.rows("SELECT id, item_id, queue, is_open FROM task ORDER BY id"),
        db.rows("SELECT id, state FROM assignment ORDER BY id"),
        answers_and_pay_ledger.spent(project.batch_id),
    )


LIMITS = {1000: "Pilot in-progress", 1500: "Paused", 1800: "Paused"}
"""Cents, and the project's status where it meets them: asking again and handing on, reviewing, in the audit."""


@pytest.mark.parametrize("limit", LIMITS)
def test_what_is_spent_stays_within_the_price_and_the_batch_goes_on_when_it_is_lifted(
    installation, tmp_path, cast, limit
):
    project = limited(installation, tmp_path, budget=limit)
    project.run()
    spent = answers_and_pay_ledger.spent(project.batch_id)
    assert (project.batch.status, project.row.status) == ("Paused", LIMITS[limit])
    assert 0.5 * limit < spent <= limit
    said = batch_summary(cast.rita, batch=project.batch.name, now=NOW).waits_for
    assert re.match(r"\d+ more (answer|expert judgement)", said)
    assert f"approved are {limit / 100:.2f}" in said
    assert "assay approve" in said

    for _ in range(3):  # in the pilot the firm quote begins a new count
        if project.batch.status == "Paused":
            approve_quote(cast.rita, project=project.row.name, now=NOW)
            project.run()
    assert project.batch.status == "Data delivered"
    assert answers_and_pay_ledger.spent(project.batch_id) > spent
    check_record(project)


def test_a_paused_batch_stands_still_and_loses_nothing(installation, tmp_path, cast):
    project = limited(installation, tmp_path, budget=1100)
    project.run()
    assert project.batch.status == "Paused"
    before = known(project)
    assert before[0], "items are in work"
    assert project.run() == 0
    assert known(project) == before
    approve_quote(cast.rita, project=project.row.name, now=NOW)
    assert known(project) == before
    project.run()
    done = {(item, person) for item, person in db.rows("SELECT item_id, person_id FROM answer")}
    (answers,) = db.row("SELECT COUNT(*) FROM answer")
    assert len(done) == answers, "nobody was asked twice"


def test_without_the_approval_it_pauses_again(installation, tmp_path, cast):
    project = limited(installation, tmp_path, budget=1100)
    project.run()
    before = known(project)
    resume_project(cast.rita, project=project.row.name, now=NOW)
    project.run()
    assert project.batch.status == "Paused"
    assert known(project) == before


def test_a_batch_that_pauses_in_its_pilot_is_approved_there(installation, tmp_path, cast):
    project = limited(installation, tmp_path, budget=900)
    project.run()
    name = project.row.name
    assert (project.row.status, project.batch.pilot) == (lifecycle.PILOT_IN_PROGRESS, "running")
    assert project_page(cast.rita, project=name, now=NOW).may_approve
    assert count_waiting(cast.rita, now=NOW) == 1
    (line,) = projects_page(cast.rita, limit=9, now=NOW).lines
    assert line.waits == "a decision"
    approve_quote(cast.rita, project=name, now=NOW)
    assert count_waiting(cast.rita, now=NOW) == 0
    with pytest.raises(NotAllowed):
        approve_quote(cast.rita, project=name, now=NOW)
    project.run_until(lambda one: one.batch.pilot == "done" or one.batch.status == "Paused")
    assert project.row.status in (lifecycle.PRODUCTION_IN_PROGRESS, lifecycle.PAUSED)


def test_a_pilot_that_is_too_dear_is_not_opened(installation, tmp_path, cast):
    project = limited(installation, tmp_path, budget=300)
    project.run()
    assert (project.row.status, project.batch.status) == (lifecycle.PILOT_IN_PROGRESS, "Paused")
    assert project.batch.reason.startswith(
        "150 more answers and 3 more expert judgements would bring the cost to "
    )
    assert db.row("SELECT COUNT(*) FROM task") == (0,)
    approve_quote(cast.rita, project=project.row.name, now=NOW)
    project.run_until(lambda one: one.row.status != lifecycle.PILOT_IN_PROGRESS)
    assert answers_and_pay_ledger.spent(project.batch_id) > 300


def test_the_rest_is_not_opened_beyond_the_price(installation, tmp_path, cast):
    project = limited(installation, tmp_path, budget=10_000, items=90)
    project.run_until(lambda one: one.row.status == lifecycle.CONTRACT_EXECUTED)
    spent = answers_and_pay_ledger.spent(project.batch_id)
    text = project.row.intake.replace("budget: 10000", f"budget: {spent + 30}")
    db.execute("UPDATE project SET intake = %s WHERE id = %s", [text, project.id])
    project.run()
    assert project.batch.status == project.row.status == "Paused"
    assert not wanted_answers.has_open_task(project.batch_id)
    assert spent <= answers_and_pay_ledger.spent(project.batch_id) <= spent + 30
    waiting = "SELECT COUNT(*) FROM item WHERE state = 'waiting'"
    (left,) = db.row(waiting)
    assert left > 15
    assert project.batch.reason.startswith(f"{left} more answers would bring the cost to ")
    approve_quote(cast.rita, project=project.row.name, now=NOW)
    project.run()
    assert db.row(waiting) == (0,)
    assert project.batch.status == "Data delivered"
