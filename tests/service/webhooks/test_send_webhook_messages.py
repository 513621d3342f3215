"""Webhooks: signed, tried again, told once each, and only what their owner may see (SEC-20, SEC-21)."""

import base64
import hashlib
import hmac
import json

import pytest
from tests.support.endpoint import endpoint
from tests.support.everything import SOURCES
from tests.support.webpages import NOW, Web

from assay.core.errors import BadValue, NotFound, NotPermitted
from assay.service.accounts.change_person import change_person
from assay.service.trail.event_verbs import PROJECT_VERBS, STAFF_VERBS
from assay.service.trail.seal_events import seal
from assay.service.webhooks import send_webhook_messages
from assay.service.webhooks.add_webhook import MOST, add_webhook
from assay.service.webhooks.change_webhook import change_webhook
from assay.service.webhooks.send_message_again import send_message_again
from assay.service.webhooks.show_webhook_secret import show_webhook_secret
from assay.service.webhooks.webhook_log import own_webhooks, see_webhook, webhook_messages
from assay.store import db
from assay.store.trail import events

SECOND = 1_000_000
TAKEN = {"ok": True}


@pytest.fixture
def installation(place):
    """An installation that may talk to this machine."""
    return place.open(outbound_allowed=("127.0.0.0/8",))


@pytest.fixture
def web(installation):
    return Web(installation)


@pytest.fixture
def receiver(monkeypatch):
    """A receiver whose answers a test sets."""
    monkeypatch.setattr("assay.providers.outbound.client.FIRST_PAUSE", 0.001)
    answers = {"now": TAKEN}
    with endpoint(lambda path, body: answers["now"]) as found:
        found.answers = answers
        yield found


def happen(scope, verb="certify", *, actor="assay", at=NOW, subject="batch pets-1"):
    """Let something happen and be sealed."""
    with db.transaction():
        events.append_event(scope, at=at, actor=actor, source="tests", verb=verb, subject=subject)
    seal(now=at)


def hook(web, receiver, name="otto", verbs=(), path="/hook"):
    actor = web.actor(name)
    made = add_webhook(web.installation, actor, url=receiver.url + path, verbs=list(verbs), now=NOW)
    seal(now=NOW)
    send_webhook_messages.send_due(web.installation, now=NOW)  # its own "add a webhook" is behind it, or sent
    receiver.asked.clear()
    return actor, made


def send(web, now=NOW, times=1):
    return sum(send_webhook_messages.send_due(web.installation, now=now) for _ in range(times))


def told(receiver):
    return [body["data"]["verb"] for _, _, body in receiver.asked]


