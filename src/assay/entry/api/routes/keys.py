"""API keys: one's own are made and listed, one's own and (as an administrator) others' are revoked."""

from django.http import HttpRequest
from ninja import Path, Router, Status

from assay.entry.api.shapes.base import Problem
from assay.entry.api.shapes.people import ApiKey, ApiKeys, NewKey, NewlyMade, made_of
from assay.entry.api.shapes.texts import Id
from assay.entry.api.who_calls import actor_of, clock
from assay.service.sign_in.make_key import make_key
from assay.service.sign_in.own_keys import own_keys
from assay.service.sign_in.revoke_key import revoke_key

router = Router(tags=["keys"])
PROBLEMS = frozenset({401, 403, 404, 409, 422, 429})


@router.get("", response={200: ApiKeys, PROBLEMS: Problem}, summary="Your keys")
def list_keys(request: HttpRequest) -> ApiKeys:
    """Return the caller's keys, revoked and expired ones too, newest first."""
    return ApiKeys(keys=[ApiKey.of(one) for one in own_keys(actor_of(request), now=clock())])


@router.post("", response={201: NewlyMade, PROBLEMS: Problem}, summary="Make a key")
def post_key(request: HttpRequest, wanted: NewKey) -> Status[NewlyMade]:
    """Make a key of one's own: signed in, within five minutes of giving password or second factor; a key is refused.

    It is told in this reply and never again, so no reply to it is kept.
    """
    made = make_key(actor_of(request), name=wanted.name, days=wanted.days, scopes=wanted.scopes, now=clock())
    return Status(201, made_of(made))


@router.delete("/{key}", response={204: None, PROBLEMS: Problem}, summary="Revoke a key")
def delete_key(request: HttpRequest, key: Path[Id]) -> Status[None]:
    """End a key at once."""
    revoke_key(actor_of(request), key=key, now=clock())
    return Status(204, None)
