"""Idempotency keys (REL-2): a request that comes again with its `Idempotency-Key` has one effect and one reply."""

import hashlib
import json
from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from ninja import Status

from assay.core.ids import sha256
from assay.entry.api.request_errors import BadKey, KeyReused, StillRunning
from assay.entry.api.shapes.base import Shape
from assay.entry.api.who_calls import actor_of, clock
from assay.service.upkeep.kept_replies import Kept, begin, finish, give_up

S = TypeVar("S", bound=Shape)


def once(request: HttpRequest, work: Callable[[], S], *, status: int = 200) -> "HttpResponse | Status[S]":
    """Do the work of a request, or, where its key came before, return the reply that it got then.

    Raises:
        KeyReused: if the key came before with another request.
        StillRunning: if the request with this key is being answered right now.
        BadKey: if the key is longer than 200 printable characters.
    """
    key = request.headers.get("Idempotency-Key")
    if not key:
        return Status(status, work())
    if len(key) > 200 or not key.isprintable():
        raise BadKey(key=key[:40])
    actor = actor_of(request)
    digest = sha256(f"{actor.member} {request.method} {request.get_full_path()}\n".encode() + request.body)
    name = f"{actor.member}/{key}"
    kept: Kept | None = begin(actor, name, digest=digest, now=clock())
    if kept is not None:
        if kept.digest != digest:
            raise KeyReused(key=key)
        if kept.status == 0:
            raise StillRunning(key=key)
        return HttpResponse(kept.body, status=kept.status, content_type="application/json; charset=utf-8")
    done = False
    try:
        made = work()
        done = True
    finally:
        if not done:
            give_up(actor, name)
    body = json.dumps(made.model_dump(mode="json"), ensure_ascii=False)
    finish(actor, name, status=status, body=body)
    return HttpResponse(body, status=status, content_type="application/json; charset=utf-8")


def version_tag(version: int | str) -> str:
    """Return the ETag of a version."""
    return f'"{version}"'


def wanted_version(request: HttpRequest) -> str | None:
    """Return the version that `If-Match` names, None where any will do."""
    given = request.headers.get("If-Match", "").strip()
    return None if given in ("", "*") else given.removeprefix("W/").strip('"')


def content_tag(body: bytes) -> str:
    """Return the ETag of a reply's content."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'
