"""Excluding a person: nothing they said is heard, items are asked about again, figures stated anew (FRAUD-3)."""

from collections import Counter
from dataclasses import dataclass, replace

import pytest
from tests.support.labelling import at_work, claim, person
from tests.support.projects import NOW, Project, submit, write_project

from assay.core.errors import BadValue, NotAllowed, NotFound, NotPermitted
from assay.core.project import lifecycle
from assay.service.access.refuse_own_work import OwnWork
from assay.service.delivery.gather_report_facts import sheet_facts
from assay.service.labelling.own_figures import own_figures
from assay.service.workforce.answer_appeal import answer_appeal
from assay.service.workforce.appeal import appeal
from assay.service.workforce.exclude_person import exclude_person
from assay.service.workforce.pause_person import pause_person
from assay.service.workforce.people_at_work import appeals
from assay.service.workforce.resume_person import resume_person
from assay.service.working_set.load_batch import load_work
from assay.store import db
from assay.store.items import items
from assay.store.labelling import answers_and_pay_ledger, project_people, task_leases, wanted_answers
from assay.store.projects import batches
from assay.store.trail import events

LABEL_QUEUES = ("label", "peer")


@dataclass(frozen=True)
class Busy:
    """A project in production, and the labeller who answered most."""

    project: Project
    code: str
    id: int
    answers: int


def heard(project):
    """Return how many answers each item has without those of people who are excluded."""
    silent = {
        one.id
        for one in project_people.list_people(project.installation.scope, project.id)
        if one.state == project_people.EXCLUDED
    }
    given = answers_and_pay_ledger.all_answers(
        project.batch.first_item, project.batch.last_item, queues=LABEL_QUEUES
    )
    return Counter(item for item, who, *_ in given if who not in silent)


def ordinary(project):
    return [row for row in items.all_items(project.batch) if not row.is_control]


def standing(project, code):
    found = project_people.list_people(project.installation.scope, project.id)
    return next(one for one in found if one.code == code)


def half_settled(installation, folder):
    """Bring a batch to where half of its items are settled."""
    project = submit(installation, write_project(folder, items=120, accept="by_hand"))

    def half_is_settled(one):
        rows = ordinary(one) if one.batch.accepted else []
        return sum(row.state == lifecycle.SETTLED for row in rows) > 60

    project.run_until(half_is_settled)
    return project


@pytest.fixture
def begun(beginnings, request):
    return beginnings.of(half_settled) if "busy" in request.fixturenames else None


@pytest.fixture
def busy(begun, web, tmp_path):
    project = begun.project(web.installation, tmp_path)
    given = answers_and_pay_ledger.all_answers(
        project.batch.first_item, project.batch.last_item, queues=LABEL_QUEUES
    )
    crew = {one.id: one for one in project_people.list_people(web.installation.scope, project.id)}
    who, count = Counter(person for _, person, *_ in given if crew[person].state == "active").most_common(1)[
        0
    ]
    return Busy(project, crew[who].code, who, count)


def test_items_that_lose_an_answer_are_asked_about_again_and_figures_are_stated_anew(web, busy):
    project = busy.project
    before = {row.id: row for row in ordinary(project)}
    said = {
        item
        for item, who, *_ in answers_and_pay_ledger.all_answers(
            project.batch.first_item, project.batch.last_item, queues=LABEL_QUEUES
        )
        if who == busy.id
    }
    was = project.batch
    count = exclude_person(web.actor("otto"), person=busy.id, reason="copies", now=NOW)
    assert count == busy.answers > 10
    assert (standing(project, busy.code).state, standing(project, busy.code).reason) == ("excluded", "copies")
    project.run_until(lambda one: one.batch.refit_at != -1)

    told = Counter(heard(project))
    lost = [row for row in ordinary(project) if row.id in said and before[row.id].answers > told[row.id]]
    reopened = [row for row in lost if before[row.id].state == lifecycle.SETTLED and not row.judged]
    assert len(reopened) > 5
    for row in reopened:
        assert (row.state, row.answers, row.dirty) == (lifecycle.LABELLING, told[row.id], True)
    assert project.batch.answers < was.answers
    assert project.batch.model != was.model

    project.run()
    assert project.batch.status == lifecycle.READY_FOR_REVIEW
    told = heard(project)
    for row in ordinary(project):
        assert row.state == lifecycle.SETTLED
        assert row.judged or row.answers == told[row.id]
    later = answers_and_pay_ledger.all_answers(
        project.batch.first_item, project.batch.last_item, queues=LABEL_QUEUES
    )
    assert sum(who == busy.id for _, who, *_ in later) == busy.answers


