"""The client: what it sends, what it tries again, and how refusals read."""

import io
import json

import httpx
import pytest

from assay.client import NoServer, Refused, connect
from assay.client.client import file_in, pictures_in
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


def test_further_formats_are_waited_for_until_they_are_there(monkeypatch):
    monkeypatch.setattr("assay.client.client.time.sleep", lambda _: None)
    asked = {"number": 2, "formats": ["coco"], "state": "asked for", "reason": "", "folder": ""}
    done = asked | {"state": "delivered", "folder": "supplements/2"}
    first = asked | {"number": 1, "state": "refused", "reason": "no"}
    client, server = client_of(
        httpx.Response(201, json=asked),
        httpx.Response(200, json={"supplements": [first, asked]}),
        httpx.Response(200, json={"supplements": [first, done]}),
    )
    found = client.ask_for_formats("a-1", ["coco"])
    assert (found.number, found.state, found.folder) == (2, "delivered", "supplements/2")
    assert json.loads(server.asked[0].content) == {"formats": ["coco"]}


def test_a_half_download_leaves_nothing(tmp_path):
    class Broken(httpx.SyncByteStream):
        def __iter__(self):
            yield b"half"
            raise httpx.ReadError("cut")

    client, _ = client_of(httpx.Response(200, stream=Broken()))
    with pytest.raises(NoServer):
        client.download("a-1", tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_a_file_is_sent_only_from_within_the_folder(tmp_path):
    folder = tmp_path / "shop"
    for name in ("items.csv", "photos/a.jpg", ".hidden.csv", "photos/.keys/b.png"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x")
    (tmp_path / "secret.csv").write_text("x")
    (folder / "link.csv").symlink_to(tmp_path / "secret.csv")
    assert file_in(folder, "photos/a.jpg") == (folder / "photos" / "a.jpg").resolve()
    elsewhere = (
        "../secret.csv",
        str(tmp_path / "secret.csv"),
        "link.csv",
        ".hidden.csv",
        "photos/.keys/b.png",
    )
    assert [file_in(folder, name) for name in (*elsewhere, "photos", "gone.png", "a\x00b")] == [None] * 8


def test_of_a_folder_the_pictures_are_sent(tmp_path):
    for name in ("photos/b.JPG", "photos/a.png", "photos/notes.txt", "other/c.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    assert pictures_in(tmp_path, "photos") == ["photos/a.png", "photos/b.JPG"]
    assert pictures_in(tmp_path, ".") == ["other/c.png", "photos/a.png", "photos/b.JPG"]
    assert pictures_in(tmp_path, "gone") == []


def test_a_bar_says_how_far_it_is_and_cleans_up():
    out = io.StringIO()
    with Bar(out, "uploading", 4) as bar:
        bar.move(2)
    assert "uploading [============            ] 2 of 4" in out.getvalue()
    assert out.getvalue().endswith("\r\x1b[K")
    with Bar(None, "uploading", 4) as silent:
        silent.move(1)


def test_a_refusal_holds_every_problem_of_what_was_sent():
    errors = [{"where": "naem", "line": 2, "reason": "request, line 2: unknown key 'naem'."}, {"reason": "b"}]
    client, _ = client_of(
        httpx.Response(422, json={"detail": "request has 2 problems: a; b.", "errors": errors})
    )
    with pytest.raises(Refused, match="request has 2 problems: a; b") as refused:
        client.new_draft("naem: x")
    assert refused.value.problems == ("request, line 2: unknown key 'naem'.", "b")
