"""Shapes of people, invitations, keys, and of who one is."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from assay.entry.api.cursor_paging import Cursor, Limit
from assay.entry.api.shapes.base import Received, Shape, moment
from assay.service.access.permissions import Actor
from assay.service.accounts.own_account import OwnAccount
from assay.service.accounts.people_with_accounts import (
    InvitationRow,
    KeyRow,
    PersonDetail,
    SeenPerson,
    SessionRow,
)
from assay.service.sign_in.make_key import LONGEST, MadeKey

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


class Session(Shape, shows=SessionRow, without={"member", "here"}):
    """A browser in which somebody is signed in."""


class ApiKey(Shape, shows=KeyRow, without={"tenant"}):
    """An API key without its secret; `made_by` is `session`, `shell` or, for older ones, `key`: then `parent` is that key."""


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


class Invitation(Shape, shows=InvitationRow, without={"tenant", "used_at", "revoked_at"}):
    """An invitation that can still be used."""


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
    return Me.of(
        found.member,
        tenant=found.tenant,
        acts_as=sorted(actor.roles),
        second_factor=found.has_app or found.passkeys > 0,
    )


def person_of(found: SeenPerson) -> Account:
    """Return the shape of somebody."""
    return Account.of(found.member, second_factor=found.has_factor, seen_at=moment(found.seen_at))


def in_full(found: PersonDetail) -> AccountInFull:
    """Return the shape of somebody with what is open in their name."""
    return AccountInFull.of(found, person=person_of(found.person))


def made_of(made: MadeKey) -> NewlyMade:
    """Return the shape of a new key."""
    return NewlyMade(key=ApiKey.of(made.row), secret=made.key)
