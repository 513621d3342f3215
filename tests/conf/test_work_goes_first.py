"""Requests for work have threads of their own, whatever else is asked for."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from assay.conf import work_goes_first
from assay.conf.work_goes_first import FOR_WORK, WAITING, WorkGoesFirst, threads_of

OTHERS = 2


class Slow:
    """An application whose replies are made when the test says so; it knows how many run at once."""

    def __init__(self):
        self.go, self.running, self.most = threading.Event(), 0, 0
        self.turn = threading.Lock()

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == "/broken/":
            raise ZeroDivisionError
        if not environ["PATH_INFO"].startswith("/other/"):
            start_response("200 OK", [])
            return [b"work"]
        with self.turn:
            self.running += 1
            self.most = max(self.most, self.running)
        assert self.go.wait(60)
        with self.turn:
            self.running -= 1
        start_response("200 OK", [])
        return iter([b"a", b"b"])


@pytest.fixture
def slow():
    return Slow()


def ask(app, path):
    said = []
    body = app({"PATH_INFO": path}, lambda status, headers: said.append((status, dict(headers))))
    return said[0], b"".join(body)


def test_others_wait_and_are_refused_and_work_goes_on(slow):
    app = WorkGoesFirst(slow, others=OTHERS)
    with ThreadPoolExecutor(threads_of(OTHERS)) as pool:
        asked = [pool.submit(ask, app, "/other/") for _ in range(OTHERS + WAITING)]
        while slow.running < OTHERS or app._admitted._value:
            pass
        for path in ("/api/v1/work", "/api/v1/work/pets-1/submit", "/work/", "/media/x", "/static/x.js"):
            assert ask(app, path) == (("200 OK", {}), b"work")
        for path in ("/other/", "/api/v1/workforce", "/workforce/", "/api/v1/projects"):
            (status, headers), _ = ask(app, path)
            assert (status, headers["Retry-After"]) == ("503 Service Unavailable", "2"), path
        slow.go.set()
        assert [one.result(60)[1] for one in asked] == [b"ab"] * (OTHERS + WAITING)
    assert slow.most == OTHERS
    assert ask(app, "/other/")[1] == b"ab"


def test_whoever_waits_too_long_is_told_to_come_again(slow, monkeypatch):
    monkeypatch.setattr(work_goes_first, "PATIENCE", 0.01)
    app = WorkGoesFirst(slow, others=1)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, app, "/other/")
        while not slow.running:
            pass
        assert ask(app, "/other/")[0][0] == "503 Service Unavailable"
        slow.go.set()
        assert first.result(60)[1] == b"ab"


@pytest.mark.parametrize("end", ["read", "closed", "dropped", "broken"])
def test_a_request_runs_until_its_reply_is_over_however_that_ends(slow, end):
    slow.go.set()
    app = WorkGoesFirst(slow, others=1)
    for _ in range(3):
        if end == "broken":
            with pytest.raises(ZeroDivisionError):
                ask(app, "/broken/")
            continue
        body = app({"PATH_INFO": "/other/"}, lambda status, headers: None)
        assert not app._running.acquire(blocking=False)
        if end == "read":
            assert list(body) == [b"a", b"b"]
        elif end == "closed":
            body.close()
        del body
    assert app._running.acquire(blocking=False)


def test_no_more_work_runs_at_once_than_has_threads_of_its_own(slow):
    def app(environ, start_response):
        return slow({"PATH_INFO": "/other/"}, start_response)

    gated = WorkGoesFirst(app, others=OTHERS)
    with ThreadPoolExecutor(threads_of(OTHERS)) as pool:
        asked = [pool.submit(ask, gated, "/work/") for _ in range(threads_of(OTHERS))]
        while slow.running < FOR_WORK:
            pass
        slow.go.set()
        assert [one.result(60)[1] for one in asked] == [b"ab"] * threads_of(OTHERS)
    assert slow.most == FOR_WORK
