"""People with an account: who they are, what they may, what is open in their name; and who one is oneself."""

from django.conf import settings
from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from assay.entry.api.cursor_paging import cursor_of, values_of
from assay.entry.api.shapes.base import Problem
from assay.entry.api.shapes.people import (
    AccountChange,
    AccountInFull,
    Accounts,
    AccountsQuery,
    Ended,
    Invitation,
    Invitations,
    Invited,
    Me,
    NewInvitation,
    in_full,
    me_of,
    person_of,
)
from assay.entry.api.shapes.texts import Id
from assay.entry.api.who_calls import actor_of, clock
from assay.service.accounts.change_person import change_person
from assay.service.accounts.invite_person import invite_person
from assay.service.accounts.own_account import own_account
from assay.service.accounts.people_with_accounts import open_invitations, see_people, see_person
from assay.service.accounts.revoke_invitation import revoke_invitation
from assay.service.sign_in.end_sessions import end_sessions
from assay.service.sign_in.reset_second_factor import reset_second_factor

router = Router(tags=["people"])
me = Router(tags=["people"])
PROBLEMS = frozenset({401, 403, 404, 409, 422, 429})


@me.get("", response={200: Me, PROBLEMS: Problem}, summary="Who am I")
def get_me(request: HttpRequest) -> Me:
    """Return the caller's account, and the roles that this key or session acts with."""
    actor = actor_of(request)
    return me_of(actor, own_account(actor, now=clock()))


@router.get("", response={200: Accounts, PROBLEMS: Problem}, summary="Everybody with an account")
def list_people(request: HttpRequest, wanted: Query[AccountsQuery]) -> Accounts:
    """Return the tenant's people by id."""
    place = values_of(wanted.cursor, int)
    after = 0 if place is None else int(place[0])
    found = see_people(actor_of(request), after=after, limit=wanted.limit + 1, now=clock())
    more = len(found) > wanted.limit
    return Accounts(
        people=[person_of(one) for one in found[: wanted.limit]],
        next=cursor_of(found[wanted.limit - 1].member.id) if more else None,
    )


@router.get("/invitations", response={200: Invitations, PROBLEMS: Problem}, summary="Open invitations")
def list_invitations(request: HttpRequest) -> Invitations:
    """Return the invitations that can still be used, newest first."""
    found = open_invitations(actor_of(request), now=clock())
    return Invitations(invitations=[Invitation.of(one) for one in found])


@router.post("/invitations", response={201: Invited, PROBLEMS: Problem}, summary="Invite somebody")
def invite(request: HttpRequest, wanted: NewInvitation) -> Status[Invited]:
    """Make an invitation; its code is told in this reply and never again, so no reply to it is kept."""
    site = settings.ASSAY.url or request.build_absolute_uri("/").rstrip("/")
    made = invite_person(actor_of(request), email=wanted.email, roles=wanted.roles, now=clock())
    link = f"{site}/account/join/#{made.code}"
    return Status(201, Invited(invitation=Invitation.of(made.invitation), code=made.code, link=link))


@router.delete(
    "/invitations/{invitation}", response={204: None, PROBLEMS: Problem}, summary="Take an invitation back"
)
def delete_invitation(request: HttpRequest, invitation: Path[Id]) -> Status[None]:
    """Revoke an invitation that nobody has used yet."""
    revoke_invitation(actor_of(request), invitation=invitation, now=clock())
    return Status(204, None)


@router.get("/{person}", response={200: AccountInFull, PROBLEMS: Problem}, summary="One person")
def get_person(request: HttpRequest, person: Path[Id]) -> AccountInFull:
    """Return somebody with their sessions and keys."""
    return in_full(see_person(actor_of(request), person=person, now=clock()))


@router.patch("/{person}", response={200: AccountInFull, PROBLEMS: Problem}, summary="Change a person")
def patch_person(request: HttpRequest, person: Path[Id], wanted: AccountChange) -> AccountInFull:
    """Change roles, networks or state; open sessions end, keys lose what the person lost."""
    actor = actor_of(request)
    change_person(
        actor,
        person=person,
        roles=wanted.roles,
        networks=wanted.networks,
        state=wanted.state,
        now=clock(),
    )
    return in_full(see_person(actor, person=person, now=clock()))


@router.delete(
    "/{person}/second-factor", response={204: None, PROBLEMS: Problem}, summary="Reset a second factor"
)
def delete_second_factor(request: HttpRequest, person: Path[Id]) -> Status[None]:
    """Remove the second factors of somebody who lost them, and end their sessions."""
    reset_second_factor(actor_of(request), person=person, now=clock())
    return Status(204, None)


@router.delete(
    "/{person}/sessions", response={200: Ended, PROBLEMS: Problem}, summary="End all sessions of a person"
)
def delete_sessions(request: HttpRequest, person: Path[Id]) -> Ended:
    """End every session: one's own, or another's as an administrator."""
    return Ended(ended=end_sessions(actor_of(request), person=person, now=clock()))


@router.delete(
    "/{person}/sessions/{session}", response={204: None, PROBLEMS: Problem}, summary="End one session"
)
def delete_session(request: HttpRequest, person: Path[Id], session: Path[Id]) -> Status[None]:
    """End one session: one's own, or another's as an administrator."""
    end_sessions(actor_of(request), person=person, only=[session], now=clock())
    return Status(204, None)
