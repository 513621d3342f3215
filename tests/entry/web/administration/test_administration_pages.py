"""Pages of administrators, auditors and owners of webhooks."""

import csv
import io
import re
import time

import pytest
from tests.support.webpages import NOW, PASSWORD

from assay.service.access.permissions import PERMISSIONS, ROLES
from assay.service.sign_in.make_key import make_key
from assay.service.trail.seal_events import checkpoint, seal
from assay.store import db
from assay.store.accounts import account_members, api_keys, invitations
from assay.store.trail import event_blocks, events

PAGES = {
    "/people/": {"otto", "ada", "adam"},
    "/access/": {"rita", "otto", "ada", "adam", "lena", "eva"},
    "/retention/": {"rita", "otto", "ada", "adam", "lena", "eva"},
    "/events/": {"otto", "ada", "adam"},
    "/events/export.csv": {"otto", "ada", "adam"},
    "/events/verification/": {"otto", "ada", "adam"},
    "/webhooks/": {"rita", "otto", "adam"},
    "/account/keys/": {"rita", "otto", "ada", "adam", "lena", "eva"},
}
PAYLOAD = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def append(web, verb, **said):
    with db.transaction():
        events.append_event(
            web.installation.scope,
            **{"at": NOW, "actor": "rita", "source": "tests", "subject": "batch b", "verb": verb, **said},
        )


def text_of(response):
    return response.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_open_to_the_roles_of_the_table_and_to_nobody_else(web, path):
    for name in ("rita", "otto", "ada", "adam", "lena", "eva"):
        expected = 200 if name in PAGES[path] else 403
        assert web.page(name).get(path).status_code == expected, name
    assert web.visitor().get(path).headers["Location"].startswith("/account/login/?next=")


def test_somebody_is_invited_and_the_link_is_shown_once(web):
    adam = web.page("adam")
    page = text_of(adam.post("/people/", {"email": "lena@example.org", "roles": ["labeller", "expert"]}))
    code = re.search(r"/account/join/#([\w-]+)", page).group(1)
    again = text_of(adam.get("/people/"))
    assert code not in again
    assert "1 open invitation" in again
    assert "lena@example.org" in again
    (row,) = invitations.list_invitations(web.installation.scope)
    assert adam.post(f"/people/invitations/{row.id}/revoke/").status_code == 302
    assert "No open invitations" in text_of(adam.get("/people/"))


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"email": "lena@example.org"}, "Choose at least one role."),
        ({"email": "nobody", "roles": ["labeller"]}, "an address like"),
        ({"email": "adam@example.org", "roles": ["labeller"]}, "the address of an account"),
        ({"email": "lena@example.org", "roles": ["system"]}, "system is not one of the available choices"),
    ],
)
def test_an_invitation_that_cannot_be_made_says_why(web, form, sentence):
    response = web.page("adam").post("/people/", form)
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert invitations.list_invitations(web.installation.scope) == []


def test_auditors_see_people_without_anything_to_change(web):
    lena = web.member("lena").id
    ada = web.page("ada")
    for path in ("/people/", f"/people/{lena}/"):
        page = text_of(ada.get(path))
        assert "lena@example.org" in page
        assert re.findall(r'<form method="post" action="/people', page) == []
    for end in ("disable/", "sessions/end/", "second-factor/reset/", ""):
        form = {"roles": ["administrator"], "networks": ""}
        assert ada.post(f"/people/{lena}/{end}", form).status_code == 403
    assert account_members.member_by_id(web.installation.scope, lena).roles == {"labeller"}


def test_roles_and_networks_are_changed(web):
    lena = web.member("lena").id
    adam = web.page("adam")
    form = {"roles": ["labeller", "expert"], "networks": "192.0.2.0/24\n2001:db8::1"}
    assert adam.post(f"/people/{lena}/", form).status_code == 302
    found = account_members.member_by_id(web.installation.scope, lena)
    assert (found.roles, found.networks) == ({"labeller", "expert"}, ("192.0.2.0/24", "2001:db8::1/128"))
    wrong = adam.post(f"/people/{lena}/", {"roles": ["labeller"], "networks": "here"})
    assert wrong.status_code == 422
    assert "addresses and networks like" in text_of(wrong)


