"""Tasks that nobody is left for are withdrawn, and their items go on with what they have."""

import pytest
from tests.support.labelling import ask_expert, at_work, claim, person
from tests.support.projects import NOW

from assay.service.labelling.skip_task import skip_task
from assay.service.labelling.submit_answer import submit_answer
from assay.service.workforce import tasks_nobody_can_take
from assay.service.workforce.pause_person import pause_person
from assay.service.workforce.tasks_nobody_can_take import resolve_standstill
from assay.store import db
from assay.store.items import items
from assay.store.labelling import wanted_answers
from assay.store.trail import events


@pytest.fixture
def project(web, tmp_path):
    """A batch with one open label task, and Lena and Luis who could take it."""
    found = at_work(web, tmp_path / "pets", items=20, budget=1_000_000)
    first = min(item for item, name in wanted_answers.open_task_items(found.batch_id, ("label",)))
    with db.transaction():
        db.execute("DELETE FROM task WHERE batch_id = %s", [found.batch_id])
        wanted_answers.open_tasks(found.batch_id, queue="label", items=[first])
    return found


QUIET = 900_000_000


def look(web, project, *, now=NOW):
    return resolve_standstill(
        web.installation.system("worker"), project=project.id, batch=project.batch_id, quiet=QUIET, now=now
    )


def skip(web, project, name):
    """Skip the one item, and let it wait for somebody else again, as the next step of the pipeline does."""
    (served,) = claim(web, project, name)
    skip_task(
        web.installation,
        web.actor(name),
        batch=project.batch.name,
        assignment=served.assignment,
        reason="blurred",
        now=NOW,
    )
    with db.transaction():
        wanted_answers.close_tasks(project.batch_id, [served.item])
        wanted_answers.open_tasks(project.batch_id, queue="label", items=[served.item])
    return served.item


def open_items(project, *names):
    return [item for item, _ in wanted_answers.open_task_items(project.batch_id, names or ("label",))]


def test_an_item_waits_while_somebody_is_left_for_it(web, project):
    item = skip(web, project, "lena")
    assert look(web, project) == 0
    assert open_items(project) == [item]


def test_an_item_that_everybody_has_seen_goes_on_without_them(web, project):
    item = skip(web, project, "lena")
    assert skip(web, project, "luis") == item
    assert look(web, project) == 1
    assert open_items(project) == []
    (row,) = items.items_by_id([item])
    assert row.stuck
    scope = web.installation.scope
    assert events.count_events(scope, verb="give up on tasks", subject=f"batch id {project.batch_id}") == 1
    assert look(web, project) == 0, "it is given up once"


def test_somebody_who_is_paused_is_not_waited_for(web, project):
    item = skip(web, project, "lena")
    luis = person(web, project, "luis").id
    pause_person(web.actor("otto"), person=luis, reason="holiday", now=NOW)
    assert look(web, project) == 1
    assert item not in open_items(project)


def test_a_team_of_nobody_is_no_standstill_but_an_alarm(web, project):
    for name in ("lena", "luis"):
        pause_person(web.actor("otto"), person=person(web, project, name).id, reason="holiday", now=NOW)
    assert look(web, project) == 0
    assert len(open_items(project)) == 1


def test_experts_stand_still_by_themselves(web, project):
    item = ask_expert(project, "item-007")
    assert look(web, project) == 0
    (served,) = claim(web, project, "eva")
    skip_task(
        web.installation,
        web.actor("eva"),
        batch=project.batch.name,
        assignment=served.assignment,
        reason="no idea",
        now=NOW,
    )
    with db.transaction():
        wanted_answers.close_tasks(project.batch_id, [item])
        wanted_answers.open_tasks(project.batch_id, queue="expert", items=[item])
    assert look(web, project) == 1
    assert open_items(project, "expert", "audit") == []
    assert len(open_items(project)) == 1, "labellers' tasks are none of it"


def test_large_teams_have_always_somebody_left(web, project, monkeypatch):
    skip(web, project, "lena")
    skip(web, project, "luis")
    monkeypatch.setattr(tasks_nobody_can_take, "SMALL", 1)
    assert look(web, project) == 0
    assert len(open_items(project)) == 1


def answer(web, project, name):
    """Answer the one item, and let it wait for one more answer."""
    (served,) = claim(web, project, name)
    submit_answer(
        web.installation,
        web.actor(name),
        batch=project.batch.name,
        assignment=served.assignment,
        client_id=f"{name}/{served.assignment}",
        value="cat",
        seconds=1.0,
        now=NOW,
        take_next=False,
    )
    with db.transaction():
        wanted_answers.open_tasks(project.batch_id, queue="label", items=[served.item])
    return served.item


def test_who_is_away_is_waited_for_a_while_and_then_no_longer(web, project):
    item = answer(web, project, "lena")
    assert look(web, project, now=NOW + QUIET - 1) == 0, "Luis may still come"
    assert look(web, project, now=NOW + QUIET) == 1
    assert item not in open_items(project)


def test_where_everybody_is_away_nothing_is_given_up(web, project):
    item = answer(web, project, "lena")
    assert look(web, project, now=NOW + 2 * QUIET) == 0
    assert open_items(project) == [item]


def test_while_something_is_left_for_those_who_are_there_nothing_is_given_up(web, project):
    answer(web, project, "lena")
    other = items.items_by_key(project.batch_id, ["item-010"])["item-010"].id
    with db.transaction():
        wanted_answers.open_tasks(project.batch_id, queue="label", items=[other])
    assert look(web, project, now=NOW + QUIET) == 0
