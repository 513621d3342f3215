"""Every reply carries the headers that protect it, and no page needs an exception from them (SEC-12)."""

import logging
import re

import pytest
from tests.support.everything import SOURCES
from tests.support.labelling import at_work
from tests.support.webpages import web_of

from assay.entry.web.security_headers import HEADERS, POLICY, YEAR
from assay.service.accounts.change_person import change_person

TEMPLATES = sorted((SOURCES / "entry" / "web" / "templates").rglob("*.html"))
INLINE = {
    "a script of its own": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.IGNORECASE),
    "a style of its own": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "a handler in an attribute": re.compile(r"\son[a-z]+\s*=\s*[\"'{]", re.IGNORECASE),
    "an address that runs": re.compile(r"javascript:", re.IGNORECASE),
    "an htmx attribute that evaluates": re.compile(r"\bhx-(?:on|vals\s*=\s*[\"']\s*js)", re.IGNORECASE),
}
DATA = re.compile(r"""<script[^>]*\stype=["']application/json["'][^>]*>""")
"""Data for a script are no script: browsers run them not, and the policy does not concern them."""
TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
PAGES = {
    "rita": ("/projects/", "/projects/pets/", "/batches/pets-1/", "/requests/", "/deliveries/", "/webhooks/"),
    "otto": ("/operations/", "/queues/", "/workforce/", "/health/", "/events/"),
    "ada": ("/events/verification/", "/access/", "/retention/"),
    "adam": ("/people/", "/account/keys/", "/account/profile/"),
    "lena": ("/work/", "/work/pets-1/", "/my-work/", "/pay/", "/training/", "/training/pets/"),
    "eva": ("/review/", "/work/pets-1/"),
}


@pytest.fixture
def found(web, tmp_path):
    at_work(web, tmp_path / "pets", items=20)
    return web


def protected(reply, cache=("private", "no-store")):
    assert {name: reply.headers.get(name) for name in HEADERS} == HEADERS
    assert set(cache) <= set(reply.headers["Cache-Control"].split(", "))


def inline(text):
    plain = TAG.sub("", DATA.sub("", text))
    return [(what, hit.group()) for what, pattern in INLINE.items() for hit in pattern.finditer(plain)]


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere():
    parts = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
    assert parts["default-src"] == "'none'"
    assert parts["script-src"] == parts["style-src"] == "'self'"
    assert parts["frame-ancestors"] == parts["base-uri"] == "'none'"
    assert not re.search(r"unsafe|https?:|\*", POLICY)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: "/".join(path.parts[-2:]))
def test_no_template_holds_anything_inline(path):
    assert inline(path.read_text(encoding="utf-8")) == []


def test_what_is_inline_would_be_found():
    assert len(TEMPLATES) > 40
    for bad in (
        "<script>x</script>",
        "<SCRIPT type='module'>x</SCRIPT>",
        '<p style="color:red">',
        "<style>",
        '<a onclick="x()">',
        '<a href="javascript:x()">',
        '<p hx-on:click="x()">',
    ):
        assert inline(bad), bad
    assert inline('<script src="/x.js"></script><script type="application/json" id="a">{}</script>') == []


@pytest.mark.parametrize(("name", "path"), [(name, path) for name, paths in PAGES.items() for path in paths])
def test_every_page_is_protected_and_holds_nothing_inline(found, name, path):
    reply = found.page(name).get(path)
    assert reply.status_code == 200, path
    protected(reply)
    assert reply.headers["Content-Type"].startswith("text/html")
    assert inline(reply.content.decode()) == []


@pytest.mark.parametrize(
    ("name", "path", "status"),
    [
        (None, "/account/login/", 200),
        (None, "/account/join/", 200),
        (None, "/no/such/page", 404),
        (None, "/media/1.2.3.x", 404),
        (None, "/api/v1/me", 401),
        ("rita", "/people/", 403),
        ("rita", "/projects/none/", 404),
        ("rita", "/api/v1/people", 403),
    ],
)
def test_pages_before_signing_in_and_refusals_are_protected_too(web, name, path, status):
    client = web.visitor() if name is None else web.page(name)
    reply = client.get(path)
    assert reply.status_code == status
    protected(reply)
    if reply.headers["Content-Type"].startswith("text/html"):
        assert inline(reply.content.decode()) == []


def test_an_error_that_nobody_foresaw_has_a_protected_page_without_its_trace(found, monkeypatch):
    def stumble(*given, **more):
        raise ZeroDivisionError("a secret of ours")

    monkeypatch.setattr("assay.entry.web.requester.project_pages.projects_page", stumble)
    client = found.page("rita")
    client.raise_request_exception = False
    reply = client.get("/projects/")
    assert reply.status_code == 500
    protected(reply)
    assert b"a secret of ours" not in reply.content
    assert b"Traceback" not in reply.content
    assert b"What was saved before is safe" in reply.content


