"""Pages of accounts: signing in, second factors, forgotten passwords."""

import re
import time
from contextlib import suppress

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import override_settings
from django.urls import include, path
from tests.support.serving import free_port
from tests.support.stored import everything_stored
from tests.support.webpages import LOGIN, PASSWORD, sign_in, web_of

from assay.entry.web.account.account_library import clock
from assay.entry.web.home_page import home
from assay.service.sign_in.protection.count_tries import TooManyTries, count_try
from assay.store import db
from assay.store.trail import events


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


def guessed_from_everywhere(name="lena"):
    """Let strangers on a hundred devices use up what an account allows to devices that it does not know."""
    for one in range(200):
        with suppress(TooManyTries):
            count_try(name=f"{name}@example.org", address=f"10.0.{one}.1", device=None, now=clock())


def test_a_guess_from_everywhere_is_stopped_and_the_owner_gets_in_where_they_were_before(web):
    web.member("lena", password=PASSWORD)
    web.member("luis", password=PASSWORD)
    known, other = web.visitor(), web.visitor()
    assert sign_in(known, "lena").status_code == 302
    assert sign_in(other, "luis").status_code == 302
    cookie = known.cookies["assay-device"]
    assert cookie["httponly"]
    assert cookie["max-age"] == 365 * 86_400
    known.post("/account/logout/")
    other.post("/account/logout/")
    guessed_from_everywhere()

    refused = sign_in(web.visitor(), "lena").content.decode()
    assert "from devices on which nobody signed in with it" in refused
    assert "Too many failed tries" in sign_in(other, "lena").content.decode()  # known to Luis's account alone
    forged = web.visitor()
    forged.cookies["assay-device"] = cookie.value[:-2] + "xx"
    assert "Too many failed tries" in sign_in(forged, "lena").content.decode()
    assert sign_in(known, "lena").status_code == 302
    assert sign_in(web.visitor(), "luis").status_code == 302
    limited = [one for one in events.list_events(web.installation.scope) if one.subject == "limit of tries"]
    assert [(one.verb, one.outcome, one.actor) for one in limited] == [
        ("sign in", "refused", "lena@example.org")
    ] * 3


def test_a_known_device_is_counted_apart_and_knows_nobody_once_the_password_changes(web):
    web.member("lena", password=PASSWORD)
    thief = web.visitor()
    sign_in(thief, "lena")
    thief.post("/account/logout/")
    for number in range(9):
        page = sign_in(thief, "lena", f"wrong {number} wrong wrong").content.decode()
    assert "Too many failed tries in this browser." in page
    owner = web.visitor()
    assert sign_in(owner, "lena").status_code == 302
    change_password(owner)
    guessed_from_everywhere()
    for client in (thief, owner):  # both know the account as it was before
        page = sign_in(client, "lena", "an entirely new password").content.decode()
        assert "from devices on which nobody signed in with it" in page


def test_a_browser_is_known_to_several_accounts(web):
    client = web.visitor()
    for name in ("lena", "luis", "rita"):
        web.member(name, password=PASSWORD)
        sign_in(client, name)
        client.post("/account/logout/")
    for name in ("lena", "luis"):
        guessed_from_everywhere(name)
        assert sign_in(client, name).status_code == 302
        client.post("/account/logout/")


def test_signing_in_on_a_new_device_is_told_and_on_a_known_one_is_not(web):
    web.member("lena", password=PASSWORD)
    first, second = web.visitor(), web.visitor()
    told = "Somebody signed in on a device that is new to this account, from 127.0.0.1"
    for _ in range(2):
        sign_in(first, "lena")
        assert told not in first.get("/account/profile/").content.decode()
        first.post("/account/logout/")
    second.defaults["HTTP_USER_AGENT"] = "A browser <b>of mine</b>"
    sign_in(second, "lena")
    page = second.get("/account/profile/").content.decode()
    assert f"{told} (A browser &lt;b&gt;of mine&lt;/b&gt;)." in page
    assert ("sign in on a new device", "done", "lena@example.org") in said(web)


def test_codes_and_old_passwords_are_counted_and_their_failures_are_events(web):
    with_app(web)
    guessed_from_everywhere("a code for rita")
    other = web.visitor()
    assert sign_in(other, "rita").headers["Location"] == "/account/2fa/authenticate/"
    refused = other.post("/account/2fa/authenticate/", {"code": "000000"}).content.decode()
    assert "Too many failed tries" in refused
    client = web.visitor()
    web.member("lena", password=PASSWORD)
    sign_in(client, "lena")
    wrong = {"oldpassword": "not the old password", "password1": "an entirely new password"}
    client.post("/account/password/change/", wrong)
    assert ("change the password", "refused", "lena@example.org") in said(web)


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


def enter_code(client, path, secret):
    """Type the code of the moment, once more where the moment was over before it arrived; return the status."""
    statuses = [client.post(path, {"code": totp(secret)}).status_code]
    while statuses[-1] == 200 and len(statuses) < 4:
        statuses.append(client.post(path, {"code": totp(secret)}).status_code)
    return statuses[-1]


