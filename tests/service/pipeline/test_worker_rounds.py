"""A worker's rounds: what is due anywhere is done, and a batch that fails keeps no other waiting (REL-7)."""

import pytest
from tests.support.labelling import answer, at_work, claim, person, write_for_people
from tests.support.projects import NOW, submit, write_project

from assay.core.project import lifecycle
from assay.service.pipeline import worker_rounds
from assay.service.pipeline.worker_rounds import (
    CHECKPOINT_EVERY,
    FIRST_WAIT,
    PARKED_WAIT,
    UNFORESEEN,
    Round,
    tend,
)
from assay.store import db
from assay.store.labelling import answers_and_pay_ledger, task_leases, wanted_answers
from assay.store.labelling.project_people import list_people
from assay.store.trail import event_blocks, events
from assay.store.upkeep.live_processes import list_workers

SECOND = 1_000_000


class Worker:
    """A worker whose clock stands until somebody moves it."""

    def __init__(self, installation):
        self.installation, self.now = installation, NOW
        self.state = Round(name="tests/1", started_at=NOW)

    def round(self, *, stop=lambda: False):
        return tend(self.installation, self.state, clock=lambda: self.now, stop=stop)

    def rounds_until_idle(self, most=50):
        for _ in range(most):
            if not self.round():
                return
        raise AssertionError("the rounds do not end")


@pytest.fixture
def worker(installation):
    return Worker(installation)


@pytest.fixture
def broken(installation, tmp_path):
    """A project whose truth is gone, so that every step on it fails."""
    project = submit(installation, write_project(tmp_path / "broken", items=12, name="broken"))
    (project.folder / "truth.csv").rename(project.folder / "gone.csv")
    return project


def parked(installation, project):
    return events.count_events(installation.scope, verb="park a batch", subject=f"batch {project.batch.name}")


def test_rounds_take_a_batch_from_its_intake_to_review(worker, installation, tmp_path):
    project = submit(installation, write_project(tmp_path / "pets", items=30, accept="by_hand"))
    assert worker.round()
    assert project.batch.status != lifecycle.REQUEST_SUBMITTED
    worker.rounds_until_idle()
    assert project.batch.status == lifecycle.READY_FOR_REVIEW
    assert answers_and_pay_ledger.count_answers(project.batch_id)["label"] >= 30


def test_batches_take_turns(worker, installation, tmp_path, monkeypatch):
    monkeypatch.setattr(worker_rounds, "STEPS", 1)
    first, second = (
        submit(installation, write_project(tmp_path / name, items=12, name=name)) for name in ("one", "two")
    )
    worker.round()
    assert first.batch.status == second.batch.status != lifecycle.REQUEST_SUBMITTED


def test_a_failing_batch_waits_longer_each_time_and_is_parked_while_another_goes_on(
    worker, installation, broken, tmp_path
):
    other = submit(installation, write_project(tmp_path / "other", items=12, name="other", accept="by_hand"))
    waits = []
    for tries in (1, 2, 3, 4):
        worker.round()
        trouble = worker.state.troubles[broken.batch_id]
        assert trouble.tries == tries
        assert parked(installation, broken) == (1 if tries >= 3 else 0)
        waits.append(trouble.until - worker.now)
        worker.now = trouble.until - 1
        worker.round()
        assert worker.state.troubles[broken.batch_id].tries == tries, "it was tried before its time"
        worker.now = trouble.until
    assert waits == [FIRST_WAIT, 4 * FIRST_WAIT, PARKED_WAIT, PARKED_WAIT]
    assert "truth.csv" in broken.batch.reason
    worker.rounds_until_idle()
    assert other.batch.status == lifecycle.READY_FOR_REVIEW


@pytest.mark.parametrize("restarted", [False, True], ids=["same worker", "another worker"])
def test_a_parked_batch_whose_cause_was_mended_is_parked_no_longer(worker, installation, broken, restarted):
    for _ in range(3):
        worker.round()
        worker.now = worker.state.troubles[broken.batch_id].until
    assert broken.batch.reason
    (broken.folder / "gone.csv").rename(broken.folder / "truth.csv")
    if restarted:
        worker.state = Round(name="tests/2", started_at=worker.now)
    assert worker.round()
    assert broken.batch.reason == ""
    assert worker.state.troubles == {}


def test_a_batch_whose_data_cannot_be_received_troubles_no_worker_any_more(worker, installation, tmp_path):
    project = submit(installation, write_project(tmp_path / "pets", items=12))
    (project.folder / "items.csv").write_text("no,such\ncolumns,here\n")
    worker.rounds_until_idle()
    assert project.batch.status == lifecycle.DATA_TRANSFER_FAILED
    worker.round()
    assert worker.state.troubles == {}


def test_a_resumed_batch_is_tried_at_once(worker, installation, broken):
    worker.round()
    assert broken.batch_id in worker.state.troubles
    for status in (lifecycle.PAUSED, lifecycle.DATA_TRANSFER):
        with db.transaction():
            db.execute("UPDATE batch SET status = %s WHERE id = %s", [status, broken.batch_id])
        worker.round()
    assert worker.state.troubles[broken.batch_id].until == worker.now + FIRST_WAIT