def test_the_page_about_a_foreign_form_is_protected(found):
    client = found.page("rita")
    client.handler.enforce_csrf_checks = True
    reply = client.post("/batches/pets-1/accept/", {})
    assert reply.status_code == 403
    protected(reply)
    assert b"too old or came from another site" in reply.content


def test_browsers_are_told_to_stay_with_https_only_where_the_site_has_it(web, settings):
    assert "Strict-Transport-Security" not in web.visitor().get("/account/login/").headers
    settings.SESSION_COOKIE_SECURE = True
    reply = web.visitor().get("/account/login/", secure=True)
    assert reply.headers["Strict-Transport-Security"] == f"max-age={YEAR}; includeSubDomains"
    assert YEAR >= 31_536_000


@pytest.mark.parametrize("host", ["evil.example.org", "testserver.evil.example.org"])
def test_nobody_signs_in_under_a_foreign_name(web, host):
    reply = web.visitor().get("/account/login/", headers={"Host": host})
    assert reply.status_code == 400
    protected(reply)
    assert b"evil" not in reply.content


def test_no_invitation_is_made_whose_link_would_lead_to_a_foreign_name(web):
    adam = web.api("adam")
    said = {"email": "new@example.org", "roles": ["labeller"]}
    reply = adam.send("POST", "/api/v1/people/invitations", said, Host="evil.example.org")
    assert reply.status_code == 400
    assert adam.get("/api/v1/people/invitations").json() == {"invitations": []}


# --- where a request comes from ----------------------------------------------------------------------


def seen_address(client, **headers):
    """Return the address that the server takes a request to come from: it stands in the event of a refusal."""
    from_here = client.get("/people/", headers=headers, REMOTE_ADDR="192.0.2.1")
    assert from_here.status_code == 403
    return from_here.wsgi_request.address


@pytest.mark.parametrize(
    ("behind", "told", "address"),
    [
        (False, None, "192.0.2.1"),
        (False, "203.0.113.9", "192.0.2.1"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "10.9.9.9, 203.0.113.9", "203.0.113.9"),
        (True, "2001:db8::9", "2001:db8::9"),
        (True, "nonsense", "192.0.2.1"),
        (True, "", "192.0.2.1"),
        (True, None, "192.0.2.1"),
    ],
)
def test_what_a_proxy_says_of_the_caller_is_believed_only_behind_one(place, behind, told, address):
    with web_of(place, behind_proxy=behind) as web:
        headers = {} if told is None else {"X-Forwarded-For": told}
        assert seen_address(web.page("rita"), **headers) == address


def test_networks_look_at_the_address_that_is_believed(place):
    with web_of(place, behind_proxy=True) as web:
        web.member("rita")
        change_person(web.actor("adam"), person=web.member("rita").id, networks=["203.0.113.0/24"], now=1)
        rita = web.api("rita")
        inside = rita.get("/api/v1/me", headers={"X-Forwarded-For": "203.0.113.5"})
        outside = rita.get("/api/v1/me", headers={"X-Forwarded-For": "203.0.113.5, 198.51.100.1"})
        assert (inside.status_code, outside.status_code) == (200, 403)
    with web_of(place) as web:  # nobody stands in front: anybody could say anything
        assert rita.get("/api/v1/me", headers={"X-Forwarded-For": "203.0.113.5"}).status_code == 403


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_scripts_and_styles_come_compressed_for_ever_and_for_no_other_site(web, encoding):
    page = web.visitor().get("/account/login/").content.decode()
    built = re.findall(r'(?:src|href)="(/static/built/assets/[^"]+\.(?:js|css))"', page)
    assert any(path.endswith(".css") for path in built)
    for path in built:
        reply = web.visitor().get(path, headers={"accept-encoding": encoding})
        assert reply.status_code == 200
        whole = len(b"".join(reply.streaming_content) if reply.streaming else reply.content)
        if whole > 1024:
            assert reply.headers["Content-Encoding"] == encoding, path
        assert "immutable" in reply.headers["Cache-Control"]
        assert "Access-Control-Allow-Origin" not in reply.headers


@pytest.mark.parametrize(
    "host", ["evil.example.org", "a b", "x\\y", "[::1", "localhost:port", "", "x" * 5_000]
)
@pytest.mark.parametrize("path", ["/account/login/", "/api/v1/me"])
def test_a_malformed_or_foreign_host_is_one_line_of_the_log(web, host, path, settings, caplog):
    settings.ALLOWED_HOSTS = ["assay.example.org"]
    logging.getLogger("assay.server").addHandler(caplog.handler)
    try:
        reply = web.visitor().get(path, headers={"Host": host})
    finally:
        logging.getLogger("assay.server").removeHandler(caplog.handler)
    assert reply.status_code == 400
    (line,) = caplog.records
    assert line.exc_info is None
    assert "\n" not in line.getMessage()
    assert len(line.getMessage()) < 200
    protected(reply)
