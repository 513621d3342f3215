"""Pages of accounts: signing in, second factors, forgotten passwords."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import override_settings
from django.urls import include, path
from tests.support.webpages import LOGIN, PASSWORD, sign_in, web_of

from assay.entry.web.views.home import home
from assay.store import db, events


def said(web):
    return [(one.verb, one.outcome, one.actor) for one in events.list_events(web.installation.scope)]


def test_a_visitor_is_sent_to_the_sign_in_page(web):
    response = web.visitor().get("/")
    assert response.status_code == 302
    assert response.headers["Location"] == "/account/login/?next=/"


def test_somebody_signed_in_goes_to_the_first_page_of_their_roles(web):
    assert web.page("rita").get("/").headers["Location"] == "/projects/"
    assert web.api("lena").get("/api/v1/work").json() == {"queues": []}


def test_signing_in_and_out_are_events(web):
    web.member("lena", password=PASSWORD)
    client = web.visitor()
    assert sign_in(client, "lena").headers["Location"] == "/"
    assert client.get("/account/profile/").status_code == 200
    client.post("/account/logout/")
    assert client.get("/account/profile/").status_code == 302
    assert said(web) == [("sign in", "done", "lena@example.org"), ("sign out", "done", "lena@example.org")]


def test_a_wrong_password_and_an_unknown_account_read_the_same(web):
    web.member("lena", password=PASSWORD)
    client, pages = web.visitor(), []
    for name in ("lena", "nobody"):
        page = sign_in(client, name, "something else 123").content.decode()
        assert "The address and the password do not belong together." in page
        pages.append(
            re.sub(
                r"csrf\S+ \S+ value=\S+|\w+@example.org",
                "",
                re.sub(r'content="\w{64}"|value="\w{64}"', "", page),
            )
        )
    assert pages[0] == pages[1]
    assert [one[:2] for one in said(web)] == [("sign in", "refused")] * 2


def test_too_many_failed_tries_are_refused_with_a_sentence_but_not_from_elsewhere(web):
    web.member("lena", password=PASSWORD)
    client = web.visitor()
    pages = [sign_in(client, "lena", f"wrong {n} wrong wrong").content.decode() for n in range(9)]
    assert "Too many failed tries from here." in pages[-1]
    elsewhere = web.visitor()
    elsewhere.defaults["REMOTE_ADDR"] = "192.0.2.77"
    assert sign_in(elsewhere, "lena").status_code == 302


def test_staff_without_a_second_factor_set_one_up_first(web):
    client = web.page("rita", second_factor=False)
    assert client.get("/account/profile/").headers["Location"] == "/account/2fa/?needed=1"
    assert client.get("/api/v1/work").status_code == 401
    page = client.get("/account/2fa/?needed=1").content.decode()
    assert "a password alone is not enough for them" in page
    assert web.page("lena", second_factor=False).get("/account/profile/").status_code == 200


def totp(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def test_an_authenticator_app_is_set_up_asked_for_and_removed(web):
    web.member("rita", password=PASSWORD)
    client = web.visitor()
    assert sign_in(client, "rita").status_code == 302
    page = client.get("/account/2fa/totp/activate/").content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    secret = re.search(r'id="totp-secret">(\w+)<', page).group(1)
    assert "does not fit" in client.post("/account/2fa/totp/activate/", {"code": "000000"}).content.decode()
    done = client.post("/account/2fa/totp/activate/", {"code": totp(secret)})
    assert done.headers["Location"] == "/account/2fa/recovery-codes/"
    codes = re.findall(r"\b[0-9a-f]{8}\b", client.get("/account/2fa/recovery-codes/").content.decode())
    assert len(codes) == 10
    assert client.get("/account/profile/").status_code == 200

    other = web.visitor()
    assert sign_in(other, "rita").headers["Location"] == "/account/2fa/authenticate/"
    assert other.get("/account/profile/").headers["Location"].startswith(LOGIN)
    refused = other.post("/account/2fa/authenticate/", {"code": "111111"})
    assert "does not fit" in refused.content.decode()
    assert other.post("/account/2fa/authenticate/", {"code": codes[0]}).status_code == 302
    assert other.get("/account/profile/").status_code == 200

    assert client.post("/account/2fa/totp/deactivate/").status_code == 302
    assert client.get("/account/profile/").headers["Location"] == "/account/2fa/?needed=1"
    verbs = [one[:2] for one in said(web)]
    assert ("set up an authenticator app", "done") in verbs
    assert ("give a second factor", "refused") in verbs
    assert ("remove an authenticator app", "done") in verbs


def test_a_changed_password_ends_every_session(web):
    web.member("lena", password=PASSWORD)
    here, there = web.visitor(), web.visitor()
    for client in (here, there):
        assert sign_in(client, "lena").status_code == 302
    weak = here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": "short"})
    assert "at least 12 characters" in weak.content.decode()
    long = "long enough " * 12
    here.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": long})
    for client in (here, there):
        assert client.get("/account/profile/").headers["Location"].startswith(LOGIN)
    assert db.row("SELECT COUNT(*) FROM usersessions_usersession") == (0,)
    assert sign_in(here, "lena", long).status_code == 302
    assert ("change the password", "done", "lena@example.org") in said(web)


@pytest.mark.parametrize(
    "path", ["email/", "confirm-email/", "password/reset/", "login/code/confirm/", "social/signup/"]
)
def test_pages_of_the_library_that_are_not_offered_lead_nowhere(web, path):
    assert web.page("lena").get(f"/account/{path}").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        *("login/", "logout/", "signup/", "inactive/", "reauthenticate/", "password/change/", "2fa/"),
        *("2fa/webauthn/", "2fa/reauthenticate/", "3rdparty/", "3rdparty/login/cancelled/", "join/"),
        *("3rdparty/login/error/", "profile/", "keys/"),
    ],
)
def test_every_account_page_is_ours_and_has_no_inline_script_or_style(web, path):
    web.member("lena", password=PASSWORD)
    signed_in = web.visitor()
    sign_in(signed_in, "lena")
    for client in (web.visitor(), signed_in):
        response = client.get(f"/account/{path}", follow=True)
        page = response.content.decode()
        if not response.request["PATH_INFO"].startswith("/account/"):
            continue  # whoever is signed in already goes on to work
        assert response.status_code in (200, 401)
        assert "mark.svg" in page
        assert " style=" not in page
        assert "<style" not in page
        assert re.findall(r"<script(?![^>]*(?:src=|application/json))", page) == []


urlpatterns = [path("account/", include("allauth.urls")), path("", home)]
"""The addresses of a server that has a mail host."""


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(place, mailoutbox):
    with web_of(place, mail_host="mail.example.org") as web, override_settings(ROOT_URLCONF=__name__):
        web.member("lena", password=PASSWORD)
        client = web.visitor()
        for name in ("lena", "nobody"):
            asked = client.post("/account/password/reset/", {"email": f"{name}@example.org"}, follow=True)
            assert "If the address has an account" in asked.content.decode()
        assert [mail.subject for mail in mailoutbox] == [
            "Choose a new password",
            "No account with this address",
        ]
        link = re.search(r"http://testserver(/account/password/reset/key/\S+)", mailoutbox[0].body).group(1)
        form = client.get(link, follow=True)
        assert "Choose a new password" in form.content.decode()
        new = "an entirely new password"
        done = client.post(form.request["PATH_INFO"], {"password1": new}, follow=True)
        assert "Your new password is kept" in done.content.decode()
        assert sign_in(web.visitor(), "lena").status_code == 200
        assert sign_in(web.visitor(), "lena", new).status_code == 302
        assert "This link is used up" in web.visitor().get(link, follow=True).content.decode()
        assert ("reset the password", "done", "lena@example.org") in said(web)


def test_an_administrator_resets_a_lost_second_factor(web):
    web.member("rita", password=PASSWORD)
    client = web.visitor()
    sign_in(client, "rita")
    secret = re.search(
        r'id="totp-secret">(\w+)<', client.get("/account/2fa/totp/activate/").content.decode()
    ).group(1)
    client.post("/account/2fa/totp/activate/", {"code": totp(secret)})
    rita = web.member("rita").id
    assert web.page("adam").post(f"/people/{rita}/second-factor/reset/").status_code == 302
    assert client.get("/account/profile/").headers["Location"].startswith(LOGIN)
    assert sign_in(client, "rita").headers["Location"] == "/"
    assert client.get("/account/profile/").headers["Location"] == "/account/2fa/?needed=1"
