"""Joining by invitation, and registering where that is open."""

import time

import pytest
from tests.support.webpages import PASSWORD, sign_in, web_of

from assay.service.accounts.invite_person import first_invitation, invite_person
from assay.store import db
from assay.store.accounts import account_members


def clock():
    return time.time_ns() // 1_000


def invited(web, email="lena@example.org", roles=("labeller",)):
    return invite_person(web.actor("adam"), email=email, roles=list(roles), now=clock()).code


def join(client, code, **changes):
    form = {"code": code, "name": "Lena Lang", "email": "", "password": PASSWORD, **changes}
    return client.post("/account/join/", form)


def test_joining_takes_the_invitation_once_and_signs_in_with_its_roles(web):
    code = invited(web)
    client = web.visitor()
    asked = client.post("/account/join/", {"code": code}).content.decode()
    assert "invited you as labeller" in asked
    assert 'value="lena@example.org" readonly' in asked
    done = join(client, code, email="other@example.org")
    assert done.headers["Location"] == "/"
    found = account_members.member_by_email(web.installation.scope, "lena@example.org")
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
        ("password1234", "many people use"),
        ("lena@example.org", "too similar"),
    ],
)
def test_weak_passwords_are_refused_with_the_rule(web, password, sentence):
    response = join(web.visitor(), invited(web), password=password)
    assert response.status_code == 422
    assert sentence in response.content.decode()


def test_a_password_of_two_hundred_characters_is_taken(web):
    client = web.visitor()
    long = "x9 " + "long and without an end " * 8
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
    found = account_members.member_by_email(web.installation.scope, "adam@example.org")
    assert found.roles == {"administrator"}
    assert "cannot be used" in join(web.visitor(), codes[1], email="eve@example.org").content.decode()


def test_registration_is_closed_unless_the_settings_open_it(place):
    form = {"email": "luis@example.org", "password1": PASSWORD}
    with web_of(place) as web:
        assert "made by invitation" in web.visitor().post("/account/signup/", form).content.decode()
        assert account_members.find_member("luis@example.org") is None
    with web_of(place, sign_up=True) as web:
        client = web.visitor()
        assert client.post("/account/signup/", form).status_code == 302
        assert account_members.find_member("luis@example.org").roles == {"labeller"}
        assert client.get("/account/profile/").status_code == 200
