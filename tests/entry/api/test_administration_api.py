"""The API of people, keys, events and webhooks: shapes, paging, refusals, odd input (SEC-3, SEC-9)."""

import json
import re
import time

import pytest
from tests.support.webpages import NOW, PASSWORD, ApiClient

from assay.entry.api.api import api as the_api
from assay.service.trail.seal_events import seal
from assay.store import db
from assay.store.trail import events

BASE = "/api/v1"


def append(web, *verbs):
    for verb in verbs:
        with db.transaction():
            events.append_event(
                web.installation.scope, at=NOW, actor="rita", source="tests", verb=verb, subject="batch b"
            )
    seal(now=NOW)


def test_me_says_who_calls_and_with_which_roles(web):
    said = web.api("lena", "labeller", "expert").get(f"{BASE}/me").json()
    assert (said["name"], said["email"], said["tenant"]) == ("Lena", "lena@example.org", "main")
    assert said["roles"] == said["acts_as"] == ["expert", "labeller"]
    assert said["second_factor"] is False


def test_a_key_made_over_the_api_works_with_its_scopes_only(web):
    lena = web.page("lena", "labeller", "expert", confirmed=True)
    made = lena.send("POST", f"{BASE}/keys", {"name": "cli", "days": 3, "scopes": ["labeller"]})
    assert made.status_code == 201
    key = ApiClient(headers={"authorization": f"Bearer {made.json()['secret']}"})
    assert key.get(f"{BASE}/me").json()["acts_as"] == ["labeller"]
    listed = lena.get(f"{BASE}/keys").json()["keys"]
    assert [(one["name"], one["made_by"]) for one in listed] == [("cli", "session")]
    assert made.json()["secret"] not in json.dumps(listed)
    wider = lena.send("POST", f"{BASE}/keys", {"name": "more", "scopes": ["administrator"]})
    assert wider.status_code == 422
    assert lena.send("DELETE", f"{BASE}/keys/{listed[0]['id']}").status_code == 204
    assert key.get(f"{BASE}/me").status_code == 401


def test_a_key_makes_no_keys_and_a_session_only_just_after_its_owner_was_asked(web):
    key = web.api("lena")
    refused = key.send("POST", f"{BASE}/keys", {"name": "more"})
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:assay:error:key-makes-no-keys")
    lena = web.page("lena", confirmed=True)
    session = lena.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time() - 301}]
    session.save()
    late = lena.send("POST", f"{BASE}/keys", {"name": "more"})
    assert (late.status_code, late.json()["type"]) == (403, "urn:assay:error:not-confirmed")
    assert "confirm at /account/reauthenticate/ that it is you" in late.json()["detail"]
    never = web.page("lena").send("POST", f"{BASE}/keys", {"name": "more"})
    assert never.status_code == 403
    told = events.list_events(web.installation.scope)
    tries = [(one.verb, one.outcome, one.actor) for one in told if one.verb == "make a key"]
    assert tries == [
        ("make a key", "done", "lena@example.org"),
        ("make a key", "refused", "Lena (key tests)"),
        ("make a key", "refused", "lena@example.org"),
        ("make a key", "refused", "lena@example.org"),
    ]
    assert db.row("SELECT COUNT(*) FROM api_key") == (1,)


def test_a_key_is_not_kept_for_requests_that_come_again(web):
    lena = web.page("lena", confirmed=True)
    made = [
        lena.send("POST", f"{BASE}/keys", {"name": "x"}, idempotency_key="same-key").json() for _ in range(2)
    ]
    assert made[0]["secret"] != made[1]["secret"]
    assert made[0]["secret"] not in str(db.rows("SELECT body FROM reply"))


def test_people_are_invited_changed_and_disabled(web):
    adam, lena = web.api("adam"), web.api("lena")
    made = adam.send(
        "POST", f"{BASE}/people/invitations", {"email": "New@Example.org", "roles": ["labeller"]}
    )
    assert made.status_code == 201
    assert made.json()["link"].endswith(f"/account/join/#{made.json()['code']}")
    (waiting,) = adam.get(f"{BASE}/people/invitations").json()["invitations"]
    assert (waiting["email"], waiting["id"]) == ("new@example.org", made.json()["invitation"]["id"])
    path = f"{BASE}/people/invitations/{waiting['id']}"
    assert [adam.send("DELETE", path).status_code for _ in range(2)] == [204, 404]

    person = f"{BASE}/people/{web.member('lena').id}"
    changed = adam.send("PATCH", person, {"roles": ["expert"], "networks": ["127.0.0.0/8"]})
    assert changed.json()["person"]["roles"] == ["expert"]
    assert changed.json()["person"]["networks"] == ["127.0.0.0/8"]
    assert adam.send("PATCH", person, {"state": "disabled"}).json()["person"]["state"] == "disabled"
    assert lena.get(f"{BASE}/me").status_code == 401


