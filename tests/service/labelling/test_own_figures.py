"""What labellers see of themselves, and how they defend themselves against a pause (FRAUD-2)."""

from datetime import date

import pytest
from tests.support.labelling import answer, at_work, claim, person
from tests.support.projects import NOW

from assay.core.errors import BadValue, NotAllowed, NotFound, NotPermitted
from assay.service.labelling.own_figures import own_figures
from assay.service.labelling.skip_task import skip_task
from assay.service.workforce.answer_appeal import answer_appeal
from assay.service.workforce.appeal import LONGEST, appeal
from assay.service.workforce.pause_person import pause_person
from assay.service.workforce.people_at_work import appeals
from assay.service.workforce.resume_person import resume_person
from assay.store.trail import events

DAY = 86_400_000_000
TODAY = date(2026, 11, 18)


@pytest.fixture
def project(web, tmp_path):
    return at_work(web, tmp_path / "pets", items=40)


@pytest.fixture
def paused(web, project):
    """Lena, who was paused, as a person of the project."""
    lena = person(web, project, "lena")
    pause_person(web.actor("otto"), person=lena.id, reason="too fast", now=NOW)
    return lena


def state(web, project, name="lena"):
    found = person(web, project, name)
    return found.state, found.reason


# --- figures -----------------------------------------------------------------------------------------


def test_figures_are_one_s_own_by_project_and_day(web, project, tmp_path):
    zoo = at_work(web, tmp_path / "zoo", items=40, name="zoo")
    for label, seconds, now in (("cat", 2.0, NOW), ("dog", 4.0, NOW + 1), ("hen", 6.0, NOW + DAY)):
        answer(web, project, "lena", label=label, seconds=seconds, now=now)
    answer(web, zoo, "lena", seconds=36.0, now=NOW + DAY)
    answer(web, project, "luis", now=NOW)
    found = own_figures(web.actor("lena"), now=NOW + DAY)
    assert [(one.project, one.answers, one.earned, one.seconds) for one in found.projects] == [
        ("pets", 3, 12, 4.0),
        ("zoo", 1, 4, 36.0),
    ]
    assert [(one.day, one.project, one.answers, one.earned, one.hours) for one in found.days] == [
        (date(2026, 11, 19), "pets", 1, 4, 6 / 3_600),
        (date(2026, 11, 19), "zoo", 1, 4, 0.01),
        (TODAY, "pets", 2, 8, 6 / 3_600),
    ]
    assert (found.answers, found.earned, found.today) == (4, {"EUR": 16}, 2)
    assert own_figures(web.actor("luis"), now=NOW).answers == 1


def test_an_expert_s_judgement_pays_an_expert_s_price(web, project):
    answer(web, project, "eva")
    assert own_figures(web.actor("eva"), now=NOW).earned == {"EUR": 20}


def test_skipped_items_are_counted_and_pay_nothing(web, project):
    (served,) = claim(web, project, "lena")
    skip_task(
        web.installation,
        web.actor("lena"),
        batch=project.batch.name,
        assignment=served.assignment,
        reason="blurred",
        now=NOW,
    )
    (found,) = own_figures(web.actor("lena"), now=NOW).projects
    assert (found.answers, found.skipped, found.earned, found.seconds) == (0, 1, 0, 0.0)


def test_whoever_works_nowhere_has_empty_figures_and_whoever_does_not_label_has_none(web, project):
    found = own_figures(web.actor("nora", "labeller"), now=NOW)
    assert (found.projects, found.days, found.answers, found.earned) == ([], [], 0, {})
    for name in ("rita", "otto", "ada", "adam"):
        with pytest.raises(NotPermitted):
            own_figures(web.actor(name), now=NOW)


# --- appeals -----------------------------------------------------------------------------------------


def test_an_appeal_that_is_granted_lets_somebody_work_again(web, project, paused):
    lena, otto = web.actor("lena"), web.actor("otto")
    assert claim(web, project, "lena") == []
    assert own_figures(lena, now=NOW).projects[0].may_appeal
    appeal(lena, person=paused.id, text="  I know these dogs.  ", now=NOW + 1)
    (found,) = appeals(otto, now=NOW)
    assert (found.person, found.code, found.text, found.state, found.at) == (
        paused.id,
        paused.code,
        "I know these dogs.",
        "open",
        NOW + 1,
    )
    assert not own_figures(lena, now=NOW).projects[0].may_appeal
    answer_appeal(otto, number=found.id, grant=True, answer="You do.", now=NOW + 2)
    assert state(web, project) == ("active", "")
    assert claim(web, project, "lena") != []
    ((told,),) = [one.appeals for one in own_figures(lena, now=NOW).projects]
    assert (told.state, told.answer, told.answered_at) == ("granted", "You do.", NOW + 2)
    verbs = [one.verb for one in events.list_events(lena.scope) if one.subject == f"appeal {found.id}"]
    assert verbs == ["appeal", "answer an appeal"]


