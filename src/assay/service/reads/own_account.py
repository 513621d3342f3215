"""One's own account: name, roles, second factors, sessions, connected identities, keys."""

from dataclasses import dataclass

from assay.core.errors import NotFound
from assay.service.permissions import Actor, require
from assay.store import keys, members, sessions
from assay.store.keys import KeyRow
from assay.store.members import MemberRow
from assay.store.sessions import FactorRow, SessionRow
from assay.store.tenants import tenant_name


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """Everything that belongs to an account."""

    member: MemberRow
    tenant: str
    factors: tuple[FactorRow, ...]
    sessions: tuple[SessionRow, ...]
    identities: tuple[tuple[str, str], ...]
    keys: tuple[KeyRow, ...]

    @property
    def has_app(self) -> bool:
        """Whether an authenticator app is set up."""
        return any(one.kind == "totp" for one in self.factors)

    @property
    def passkeys(self) -> int:
        """How many passkeys there are."""
        return sum(one.kind == "webauthn" for one in self.factors)


def own_account(actor: Actor, *, now: int) -> OwnAccount:
    """Return the actor's account.

    Raises:
        NotPermitted: if the actor has no role.
        NotFound: if the actor has no account.
    """
    require(actor, "manage own account", now=now)
    if actor.member is None:
        raise NotFound(noun="account", key=actor.name)
    member = members.member_by_id(actor.scope, actor.member)
    return OwnAccount(
        member=member,
        tenant=tenant_name(actor.scope.tenant),
        factors=tuple(sessions.list_factors(actor.scope, member=member.id)),
        sessions=tuple(sessions.list_sessions(actor.scope, member=member.id, now=now)),
        identities=tuple(sessions.list_identities(actor.scope, member=member.id)),
        keys=tuple(keys.list_keys(actor.scope, member=member.id)),
    )