def test_the_event_says_who_did_it_why_and_how_much_it_took_away(web, busy):
    exclude_person(web.actor("otto"), person=busy.id, reason="copies", now=NOW)
    (told,) = events.events_about(
        web.installation.scope, subject=f"person {busy.code}", verbs=["exclude a person"]
    )
    assert (told.actor, told.before, told.after) == ("otto@example.org", "active", "excluded")
    assert f'"answers":{busy.answers}' in told.detail
    assert '"reason":"copies"' in told.detail


def test_the_data_sheet_counts_neither_the_excluded_nor_their_answers(web, busy):
    project = busy.project

    def sheet():
        work = load_work(
            web.installation, batch=project.batch_id, out=project.out, hold=lambda: None, real_now=NOW
        )
        return sheet_facts(work, {})

    before = sheet()
    exclude_person(web.actor("otto"), person=busy.id, reason="copies", now=NOW)
    after = sheet()
    assert after.people == before.people - 1
    assert after.answers == before.answers - busy.answers


def test_whoever_is_let_work_again_is_heard_again(web, busy):
    project, otto = busy.project, web.actor("otto")
    counts = {row.id: row.answers for row in ordinary(project)}
    exclude_person(otto, person=busy.id, reason="copies", now=NOW)
    project.run_until(lambda one: one.batch.refit_at != -1)
    resume_person(otto, person=busy.id, now=NOW)
    project.run()
    found = standing(project, busy.code)
    assert (found.state, found.cleared) == ("active", True)
    assert all(row.judged or row.answers >= counts[row.id] for row in ordinary(project))
    told = heard(project)
    assert all(row.judged or row.answers == told[row.id] for row in ordinary(project))


def test_frozen_labels_stay_and_the_sentence_says_what_to_do(web, busy):
    project = busy.project
    project.run_until(lambda one: bool(one.batch.frozen_digest))
    with pytest.raises(NotAllowed, match="its certificate would no longer be about what is delivered"):
        exclude_person(web.actor("otto"), person=busy.id, reason="copies", now=NOW)
    assert standing(project, busy.code).state == "active"


def test_a_delivered_batch_is_not_touched(web, busy):
    project = busy.project
    with db.transaction():
        db.execute("UPDATE batch SET status = %s WHERE id = %s", [lifecycle.DATA_DELIVERED, project.batch_id])
    assert exclude_person(web.actor("otto"), person=busy.id, reason="copies", now=NOW) == 0
    assert project.batch.refit_at >= 0
    assert batches.batch_by_id(web.installation.scope, project.batch_id).status == lifecycle.DATA_DELIVERED


def test_an_expert_is_not_excluded_nor_anybody_twice_without_a_reason_or_by_others(web, busy, strangers):
    otto = web.actor("otto")
    expert = next(
        one for one in project_people.list_people(web.installation.scope, busy.project.id) if one.is_expert
    )
    with pytest.raises(NotAllowed, match="what an expert judged stands"):
        exclude_person(otto, person=expert.id, reason="why", now=NOW)
    with pytest.raises(BadValue, match="a reason"):
        exclude_person(otto, person=busy.id, reason="  ", now=NOW)
    with pytest.raises(NotFound):
        exclude_person(strangers.otto, person=busy.id, reason="why", now=NOW)
    for name in ("rita", "lena", "eva", "ada"):
        with pytest.raises(NotPermitted):
            exclude_person(web.actor(name), person=busy.id, reason="why", now=NOW)
    exclude_person(otto, person=busy.id, reason="why", now=NOW)
    for act in (exclude_person, pause_person):
        with pytest.raises(NotAllowed):
            act(otto, person=busy.id, reason="why", now=NOW)


