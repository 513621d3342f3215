"""One's own account: name, sessions, keys, and what ends or confines a session (SEC-8, SEC-11)."""

import html
import re
import time

import pytest
from tests.support.webpages import LOGIN, PASSWORD, sign_in, web_of

from assay.service.accounts.change_person import change_person
from assay.service.sign_in.shown_once_secrets import MARK
from assay.store import db
from assay.store.trail import events


def clock():
    return time.time_ns() // 1_000


def test_a_name_is_changed(web):
    client = web.page("lena")
    assert client.post("/account/profile/", {"name": "  Lena   Müller "}).status_code == 302
    assert "Lena Müller" in client.get("/account/profile/").content.decode()
    assert client.post("/account/profile/", {"name": "a\x00b"}).status_code == 422


def test_sessions_are_listed_and_ended_one_by_one_and_all(web):
    web.member("lena", password=PASSWORD)
    browsers = [web.visitor() for _ in range(4)]
    for client in browsers:
        assert sign_in(client, "lena").status_code == 302
    here = browsers[0]
    page = here.get("/account/profile/").content.decode()
    ends = re.findall(r"/account/profile/sessions/(\d+)/end/", page)
    assert len(ends) == 3
    assert here.post(f"/account/profile/sessions/{ends[0]}/end/").status_code == 302
    assert here.post(f"/account/profile/sessions/{ends[0]}/end/").status_code == 404
    assert sum(client.get("/account/profile/").status_code == 200 for client in browsers) == 3
    here.post("/account/profile/sessions/end-others/")
    assert [client.get("/account/profile/").status_code for client in browsers] == [200, 302, 302, 302]


def test_nobody_ends_a_session_of_somebody_else(web):
    web.member("luis", password=PASSWORD)
    client = web.visitor()
    sign_in(client, "luis")
    (other,) = db.row("SELECT id FROM usersessions_usersession")
    assert web.page("lena").post(f"/account/profile/sessions/{other}/end/").status_code == 404
    assert client.get("/account/profile/").status_code == 200


def test_a_key_is_shown_once_works_and_ends_when_it_is_revoked(web):
    client = web.page("lena", "labeller", "expert", confirmed=True)
    made = client.post("/account/keys/", {"name": "notebook", "days": "30", "scopes": ["labeller"]})
    key = re.search(rf"{MARK}_\w+_[\w-]+", made.content.decode()).group(0)
    assert key not in client.get("/account/keys/").content.decode()
    bearer = {"authorization": f"Bearer {key}"}
    assert web.visitor().get("/api/v1/work", headers=bearer).status_code == 200
    (row,) = db.row("SELECT id FROM api_key")
    assert web.page("luis").post(f"/account/keys/{row}/revoke/").status_code == 404
    client.post(f"/account/keys/{row}/revoke/")
    assert web.visitor().get("/api/v1/work", headers=bearer).status_code == 401


def test_a_key_has_no_role_that_its_owner_has_not(web):
    client = web.page("lena")
    answer = client.post("/account/keys/", {"name": "x", "days": "30", "scopes": ["administrator"]})
    assert answer.status_code == 422
    assert db.row("SELECT COUNT(*) FROM api_key") == (0,)


def test_a_key_is_made_after_the_password_was_asked_for_again(web):
    web.member("lena", "labeller", "expert", password=PASSWORD)
    client = web.visitor()
    sign_in(client, "lena")
    session = client.session
    session["account_authentication_methods"][0]["at"] -= 301
    session.save()
    wanted = {"name": "note book&1", "days": "30", "scopes": ["expert"]}
    asked = client.post("/account/keys/", wanted)
    assert asked.headers["Location"].startswith("/account/reauthenticate/?next=")
    page = client.get(asked.headers["Location"]).content.decode()
    assert "It is you" not in client.get("/account/keys/?name=x").content.decode()
    where = html.unescape(re.search(r'name="next" value="([^"]+)"', page).group(1))
    wrong = client.post("/account/reauthenticate/", {"password": "not it at all", "next": where})
    assert "That is not your password." in wrong.content.decode()
    back = client.post("/account/reauthenticate/", {"password": PASSWORD, "next": where})
    form = client.get(back.headers["Location"]).content.decode()
    assert "It is you. Now make the key." in form
    assert 'value="note book&amp;1"' in form
    assert re.findall(r'name="scopes" value="(\w+)" +checked', form) == ["expert"]
    assert '<option value="30" selected>' in form
    assert db.row("SELECT COUNT(*) FROM api_key") == (0,)
    assert MARK in client.post("/account/keys/", wanted).content.decode()
    assert db.rows("SELECT name, made_by FROM api_key") == [("note book&1", "session")]


