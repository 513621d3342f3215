"""The label loop as the doors will call it: permitted, in a transaction, only as oneself."""

import json

import pytest
from tests.support.projects import LABELS, NOW, submit, write_boxes, write_project

from assay.core.errors import InvalidLabel, NotFound, NotPermitted
from assay.service.access.permissions import EXPERT, LABELLER, REQUESTER, Actor
from assay.service.labelling.claim_tasks import claim_tasks
from assay.service.labelling.release_task import release_task
from assay.service.labelling.skip_task import skip_task
from assay.service.labelling.submit_answer import submit_answer
from assay.store.labelling import answers_and_pay_ledger, task_leases
from assay.store.labelling.project_people import list_people
from assay.store.labelling.task_leases import AssignmentGone


def take_task(installation, actor, *, batch, now):
    """Take one item, or None."""
    return next(iter(claim_tasks(installation, actor, batch=batch, ahead=1, now=now)), None)


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
    assert answers_and_pay_ledger.count_answers(project.batch_id) == {"label": 1}
    assert answers_and_pay_ledger.spent(project.batch_id) == 4
    following = skip_task(
        installation, lena, batch=name, assignment=receipt.served.assignment, reason="blurred", now=NOW
    )
    assert following.item != receipt.served.item
    release_task(installation, lena, batch=name, assignment=following.assignment, now=NOW)
    with pytest.raises(AssignmentGone, match="released"):
        release_task(installation, lena, batch=name, assignment=following.assignment, now=NOW)


@pytest.fixture
def marking(tmp_path, installation):
    """A project in which stretches of texts are marked, its pilot open, and a labeller with an item."""
    truth = {
        f"item-{n:03}": json.dumps({"spans": [{"start": 0, "end": 4, "label": "cat"}]}) for n in range(40)
    }
    data = "{path: items.csv, format: csv, id: id, text: file}"
    intake = write_project(tmp_path / "project", task="text_spans", truth=truth, data=data)
    project = submit(installation, intake)
    project.run_until(lambda found: found.batch.pilot == "running")
    lena = next(p for p in list_people(installation.scope, project.id) if not p.is_expert)
    actor = Actor(installation.scope, lena.code, frozenset({LABELLER}), "tests", lena.id)
    return project, actor, take_task(installation, actor, batch=project.batch.name, now=NOW)


@pytest.mark.parametrize("beyond", [1, 5_000])
def test_a_stretch_beyond_its_text_is_refused_and_not_paid(marking, installation, beyond):
    project, lena, served = marking

    def say(end):
        value = json.dumps({"spans": [{"start": 0, "end": end, "label": "cat"}]})
        return submit_answer(
            installation, lena, batch=project.batch.name, assignment=served.assignment, client_id="a1", value=value,
            seconds=2.0, now=NOW,
        )  # fmt: skip

    end = len(served.text)
    with pytest.raises(InvalidLabel, match=f"beyond its text, which has {end} signs"):
        say(end + beyond)
    assert answers_and_pay_ledger.count_answers(project.batch_id) == {}
    assert answers_and_pay_ledger.spent(project.batch_id) == 0
    held = task_leases.assignment_by_id(installation.scope, served.assignment)
    assert held.state == "leased"
    assert say(end).cents == 4


@pytest.fixture
def drawing(tmp_path, installation):
    """A project of boxes in pictures of 120 x 90, its pilot open, and a labeller with an item."""
    project = submit(installation, write_boxes(tmp_path / "project"))
    project.run_until(lambda found: found.batch.pilot == "running")
    lena = next(p for p in list_people(installation.scope, project.id) if not p.is_expert)
    actor = Actor(installation.scope, lena.code, frozenset({LABELLER}), "tests", lena.id)
    return project, actor, take_task(installation, actor, batch=project.batch.name, now=NOW)


def draw(installation, drawing, left, width, client_id="a1"):
    project, lena, served = drawing
    box = {"left": left, "top": 10, "width": width, "height": 20, "label": LABELS[0]}
    return submit_answer(
        installation, lena, batch=project.batch.name, assignment=served.assignment, client_id=client_id,
        value=json.dumps({"boxes": [box]}), seconds=2.0, now=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("left", [120, 1_000_000, -40])
def test_a_box_outside_of_its_picture_is_refused_and_not_paid(drawing, installation, left):
    project, _, served = drawing
    with pytest.raises(InvalidLabel, match="a box has no part within its picture, which is 120 x 90"):
        draw(installation, drawing, left, 30)
    assert answers_and_pay_ledger.spent(project.batch_id) == 0
    assert task_leases.assignment_by_id(installation.scope, served.assignment).state == "leased"
    assert draw(installation, drawing, 5, 30).is_new


def test_a_box_that_sticks_out_is_cut_at_the_edge_and_sent_again_it_is_the_same_answer(drawing, installation):
    _, _, served = drawing
    receipt = draw(installation, drawing, 100, 300)
    (kept,) = answers_and_pay_ledger.answers_of([served.item], queues=["label"])
    (box,) = json.loads(kept.value)["boxes"]
    assert (box["left"], box["width"]) == (100, 20)
    again = draw(installation, drawing, 100, 300)
    assert (again.answer, again.is_new) == (receipt.answer, False)


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
    assert not task_leases.has_lease(project.batch_id)
