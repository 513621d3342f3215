"""The client: what it sends, what it tries again, and how refusals read."""

import io
import json

import httpx
import pytest

from assay.client import NoServer, Refused, connect
from assay.client.client import files_named
from assay.client.progress import Bar


class Server:
    """A server of canned replies that remembers what it was asked."""

    def __init__(self, *replies):
        self.replies = list(replies)
        self.asked: list[httpx.Request] = []

    def __call__(self, request):
        self.asked.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


def client_of(*replies):
    server = Server(*replies)
    return connect(
        "http://assay.test", key="assay_a_b", progress=False, transport=httpx.MockTransport(server)
    ), server


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    monkeypatch.setattr("assay.client.connection.time.sleep", lambda _: None)


ME = {
    "name": "Rita",
    "email": "rita@example.org",
    "roles": ["requester"],
    "tenant": "main",
    "something": "new",
}


def test_the_key_goes_along_and_fields_of_newer_servers_are_left_out():
    client, server = client_of(httpx.Response(200, json=ME))
    assert client.me().name == "Rita"
    assert server.asked[0].headers["Authorization"] == "Bearer assay_a_b"
    assert str(server.asked[0].url) == "http://assay.test/api/v1/me"


def test_what_may_pass_is_tried_again_with_the_same_idempotency_key():
    busy = httpx.Response(503, headers={"Retry-After": "1"}, json={"detail": "later"})
    done = httpx.Response(200, json={"batch": "a-1", "status": "Ready for delivery"})
    client, server = client_of(busy, httpx.ConnectError("gone"), done)
    assert client.accept("a-1") == "Ready for delivery"
    keys = {one.headers["Idempotency-Key"] for one in server.asked}
    assert len(server.asked) == 3
    assert len(keys) == 1


def test_a_refusal_has_the_servers_own_sentence():
    problem = {"type": "urn:assay:error:not-found", "status": 404, "detail": "There is no batch 'a-1'."}
    client, _ = client_of(httpx.Response(404, json=problem))
    with pytest.raises(Refused, match="There is no batch 'a-1'") as refused:
        client.batch("a-1")
    assert (refused.value.status, refused.value.name) == (404, "not-found")


def test_a_server_that_never_answers_is_named():
    client, server = client_of(*[httpx.ConnectError("no")] * 20)
    with pytest.raises(NoServer, match=r"assay\.test"):
        client.me()
    assert len(server.asked) == 6


def test_lists_go_on_where_the_page_before_ended():
    first = {"projects": [{"name": "a", "status": "Paused"}], "next": "behind-a"}
    second = {"projects": [{"name": "b", "status": "Paused"}], "next": None}
    client, server = client_of(httpx.Response(200, json=first), httpx.Response(200, json=second))
    assert [one.name for one in client.projects()] == ["a", "b"]
    assert server.asked[1].url.params["cursor"] == "behind-a"


def test_remarks_about_items_and_about_everything_are_told_apart():
    said = httpx.Response(200, json={"batch": "a-1", "status": "Sent for rework"})
    client, server = client_of(said, said)
    client.reject("a-1", {"item-1": "blurred"})
    client.reject("a-1", "all of it")
    bodies = [json.loads(one.content)["remarks"] for one in server.asked]
    assert bodies == [[{"item": "item-1", "comment": "blurred"}], [{"item": None, "comment": "all of it"}]]


def test_a_half_download_leaves_nothing(tmp_path):
    class Broken(httpx.SyncByteStream):
        def __iter__(self):
            yield b"half"
            raise httpx.ReadError("cut")

    client, _ = client_of(httpx.Response(200, stream=Broken()))
    with pytest.raises(NoServer):
        client.download("a-1", tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_an_intakes_files_go_along_and_others_stay(tmp_path):
    for name in ("items.csv", "other.csv", "guide.md", ".hidden.csv", "notes.txt"):
        (tmp_path / name).write_text("x")
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_text("x")
    found = files_named("data: {path: items.csv}\ninstructions: guide.md\n", tmp_path)
    assert [name for name, _ in found] == ["guide.md", "items.csv", "photos/a.jpg"]


def test_a_bar_says_how_far_it_is_and_cleans_up():
    out = io.StringIO()
    with Bar(out, "uploading", 4) as bar:
        bar.move(2)
    assert "uploading [============            ] 2 of 4" in out.getvalue()
    assert out.getvalue().endswith("\r\x1b[K")
    with Bar(None, "uploading", 4) as silent:
        silent.move(1)
