"""Nobody accepts or excuses their own work, whatever roles they have besides."""

import pytest
from tests.support.serving import fill

from assay.core.errors import NotAllowed
from assay.service.actions.accept_batch import accept_batch
from assay.service.actions.answer_appeal import answer_appeal
from assay.service.actions.appeal import appeal
from assay.service.actions.claim_tasks import claim_tasks
from assay.service.actions.pause_person import pause_person
from assay.service.actions.resume_person import resume_person
from assay.service.actions.submit_answer import submit_answer
from assay.service.own_work import OwnWork
from assay.service.permissions import LABELLER, OPERATOR, REQUESTER, Actor
from assay.store import db
from assay.store.members import list_members
from assay.store.people import people_of_member

NOW = 1_795_000_000_000_000


@pytest.fixture
def at_work(place, installation):
    """Two members with every role that could tempt; the first one has answered an item."""
    filled = fill(installation, home=place.home, tasks=3, redundancy=1, labellers=2)
    roles = frozenset({LABELLER, OPERATOR, REQUESTER})
    first, second = (
        Actor(installation.scope, one.email, roles, "tests", member=one.id)
        for one in list_members(installation.scope)
    )
    held = claim_tasks(installation, first, batch=filled.batch, ahead=1, now=NOW)[0]
    submit_answer(
        installation,
        first,
        batch=filled.batch,
        assignment=held.assignment,
        client_id="one answer",
        value="cat",
        seconds=1.0,
        now=NOW + 1,
        take_next=False,
    )
    return filled.batch, first, second


def test_whoever_answered_does_not_accept(at_work):
    batch, first, second = at_work
    with pytest.raises(OwnWork):
        accept_batch(first, batch=batch, now=NOW)
    with pytest.raises(NotAllowed):  # somebody else is only told that it is not offered yet
        accept_batch(second, batch=batch, now=NOW)
    refused = db.rows("SELECT actor, verb FROM event WHERE outcome = 'refused'")
    assert refused == [(first.name, "accept a batch")]


def test_nobody_lets_themselves_go_on_or_grants_their_own_appeal(at_work):
    _, first, second = at_work
    person = people_of_member(first.scope, first.member)[0].id
    pause_person(second, person=person, reason="a test", now=NOW)
    with pytest.raises(OwnWork):
        resume_person(first, person=person, now=NOW)
    appeal(first, person=person, text="It was right.", now=NOW)
    number = db.row("SELECT id FROM appeal")[0]
    with pytest.raises(OwnWork):
        answer_appeal(first, number=number, grant=True, answer="I agree with me.", now=NOW)
    answer_appeal(second, number=number, grant=True, answer="Yes.", now=NOW)
    assert people_of_member(first.scope, first.member)[0].state == "active"
