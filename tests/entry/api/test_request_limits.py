"""Limits of requests: one person's haste is slowed, with a moment to come back at, and nobody else's (SEC-10)."""

import time

import pytest
from tests.support.loops import one
from tests.support.webpages import web_of

from assay.entry.api import who_calls
from assay.entry.web import page_access
from assay.service.access import request_limits
from assay.service.access.request_limits import QUIET, TooMany
from assay.store import db

ME = "/api/v1/me"


class Clock:
    """What the doors read for the time; it stands until it is moved, in seconds."""

    def __init__(self):
        self.now = time.time()

    def time_ns(self):
        return int(self.now * 1e9)


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    for door in (who_calls, page_access):
        monkeypatch.setattr(door, "time", made)
    return made


@pytest.fixture
def few(place, clock):
    """A site that takes three requests a minute of everybody."""
    with web_of(place, requests_per_minute=3) as found:
        yield found


def statuses(client, times, path=ME):
    return [client.get(path).status_code for _ in range(times)]


def test_whoever_asks_too_often_is_told_when_to_come_back(few, clock):
    rita = few.api("rita")
    assert statuses(rita, 3) == [200] * 3
    reply = rita.get(ME)
    assert (reply.status_code, reply.headers["Content-Type"]) == (429, "application/problem+json")
    wait = int(reply.headers["Retry-After"])
    assert reply.json()["detail"] == f"Too many requests: at most 3 in a minute; try again in {wait} seconds."
    assert reply.json()["type"] == "urn:assay:error:too-many"
    clock.now += wait
    assert statuses(rita, 2) == [200, 429]


def test_another_caller_is_not_slowed(few):
    rita, otto = few.api("rita"), few.api("otto")
    assert statuses(rita, 5) == [200, 200, 200, 429, 429]
    assert statuses(otto, 3) == [200] * 3


def test_all_keys_and_sessions_of_one_person_share_their_limit(few):
    first, second, page = few.api("rita"), few.api("rita"), few.page("rita")
    assert statuses(first, 2) == [200] * 2
    assert statuses(second, 2) == [200, 429]
    assert statuses(page, 1) == [429]


def test_strangers_do_not_use_up_a_member_s_requests(few):
    rita = few.api("rita")
    key = rita.defaults.get("HTTP_AUTHORIZATION") or rita.headers["authorization"]
    wrong = few.visitor()
    for _ in range(5):
        assert wrong.get(ME, headers={"Authorization": key + "x"}).status_code == 401
    assert statuses(rita, 3) == [200] * 3


def test_a_refused_request_does_nothing(few):
    rita = few.api("rita")
    statuses(rita, 3)
    reply = rita.send("POST", "/api/v1/drafts", {})
    assert reply.status_code == 429
    assert few.installation  # the site lives
    with pytest.raises(TooMany):
        request_limits.count_request(few.actor("rita"), now=who_calls.clock())


def test_after_a_minute_of_rest_everything_is_there_again_and_no_more(few, clock):
    rita = few.api("rita")
    statuses(rita, 5)
    clock.now += 3_600
    assert statuses(rita, 4) == [200, 200, 200, 429]


def test_downloads_have_a_limit_of_their_own(web, clock):
    rita = web.api("rita")
    path = "/api/v1/deliveries/none-1/archive"
    assert statuses(rita, request_limits.EXPORTS_PER_MINUTE + 1, path) == [
        404
    ] * request_limits.EXPORTS_PER_MINUTE + [429]
    assert statuses(rita, 1) == [200]
    assert "exports" in rita.get(path).json()["detail"]


# --- requests of which nobody knows who sends them ----------------------------------------------------


@pytest.fixture
def shy(place, clock):
    """A site that takes three requests a minute from an address, of people who are not signed in."""
    with web_of(place, stranger_requests_per_minute=3) as found:
        yield found


SIGN_IN = "/account/login/"


