"""Every operation of the API, for every role, on own and on another tenant's things: the table decides (SEC-1, SEC-2).

A test fails where an operation has no verb in the API's table: whoever adds one says who may.
"""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.support.access import HUMAN, OPERATIONS, address, world
from tests.support.webpages import ApiClient

from assay.entry.api.operation_verbs import ANYBODY, SESSIONS, VERBS
from assay.service.access.permissions import PERMISSIONS

BODIES = {
    "claim": {"ahead": 1},
    "submit": {"assignment": 1, "client_id": "matrix-0001", "label": "cat", "seconds": 1, "next": False},
    "mend": {"client_id": "matrix-0002", "label": "cat"},
    "skip": {"assignment": 1, "reason": "blurred"},
    "renew": {"assignment": 1},
    "release": {"assignment": 1},
    "post_draft": {},
    "put_draft": {"intake": "assay: 1\n"},
    "delete_files": {"names": ["a.csv"]},
    "post_submit": {},
    "post_project": {"intake": "assay: 1\n", "draft": 1},
    "post_batch": {"draft": 1},
    "post_labels": {"kind": "add", "names": ["more"], "reason": "why", "request_id": "r-1"},
    "post_labels_dry_run": {"kind": "add", "names": ["more"]},
    "post_accept": {},
    "post_reject": {"remarks": [{"item": None, "comment": "all of it"}]},
    "post_supplement": {"formats": ["parquet"]},
    "post_remark": {"comment": "look"},
    "patch_person": {"state": "active"},
    "invite": {"email": "new@example.org", "roles": ["labeller"]},
    "post_key": {"name": "k", "days": 1},
    "post_webhook": {"url": "https://receiver.example.org/"},
    "patch_webhook": {"state": "active"},
    "post_pause": {"reason": "why"},
    "post_item_again": {"key": "item-000"},
    "post_pause_person": {"reason": "why"},
    "post_exclude_person": {"reason": "why"},
    "post_appeal_answer": {"grant": False, "answer": "no"},
    "post_appeal": {"text": "please"},
}


def test_every_operation_has_its_verb_and_a_name_of_its_own():
    names = [one.name for one in OPERATIONS]
    assert sorted(names) == sorted(set(names))
    assert sorted(names) == sorted(VERBS)
    assert {verb for verb in VERBS.values() if verb != ANYBODY} <= set(PERMISSIONS)


@pytest.fixture
def found(place, tmp_path):
    """The world."""
    with world(place, tmp_path) as made:
        yield made


def ask(client, one, things, *, by_key=False):
    """Call an operation, with a key where one may."""
    if one.name == "post_files":
        file = SimpleUploadedFile("a.csv", b"id,text\n1,one\n")
        return client.post(address(one, things), {"files": file, "paths": "a.csv"})
    body = BODIES.get(one.name)
    if one.name in SESSIONS and not by_key:
        client = client.signed_in
    return client.generic(
        one.method,
        address(one, things),
        b"" if body is None else json.dumps(body).encode(),
        content_type="application/json",
    )


def test_every_role_may_do_what_the_table_says_and_nothing_else(found):
    clients, _, things = found
    wrong = []
    for one in OPERATIONS:
        for role in HUMAN:
            status = ask(clients[role], one, things).status_code
            verb = VERBS[one.name]
            allowed = verb == ANYBODY or role in PERMISSIONS[verb]
            if status >= 500 or (status in (401, 403)) == allowed:
                wrong.append(f"{role} {one.method} {one.path} ({verb}): {status}")
    assert not wrong, "\n".join(wrong)


def test_another_tenants_things_are_as_missing_as_what_never_was(found):
    _, strangers, things = found
    wrong = []
    for one in OPERATIONS:
        if "{" not in one.path:
            continue
        for role in HUMAN:
            verb = VERBS[one.name]
            if verb != ANYBODY and role not in PERMISSIONS[verb]:
                continue
            answer = ask(strangers[role], one, things)
            # A request that is refused for its own sake (422) says nothing of what there is.
            if answer.status_code not in (404, 422):
                wrong.append(f"{role} {one.method} {one.path}: {answer.status_code}")
    assert not wrong, "\n".join(wrong)


def test_nobody_without_a_key_gets_anything(found):
    _, _, things = found
    statuses = {one.name: ask(ApiClient(), one, things, by_key=True).status_code for one in OPERATIONS}
    assert {name: status for name, status in statuses.items() if status != 401} == {}


def test_what_takes_a_session_is_refused_to_the_keys_of_every_role(found):
    clients, _, things = found
    taken = [one for one in OPERATIONS if one.name in SESSIONS]
    assert {one.name for one in taken} == SESSIONS
    for one in taken:
        for role in HUMAN:
            answer = ask(clients[role], one, things, by_key=True)
            assert (answer.status_code, answer.json()["type"]) == (403, "urn:assay:error:key-makes-no-keys")