def test_the_last_administrator_cannot_be_disabled(web):
    adam = web.api("adam")
    refused = adam.send("PATCH", f"{BASE}/people/{web.member('adam').id}", {"state": "disabled"})
    assert refused.status_code == 409
    assert refused.json()["detail"] == "Adam is the last active administrator: make somebody else one first."


def test_people_come_in_pages(web):
    adam = web.api("adam")
    for name in ("lena", "luis", "eva", "rita"):
        web.member(name)
    names, cursor = [], ""
    while True:
        page = adam.get(f"{BASE}/people?limit=2{cursor}").json()
        names += [one["name"] for one in page["people"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert names == ["Adam", "Lena", "Luis", "Eva", "Rita"]


def test_sessions_are_ended_over_the_api(web):
    web.member("lena", password=PASSWORD)
    browser = web.visitor()
    browser.post("/account/login/", {"login": "lena@example.org", "password": PASSWORD})
    adam, lena = web.api("adam"), web.member("lena").id
    (session,) = adam.get(f"{BASE}/people/{lena}").json()["sessions"]
    assert web.api("luis").send("DELETE", f"{BASE}/people/{lena}/sessions").status_code == 403
    assert adam.send("DELETE", f"{BASE}/people/{lena}/sessions/{session['id']}").status_code == 204
    assert adam.send("DELETE", f"{BASE}/people/{lena}/sessions/{session['id']}").status_code == 404
    assert browser.get("/account/profile/").status_code == 302
    assert adam.send("DELETE", f"{BASE}/people/{lena}/sessions").json() == {"ended": 0}


def test_events_are_listed_in_the_order_of_the_chain_and_gone_on_from(web):
    ada = web.api("ada")
    append(web, "certify", "accept a batch", "deliver the batch")
    first = ada.get(f"{BASE}/events?verb=certify").json()
    assert [one["verb"] for one in first["events"]] == ["certify"]
    rest = ada.get(f"{BASE}/events?after={first['next']}").json()
    assert [one["verb"] for one in rest["events"]] == ["accept a batch", "deliver the batch"]
    end = ada.get(f"{BASE}/events?after={rest['next']}").json()
    assert end == {"events": [], "next": rest["next"]}
    append(web, "sign in")
    assert [one["verb"] for one in ada.get(f"{BASE}/events?after={end['next']}").json()["events"]] == [
        "sign in"
    ]
    one = ada.get(f"{BASE}/events/{rest['events'][0]['id']}").json()
    assert one == rest["events"][0]


def test_a_stream_says_what_there_is_and_ends(web):
    ada = web.api("ada")
    append(web, "certify")
    start = ada.get(f"{BASE}/events/stream")
    assert start.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    begin = re.fullmatch(r"retry: 2000\n\nid: (\S+)\n\n", start.content.decode()).group(1)
    append(web, "accept a batch", "deliver the batch")
    text = ada.get(f"{BASE}/events/stream", headers={"last-event-id": begin}).content.decode()
    assert re.findall(r"^event: (.*)$", text, flags=re.MULTILINE) == ["accept_a_batch", "deliver_the_batch"]
    last = re.findall(r"^id: (.*)$", text, flags=re.MULTILINE)[-1]
    said = json.loads(re.findall(r"^data: (.*)$", text, flags=re.MULTILINE)[0])
    assert said["subject"] == "batch b"
    assert ada.get(f"{BASE}/events/stream?after={last}").content == b"retry: 2000\n\n"
    assert ada.get(f"{BASE}/events/stream", headers={"last-event-id": "nonsense"}).status_code == 422


def test_a_webhook_lives_through_the_api(web):
    otto = web.api("otto")
    verbs = {one["verb"] for one in otto.get(f"{BASE}/webhooks/verbs").json()["verbs"]}
    assert "sign in" in verbs
    assert "sign in" not in {
        one["verb"] for one in web.api("rita").get(f"{BASE}/webhooks/verbs").json()["verbs"]
    }
    said = {"url": "https://example.org/hook", "verbs": ["certify"]}
    made = [otto.send("POST", f"{BASE}/webhooks", said, idempotency_key="once-only").json() for _ in range(2)]
    assert made[0] == made[1]
    assert [one["id"] for one in otto.get(f"{BASE}/webhooks").json()["webhooks"]] == [made[0]["id"]]
    path = f"{BASE}/webhooks/{made[0]['id']}"
    assert otto.send("PATCH", path, {"state": "paused", "verbs": []}).json()["state"] == "paused"
    assert otto.get(path).json()["verbs"] == []
    assert otto.send("POST", f"{path}/secret").json()["secret"].startswith("whsec_")
    assert otto.get(f"{path}/messages").json() == {"messages": [], "next": None}
    assert otto.send("POST", f"{path}/messages/7/again").status_code == 404
    rita = web.api("rita")
    for method, end in (
        ("GET", ""),
        ("PATCH", ""),
        ("DELETE", ""),
        ("POST", "/secret"),
        ("GET", "/messages"),
    ):
        assert rita.send(method, path + end, {} if method == "PATCH" else None).status_code == 404
    assert otto.send("DELETE", path).status_code == 204
    assert otto.get(path).status_code == 404


REFUSED = {
    "lena": {"people": 403, "people/invitations": 403, "events": 403, "events/stream": 403, "webhooks": 403},
    "rita": {"people": 403, "events": 403, "webhooks": 200, "keys": 200, "me": 200},
    "ada": {"people": 200, "people/invitations": 200, "events": 200, "webhooks": 403},
    "otto": {"people": 200, "events": 200, "webhooks": 200},
    "adam": {"people": 200, "events": 200, "webhooks": 200},
}


@pytest.mark.parametrize("name", REFUSED)
def test_roles_see_what_the_table_says(web, name):
    client = web.api(name)
    assert {path: client.get(f"{BASE}/{path}").status_code for path in REFUSED[name]} == REFUSED[name]
    assert web.visitor().get(f"{BASE}/people").status_code == 401


CHANGES = [
    ("POST", "people/invitations", {"email": "x@example.org", "roles": ["labeller"]}),
    ("PATCH", "people/1", {"state": "disabled"}),
    ("DELETE", "people/1/sessions", None),
    ("DELETE", "people/1/second-factor", None),
    ("DELETE", "people/invitations/1", None),
]


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
@pytest.mark.parametrize("name", ["lena", "rita", "otto", "ada", "eva"])
def test_only_administrators_change_people(web, name, method, path, body):
    web.member("adam")
    assert web.api(name).send(method, f"{BASE}/{path}", body).status_code == 403


ODD = [
    *("a\x00b@example.org", "\ud800@example.org", "", "x" * 300, 7, None, ["a"], "no address"),
]


@pytest.mark.parametrize("email", ODD, ids=range(len(ODD)))
def test_odd_texts_are_refused_with_a_problem(web, email):
    body = {"email": email, "roles": ["labeller"]}
    response = web.api("adam").send("POST", f"{BASE}/people/invitations", body)
    assert response.status_code == 422
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", f"people/{2**63}", None),
        ("GET", "people/0", None),
        ("GET", "people/one", None),
        ("GET", f"events/{10**30}", None),
        ("GET", "events?limit=0", None),
        ("GET", "events?after=!!", None),
        ("GET", "events?verb=a%00b", None),
        ("GET", "events?outcome=perhaps", None),
        ("GET", "events?since=yesterday", None),
        ("GET", "people?cursor=WzFd&limit=501", None),
        ("GET", "people?cursor=WyJhIl0", None),
        ("POST", "keys", {"name": "x", "days": 366}),
        ("POST", "keys", {"name": "x", "days": 2**70}),
        ("POST", "keys", {"name": "x", "admin": True}),
        ("POST", "keys", {"name": "\x00"}),
        ("POST", "keys", {"name": "  "}),
        ("POST", "webhooks", {"url": "https://e.org/\x00"}),
        ("POST", "webhooks", {"url": "https://e.org/", "verbs": ["no such verb"]}),
        ("POST", "webhooks", {"url": "http://e.org/"}),
        ("PATCH", "people/1", {"epoch": 7}),
        ("PATCH", "people/1", {"roles": []}),
        ("PATCH", "people/1", {"networks": ["10.0.0.0/99"]}),
        ("PATCH", "people/1", {"state": None, "roles": ["system"]}),
    ],
)
def test_what_is_not_usable_is_refused_and_changes_nothing(web, method, path, body):
    client = web.page("adam", confirmed=True) if path == "keys" else web.api("adam")
    tables = ("member", "api_key", "webhook", "invitation")
    before = [db.row(f"SELECT COUNT(*) FROM {table}") for table in tables]
    response = client.send(method, f"{BASE}/{path}", body)
    assert response.status_code == 422, response.content
    assert set(response.json()) >= {"type", "title", "status", "detail"}
    assert [db.row(f"SELECT COUNT(*) FROM {table}") for table in tables] == before


@pytest.mark.parametrize(
    "since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1969-01-01", "0"]
)
def test_moments_at_the_ends_of_time_are_moments(web, since):
    assert web.api("ada").get(f"{BASE}/events", {"since": since, "until": since}).status_code == 200


def test_every_operation_says_its_problems_and_has_a_summary():
    paths = the_api.get_openapi_schema()["paths"]
    mine = [path for path in paths if re.match(r"/api/v1/(me|people|keys|events|webhooks)", path)]
    assert len(mine) >= 15
    for path in mine:
        for operation in paths[path].values():
            assert operation["summary"]
            assert {"401", "403", "404", "409", "422", "429"} <= {
                str(status) for status in operation["responses"]
            }
