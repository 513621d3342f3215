"""The label loop as the doors will call it: permitted, in a transaction, only as oneself."""

import pytest
from tests.support.projects import NOW, submit, write_project

from assay.core.errors import NotFound, NotPermitted
from assay.service.actions.release_task import release_task
from assay.service.actions.skip_task import skip_task
from assay.service.actions.submit_answer import submit_answer
from assay.service.actions.take_task import take_task
from assay.service.permissions import EXPERT, LABELLER, REQUESTER, Actor
from assay.store import queue
from assay.store.people import list_people
from assay.store.queue import AssignmentGone


@pytest.fixture
def at_work(tmp_path, installation):
    """A project whose pilot is open, a labeller and somebody who is none of its people."""
    project = submit(installation, write_project(tmp_path / "project", items=40))
    project.run_until(lambda found: found.batch.pilot == "running")
    lena = next(p for p in list_people(installation.scope, project.id) if not p.is_expert)
    actor = Actor(installation.scope, lena.code, frozenset({LABELLER}), "tests", lena.id)
    return project, actor


def test_a_labeller_takes_answers_skips_and_releases(at_work, installation):
    project, lena = at_work
    name = project.batch.name
    first = take_task(installation, lena, batch=name, now=NOW)
    receipt = submit_answer(
        installation, lena, batch=name, assignment=first.assignment, client_id="a1", value="cat", seconds=2.0, now=NOW
    )  # fmt: skip
    again = submit_answer(
        installation, lena, batch=name, assignment=first.assignment, client_id="a1", value="cat", seconds=2.0, now=NOW
    )  # fmt: skip
    assert again == receipt
    assert queue.count_answers(project.batch_id) == {"label": 1}
    assert queue.spent(project.batch_id) == 4
    following = skip_task(
        installation, lena, batch=name, assignment=receipt.served.assignment, reason="blurred", now=NOW
    )
    assert following.item != receipt.served.item
    release_task(installation, lena, batch=name, assignment=following.assignment, now=NOW)
    with pytest.raises(AssignmentGone, match="released"):
        release_task(installation, lena, batch=name, assignment=following.assignment, now=NOW)


def test_a_requester_may_not_label_and_a_stranger_finds_no_batch(at_work, installation, strangers):
    project, lena = at_work
    name = project.batch.name
    requester = Actor(installation.scope, "rita", frozenset({REQUESTER}), "tests", lena.person)
    with pytest.raises(NotPermitted, match="take a task"):
        take_task(installation, requester, batch=name, now=NOW)
    nobody = Actor(installation.scope, "nobody", frozenset({EXPERT}), "tests")
    with pytest.raises(NotFound, match="nobody"):
        take_task(installation, nobody, batch=name, now=NOW)
    foreign = Actor(strangers.scope, "mallory", frozenset({LABELLER}), "tests", lena.person)
    with pytest.raises(NotFound):
        take_task(installation, foreign, batch=name, now=NOW)
    assert not queue.has_lease(project.batch_id)
