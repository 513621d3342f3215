"""Every verb for every role, as the table says; whatever is not in the table is denied (SEC-1, AUD-1)."""

import json

import pytest
from tests.support.cast import actor
from tests.support.projects import NOW, submit, write_project

from assay.core.errors import NotPermitted
from assay.service.access.permissions import PERMISSIONS, ROLES, Actor, may, require
from assay.service.batches.accept_batch import accept_batch
from assay.service.batches.reject_batch import Remark, reject_batch
from assay.service.intake.intake_file import read_intake_file
from assay.service.projects.approve_quote import approve_quote
from assay.service.requests.submit_intake import submit_intake
from assay.service.trail.verify_audit import verify_audit
from assay.store import db
from assay.store.trail import events

pytestmark = pytest.mark.one_database

MATRIX = [(verb, role) for verb in PERMISSIONS for role in ROLES]


def refused(installation):
    return [event for event in events.list_events(installation.scope) if event.outcome == "refused"]


@pytest.mark.parametrize(("verb", "role"), MATRIX)
def test_the_table_decides(installation, verb, role):
    somebody = actor("somebody", role, installation.scope)
    if role in PERMISSIONS[verb]:
        require(somebody, verb, now=NOW)
        assert may(somebody, verb)
        assert refused(installation) == []
    else:
        with pytest.raises(NotPermitted, match=rf"somebody .{role}. may not {verb}"):
            require(somebody, verb, now=NOW)
        (event,) = refused(installation)
        assert (event.actor, event.verb, event.source, event.at) == ("somebody", verb, "tests", NOW)


@pytest.mark.parametrize("role", ROLES)
def test_an_unknown_verb_is_allowed_to_nobody_and_the_refusal_is_recorded(installation, role):
    with pytest.raises(NotPermitted):
        require(actor("somebody", role, installation.scope), "delete everything", now=NOW)
    assert [event.verb for event in refused(installation)] == ["delete everything"]


def test_who_has_no_role_may_do_nothing(installation):
    nobody = Actor(installation.scope, "nobody", frozenset(), "tests")
    for verb in PERMISSIONS:
        assert not may(nobody, verb)
    with pytest.raises(NotPermitted, match=r"nobody .no role. may not"):
        require(nobody, "see projects", now=NOW)


def test_every_verb_is_allowed_to_somebody_and_no_verb_to_everybody():
    assert [verb for verb, roles in PERMISSIONS.items() if not roles or roles == set(ROLES)] == []


def test_nobody_who_labels_decides_about_batches():
    deciding = {"accept a batch", "reject a batch", "approve a quote", "deliver a batch"}
    assert [verb for verb in deciding if PERMISSIONS[verb] & {"labeller", "expert"}] == []


ACTIONS = {
    "submit an intake": lambda who, project, intake: submit_intake(
        who, received=read_intake_file(intake), seed=1, home=project.installation.home, now=NOW
    ),
    "accept a batch": lambda who, project, _: accept_batch(who, batch=project.batch.name, now=NOW),
    "reject a batch": lambda who, project, _: reject_batch(
        who, batch=project.batch.name, remarks=[Remark(None, "no")], now=NOW
    ),
    "approve a quote": lambda who, project, _: approve_quote(who, project=project.row.name, now=NOW),
    "verify the audit trail": lambda who, *_: verify_audit(who, checkpoints=None, now=NOW),
}


@pytest.mark.parametrize("verb", ACTIONS)
def test_an_action_asks_the_table_before_anything_else(installation, tmp_path, verb):
    intake = write_project(tmp_path / "project", items=8)
    project = submit(installation, intake)
    before = (project.row, project.batch)
    for role in ROLES:
        if role not in PERMISSIONS[verb]:
            with pytest.raises(NotPermitted):
                ACTIONS[verb](actor("somebody", role, installation.scope), project, intake)
    assert (project.row, project.batch) == before
    assert len(refused(installation)) == len(ROLES) - len(PERMISSIONS[verb])


@pytest.mark.parametrize("verb", ["accept a batch", "reject a batch", "approve a quote"])
def test_what_belongs_to_another_tenant_is_not_found(installation, strangers, tmp_path, verb):
    intake = write_project(tmp_path / "project", items=8)
    project = submit(installation, intake)
    mallory = actor("mallory", "requester", strangers.scope)
    with pytest.raises(Exception, match=r"There is no (batch|project) 'pets") as caught:
        ACTIONS[verb](mallory, project, intake)
    assert type(caught.value).__name__ == "NotFound"


def test_events_carry_no_secret_of_the_draw(installation, tmp_path):
    project = submit(installation, write_project(tmp_path / "project", items=8))
    said = json.dumps([event.detail for event in events.list_events(installation.scope)])
    assert project.batch.nonce not in said
    assert db.rows("SELECT nonce FROM batch")[0][0] == project.batch.nonce
