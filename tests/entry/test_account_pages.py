"""Pages of accounts: signing in, second factors, joining, profile, keys."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import override_settings
from django.urls import include, path
from tests.support.webpages import PASSWORD, web_of

from assay.entry.web.views.home import home
from assay.service.actions.change_person import change_person
from assay.service.actions.invite_person import first_invitation, invite_person
from assay.service.secret_words import MARK
from assay.store import db, events, members

LOGIN = "/account/login/"


def clock():
    return time.time_ns() // 1_000


def said(web):
    return [(one.verb, one.outcome, one.actor) for one in events.list_events(web.installation.scope)]


def sign_in(client, name, password=PASSWORD):
    return client.post(LOGIN, {"login": f"{name}@example.org", "password": password})


def code_of(text):
    return re.search(r"/account/join/#([\w-]+)", text).group(1)


def invited(web, email="lena@example.org", roles=("labeller",)):
    return invite_person(web.actor("adam"), email=email, roles=list(roles), now=clock()).code


def join(client, code, **changes):
    form = {"code": code, "name": "Lena Lang", "email": "", "password": PASSWORD, **changes}
    return client.post("/account/join/", form)


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


def test_joining_takes_the_invitation_once_and_signs_in_with_its_roles(web):
    code = invited(web)
    client = web.visitor()
    asked = client.post("/account/join/", {"code": code}).content.decode()
    assert "invited you as labeller" in asked
    assert 'value="lena@example.org" readonly' in asked
    done = join(client, code, email="other@example.org")
    assert done.headers["Location"] == "/"
    found = members.member_by_email(web.installation.scope, "lena@example.org")
    assert (found.name, found.roles) == ("Lena Lang", {"labeller"})
    assert client.get("/account/profile/").status_code == 200
    assert "cannot be used" in join(web.visitor(), code).content.decode()


@pytest.mark.parametrize("spoilt", ["unknown", "used", "revoked", "expired"])
def test_invitations_that_cannot_be_used_all_look_the_same(web, spoilt):
    code = invited(web)
    column = {"used": "used_at", "revoked": "revoked_at", "expired": "expires_at"}.get(spoilt)
    if column:
        with db.transaction():
            db.execute(f"UPDATE invitation SET {column} = 1")
    word = "no-such-code-at-all-anywhere" if spoilt == "unknown" else code
    response = web.visitor().post("/account/join/", {"code": word})
    assert response.status_code == 422
    assert (
        "This invitation cannot be used: it was used or taken back, its time is over"
        in response.content.decode()
    )


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("elevenchars", "at least 12 characters"),
        ("password1234", "too common"),
        ("lena@example.org", "too similar"),
    ],
)
def test_weak_passwords_are_refused_with_the_rule(web, password, sentence):
    response = join(web.visitor(), invited(web), password=password)
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_a_password_of_two_hundred_characters_is_taken(web):
    client = web.visitor()
    long = "x y " * 50
    assert join(client, invited(web), password=long).status_code == 302
    assert sign_in(web.visitor(), "lena", long).status_code == 302


def test_the_first_administrator_types_an_address_and_ends_the_other_first_links(web):
    system = web.installation.owner("root", "tests")
    codes = [first_invitation(web.installation, system, now=clock() + n) for n in range(2)]
    client = web.visitor()
    assert (
        "You will be the administrator" in client.post("/account/join/", {"code": codes[0]}).content.decode()
    )
    assert join(client, codes[0], name="Adam", email="not an address").status_code == 422
    assert join(client, codes[0], name="Adam", email="Adam@Example.org").status_code == 302
    assert client.get("/people/").headers["Location"] == "/account/2fa/?needed=1"
    found = members.member_by_email(web.installation.scope, "adam@example.org")
    assert found.roles == {"administrator"}
    assert "cannot be used" in join(web.visitor(), codes[1], email="eve@example.org").content.decode()


def test_registration_is_closed_unless_the_settings_open_it(place):
    form = {"email": "luis@example.org", "password1": PASSWORD}
    with web_of(place) as web:
        assert "made by invitation" in web.visitor().post("/account/signup/", form).content.decode()
        assert members.find_member("luis@example.org") is None
    with web_of(place, sign_up=True) as web:
        client = web.visitor()
        assert client.post("/account/signup/", form).status_code == 302
        assert members.find_member("luis@example.org").roles == {"labeller"}
        assert client.get("/account/profile/").status_code == 200


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
    client = web.page("lena", "labeller", "expert")
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