def test_an_appeal_that_is_refused_changes_nothing_and_another_one_may_follow(web, project, paused):
    lena, otto = web.actor("lena"), web.actor("otto")
    appeal(lena, person=paused.id, text="why", now=NOW)
    (first,) = appeals(otto, now=NOW)
    answer_appeal(otto, number=first.id, grant=False, answer="Half of them are wrong.", now=NOW)
    assert state(web, project) == ("paused", "too fast")
    (mine,) = own_figures(lena, now=NOW).projects
    assert mine.may_appeal
    assert mine.appeals[0].answer == "Half of them are wrong."
    appeal(lena, person=paused.id, text="not half", now=NOW)
    assert [one.state for one in appeals(otto, now=NOW)] == ["open", "refused"]


def test_an_appeal_is_answered_once(web, project, paused, strangers):
    appeal(web.actor("lena"), person=paused.id, text="why", now=NOW)
    (found,) = appeals(web.actor("otto"), now=NOW)
    with pytest.raises(NotFound):
        answer_appeal(strangers.otto, number=found.id, grant=True, answer="", now=NOW)
    answer_appeal(web.actor("otto"), number=found.id, grant=False, answer="no", now=NOW)
    with pytest.raises(NotFound):
        answer_appeal(web.actor("otto"), number=found.id, grant=True, answer="yes", now=NOW)
    assert state(web, project)[0] == "paused"


def test_nobody_appeals_for_somebody_else(web, project, paused, strangers):
    for who in (web.actor("luis"), web.actor("eva"), strangers.lena):
        with pytest.raises(NotFound):
            appeal(who, person=paused.id, text="please", now=NOW)
    for name in ("otto", "rita", "adam"):
        with pytest.raises(NotPermitted):
            appeal(web.actor(name), person=paused.id, text="please", now=NOW)
    assert appeals(web.actor("otto"), now=NOW) == []


def test_there_is_nothing_to_appeal_against_without_a_pause_or_twice_at_once(web, project, paused):
    lena = web.actor("lena")
    with pytest.raises(BadValue, match="what the operator should know"):
        appeal(lena, person=paused.id, text=" \n ", now=NOW)
    appeal(lena, person=paused.id, text="x" * (LONGEST + 1), now=NOW)
    with pytest.raises(NotAllowed):
        appeal(lena, person=paused.id, text="again", now=NOW)
    assert [len(one.text) for one in appeals(web.actor("otto"), now=NOW)] == [LONGEST]
    with pytest.raises(NotAllowed):
        appeal(web.actor("luis"), person=person(web, project, "luis").id, text="and I", now=NOW)


@pytest.mark.parametrize("name", ["lena", "eva", "rita", "ada", "adam"])
def test_only_operators_pause_resume_and_answer(web, project, paused, name):
    appeal(web.actor("lena"), person=paused.id, text="why", now=NOW)
    who = web.actor(name)
    for act in (
        lambda: pause_person(who, person=person(web, project, "luis").id, reason="why", now=NOW),
        lambda: resume_person(who, person=paused.id, now=NOW),
        lambda: answer_appeal(who, number=1, grant=True, answer="", now=NOW),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert state(web, project) == ("paused", "too fast")
    assert state(web, project, "luis")[0] == "active"


def test_a_pause_needs_a_reason_and_ends_with_an_event(web, project, paused, strangers):
    with pytest.raises(BadValue, match="that the person can read"):
        pause_person(web.actor("otto"), person=paused.id, reason="  ", now=NOW)
    with pytest.raises(NotFound):
        resume_person(strangers.otto, person=paused.id, now=NOW)
    resume_person(web.actor("otto"), person=paused.id, now=NOW)
    assert state(web, project) == ("active", "")
    scope = web.installation.scope
    moves = events.events_about(
        scope, subject=f"person {paused.code}", verbs=["pause a person", "resume a person"]
    )
    assert [(one.before, one.after) for one in moves] == [("active", "paused"), ("paused", "active")]
