"""The API fuzzed from its own OpenAPI document, over the roles: no server error, no undocumented reply."""

import json
import random

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from tests.support.access import HUMAN, world

from assay.entry.api.api import api

FEW = 4


@pytest.fixture
def found(place, tmp_path):
    """The world."""
    with world(place, tmp_path) as made:
        yield made


def test_odd_requests_get_documented_replies(found):
    assert fuzz(found, examples=FEW) > 250


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_ten_thousand_odd_requests_get_documented_replies(found, scale):
    examples = max(FEW, int(10_000 * scale / 73) + 1)
    count = fuzz(found, examples=examples)
    print(f"\n{count:,} requests")  # noqa: T201 - the count of a slow test
    assert count >= 70 * examples


def fuzz(found, *, examples):
    """Send so many requests to every operation, with keys of the roles in turn; return how many were sent."""
    clients, _, things = found
    schema = schemathesis.openapi.from_dict(api.get_openapi_schema(path_prefix="/api/v1/"))
    sent, bad = [], []

    def check(case):
        role = HUMAN[len(sent) % len(HUMAN)]
        sent.append(case.operation.label)
        dice = random.Random(f"{case.operation.label} {len(sent)}")
        status, text, shown = send(clients[role], case, things, dice=dice)
        if status >= 500 or str(status) not in case.operation.definition.raw["responses"]:
            bad.append(f"{role} {shown}: {status} {text[:300]}")

    for made in schema.get_all_operations():
        settings(
            max_examples=examples,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )(given(made.ok().as_strategy())(check))()
    assert not bad, "\n".join(bad[:20])
    return len(sent)


def send(client, case, things, *, dice):
    """Send a generated request through the whole stack; half of its addresses name what there is."""
    if dice.random() < 0.5:
        noun = case.operation.path.split("/")[3]
        for name in case.path_parameters:
            value = things.get(name, 1)
            case.path_parameters[name] = value.get(noun, 1) if isinstance(value, dict) else value
    arguments = case.as_transport_kwargs(base_url="http://testserver")
    arguments.pop("cookies", None)
    headers = {
        name: value
        for name, value in (arguments.pop("headers", None) or {}).items()
        if name.lower() not in ("authorization", "cookie", "host", "content-length")
    }
    try:
        prepared = requests.Request(**arguments, headers=headers).prepare()
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, UnicodeError):
        return 422, "no request at all", ""
    body = prepared.body or b""
    answer = client.generic(
        prepared.method,
        prepared.path_url,
        body.encode() if isinstance(body, str) else body,
        content_type=prepared.headers.get("Content-Type", "application/octet-stream"),
        headers={
            name: value
            for name, value in prepared.headers.items()
            if name.lower() in ("idempotency-key", "if-match", "last-event-id")
        },
    )
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    if (
        text
        and answer.status_code < 300
        and answer.headers.get("Content-Type", "").startswith("application/json")
    ):
        json.loads(text)
    return (
        answer.status_code,
        text.decode(errors="replace"),
        f"{prepared.method} {prepared.path_url} {body!r:.300}",
    )