def test_a_message_verifies_as_standard_webhooks_says(web, receiver):
    actor, made = hook(web, receiver, "rita")
    happen(web.installation.scope)
    assert send(web, NOW + 7 * SECOND) == 1
    ((path, headers, body),) = receiver.asked
    assert (path, body["type"], body["data"]["subject"]) == ("/hook", "certify", "batch pets-1")
    secret = show_webhook_secret(actor, webhook=made.id, now=NOW)
    assert secret.startswith("whsec_")
    (message,) = webhook_messages(actor, webhook=made.id, now=NOW)
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{message.body}".encode()
    digest = hmac.new(base64.b64decode(secret.removeprefix("whsec_")), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    assert headers["webhook-timestamp"] == str(NOW // SECOND + 7)
    assert (message.state, message.answer) == ("delivered", "taken")


def test_secrets_differ_are_stored_nowhere_and_shown_to_their_owner_only(web, receiver):
    rita, first = hook(web, receiver, "rita")
    _, second = hook(web, receiver, "rita")
    secrets = [show_webhook_secret(rita, webhook=one.id, now=NOW) for one in (first, second)]
    assert secrets[0] != secrets[1]
    kept = str([db.rows(f"SELECT * FROM {table}") for table in ("webhook", "event", "webhook_delivery")])
    assert not any(secret.removeprefix("whsec_") in kept for secret in secrets)
    for other in (web.actor("otto"), web.actor("adam")):
        with pytest.raises(NotFound):
            show_webhook_secret(other, webhook=first.id, now=NOW)
    assert events.count_events(rita.scope, verb="see a webhook's secret", subject=f"webhook {first.id}") == 1


def test_a_message_that_fails_is_tried_again_later_and_later_with_the_same_id(web, receiver):
    actor, made = hook(web, receiver, verbs=["certify"])
    receiver.answers["now"] = (400, b"no")
    happen(web.installation.scope)
    now, waits = NOW, []
    for _ in range(send_webhook_messages.MOST_ATTEMPTS):
        assert send(web, now) == 1
        assert send(web, now) == 0
        (message,) = webhook_messages(actor, webhook=made.id, now=NOW)
        waits.append((message.due_at - now) // SECOND)
        now = message.due_at
    assert waits[:5] == [5, 10, 20, 40, 80]
    assert max(waits) <= send_webhook_messages.LONGEST_WAIT // SECOND
    assert (message.state, message.attempts) == ("failed", send_webhook_messages.MOST_ATTEMPTS)
    assert "status 400" in message.answer
    assert send(web, now + send_webhook_messages.LONGEST_WAIT) == 0
    assert len({headers["webhook-id"] for _, headers, _ in receiver.asked}) == 1


def test_a_receiver_that_is_down_for_a_while_gets_everything_in_order(web, receiver):
    verbs = ["certify", "offer the batch", "accept a batch"]
    actor, made = hook(web, receiver, verbs=verbs)
    receiver.answers["now"] = (503, b"")
    for verb in verbs:
        happen(web.installation.scope, verb)
    assert send(web, NOW, times=5) == 1  # one is tried; the others wait with it
    receiver.asked.clear()
    receiver.answers["now"] = TAKEN
    assert send(web, NOW + 10 * SECOND, times=5) == 3
    assert told(receiver) == verbs
    assert see_webhook(actor, webhook=made.id, now=NOW).delivered == 3


def test_a_receiver_that_is_down_keeps_nobody_else_waiting(web, receiver):
    hook(web, receiver, "otto", path="/good")
    add_webhook(web.installation, web.actor("rita"), url="http://127.0.0.1:9/", verbs=[], now=NOW)
    seal(now=NOW)
    send(web)
    receiver.asked.clear()
    for _ in range(3):
        happen(web.installation.scope)
    send(web, NOW, times=4)
    assert told(receiver) == ["certify"] * 3


def test_every_event_is_told_once_even_where_the_block_is_read_twice(web, receiver):
    hook(web, receiver, verbs=["certify"])
    happen(web.installation.scope)
    assert send(web) == 1
    with db.transaction():  # as if another process had read the same block
        db.execute("UPDATE webhook SET seen_block = 0")
    assert send(web, times=3) == 0
    assert told(receiver) == ["certify"]


def test_only_what_was_asked_for_is_told(web, receiver):
    hook(web, receiver, "otto", verbs=["certify"])
    for verb in ("certify", "accept a batch", "sign in"):
        happen(web.installation.scope, verb)
    send(web, times=4)
    assert told(receiver) == ["certify"]


def test_a_requester_hears_of_projects_and_of_no_names(web, receiver):
    hook(web, receiver, "rita")
    scope = web.installation.scope
    happen(scope, "submit an answer", actor="lena@example.org")
    happen(scope, "sign in", actor="lena@example.org")
    happen(scope, "accept a batch", actor="rita@example.org")
    happen(scope, "pause a project", actor="otto@example.org")
    send(web, times=5)
    assert told(receiver) == ["accept a batch", "pause a project"]
    assert [body["data"]["actor"] for _, _, body in receiver.asked] == ["rita@example.org", "somebody"]
    with pytest.raises(BadValue, match="'sign in'"):
        add_webhook(web.installation, web.actor("rita"), url="https://e.org/", verbs=["sign in"], now=NOW)


def test_events_of_another_tenant_are_never_told(web, receiver, strangers):
    hook(web, receiver)
    happen(strangers.scope, "certify", subject="batch theirs")
    happen(web.installation.scope, "certify", subject="batch ours")
    send(web, times=3)
    assert [body["data"]["subject"] for _, _, body in receiver.asked] == ["batch ours"]


def test_a_paused_webhook_is_told_later_what_it_missed(web, receiver):
    actor, made = hook(web, receiver, verbs=["certify"])
    change_webhook(web.installation, actor, webhook=made.id, state="paused", now=NOW)
    happen(web.installation.scope)
    assert send(web, times=2) == 0
    change_webhook(web.installation, actor, webhook=made.id, state="active", now=NOW)
    assert send(web) == 1
    assert told(receiver) == ["certify"]


def test_a_removed_webhook_gets_nothing_not_even_what_waits(web, receiver):
    actor, made = hook(web, receiver)
    receiver.answers["now"] = (500, b"")
    happen(web.installation.scope)
    send(web)
    receiver.asked.clear()
    receiver.answers["now"] = TAKEN
    change_webhook(web.installation, actor, webhook=made.id, state="removed", now=NOW)
    happen(web.installation.scope)
    assert send(web, NOW + 100 * SECOND, times=3) == 0
    assert receiver.asked == []
    assert own_webhooks(actor, now=NOW) == []
    with pytest.raises(NotFound):
        webhook_messages(actor, webhook=made.id, now=NOW)


def test_the_webhooks_of_a_disabled_person_are_silent(web, receiver):
    actor, _ = hook(web, receiver, verbs=["certify"])
    change_person(web.actor("adam"), person=actor.member, state="disabled", now=NOW)
    happen(web.installation.scope)
    assert send(web, times=2) == 0
    change_person(web.actor("adam"), person=actor.member, state="active", now=NOW)
    assert send(web, times=2) == 1


def test_a_message_is_sent_again_to_its_owner_only(web, receiver):
    actor, made = hook(web, receiver, verbs=["certify"])
    happen(web.installation.scope)
    send(web)
    (message,) = webhook_messages(actor, webhook=made.id, now=NOW)
    for act in (
        lambda: send_message_again(web.actor("rita"), webhook=made.id, message=message.id, now=NOW),
        lambda: webhook_messages(web.actor("adam"), webhook=made.id, now=NOW),
        lambda: send_message_again(actor, webhook=made.id, message=message.id + 1, now=NOW),
        lambda: change_webhook(
            web.installation, web.actor("rita"), webhook=made.id, state="removed", now=NOW
        ),
    ):
        with pytest.raises(NotFound):
            act()
    send_message_again(actor, webhook=made.id, message=message.id, now=NOW)
    assert send(web) == 1
    first, second = (headers["webhook-id"] for _, headers, _ in receiver.asked)
    assert first == second


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.org/", "ftp://example.org/", "https://", "example.org", "", "https://a b/"),
        *("https://user:word@example.org/", "https://example.org/#x", "https://example.org:99999/"),
        *(
            "javascript:alert(1)",
            "https://[::1",
            "https://e.org/\nx",
            "https://e.org/" + "x" * 2_000,
            "http://10.0.0.1/",
        ),
    ],
)
def test_addresses_that_may_not_be_told_are_refused(web, url):
    with pytest.raises(BadValue):
        add_webhook(web.installation, web.actor("rita"), url=url, verbs=[], now=NOW)


def test_a_private_address_behind_https_is_refused_when_it_is_called(place, web):
    strict = place.open()
    actor = web.actor("otto")
    made = add_webhook(strict, actor, url="https://127.0.0.1:9/", verbs=["certify"], now=NOW)
    with pytest.raises(BadValue):
        add_webhook(strict, actor, url="http://127.0.0.1:9/", verbs=[], now=NOW)
    happen(strict.scope)
    assert send_webhook_messages.send_due(strict, now=NOW) == 1
    (message,) = webhook_messages(actor, webhook=made.id, now=NOW)
    assert "private network" in message.answer


def test_labellers_have_no_webhooks_and_nobody_has_too_many(web):
    with pytest.raises(NotPermitted):
        add_webhook(web.installation, web.actor("lena"), url="https://e.org/", verbs=[], now=NOW)
    for number in range(MOST):
        add_webhook(web.installation, web.actor("rita"), url=f"https://e.org/{number}", verbs=[], now=NOW)
    with pytest.raises(BadValue, match="at most 20"):
        add_webhook(web.installation, web.actor("rita"), url="https://e.org/", verbs=[], now=NOW)


def test_what_happened_before_a_webhook_was_added_is_not_told(web, receiver):
    happen(web.installation.scope)
    hook(web, receiver, verbs=["certify"])
    assert send(web, times=2) == 0


def test_verbs_that_can_be_chosen_are_verbs_that_are_written_down():
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for path in SOURCES.glob("service/**/*.py")
        if "told_verbs" not in path.name
    )
    for verb in (*PROJECT_VERBS, *STAFF_VERBS):
        word = verb.removesuffix(" (project)")
        assert f'"{word}"' in code, verb


def test_a_message_holds_what_the_event_says():
    event = events.EventRow(7, 1, NOW, "assay", "worker", "certify", "batch b", "done", "x", "y", '{"n":1}')
    said = json.loads(send_webhook_messages.message_of(event))
    assert said["data"] == {
        "event": 7,
        "verb": "certify",
        "subject": "batch b",
        "actor": "assay",
        "outcome": "done",
        "before": "x",
        "after": "y",
        "detail": {"n": 1},
    }
    assert said["timestamp"].endswith("Z")
