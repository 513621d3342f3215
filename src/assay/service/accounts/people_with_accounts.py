"""Who has an account: roles, state, second factor, when they were last here."""

from dataclasses import dataclass
from typing import Final

from assay.service.access.note_reading import note_reading
from assay.service.access.permissions import Actor, may, require
from assay.store.accounts import account_members, api_keys, invitations, sessions_and_second_factors
from assay.store.accounts.account_members import MemberRow
from assay.store.accounts.api_keys import KeyRow
from assay.store.accounts.invitations import InvitationRow
from assay.store.accounts.sessions_and_second_factors import SessionRow

__all__ = [
    "PAGE",
    "InvitationRow",
    "KeyRow",
    "PersonDetail",
    "SeenPerson",
    "SessionRow",
    "open_invitations",
    "see_people",
    "see_person",
]
PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class SeenPerson:
    """A member, whether they have a second factor, and when they or their keys were last here (0: never)."""

    member: MemberRow
    has_factor: bool
    seen_at: int


@dataclass(frozen=True, slots=True)
class PersonDetail:
    """A member with their sessions and keys; `keys` is empty for whoever may not see keys."""

    person: SeenPerson
    sessions: tuple[SessionRow, ...]
    keys: tuple[KeyRow, ...]


def see_people(actor: Actor, *, after: int = 0, limit: int = PAGE, now: int) -> list[SeenPerson]:
    """Return the tenant's members by id, those behind `after`.

    Raises:
        NotPermitted: if the actor may not see people.
    """
    require(actor, "see people", now=now)
    note_reading(actor, verb="see people", subject="everybody", now=now)
    return _seen(actor, account_members.list_members(actor.scope, after=after, limit=limit))


def see_person(actor: Actor, *, person: int, now: int) -> PersonDetail:
    """Return one member with what is open in their name.

    Raises:
        NotPermitted: if the actor may not see people.
        NotFound: if the tenant has no such person.
    """
    require(actor, "see people", now=now)
    (seen,) = _seen(actor, [account_members.member_by_id(actor.scope, person)])
    note_reading(actor, verb="see people", subject=f"person {person}", now=now)
    return PersonDetail(
        person=seen,
        sessions=tuple(sessions_and_second_factors.list_sessions(actor.scope, member=person, now=now)),
        keys=tuple(api_keys.list_keys(actor.scope, member=person)) if may(actor, "see keys") else (),
    )


def open_invitations(actor: Actor, *, now: int) -> list[InvitationRow]:
    """Return the invitations that can still be used, newest first.

    Raises:
        NotPermitted: if the actor may not see people.
    """
    require(actor, "see people", now=now)
    return invitations.list_invitations(actor.scope, now=now)


def _seen(actor: Actor, rows: list[MemberRow]) -> list[SeenPerson]:
    factors = sessions_and_second_factors.members_with_factor(actor.scope)
    browsers, used = sessions_and_second_factors.last_seen(actor.scope), api_keys.keys_used_at(actor.scope)
    return [
        SeenPerson(
            member=row,
            has_factor=row.id in factors,
            seen_at=max(browsers.get(row.id, 0), used.get(row.id, 0)),
        )
        for row in rows
    ]
