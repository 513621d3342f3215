"""One's own account: name, roles, second factors, sessions, connected identities, keys."""

from dataclasses import dataclass
from typing import Final

from assay.core.errors import NotFound
from assay.service.access.permissions import Actor, require
from assay.store.accounts import account_members, api_keys, sessions_and_second_factors
from assay.store.accounts.account_members import MemberRow
from assay.store.accounts.api_keys import KeyRow
from assay.store.accounts.notices import NoticeRow, list_notices
from assay.store.accounts.sessions_and_second_factors import FactorRow, SessionRow
from assay.store.accounts.tenants import tenant_name

NOTICES: Final = 10


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """Everything that belongs to an account."""

    member: MemberRow
    tenant: str
    factors: tuple[FactorRow, ...]
    sessions: tuple[SessionRow, ...]
    identities: tuple[tuple[str, str], ...]
    keys: tuple[KeyRow, ...]
    notices: tuple[NoticeRow, ...]

    @property
    def has_app(self) -> bool:
        """Whether an authenticator app is set up."""
        return any(one.kind == "totp" for one in self.factors)

    @property
    def passkeys(self) -> int:
        """How many passkeys there are."""
        return sum(one.kind == "webauthn" for one in self.factors)


def own_account(actor: Actor, *, session: str = "", now: int) -> OwnAccount:
    """Return the actor's account; `session` is the key of the browser that asks.

    Raises:
        NotPermitted: if the actor has no role.
        NotFound: if the actor has no account.
    """
    require(actor, "manage own account", now=now)
    if actor.member is None:
        raise NotFound(noun="account", key=actor.name)
    member = account_members.member_by_id(actor.scope, actor.member)
    return OwnAccount(
        member=member,
        tenant=tenant_name(actor.scope.tenant),
        factors=tuple(sessions_and_second_factors.list_factors(actor.scope, member=member.id)),
        sessions=tuple(
            sessions_and_second_factors.list_sessions(actor.scope, member=member.id, now=now, here=session)
        ),
        identities=tuple(sessions_and_second_factors.list_identities(actor.scope, member=member.id)),
        keys=tuple(api_keys.list_keys(actor.scope, member=member.id)),
        notices=tuple(list_notices(actor.scope, member=member.id, limit=NOTICES)),
    )
