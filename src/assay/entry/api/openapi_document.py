"""The OpenAPI document: what the library derives from the routes, and what only we can say beside it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from assay.entry.api.operation_verbs import SESSIONS, VERBS, roles_of
from assay.entry.api.problem_documents import TITLES
from assay.entry.api.who_calls import BySession
from assay.service.access.request_limits import EXPORTS_PER_MINUTE, UPLOADS_PER_MINUTE

DESCRIPTION: Final = """\
Labelled data sets with a certificate: projects, work, reviews, deliveries.

**Keys.** Send `Authorization: Bearer assay_...`. A key acts for the member who made it, with the roles it was given
and its owner still has, until it expires or is revoked. The pages use their session instead, and send `X-CSRFToken`
with whatever changes something. A key makes no keys: that takes a session in which password or second factor were
given within five minutes, the page of one's keys, or the shell of the installation.

**Errors.** Every refusal is a problem document (RFC 9457, `application/problem+json`): `type` names the error
(`urn:assay:error:...`), `detail` is its sentence, and `errors` lists the fields of a request that cannot be read, and
every problem of an intake with its key (`where`), line and sentence (`reason`).
What belongs to somebody else is as missing (404) as what never was.

**Once.** Operations that take an `Idempotency-Key` have one effect and one reply however often the request comes with
the same key; keys are kept for a day. `submit` has its `client_id` for that.

**Lists.** A page ends with `next`: send it as `cursor` (events: `after`) for the page behind it; null ends the list.
What comes meanwhile moves nothing from one page to another.

**Versions.** A draft's `ETag` is its version. With `If-Match` it is changed only at that version (412 otherwise).

**Limits.** One member may send {requests} requests, {exports} downloads of deliveries and {uploads} uploads a minute, over
all keys, sessions and server processes; whoever is not signed in shares a limit with all others at the same address. Beyond
that the reply is 429, and `Retry-After` says how many seconds to wait; nobody's haste slows another.

**Events.** `GET /events` lists the audit trail in the order of its chain; `GET /events/stream` tells the same as
server-sent events and goes on behind `Last-Event-ID`. Webhooks tell it to a server of yours, signed as Standard
Webhooks says.

Money is in cents, moments are UTC as RFC 3339 writes them, shares go from 0 to 1. Labels are JSON values of the task
type; a single choice is the label's name.
"""
TAGS: Final[Mapping[str, str]] = {
    "work": "The label loop: hold items, answer, skip, give back.",
    "drafts": "Requests that are being written, with their files, preview and quote.",
    "projects": "What was ordered, how it is going, and approvals.",
    "batches": "Items in review, certificates, acceptance and rejection.",
    "deliveries": "What was delivered, with every file's digest.",
    "people": "Accounts, invitations and sessions.",
    "keys": "API keys of one's own.",
    "events": "The audit trail, listed and followed.",
    "webhooks": "Where events are sent, and what was sent.",
    "operations": "What operators, reviewers and labellers look at and do.",
}
PROBLEM: Final = "application/problem+json"
_SCHEMA: Final = "#/components/schemas/Problem"
ONCE: Final = (
    *(
        "post_draft",
        "post_submit",
        "post_project",
        "post_batch",
        "post_approve",
        "post_accept",
        "post_labels",
        "post_reject",
        "post_supplement",
    ),
    *("post_remark", "post_webhook"),
)
"""Operations that take an `Idempotency-Key`."""
AT_VERSION: Final = ("put_draft", "delete_draft")
"""Operations that take an `If-Match`."""
TAGGED: Final = ("get_draft", "put_draft")
"""Operations whose reply has an `ETag`."""
_HEADERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "Idempotency-Key": {
        "description": "up to 200 printable characters of your choice: one effect and one reply per key",
        "schema": {"type": "string", "maxLength": 200},
    },
    "If-Match": {
        "description": "the ETag that you read; the request is refused where it is not the newest",
        "schema": {"type": "string"},
    },
}


def finish(document: dict[str, Any], *, requests_per_minute: int) -> None:
    """Complete the document that the library has made."""
    document["info"]["description"] = description(requests_per_minute)
    document["tags"] = [{"name": name, "description": said} for name, said in TAGS.items()]
    for _, _, operation in operations(document):
        name = operation["operationId"]
        if name in VERBS:
            operation["x-verb"], operation["x-roles"] = VERBS[name], roles_of(name)
        if name in SESSIONS:
            operation["security"] = [{BySession.__name__: []}]
        for header, names in (("Idempotency-Key", ONCE), ("If-Match", AT_VERSION)):
            if name in names:
                taken = {"in": "header", "name": header, "required": False, **_HEADERS[header]}
                operation.setdefault("parameters", []).append(taken)
        operation["responses"] = _responses(operation["responses"], tagged=name in TAGGED)


def description(requests_per_minute: int) -> str:
    """Return what the document says of the API as a whole."""
    return DESCRIPTION.format(
        requests=f"{requests_per_minute:,}", exports=EXPORTS_PER_MINUTE, uploads=UPLOADS_PER_MINUTE
    )


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield (path, method, operation) of every operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _responses(found: Mapping[str | int, Any], *, tagged: bool) -> dict[str, Any]:
    """Return the replies by status, in order; problems with the type that they are sent with."""
    # A status that a route says itself, as it does for a file or a stream, comes as a number.
    replies = {str(status): dict(reply) for status, reply in found.items()}
    replies["503"] = {"content": {"application/json": {"schema": {"$ref": _SCHEMA}}}}
    for status, reply in replies.items():
        content = reply.get("content", {}).get("application/json")
        if content is not None and content["schema"].get("$ref") == _SCHEMA:
            reply["content"] = {PROBLEM: content}
            reply["description"] = TITLES[int(status)]
        if status in ("429", "503"):
            reply["headers"] = {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}
        if tagged and status == "200":
            reply["headers"] = {"ETag": {"description": "the version", "schema": {"type": "string"}}}
    return dict(sorted(replies.items()))