def test_the_reason_of_a_pause_outlives_a_trouble_before_it(worker, installation, broken, monkeypatch):
    worker.round()
    (broken.folder / "gone.csv").rename(broken.folder / "truth.csv")
    worker.now += FIRST_WAIT

    def run_and_pause(found, *, batch, **more):
        with db.transaction():
            db.execute("UPDATE batch SET status = 'Paused', reason = 'too dear' WHERE id = %s", [batch])
        return 1

    monkeypatch.setattr(worker_rounds, "run_batch", run_and_pause)
    worker.round()
    assert (broken.batch.status, broken.batch.reason) == (lifecycle.PAUSED, "too dear")


def test_an_error_that_nobody_foresaw_stops_one_batch_and_not_those_behind_it(
    worker, installation, tmp_path, monkeypatch
):
    bad = submit(installation, write_project(tmp_path / "bad", items=12, name="bad"))
    good = submit(installation, write_project(tmp_path / "good", items=12, name="good", accept="by_hand"))
    run = worker_rounds.run_batch

    def stumble(found, *, batch, **more):
        if batch == bad.batch_id:
            raise ZeroDivisionError
        return run(found, batch=batch, **more)

    monkeypatch.setattr(worker_rounds, "run_batch", stumble)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            worker.round()
        worker.rounds_until_idle()
        worker.now = worker.state.troubles[bad.batch_id].until
    assert good.batch.status == lifecycle.READY_FOR_REVIEW
    assert bad.batch.reason == UNFORESEEN
    assert parked(installation, bad) == 1


def test_a_round_ends_early_where_the_worker_is_to_stop(worker, installation, tmp_path):
    project = submit(installation, write_project(tmp_path / "pets", items=12))
    worker.round(stop=lambda: True)
    assert project.batch.status == lifecycle.REQUEST_SUBMITTED


def test_every_tenant_s_batches_are_tended(place, worker, tmp_path):
    elsewhere = place.open(tenant="elsewhere")
    project = submit(elsewhere, write_project(tmp_path / "pets", items=12, accept="by_hand"))
    worker.rounds_until_idle()
    assert project.batch.status == lifecycle.READY_FOR_REVIEW


def test_what_somebody_held_too_long_comes_back(web, worker, tmp_path):
    project = at_work(web, tmp_path / "pets", items=20)
    (held,) = claim(web, project, "lena")
    worker.now = held.until - 1
    worker.round()
    assert task_leases.has_lease(project.batch_id)
    worker.now = held.until
    worker.round()
    assert not task_leases.has_lease(project.batch_id)
    scope = web.installation.scope
    assert events.count_events(scope, verb="expire a lease", subject=f"assignment {held.assignment}") == 1
    assert held.item in [item for item, _ in wanted_answers.open_task_items(project.batch_id, ("label",))]


def test_newcomers_become_people_of_projects_in_work(web, worker, tmp_path):
    project = at_work(web, tmp_path / "pets", crew=("lena", "eva"), items=20)
    assert len(list_people(web.installation.scope, project.id)) == 2
    web.member("luis")
    web.member("otto")  # no labeller
    worker.round()
    assert len(list_people(web.installation.scope, project.id)) == 3
    assert not person(web, project, "luis").is_expert


def test_answers_of_real_people_are_worked_in(web, worker, tmp_path):
    project = at_work(web, tmp_path / "pets", items=20)
    answer(web, project, "lena")
    worker.now = NOW + SECOND
    assert worker.round()
    assert db.row("SELECT COUNT(*) FROM item WHERE dirty")[0] == 0


def test_events_are_sealed_within_a_second_and_exported_every_five_minutes(worker, installation, tmp_path):
    submit(installation, write_for_people(tmp_path / "pets", items=12))
    assert event_blocks.unsealed() > 0
    worker.rounds_until_idle()
    worker.now += SECOND
    worker.round()
    assert event_blocks.unsealed() == 0
    exported = sorted(installation.checkpoint_dir.glob("checkpoint-*.json"))
    assert len(exported) == 1
    with db.transaction():
        events.append_event(installation.scope, at=NOW, actor="rita", source="tests", verb="try", subject="")
    worker.now = worker.state.checkpoint_at + CHECKPOINT_EVERY - 1
    worker.round()
    assert event_blocks.unsealed() == 0
    assert sorted(installation.checkpoint_dir.glob("checkpoint-*.json")) == exported
    worker.now += 1
    worker.round()
    assert len(sorted(installation.checkpoint_dir.glob("checkpoint-*.json"))) == 2


def test_a_worker_says_that_it_is_alive_and_what_troubles_it(worker, installation, broken):
    worker.round()
    assert [(one.name, one.seen_at, one.note) for one in list_workers()] == [("tests/1", NOW, "")]
    worker.now += 5 * SECOND
    worker.round()
    (found,) = list_workers()
    assert found.seen_at == NOW + 5 * SECOND
    assert f"batch {broken.batch_id}: " in found.note