# --- people --------------------------------------------------------------------------------------------


def test_what_an_excluded_person_holds_goes_back_to_its_queue(web, tmp_path):
    project = at_work(web, tmp_path / "pets", items=20)
    (held,) = claim(web, project, "lena")
    task = task_leases.assignment_by_id(web.installation.scope, held.assignment).task
    exclude_person(web.actor("otto"), person=person(web, project, "lena").id, reason="copies", now=NOW)
    assert claim(web, project, "lena") == []
    gone = task_leases.assignment_by_id(web.installation.scope, held.assignment)
    assert gone.state == "released"
    assert task is None or held.item in dict(wanted_answers.open_task_items(project.batch_id, ("label",)))


def test_the_excluded_read_why_and_may_appeal_and_a_granted_appeal_lets_them_be_heard(web, tmp_path):
    project = at_work(web, tmp_path / "pets", items=20)
    lena, otto = person(web, project, "lena"), web.actor("otto")
    exclude_person(otto, person=lena.id, reason="copies from Luis", now=NOW)
    (own,) = own_figures(web.actor("lena"), now=NOW).projects
    assert (own.state, own.reason, own.may_appeal) == ("excluded", "copies from Luis", True)
    appeal(web.actor("lena"), person=lena.id, text="We sit together.", now=NOW)
    (told,) = appeals(otto, now=NOW)
    answer_appeal(otto, number=told.id, grant=True, answer="So you do.", now=NOW)
    found = person(web, project, "lena")
    assert (found.state, found.reason, found.cleared) == ("active", "", True)
    assert claim(web, project, "lena") != []


def test_nobody_excludes_themselves(web, tmp_path):
    web.member("otto", "operator", "labeller")
    project = at_work(web, tmp_path / "pets", crew=("lena", "luis", "eva", "otto"), items=20)
    with pytest.raises(OwnWork):
        exclude_person(web.actor("otto"), person=person(web, project, "otto").id, reason="why", now=NOW)


# --- people who are believed to be one -------------------------------------------------------------------


def test_linked_people_never_get_the_same_item_and_count_as_one_voice(web, tmp_path):
    web.member("nora", "labeller")
    project = at_work(web, tmp_path / "pets", items=20, crew=("lena", "luis", "nora", "eva"))
    scope = web.installation.scope
    lena, luis = person(web, project, "lena"), person(web, project, "luis")
    with db.transaction():
        project_people.save_standing(scope, [replace(one, link=lena.id) for one in (lena, luis)])
    had = {name: set() for name in ("lena", "luis", "nora")}
    for turn in range(60):
        for name, items_had in had.items():
            now = NOW + turn * 10_000_000
            for served in claim(web, project, name, now=now):
                items_had.add(served.item)
                with db.transaction():
                    task_leases.end_assignment(
                        scope,
                        assignment=served.assignment,
                        person=person(web, project, name).id,
                        state="submitted",
                        now=now,
                    )
    assert had["lena"]
    assert had["luis"]
    assert not had["lena"] & had["luis"]
    assert had["nora"] & had["lena"]
    assert had["nora"] & had["luis"]


def test_an_operator_takes_linked_people_as_themselves_again(web, tmp_path):
    project = at_work(web, tmp_path / "pets", items=20)
    lena, luis = person(web, project, "lena"), person(web, project, "luis")
    with db.transaction():
        project_people.save_standing(
            web.installation.scope, [replace(one, link=lena.id) for one in (lena, luis)]
        )
    assert project_people.linked_with(web.installation.scope, person(web, project, "luis")) == [lena.id]
    resume_person(web.actor("otto"), person=luis.id, now=NOW)
    found = person(web, project, "luis")
    assert (found.link, found.cleared, found.voice) == (0, True, luis.id)
    assert project_people.linked_with(web.installation.scope, person(web, project, "lena")) == []
