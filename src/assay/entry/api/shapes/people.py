"""Shapes of people, invitations, keys, and of who one is."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from assay.entry.api.paging import Cursor, Limit
from assay.entry.api.shapes.base import Received, Shape, moment
from assay.service.actions.make_key import LONGEST, MadeKey
from assay.service.permissions import Actor
from assay.service.reads.own_account import OwnAccount
from assay.service.reads.see_people import InvitationRow, KeyRow, PersonDetail, SeenPerson, SessionRow

Role = Literal["requester", "operator", "labeller", "expert", "auditor", "administrator"]
Roles = Annotated[list[Role], Field(min_length=1, max_length=6)]


class Me(Shape):
    """Who calls: the account, and with which roles this key or session acts."""

    id: int
    name: str
    email: str
    tenant: str
    roles: list[str]
    acts_as: list[str]
    second_factor: bool
    networks: list[str]


class AccountsQuery(Shape):
    """Which page of people."""

    limit: Limit = 100
    cursor: Cursor = None


class Account(Shape):
    """Somebody with an account; `seen_at` is when they or their keys were last here."""

    id: int
    name: str
    email: str
    roles: list[str]
    state: str
    second_factor: bool
    networks: list[str]
    created_at: datetime | None
    seen_at: datetime | None


class Accounts(Shape):
    """One page of people, by id."""

    people: list[Account]
    next: str | None


class Session(Shape):
    """A browser in which somebody is signed in."""

    id: int
    address: str
    agent: str
    created_at: datetime | None
    seen_at: datetime | None


class ApiKey(Shape):
    """An API key without its secret."""

    id: int
    member: int
    name: str
    prefix: str
    scopes: list[str]
    created_at: datetime | None
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


class ApiKeys(Shape):
    """Keys, newest first."""

    keys: list[ApiKey]


class AccountInFull(Shape):
    """Somebody with what is open in their name; no keys for whoever may not see them."""

    person: Account
    sessions: list[Session]
    keys: list[ApiKey]


class AccountChange(Received):
    """What to change; what is not named stays."""

    roles: Roles | None = None
    networks: list[Annotated[str, Field(max_length=100)]] | None = Field(default=None, max_length=50)
    state: Literal["active", "disabled"] | None = None


class Ended(Shape):
    """How many ended."""

    ended: int


class NewInvitation(Received):
    """Whom to invite, and as what."""

    email: str = Field(max_length=254, pattern=r"^[^\s@<>\"]{1,64}@[^\s@<>\"]{1,189}$")
    roles: Roles


class Invitation(Shape):
    """An invitation that can still be used."""

    id: int
    email: str
    roles: list[str]
    invited_by: str
    created_at: datetime | None
    expires_at: datetime | None


class Invitations(Shape):
    """The open invitations, newest first."""

    invitations: list[Invitation]


class Invited(Shape):
    """A new invitation and its code, which is told this once; the link is `/account/join/#` and the code."""

    invitation: Invitation
    code: str
    link: str


class NewKey(Received):
    """A key to make; without `scopes` it acts with all of one's roles."""

    name: str = Field(min_length=1, max_length=100)
    days: int = Field(default=90, ge=1, le=LONGEST)
    scopes: Roles | None = None


class NewlyMade(Shape):
    """A new key, which is told this once."""

    key: ApiKey
    secret: str


def me_of(actor: Actor, found: OwnAccount) -> Me:
    """Return the shape of who calls."""
    return Me(
        id=found.member.id,
        name=found.member.name,
        email=found.member.email,
        tenant=found.tenant,
        roles=sorted(found.member.roles),
        acts_as=sorted(actor.roles),
        second_factor=found.has_app or found.passkeys > 0,
        networks=list(found.member.networks),
    )


def person_of(found: SeenPerson) -> Account:
    """Return the shape of somebody."""
    member = found.member
    return Account(
        id=member.id,
        name=member.name,
        email=member.email,
        roles=sorted(member.roles),
        state=member.state,
        second_factor=found.has_factor,
        networks=list(member.networks),
        created_at=moment(member.created_at),
        seen_at=moment(found.seen_at),
    )


def in_full(found: PersonDetail) -> AccountInFull:
    """Return the shape of somebody with what is open in their name."""
    return AccountInFull(
        person=person_of(found.person),
        sessions=[session_of(one) for one in found.sessions],
        keys=[key_of(one) for one in found.keys],
    )


def session_of(row: SessionRow) -> Session:
    """Return the shape of a session."""
    return Session(
        id=row.id,
        address=row.address,
        agent=row.agent,
        created_at=moment(row.created_at),
        seen_at=moment(row.seen_at),
    )


def key_of(row: KeyRow) -> ApiKey:
    """Return the shape of a key."""
    return ApiKey(
        id=row.id,
        member=row.member,
        name=row.name,
        prefix=row.prefix,
        scopes=sorted(row.scopes),
        created_at=moment(row.created_at),
        expires_at=moment(row.expires_at),
        used_at=moment(row.used_at),
        revoked_at=moment(row.revoked_at),
    )


def made_of(made: MadeKey) -> NewlyMade:
    """Return the shape of a new key."""
    return NewlyMade(key=key_of(made.row), secret=made.key)


def invitation_of(row: InvitationRow) -> Invitation:
    """Return the shape of an invitation."""
    return Invitation(
        id=row.id,
        email=row.email,
        roles=sorted(row.roles),
        invited_by=row.invited_by,
        created_at=moment(row.created_at),
        expires_at=moment(row.expires_at),
    )
