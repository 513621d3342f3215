"""Change a person's roles, networks or state; whatever they had open ends at once (SEC-8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from assay.core.errors import AssayError, BadValue
from assay.core.ids import canonical
from assay.service.access.permissions import ADMINISTRATOR, Actor, record, require
from assay.service.accounts.names_and_addresses import check_roles, regular_networks
from assay.store import db
from assay.store.accounts import account_members, sessions_and_second_factors
from assay.store.accounts.account_members import MemberRow

STATES: Final = ("active", "disabled")


@dataclass(eq=False, kw_only=True)
class LastAdministrator(AssayError):
    """{name} is the last active administrator: make somebody else one first."""

    exit_code = 4
    name: str


def change_person(
    actor: Actor,
    *,
    person: int,
    now: int,
    roles: Sequence[str] | None = None,
    networks: Sequence[str] | None = None,
    state: str | None = None,
) -> MemberRow:
    """Change what is given and return the person; sessions end, keys lose what the person lost.

    Raises:
        NotPermitted: if the actor may not manage people.
        NotFound: if the tenant has no such person.
        BadValue: if a role, network or state is none.
        LastAdministrator: if nobody would be left who may manage people.
    """
    require(actor, "manage people", now=now)
    if roles is not None:
        check_roles(roles, where="person")
    if state is not None and state not in STATES:
        raise BadValue(where="person", key="state", found=f"'{state[:40]}'", expected=" or ".join(STATES))
    blocks = None if networks is None else regular_networks(networks, where="person")
    with db.transaction():
        others = set(account_members.active_administrators(actor.scope, role=ADMINISTRATOR)) - {person}
        before = account_members.member_by_id(actor.scope, person)
        after = _changed(before, roles=roles, networks=blocks, state=state)
        if after == before:
            return before
        leaves = before.is_active and ADMINISTRATOR in before.roles
        stays = after.is_active and ADMINISTRATOR in after.roles
        if leaves and not stays and not others:
            raise LastAdministrator(name=before.name)
        account_members.change_member(
            actor.scope, person, roles=sorted(after.roles), state=after.state, networks=after.networks
        )
        sessions_and_second_factors.end_sessions(actor.scope, member=person)
        record(
            actor,
            now=now,
            verb="change a person",
            subject=f"person {person}",
            before=_said(before),
            after=_said(after),
            detail=canonical({"networks": list(after.networks)}).decode(),
        )
    return account_members.member_by_id(actor.scope, person)


def _changed(
    before: MemberRow, *, roles: Sequence[str] | None, networks: Sequence[str] | None, state: str | None
) -> MemberRow:
    return MemberRow(
        id=before.id,
        tenant=before.tenant,
        user=before.user,
        name=before.name,
        email=before.email,
        roles=before.roles if roles is None else frozenset(roles),
        state=before.state if state is None else state,
        epoch=before.epoch,
        networks=before.networks if networks is None else tuple(networks),
        created_at=before.created_at,
    )


def _said(member: MemberRow) -> str:
    return f"{member.state}: {' '.join(sorted(member.roles))}"
