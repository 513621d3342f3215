"""The approved price is the autopilot's limit."""

from dataclasses import replace

from tests.support.projects import NOW, submit, write_project

from assay.service.actions.approve_quote import approve_quote
from assay.service.quoting import load_plan
from assay.service.reads.batch_summary import batch_summary
from assay.service.work import Work
from assay.store import queue


def test_a_batch_that_would_exceed_the_price_pauses_and_goes_on_when_it_is_approved(
    tmp_path, installation, cast, monkeypatch
):
    project = submit(installation, write_project(tmp_path / "project", items=60, budget=1700))

    def cheap(work: Work, **_: object) -> object:  # a plan that promises too much
        plan = load_plan(work.project.plan) if work.project.plan else made(work, models=())
        return replace(plan, price=replace(plan.price, low=1.0, mid=2.0, high=3.0))

    from assay.service.stages import plan as stage  # noqa: PLC0415 - patched here only

    made = stage.compile_plan
    monkeypatch.setattr(stage, "compile_plan", cheap)
    monkeypatch.setattr(stage, "quote_batch", cheap)
    project.run()
    spent = queue.spent(project.batch_id)
    assert project.batch.status == project.row.status == "Paused"
    assert spent <= 1700
    said = batch_summary(cast.rita, batch=project.batch.name, now=NOW).waits_for
    assert "approved are 17.00" in said
    assert "assay approve" in said

    approve_quote(cast.rita, project=project.row.name, now=NOW)
    project.run()
    assert project.batch.status == "Data delivered"
    assert queue.spent(project.batch_id) > spent