def test_strangers_are_counted_by_address_on_every_page_and_in_the_api(shy, clock):
    visitor = shy.visitor()
    assert statuses(visitor, 2, SIGN_IN) == [200] * 2
    assert visitor.get(ME).status_code == 401
    for path in (SIGN_IN, ME, "/nowhere/", "/media/none", "/api/v1/openapi.json"):
        reply = visitor.get(path)
        assert (reply.status_code, int(reply.headers["Retry-After"]) > 0) == (429, True), path
        assert "not signed in" in reply.content.decode()
    assert visitor.get(ME).headers["Content-Type"] == "application/problem+json"
    assert visitor.get(SIGN_IN, REMOTE_ADDR="192.0.2.7").status_code == 200
    clock.now += 21
    assert statuses(visitor, 2, SIGN_IN) == [200, 429]


def test_a_cookie_or_a_key_of_nobody_is_a_stranger_too_and_whoever_is_somebody_is_not(shy):
    rita, page = shy.api("rita"), shy.page("rita")
    for _ in range(3):
        assert shy.visitor().get(ME, headers={"Authorization": "Bearer assay_x_y"}).status_code == 401
    for _ in range(2):
        assert shy.visitor().get(ME, headers={"Authorization": "Bearer assay_x_y"}).status_code == 429
        forged = shy.visitor()
        forged.cookies["assay"] = "x" * 32
        assert forged.get(SIGN_IN).status_code == 429
    assert statuses(rita, 4) == [200] * 4
    assert statuses(page, 4, "/projects/") == [200] * 4


def test_a_cookie_of_nobody_uses_up_what_strangers_have(shy):
    forged = shy.visitor()
    forged.cookies["assay"] = "x" * 32
    assert statuses(forged, 4, "/projects/") == [302, 302, 302, 429]


def test_one_ipv6_network_is_one_stranger(shy):
    visitor = shy.visitor()
    replies = [visitor.get(ME, REMOTE_ADDR=f"2001:db8::{n}").status_code for n in range(4)]
    assert replies == [401, 401, 401, 429]
    assert visitor.get(ME, REMOTE_ADDR="2001:db8:1::1").status_code == 401


def test_an_ipv4_address_is_one_stranger_in_any_spelling(place, clock):
    with web_of(place, stranger_requests_per_minute=2, behind_proxy=True) as site:
        visitor = site.visitor()
        told = ("10.7.1.1", "::ffff:10.7.1.1", "1.2.3.4, ::ffff:a07:101")
        replies = [visitor.get(ME, headers={"X-Forwarded-For": one}).status_code for one in told]
    assert replies == [401, 401, 429]


def test_pages_count_for_whoever_is_signed_in(few):
    page = few.page("rita")
    assert statuses(page, 4, "/projects/") == [200, 200, 200, 429]
    assert "Too many requests" in page.get("/projects/").content.decode()


def events():
    return [
        (verb, subject, outcome)
        for verb, subject, outcome in db.rows(
            "SELECT verb, subject, outcome FROM event WHERE verb LIKE 'slow down%%' ORDER BY id"
        )
    ]


def test_slowing_begins_and_ends_with_one_event(few, clock):
    rita = few.api("rita")
    statuses(rita, 9)
    clock.now += 10
    statuses(rita, 5)  # still in haste: a request now and then is let through
    subject = events()[0][1]
    assert subject == f"requests of person {few.member('rita').id}"
    assert events() == [("slow down", subject, "refused")]
    clock.now += 61
    assert statuses(rita, 1) == [200]
    assert events() == [("slow down", subject, "refused"), ("slow down no longer", subject, "done")]
    assert one("SELECT COUNT(*) FROM event WHERE detail LIKE '%%refused%%'") == 1


def test_slowing_ends_too_for_whoever_never_comes_back(shy, clock):
    statuses(shy.visitor(), 5, SIGN_IN)
    assert events() == [("slow down", "address 127.0.0.1", "refused")]
    clock.now += QUIET + 1
    shy.visitor().get(SIGN_IN, REMOTE_ADDR="192.0.2.7")
    assert events()[1:] == [("slow down no longer", "address 127.0.0.1", "done")]
