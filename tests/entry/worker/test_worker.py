"""The worker outlives whatever one round runs into, and stops when it is told to."""

import logging

import pytest
from django.db import OperationalError
from tests.support.projects import submit, write_project

from assay.core.errors import NotFound
from assay.core.project import lifecycle
from assay.entry.worker import again_and_again
from assay.entry.worker import main as worker


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(again_and_again, "PAUSE", 0.001)
    monkeypatch.setattr(again_and_again, "TROUBLE", 0.001)


@pytest.fixture
def quiet(monkeypatch):
    """No messenger: these tests are about rounds, and the database is one process's own."""
    monkeypatch.setattr(worker, "send", lambda installation, stop: None)


class Rounds:
    """Stands in for rounds: each call ends as the next of these says, and the last one stops the worker."""

    def __init__(self, *ends):
        self.ends, self.done = list(ends), 0

    def __call__(self, *given, **more):
        end = self.ends[self.done]
        self.done += 1
        if isinstance(end, BaseException):
            raise end
        return end

    def stop(self):
        return self.done == len(self.ends)


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (ZeroDivisionError("by zero"), "a round failed"),
        (OperationalError("database is locked"), "a round failed"),
        (NotFound(noun="batch", key="pets-1"), "pets-1"),
    ],
    ids=["a mistake of ours", "the database", "an error with a sentence"],
)
def test_a_failed_round_is_written_down_and_the_next_one_comes(
    quiet, installation, monkeypatch, caplog, problem, said
):
    found = Rounds(True, problem, False, True)
    monkeypatch.setattr(worker, "tend", found)
    with caplog.at_level(logging.WARNING, logger="assay.worker"):
        worker.work(installation, stop=found.stop)
    assert found.done == 4
    (record,) = caplog.records
    assert said in record.getMessage()
    assert bool(record.exc_info) == (not isinstance(problem, NotFound))


def test_nothing_is_done_once_the_worker_is_to_stop(quiet, installation, monkeypatch):
    found = Rounds()
    monkeypatch.setattr(worker, "tend", found)
    worker.work(installation, stop=lambda: True)
    assert found.done == 0


def test_a_worker_takes_a_batch_to_review(quiet, installation, tmp_path):
    project = submit(installation, write_project(tmp_path / "pets", items=12, accept="by_hand"))
    worker.work(installation, stop=lambda: project.batch.status == lifecycle.READY_FOR_REVIEW)
    assert project.batch.status == lifecycle.READY_FOR_REVIEW


@pytest.mark.parametrize("problem", [ValueError("odd address"), OperationalError("gone")])
def test_the_messenger_too_outlives_what_it_runs_into(installation, monkeypatch, caplog, problem):
    found = Rounds(1, problem, 0, 1)
    monkeypatch.setattr(worker, "send_due", found)
    worker.send(installation, found.stop)
    assert found.done == 4
    assert "a round failed" in caplog.text


def test_a_worker_whose_parent_is_gone_stops(monkeypatch, tmp_path):
    monkeypatch.delenv("ASSAY_PARENT", raising=False)
    assert not again_and_again.orphaned()
    monkeypatch.setenv("ASSAY_PARENT", "self")
    assert not again_and_again.orphaned()
    monkeypatch.setenv("ASSAY_PARENT", "99999999")
    assert again_and_again.orphaned()
