"""What a process needs to work for a tenant: settings in hand, database migrated, actors."""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from assay.service.access.permissions import OPERATOR, REQUESTER, ROLES, SYSTEM, Actor
from assay.service.private_home import keep_private
from assay.service.stored_blobs import keep_values_below
from assay.service.unfinished_restore import refuse_unfinished_restore
from assay.store import db
from assay.store.accounts.tenants import tenant_id
from assay.store.scope import Scope

LOCK: Final = ".migrating"
"""Whoever changes the installation as a whole holds this file of the home, or on PostgreSQL the lock that stands for it."""


@dataclass(frozen=True, slots=True)
class Installation:
    """One tenant of this installation, and the settings of this process.

    Attributes:
        scope: the tenant.
        home: the folder for keys, checkpoints and the embedded database.
        checkpoint_dir: where signed checkpoints go.
        lease_micros: how long a worker may hold a batch without a sign of life.
        task_micros: how long a person may hold an item.
        step_answers: events of simulated people per transaction.
        standstill_micros: how long nobody must have answered before items go on without those who are away.
        exposure: the share of a batch's answers that one person gives at most, where others can answer.
        outbound_allowed: hosts and networks that may be reached although they are not public.
        factor_key: what secrets of second factors are encrypted with; empty: a file in the home.
    """

    scope: Scope
    home: Path
    checkpoint_dir: Path
    lease_micros: int
    task_micros: int
    step_answers: int
    outbound_allowed: tuple[str, ...] = ()
    standstill_micros: int = 900_000_000
    exposure: float = 0.25
    factor_key: str = field(default="", repr=False)

    def of(self, scope: Scope) -> "Installation":
        """Return the same installation as another of its tenants sees it."""
        return self if scope.tenant == self.scope.tenant else replace(self, scope=Scope(scope.tenant))

    def system(self, source: str) -> Actor:
        """Return the actor of automatic steps."""
        return Actor(scope=self.scope, name="assay", roles=frozenset({SYSTEM, OPERATOR}), source=source)

    def owner(self, name: str, source: str) -> Actor:
        """Return whoever has a shell on the installation: every role but those of people at work."""
        roles = frozenset(ROLES) - {"labeller", "expert", SYSTEM}
        assert REQUESTER in roles
        return Actor(scope=self.scope, name=name, roles=roles, source=source)


def open_installation(
    *,
    home: Path,
    checkpoint_dir: Path,
    tenant: str,
    lease_seconds: float,
    task_seconds: float,
    step_answers: int,
    outbound_allowed: tuple[str, ...] = (),
    standstill_seconds: float = 900,
    exposure: float = 0.25,
    restoring: bool = False,
    factor_key: str = "",
) -> Installation:
    """Make the home folder, bring the database to this version, and return the installation.

    Raises:
        RestoreUnfinished: if a restore was interrupted here; unless `restoring`, which is how it is completed.
    """
    if not restoring:
        refuse_unfinished_restore(home)
    keep_private()
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    keep_values_below(home)
    # Even the look takes turns: of processes that open a fresh SQLite file at once, one may find it locked.
    with db.alone(home / LOCK):
        if pending_migrations():
            call_command("migrate", verbosity=0, interactive=False)
    with db.transaction():
        scope = Scope(tenant_id(tenant))
    return Installation(
        scope=scope,
        home=home,
        checkpoint_dir=checkpoint_dir,
        lease_micros=int(lease_seconds * 1_000_000),
        task_micros=int(task_seconds * 1_000_000),
        step_answers=step_answers,
        outbound_allowed=outbound_allowed,
        standstill_micros=int(standstill_seconds * 1_000_000),
        exposure=exposure,
        factor_key=factor_key,
    )


@lru_cache(maxsize=1)
def this_installation(*, restoring: bool = False) -> Installation:
    """Return the installation that the process's settings describe; opened at the first call."""
    values = settings.ASSAY
    return open_installation(
        home=values.home,
        checkpoint_dir=values.checkpoint_dir,
        outbound_allowed=values.outbound_allowed,
        tenant=values.tenant,
        lease_seconds=values.lease_seconds,
        task_seconds=values.task_seconds,
        step_answers=values.step_answers,
        standstill_seconds=values.standstill_seconds,
        exposure=values.exposure,
        restoring=restoring,
        factor_key=values.factor_key,
    )


def pending_migrations() -> int:
    """Return how many migrations this version has that the database has not seen."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