def test_without_password_and_factor_a_key_takes_a_fresh_sign_in(web):
    client = web.page("lena")  # as through an identity provider, some time ago
    answer = client.post("/account/keys/", {"name": "x", "days": "30", "scopes": ["labeller"]})
    assert "sign in again through your identity provider" in answer.content.decode()
    assert db.row("SELECT COUNT(*) FROM api_key") == (0,)


def test_the_account_page_tells_of_keys_that_were_made_and_ended(web):
    client = web.page("lena", confirmed=True)
    client.post("/account/keys/", {"name": "notebook", "days": "30", "scopes": ["labeller"]})
    page = client.get("/account/profile/").content.decode()
    assert "The API key “notebook” was made on the pages or over the API." in page
    (row,) = db.row("SELECT id FROM api_key")
    web.page("adam").post(f"/people/{web.member('lena').id}/keys/{row}/revoke/")
    page = client.get("/account/profile/").content.decode()
    assert "The API key “notebook” was revoked by adam@example.org." in page
    assert "notebook" not in web.page("luis").get("/account/profile/").content.decode()


def test_an_idle_session_and_an_old_one_end(web):
    client = web.page("lena")
    assert client.get("/account/profile/").status_code == 200
    for key, ago in (("seen", 5 * 3600), ("since", 13 * 3600)):
        client = web.page("lena")
        client.get("/account/profile/")
        session = client.session
        session[key] = int(time.time()) - ago
        session.save()
        assert client.get("/account/profile/").headers["Location"].startswith(LOGIN), key


@pytest.mark.parametrize(
    "path", ["/account/profile/", "/account/2fa/", "/account/password/change/", "/", "/api/v1/me"]
)
def test_an_account_that_is_confined_to_networks_opens_nothing_from_elsewhere(web, path):
    lena = web.member("lena")
    client = web.page("lena")
    change_person(web.actor("adam"), person=lena.id, networks=["192.0.2.0/24"], now=clock())
    client = web.page("lena")
    refused = client.get(path)
    assert refused.status_code == 403
    assert "may not be used from the address 127.0.0.1" in refused.content.decode()
    assert client.post("/account/password/change/", {}).status_code == 403
    assert client.post("/account/logout/").status_code == 302
    client = web.page("lena")
    assert client.get(path, REMOTE_ADDR="192.0.2.9").status_code in (200, 302)


@pytest.mark.parametrize(
    ("behind", "told", "seen"),
    [
        (False, "198.51.100.7", "127.0.0.1"),
        (True, "203.0.113.5, 198.51.100.7", "198.51.100.7"),
        (True, "2001:db8::1", "2001:db8::1"),
        (True, "nonsense", "127.0.0.1"),
        (True, "", "127.0.0.1"),
    ],
)
def test_the_address_in_events_is_the_callers_or_what_a_trusted_proxy_says(place, behind, told, seen):
    with web_of(place, behind_proxy=behind) as web:
        client = web.visitor()
        client.post(LOGIN, {"login": "a@example.org", "password": "b"}, headers={"x-forwarded-for": told})
        (event,) = events.list_events(web.installation.scope)
        assert event.source == f"web {seen}"


def test_a_form_from_another_site_changes_nothing(web):
    client = web.page("lena")
    client.handler.enforce_csrf_checks = True
    response = client.post("/account/profile/", {"name": "Mallory"})
    assert response.status_code == 403
    assert "another site" in response.content.decode()
