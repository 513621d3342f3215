"""Limits of requests: one person's haste is slowed, with a moment to come back at, and nobody else's (SEC-10)."""

import pytest
from tests.support.webpages import web_of

from assay.entry.api import limits
from assay.entry.api.errors import TooMany
from assay.entry.api.limits import Buckets

ME = "/api/v1/me"


class Clock:
    """A clock that stands until it is moved, in seconds."""

    def __init__(self):
        self.now = 1_000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(limits, "time", made)
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
        limits.count_request(few.actor("rita"))


def test_after_a_minute_of_rest_everything_is_there_again_and_no_more(few, clock):
    rita = few.api("rita")
    statuses(rita, 5)
    clock.now += 3_600
    assert statuses(rita, 4) == [200, 200, 200, 429]


def test_a_bucket_refills_evenly(clock):
    found = Buckets("tries")
    for _ in range(60):
        found.take("a", per_minute=60)
    for _ in range(3):
        with pytest.raises(TooMany) as caught:
            found.take("a", per_minute=60)
        assert caught.value.seconds <= 2
        clock.now += 1.01
        found.take("a", per_minute=60)


def test_callers_who_have_long_gone_are_forgotten(clock, monkeypatch):
    monkeypatch.setattr(limits, "MOST_CALLERS", 2)
    found = Buckets("tries")
    for caller in ("a", "b", "a", "c"):
        found.take(caller, per_minute=5)
    assert list(found.found) == ["a", "c"]


def test_downloads_have_a_limit_of_their_own(web, clock):
    rita = web.api("rita")
    path = "/api/v1/deliveries/none-1/archive"
    assert statuses(rita, limits.EXPORTS_PER_MINUTE + 1, path) == [404] * limits.EXPORTS_PER_MINUTE + [429]
    assert statuses(rita, 1) == [200]
    assert "exports" in rita.get(path).json()["detail"]
