import socket

import pytest
from tests.support.endpoint import endpoint

from assay.core.ports.outbound import OutboundFailed
from assay.providers.outbound import OutboundClient, client

pytestmark = pytest.mark.enable_socket
LOCAL = OutboundClient(allowed=("127.0.0.1/32",))


def test_a_body_is_posted_and_the_answer_returned():
    with endpoint(lambda path, body: {"path": path, "body": body}) as server:
        said = LOCAL.post(f"{server.url}/a?b=c", b'{"x": 1}', headers={"X-Key": "k"})
    assert said == b'{"path": "/a?b=c", "body": {"x": 1}}'
    (_, headers, _) = server.asked[0]
    assert headers["X-Key"] == "k"
    assert headers["Host"] == server.url.removeprefix("http://")


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.169.254", "::1", "::ffff:10.0.0.1", "0.0.0.0"],
)
def test_addresses_that_are_not_public_are_refused_unless_allowed(monkeypatch, address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(family, socket.SOCK_STREAM, 6, "", (address, 80))]
    )
    with pytest.raises(
        OutboundFailed, match="private network; an operator can allow it in ASSAY_OUTBOUND_ALLOW"
    ):
        OutboundClient().post("http://models.example/x", b"{}", headers={})


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 80)) for one in ("93.184.216.34", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(OutboundFailed, match="private network"):
        OutboundClient().post("http://models.example/x", b"{}", headers={})


def test_it_connects_to_the_address_that_it_checked(monkeypatch):
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])
    reached = []
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 80)) for one in next(answers)],
    )

    def connect(address, timeout):
        reached.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(OutboundFailed, match="nobody listens there"):
        OutboundClient().post("http://models.example/x", b"{}", headers={})
    assert reached == [("93.184.216.34", 80)]


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://a/b", "http://", "http://user@host/", "gopher://x"]
)
def test_only_plain_http_addresses_are_posted_to(url):
    with pytest.raises(OutboundFailed, match="no plain http or https address"):
        OutboundClient().post(url, b"{}", headers={})


def test_passing_faults_are_tried_again_and_others_are_not(monkeypatch):
    monkeypatch.setattr(client, "FIRST_PAUSE", 0.0)
    replies = iter([(503, b""), (429, b""), (200, b"done")])
    with endpoint(lambda *_: next(replies)) as server:
        assert LOCAL.post(server.url, b"{}", headers={}) == b"done"
    assert len(server.asked) == 3
    with endpoint(lambda *_: (403, b"no")) as server:
        with pytest.raises(OutboundFailed, match="answered with status 403"):
            LOCAL.post(server.url, b"{}", headers={})
        assert len(server.asked) == 1


def test_redirects_are_not_followed_and_long_answers_are_cut_off(monkeypatch):
    with endpoint(lambda *_: (302, b"")) as server, pytest.raises(OutboundFailed, match="status 302"):
        LOCAL.post(server.url, b"{}", headers={})
    monkeypatch.setattr(client, "MOST_BYTES", 10)
    with (
        endpoint(lambda *_: (200, b"x" * 11)) as server,
        pytest.raises(OutboundFailed, match="longer than 10 bytes"),
    ):
        LOCAL.post(server.url, b"{}", headers={})


def test_who_does_not_answer_in_time_is_given_up():
    listener = socket.create_server(("127.0.0.1", 0))
    with listener, pytest.raises(OutboundFailed, match="did not answer in time"):
        OutboundClient(allowed=("127.0.0.1",), seconds=0.2).post(
            f"http://127.0.0.1:{listener.getsockname()[1]}/", b"{}", headers={}
        )