def test_whoever_changes_their_own_roles_signs_in_again_with_one_sentence(web):
    adam = web.page("adam")
    own = web.member("adam").id
    form = {"roles": ["administrator", "requester", "labeller"], "networks": ""}
    reply = adam.post(f"/people/{own}/", form)
    assert (reply.status_code, reply.headers["Location"]) == (302, "/account/login/")
    assert "Your own roles are kept. Sign in again to use them." in text_of(adam.get("/account/login/"))
    assert account_members.member_by_id(web.installation.scope, own).roles == set(form["roles"])
    assert web.page("adam").post(f"/people/{own}/", form).headers["Location"] == f"/people/{own}/"


def test_disabling_ends_sessions_and_keys_at_once_and_keeps_the_person_out(web):
    lena = web.member("lena", password=PASSWORD)
    browser, adam = web.visitor(), web.page("adam")
    browser.post("/account/login/", {"login": "lena@example.org", "password": PASSWORD})
    key = web.api("lena")
    assert browser.get("/account/profile/").status_code == key.get("/api/v1/me").status_code == 200
    adam.post(f"/people/{lena.id}/disable/")
    assert browser.get("/account/profile/").headers["Location"].startswith("/account/login/")
    assert key.get("/api/v1/me").status_code == 401
    refused = browser.post("/account/login/", {"login": "lena@example.org", "password": PASSWORD})
    assert refused.headers["Location"] == "/account/inactive/"
    adam.post(f"/people/{lena.id}/enable/")
    assert key.get("/api/v1/me").status_code == 200
    again = browser.post("/account/login/", {"login": "lena@example.org", "password": PASSWORD})
    assert again.headers["Location"] == "/"


def test_changed_roles_end_open_sessions_also_those_that_nobody_listed(web):
    browser = web.page("lena")
    assert browser.get("/account/profile/").status_code == 200
    web.page("adam").post(f"/people/{web.member('lena').id}/", {"roles": ["expert"], "networks": ""})
    assert browser.get("/account/profile/").status_code == 302


def test_the_last_administrator_is_told_so(web):
    adam, own = web.page("adam"), web.member("adam").id
    assert adam.post(f"/people/{own}/disable/").status_code == 409
    response = adam.post(f"/people/{own}/", {"roles": ["auditor"], "networks": ""})
    assert "Adam is the last active administrator" in text_of(response)


def test_keys_of_a_person_are_revoked_by_an_administrator(web):
    made = make_key(web.actor("lena"), name="notebook", days=30, scopes=None, now=time.time_ns() // 1000)
    lena, adam = web.member("lena").id, web.page("adam")
    assert "notebook" in text_of(adam.get(f"/people/{lena}/"))
    assert adam.post(f"/people/{lena}/keys/{made.row.id}/revoke/").status_code == 302
    assert api_keys.key_by_id(web.installation.scope, made.row.id).revoked_at > 0


def test_what_people_call_themselves_is_text_everywhere(web):
    lena = web.page("lena")
    assert lena.post("/account/profile/", {"name": PAYLOAD}).status_code == 302
    lena.post("/account/keys/", {"name": PAYLOAD, "days": "30", "scopes": ["labeller"]})
    append(
        web,
        PAYLOAD,
        actor=PAYLOAD,
        subject=PAYLOAD,
        before=PAYLOAD,
        detail='{"x": "<script>alert(3)</script>"}',
    )
    (number,) = db.row("SELECT MAX(id) FROM event")
    adam = web.page("adam")
    for client, path in (
        (lena, "/account/profile/"),
        (lena, "/account/keys/"),
        (adam, "/people/"),
        (adam, f"/people/{web.member('lena').id}/"),
        (adam, "/events/"),
        (adam, f"/events/{number}/"),
        (adam, "/events/?subject=%3Cscript%3Ealert(1)"),
    ):
        page = text_of(client.get(path))
        assert "<script>alert" not in page, path
        assert "<img src=x" not in page, path


def test_the_access_table_is_the_table_of_permissions(web):
    page = text_of(web.page("ada").get("/access/"))
    for verb, roles in PERMISSIONS.items():
        row = re.search(
            rf'<th scope="row"[^>]*>{re.escape(verb)}</th>(.*?)</tr>', page, flags=re.DOTALL
        ).group(1)
        said = re.findall(r">(yes|no)<", row)
        head = [role for role in ROLES if role != "system"] + ["system"]
        assert said == ["yes" if role in roles else "no" for role in head], verb


def test_events_are_filtered_and_paged_by_id(web):
    for number in range(230):
        append(web, "certify" if number % 2 else "offer the batch", subject=f"batch b{number}")
    ada, seen, query = web.page("ada"), [], "verb=certify"
    while query:
        page = text_of(ada.get(f"/events/?{query}"))
        seen += [int(one) for one in re.findall(r'href="/events/(\d+)/"', page)]
        older = re.search(r'href="/events/\?([^"]*before=\d+)">Older', page)
        query = older.group(1).replace("&amp;", "&") if older else ""
    assert len(seen) == len(set(seen)) == 115
    assert seen == sorted(seen, reverse=True)
    assert "Nothing fits" in text_of(ada.get("/events/?actor=nobody"))
    assert ada.get("/events/?since=never").status_code == 422
    assert ada.get(f"/events/?before={10**40}").status_code == 200
    assert ada.get("/events/?verb=a%00b").status_code == 422


def test_an_event_opens_with_everything_it_says(web):
    append(
        web,
        "certify",
        before="open",
        after="certified",
        detail='{"rule":"the target is proven","items":[1,2]}',
    )
    seal(now=NOW)
    (number,) = db.row("SELECT id FROM event")
    page = text_of(web.page("ada").get(f"/events/{number}/"))
    for words in ("certified", "the target is proven", "[1, 2]", "1: its digest is part of the chain"):
        assert words in page
    assert web.page("ada").get("/events/999999/").status_code == 404
    assert web.page("ada").get(f"/events/{2**63}/").status_code == 404


def test_an_export_holds_the_filter_starts_no_formula_and_is_an_event(web):
    append(web, "certify", subject="=HYPERLINK(1)")
    append(web, "certify", actor="+31 6", before='a "b", c\nd')
    append(web, "offer the batch")
    response = web.page("ada").get("/events/export.csv?verb=certify")
    assert response.headers["Content-Disposition"] == 'attachment; filename="events.csv"'
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode(), newline="")))
    assert rows[0][:7] == ["id", "block", "time", "actor", "source", "verb", "subject"]
    assert [row[3] for row in rows[1:]] == ["'+31 6", "rita"]
    assert rows[2][6] == "'=HYPERLINK(1)"
    assert rows[1][8] == 'a "b", c\nd'
    (told,) = events.events_about(web.installation.scope, subject="events", verbs=["export events"])
    assert (told.actor, told.detail) == ("ada@example.org", '{"verb":"certify"}')