def with_app(web, name="rita"):
    """Return a signed-in browser, the secret of the app that was set up in it, and the recovery codes."""
    web.member(name, password=PASSWORD)
    client = web.visitor()
    assert sign_in(client, name).status_code == 302
    page = client.get("/account/2fa/totp/activate/").content.decode()
    secret = re.search(r'id="totp-secret">(\w+)<', page).group(1)
    assert secret not in everything_stored()
    assert enter_code(client, "/account/2fa/totp/activate/", secret) == 302
    codes = client.get("/account/2fa/recovery-codes/").content.decode()
    return client, secret, re.findall(r"\b[0-9a-f]{8}\b", codes)


def test_the_database_holds_no_secret_of_a_second_factor_and_its_codes_work(web):
    _, secret, codes = with_app(web)
    stored = everything_stored()
    assert [one for one in (secret, *codes) if one in stored] == []
    cache.clear()  # each code works once, and this one was just used
    other = web.visitor()
    assert sign_in(other, "rita").headers["Location"] == "/account/2fa/authenticate/"
    assert enter_code(other, "/account/2fa/authenticate/", secret) == 302
    assert other.get("/account/profile/").status_code == 200


def test_a_lost_key_of_factors_is_a_sentence_and_a_reset_lets_its_owner_in_again(web):
    client, secret, _ = with_app(web)
    (web.installation.home / "keys" / "factors.key").unlink()
    cache.clear()
    other = web.visitor()
    sign_in(other, "rita")
    refused = other.post("/account/2fa/authenticate/", {"code": totp(secret)})
    assert refused.status_code == 200
    assert "An administrator can reset the second factor" in refused.content.decode()
    assert ("give a second factor", "refused", "rita@example.org") in said(web)
    page = client.get("/account/2fa/")
    assert page.status_code == 409
    assert "An administrator can reset the second factor" in page.content.decode()
    rita = web.member("rita").id
    assert web.page("adam").post(f"/people/{rita}/second-factor/reset/").status_code == 302
    _, secret, _ = with_app(web)
    assert secret


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


def change_password(client, **more):
    form = {"oldpassword": PASSWORD, "password1": "an entirely new password", **more}
    return client.post("/account/password/change/", form)


@pytest.mark.parametrize("ends", [True, False])
def test_a_new_password_ends_all_keys_unless_their_owner_says_otherwise(web, ends):
    web.member("lena", password=PASSWORD)
    keys, other = [web.api("lena") for _ in range(2)], web.api("luis")
    client = web.visitor()
    sign_in(client, "lena")
    page = client.get("/account/password/change/").content.decode()
    assert re.search(r'<input type="checkbox" name="end_keys"[^>]* checked', page)
    assert change_password(client, **({"end_keys": "on"} if ends else {})).status_code == 302
    assert [key.get("/api/v1/me").status_code for key in keys] == [401 if ends else 200] * 2
    assert other.get("/api/v1/me").status_code == 200
    sign_in(client, "lena", "an entirely new password")
    page = client.get("/account/profile/").content.decode()
    assert ("Your 2 API keys ended with the old password." in page) is ends
    assert "The password was changed." in page
    assert (("end keys", "done", "lena@example.org") in said(web)) is ends


def test_a_wrong_old_password_ends_nothing(web):
    web.member("lena", password=PASSWORD)
    key, client = web.api("lena"), web.visitor()
    sign_in(client, "lena")
    client.post(
        "/account/password/change/",
        {"oldpassword": "not the old one", "password1": "an entirely new password", "end_keys": "on"},
    )
    assert key.get("/api/v1/me").status_code == 200


def test_owners_are_told_by_mail_where_mail_is_sent(place, mailoutbox):
    with web_of(place, mail_host="mail.example.org") as web:
        web.member("lena", password=PASSWORD)
        client = web.visitor()
        sign_in(client, "lena")
        client.post("/account/keys/", {"name": "notebook", "days": "30", "scopes": ["labeller"]})
        change_password(client, end_keys="on")
    assert [mail.to for mail in mailoutbox] == [["lena@example.org"]] * 3
    for mail, words in zip(
        mailoutbox,
        (
            "The API key “notebook” was made",
            "Your API key ended with the old password.",
            "The password was changed.",
        ),
        strict=True,
    ):
        assert words in mail.body
        assert "If it was not you" in mail.body


def test_a_mail_server_that_does_not_answer_stops_nobody(place, settings):
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "django.core.mail.backends.smtp.EmailBackend", "127.0.0.1"
    settings.EMAIL_PORT = free_port()
    with web_of(place, mail_host="127.0.0.1") as web:
        client = web.page("lena", confirmed=True)
        made = client.post("/account/keys/", {"name": "notebook", "days": "30", "scopes": ["labeller"]})
    assert "Your new key" in made.content.decode()


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
        web.key("lena")
        assert re.search(r'<input type="checkbox" name="end_keys"[^>]* checked', form.content.decode())
        done = client.post(form.request["PATH_INFO"], {"password1": new, "end_keys": "on"}, follow=True)
        assert db.row("SELECT COUNT(*) FROM api_key WHERE revoked_at = 0") == (0,)
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
