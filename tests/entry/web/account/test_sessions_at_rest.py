"""Sessions as the database holds them: who reads it can neither use one nor read what is in it (SEC-8)."""

import re
import time

from tests.support.stored import everything_stored
from tests.support.webpages import LOGIN, PASSWORD, sign_in

from assay.store import db
from assay.store.accounts.digested_sessions import SessionStore, digest_of


def signed_in(web, name="lena"):
    web.member(name, password=PASSWORD)
    client = web.visitor()
    assert sign_in(client, name).status_code == 302
    return client


def test_no_cookie_stands_anywhere_in_the_database_after_signing_in_and_using_it(web):
    client, cookies = web.visitor(), set()
    web.member("lena", password=PASSWORD)
    for ask in (
        lambda: client.get(LOGIN),
        lambda: sign_in(client, "lena"),
        lambda: client.get("/account/profile/"),
        lambda: client.get("/api/v1/me"),
        lambda: client.get("/account/2fa/totp/activate/"),
        lambda: client.post("/account/profile/sessions/end-others/"),
    ):
        ask()
        cookies |= {one.value for one in client.cookies.values()}
    (key,) = [one for one in cookies if re.fullmatch(r"[a-z0-9]{32}", one) and SessionStore().exists(one)]
    stored = everything_stored()
    assert digest_of(key) in stored
    assert [one for one in cookies if one in stored] == []


def test_what_the_database_says_opens_no_session(web):
    signed_in(web)
    stored = [key for (key,) in db.rows("SELECT session_key FROM django_session")]
    assert stored
    for key in stored:
        thief = web.visitor()
        thief.cookies["assay"] = key
        assert thief.get("/account/profile/").headers["Location"].startswith(LOGIN)


def test_a_sessions_data_are_read_with_its_key_only(web):
    client = signed_in(web)
    secret = re.search(
        r'id="totp-secret">(\w+)<', client.get("/account/2fa/totp/activate/").content.decode()
    ).group(1)
    assert secret not in everything_stored()
    (data,) = db.row("SELECT session_data FROM django_session")
    assert SessionStore(client.cookies["assay"].value).decode(data)["mfa.totp.secret"] == secret
    assert SessionStore("another key of a session").decode(data) == {}
    assert SessionStore(client.cookies["assay"].value).decode("a" + data[1:]) == {}


def test_a_key_that_a_browser_chose_is_never_a_sessions(web):
    client = web.visitor()
    client.cookies["assay"] = "chosenchosenchosenchosenchosench"
    web.member("lena", password=PASSWORD)
    sign_in(client, "lena")
    assert client.cookies["assay"].value != "chosenchosenchosenchosenchosench"
    assert not SessionStore().exists("chosenchosenchosenchosenchosench")


def test_signing_out_removes_the_row_and_the_list_knows_which_one_asks(web):
    here, there = signed_in(web), signed_in(web)
    page = here.get("/account/profile/").content.decode()
    assert page.count("this one") == 1
    assert len(re.findall(r"/account/profile/sessions/\d+/end/", page)) == 1
    there.post("/account/logout/")
    assert db.row("SELECT COUNT(*) FROM django_session") == (1,)
    assert "sessions/end-others" not in here.get("/account/profile/").content.decode()


def test_use_is_noted_at_the_session_that_is_used(web):
    client = signed_in(web)
    signed_in(web)
    before = dict(db.rows("SELECT session_key, last_seen_at FROM usersessions_usersession"))
    session = client.session
    session["seen"] = int(time.time()) - 120
    session.save()
    client.get("/account/profile/")
    after = dict(db.rows("SELECT session_key, last_seen_at FROM usersessions_usersession"))
    assert [key for key in after if after[key] != before[key]] == [digest_of(client.cookies["assay"].value)]