def test_verification_says_that_the_trail_holds_or_names_the_first_bad_entry(web):
    home = web.installation
    for verb in ("certify", "offer the batch"):
        append(web, verb)
        checkpoint(home=home.home, folder=home.checkpoint_dir, now=NOW)
    ada = web.page("ada")
    page = text_of(ada.get("/events/verification/"))
    assert "Does the trail hold?" in page
    assert event_blocks.chain_head()[1] in page
    page = text_of(ada.post("/events/verification/"))
    assert "The trail holds" in page
    assert "2 events in 2 blocks are what was written, and 2 signed checkpoints agree" in page
    (file, *_) = sorted(home.checkpoint_dir.glob("*.json"))
    file.write_text(file.read_text().replace('"block": 1', '"block": 2'))
    page = text_of(ada.post("/events/verification/"))
    assert "The trail does not hold" in page
    assert f"The checkpoint {file.name} was changed: its signature does not fit." in page


def test_retention_is_told_from_the_settings(web):
    page = text_of(web.page("lena").get("/retention/"))
    for words in ("12 hours at most, 4 hours without use", "365 days at most", "24 hours", "30 days"):
        assert words in page


def test_a_webhook_is_added_paused_and_removed(web):
    otto = web.page("otto")
    wrong = otto.post("/webhooks/", {"url": "http://example.org/"})
    assert wrong.status_code == 422
    assert "begins with https://" in text_of(wrong)
    made = otto.post("/webhooks/", {"url": "https://example.org/hook", "verbs": ["certify"]})
    path = made.headers["Location"]
    assert "whsec_" not in text_of(otto.get(path))
    assert "whsec_" in text_of(otto.post(path))
    assert "Paused" in text_of(otto.post(f"{path}pause/", follow=True))
    assert "Active" in text_of(otto.post(f"{path}resume/", follow=True))
    for name in ("rita", "adam"):
        assert web.page(name).get(path).status_code == 404
        assert web.page(name).post(path).status_code == 404
        assert web.page(name).post(f"{path}remove/").status_code == 404
    assert "No webhooks yet" in text_of(otto.post(f"{path}remove/", follow=True))
    assert otto.get(path).status_code == 404


@pytest.mark.parametrize("path", ["disable/", "enable/", "sessions/end/", "second-factor/reset/"])
def test_reading_an_address_that_changes_changes_nothing(web, path):
    assert web.page("adam").get(f"/people/{web.member('lena').id}/{path}").status_code == 405
