"""A foreign object and a missing one look the same, and no change reaches over to another tenant (SEC-2)."""

from dataclasses import replace

import pytest
from tests.support.loops import START, make_loop, one

from assay.core.errors import NotFound
from assay.store import db
from assay.store.items import items
from assay.store.labelling import answers_and_pay_ledger, project_people, task_leases
from assay.store.labelling.task_leases import AssignmentGone
from assay.store.projects import batches, projects
from assay.store.scope import Scope
from assay.store.trail import events

MISSING = 999_999


@pytest.fixture
def pets(cast):
    return make_loop(cast.scope)


@pytest.fixture
def ids(pets):
    batch = batches.batch_by_id(pets.scope, pets.rules.batch)
    return {"batch": batch.id, "project": batch.project_id, "person": pets.crew["lena"].id}


READS = {
    "project": lambda scope, ids: projects.project_by_id(scope, ids["project"]),
    "project as a batch sees it": lambda scope, ids: projects.project_of_batch(scope, ids["batch"]),
    "project by name": lambda scope, ids: projects.project_by_name(scope, ids.get("name", "pets")),
    "batch": lambda scope, ids: batches.batch_by_id(scope, ids["batch"]),
    "batch by name": lambda scope, ids: batches.batch_by_name(scope, ids.get("name", "pets") + "-1"),
    "person": lambda scope, ids: project_people.person_by_id(scope, ids["person"]),
}


def said_of(read, scope, ids):
    with pytest.raises(NotFound) as caught:
        read(scope, ids)
    return str(caught.value)


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_what_belongs_to_another_tenant_looks_like_what_does_not_exist(read, cast, strangers, ids):
    assert read(cast.scope, ids) is not None
    foreign = said_of(read, strangers.scope, ids)
    absent = said_of(read, strangers.scope, dict.fromkeys(ids, MISSING) | {"name": "nowhere"})
    for word in ("pets", *(str(number) for number in ids.values())):
        foreign = foreign.replace(f"'{word}", "'?")
    for word in ("nowhere", str(MISSING)):
        absent = absent.replace(f"'{word}", "'?")
    assert foreign == absent


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_a_project_outside_the_scope_is_not_found_within_the_same_tenant(read, cast, ids):
    narrow = Scope(cast.scope.tenant, frozenset({MISSING}))
    said_of(read, narrow, ids)
    assert read(Scope(cast.scope.tenant, frozenset({ids["project"]})), ids) is not None


def test_lists_hold_what_is_in_the_scope_and_nothing_else(cast, strangers, pets, ids):
    make_loop(strangers.scope, name="weeds")
    assert [p.name for p in projects.list_projects(cast.scope)] == ["pets"]
    assert [p.name for p in projects.list_projects(strangers.scope)] == ["weeds"]
    assert [b.name for b in batches.list_batches(cast.scope)] == ["pets-1"]
    assert project_people.list_people(strangers.scope, ids["project"]) == []
    assert batches.list_batches(Scope(cast.scope.tenant, frozenset())) == []
    assert not items.item_scope(strangers.scope, pets.items[0])
    assert items.item_scope(cast.scope, pets.items[0])


def everything():
    return {
        table: db.rows(f"SELECT * FROM {table} ORDER BY id")
        for table in ("project", "batch", "person", "assignment", "answer")
    }


def test_changes_with_another_tenants_scope_change_nothing(cast, strangers, pets, ids):
    served = pets.take("lena")
    assert served is not None
    batch = batches.batch_by_id(cast.scope, ids["batch"])
    project = projects.project_by_id(cast.scope, ids["project"])
    before = everything()
    foreign = strangers.scope
    with db.transaction():
        batches.set_batch(foreign, batch.id, rejected=77)
        projects.save_plan(foreign, project, plan="mine")
        projects.save_quote(foreign, project, quote="mine", agreed=True)
        project_people.save_standing(foreign, [replace(pets.crew["lena"], state="paused")])
    for change in (
        lambda: batches.move_batch(foreign, batch, "receive"),
        lambda: projects.move_project(foreign, project, "approve"),
    ):
        with pytest.raises(NotFound), db.transaction():
            change()
    with pytest.raises(AssignmentGone, match="not yours"), db.transaction():
        task_leases.end_assignment(
            foreign, assignment=served.assignment, person=ids["person"], state="submitted", now=START
        )
    assert task_leases.assignment_by_id(foreign, served.assignment) is None
    assert task_leases.expired_assignments(foreign, batch.id, now=START * 2) == []
    assert everything() == before


def test_answers_and_events_are_read_within_their_tenant(cast, strangers, pets):
    served = pets.take("lena")
    assert served is not None
    pets.submit("lena", served.assignment, client_id="c-1")
    assert answers_and_pay_ledger.answer_by_client_id(cast.scope, "c-1") is not None
    assert answers_and_pay_ledger.answer_by_client_id(strangers.scope, "c-1") is None
    subject = f"assignment {served.assignment}"
    assert events.count_events(cast.scope, verb="submit an answer", subject=subject) == 1
    assert events.count_events(strangers.scope, verb="submit an answer", subject=subject) == 0
    assert events.list_events(strangers.scope) == []
    assert events.events_about(strangers.scope, subject=subject, verbs=("submit an answer",)) == []


def test_two_tenants_may_use_the_same_names_and_client_ids(cast, strangers, pets):
    other = make_loop(strangers.scope)
    for loop in (pets, other):
        served = loop.take("lena")
        assert served is not None
        loop.submit("lena", served.assignment, client_id="same")
    assert one("SELECT COUNT(*) FROM answer WHERE client_id = 'same'") == 2
