"""The OpenAPI document says what the API does: names, refusals, headers, limits, and who may."""

import gzip
import importlib
import inspect
import json
import pkgutil
import re
import time

import pytest
from tools.api_pages import NOTES

from assay.entry.api import shapes
from assay.entry.api.api import Api, api
from assay.entry.api.openapi_document import AT_VERSION, ONCE, PROBLEM, TAGGED, TAGS, description, operations
from assay.entry.api.operation_verbs import VERBS, roles_of
from assay.entry.api.problem_documents import STATUS, TITLES
from assay.entry.api.shapes.base import Shape
from assay.service.access import request_limits
from assay.service.access.permissions import ROLES, SYSTEM
from assay.service.webhooks import send_webhook_messages

ADDRESS = "/api/v1/openapi.json"
DOCUMENT = api.get_openapi_schema(path_prefix="/api/v1/")
OPERATIONS = {one["operationId"]: one for _, _, one in operations(DOCUMENT)}
PAGE = NOTES.read_text(encoding="utf-8") + DOCUMENT["info"]["description"]
VIEWS = {
    operation.view_func.__name__: operation.view_func
    for _, router in api._routers
    for view in router.path_operations.values()
    for operation in view.operations
}


def shapes_by_name():
    found = {}
    for one in pkgutil.iter_modules(shapes.__path__, f"{shapes.__name__}."):
        module = importlib.import_module(one.name)
        for name, value in vars(module).items():
            if isinstance(value, type) and issubclass(value, Shape) and value.__module__ == module.__name__:
                found.setdefault(name, []).append(module.__name__)
    return found


def test_every_shape_has_a_name_of_its_own():
    found = shapes_by_name()
    assert len(found) > 80
    assert {name: modules for name, modules in found.items() if len(modules) > 1} == {}


def test_every_operation_says_what_it_does_and_has_a_known_tag():
    for name, one in OPERATIONS.items():
        assert one.get("summary"), name
        assert one.get("description", "").strip().endswith("."), name
        assert len(one["tags"]) == 1, name
        assert one["tags"][0] in TAGS, name
    assert {one["tags"][0] for one in OPERATIONS.values()} == set(TAGS)
    assert [one["name"] for one in DOCUMENT["tags"]] == list(TAGS)


def test_refusals_are_documented_as_the_problem_documents_that_they_are():
    for name, one in OPERATIONS.items():
        for status, reply in one["responses"].items():
            if status >= "400":
                assert list(reply["content"]) == [PROBLEM], (name, status)
                assert reply["description"] == TITLES[int(status)]
            else:
                assert PROBLEM not in reply.get("content", {}), (name, status)
        assert "500" not in one["responses"], name
        assert {"401", "403", "429", "503"} <= set(one["responses"]), name


def test_every_status_that_an_error_has_can_be_looked_up():
    documented = {int(status) for one in OPERATIONS.values() for status in one["responses"]}
    assert set(STATUS.values()) - {500} <= documented


def test_a_refusal_over_http_is_of_the_documented_type(web):
    reply = web.api("rita").get("/api/v1/projects/none")
    assert (reply.status_code, reply.headers["Content-Type"]) == (404, PROBLEM)
    documented = OPERATIONS["get_project"]["responses"]["404"]["content"][PROBLEM]["schema"]["$ref"]
    shape = DOCUMENT["components"]["schemas"][documented.rpartition("/")[2]]
    assert set(shape["required"]) <= set(reply.json()) <= set(shape["properties"])


@pytest.mark.parametrize(
    ("read_by", "listed", "header"),
    [(r"\bonce\(", ONCE, "Idempotency-Key"), (r"\b_version\(", AT_VERSION, "If-Match")],
)
def test_operations_that_read_a_header_document_it(read_by, listed, header):
    assert {name for name, view in VIEWS.items() if re.search(read_by, inspect.getsource(view))} == set(
        listed
    )
    for name, one in OPERATIONS.items():
        said = [parameter["name"] for parameter in one["parameters"] if parameter["in"] == "header"]
        assert (header in said) == (name in listed), name


def test_the_reply_about_a_draft_carries_the_documented_etag(web):
    rita = web.api("rita")
    draft = rita.send("POST", "/api/v1/drafts", {}).json()["id"]
    for name in TAGGED:
        assert "ETag" in OPERATIONS[name]["responses"]["200"]["headers"]
    assert rita.get(f"/api/v1/drafts/{draft}").headers["ETag"] == '"1"'


def test_the_document_names_the_limits_that_are_enforced(web):
    found = web.visitor().get("/api/v1/openapi.json").json()["info"]["description"]
    assert found == description(6_000)
    for number in ("6,000", str(request_limits.EXPORTS_PER_MINUTE), str(request_limits.UPLOADS_PER_MINUTE)):
        assert re.search(rf"\b{number} (requests|downloads|uploads)", found), number


def test_the_document_says_who_may_call_each_operation():
    assert OPERATIONS["post_accept"]["x-roles"] == ["requester"]
    assert OPERATIONS["get_me"]["x-roles"] == [role for role in ROLES if role != SYSTEM]
    assert {name: one["x-roles"] for name, one in OPERATIONS.items()} == {
        name: roles_of(name) for name in VERBS
    }


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("get_archive", "application/zip"),
        ("get_file", "application/octet-stream"),
        ("stream_events", "text/event-stream"),
    ],
)
def test_what_is_no_json_is_documented_as_what_it_is(name, kind):
    assert list(OPERATIONS[name]["responses"]["200"]["content"]) == [kind]


def test_the_page_s_snippet_verifies_what_webhooks_send(web):
    (snippet,) = re.findall(r"```python\n(import base64.*?)```", PAGE, flags=re.DOTALL)
    told = {}
    exec(snippet, told)
    now, secret = int(time.time()), send_webhook_messages.signing_secret("salt")
    signed = send_webhook_messages.signature(
        salt="salt", message="msg_1", timestamp=now, body='{"type":"certify"}'
    )
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(now), "webhook-signature": signed}
    assert told["verify"](secret, headers, b'{"type":"certify"}')
    assert not told["verify"](secret, headers, b'{"type":"accept"}')
    assert not told["verify"](secret, {**headers, "webhook-id": "msg_2"}, b'{"type":"certify"}')
    assert not told["verify"](send_webhook_messages.signing_secret("other"), headers, b'{"type":"certify"}')
    old = send_webhook_messages.signature(salt="salt", message="msg_1", timestamp=now - 301, body="{}")
    stale = {**headers, "webhook-timestamp": str(now - 301), "webhook-signature": old}
    assert not told["verify"](secret, stale, b"{}")


def test_the_page_names_only_addresses_that_there_are():
    named = set(re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/[^`?]*)(?:\?[^`]*)?`", PAGE))
    known = {(method.upper(), path.removeprefix("/api/v1")) for path, method, _ in operations(DOCUMENT)}
    assert len(named) > 8
    assert {(method, path.removeprefix("/api/v1")) for method, path in named} <= known


def test_the_document_is_made_once_and_not_sent_to_whoever_has_it(web, monkeypatch):
    visitor = web.visitor()
    first = visitor.get(ADDRESS)
    monkeypatch.setattr(Api, "get_openapi_schema", None)  # nobody makes it again
    again = visitor.get(ADDRESS, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    packed = visitor.get(ADDRESS, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == first.content
    assert len(packed.content) < len(first.content) / 5
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert json.loads(first.content) == json.loads(json.dumps(DOCUMENT))
