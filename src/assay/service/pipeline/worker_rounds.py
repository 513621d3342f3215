"""One round of a worker: everything that is due anywhere, a little of each.

Batches are taken in turn and a few steps each, so that a large import does not keep a small batch waiting.
Batches that failed are left alone for a while, longer each time, and are parked with an alarm after three
tries (REL-7): the others go on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from assay.core.errors import AssayError
from assay.service.delivery.delivery_folder import delivery_place
from assay.service.installation import Installation
from assay.service.intake.sweep_unpacked import sweep_unpacked
from assay.service.labelling import label_loop
from assay.service.labelling.person_at_work import enrol_members, has_newcomers
from assay.service.pipeline.run_batch import BatchBusy, Clock, is_due, run_batch
from assay.service.trail.seal_events import checkpoint, seal
from assay.service.upkeep.forget_old_rows import tidy
from assay.service.upkeep.sweep_home import DAY, claim_sweep, sweep_home
from assay.service.workforce.tasks_nobody_can_take import resolve_standstill
from assay.service.working_set.stored_project import work_constants
from assay.store import db
from assay.store.accounts.tenants import list_tenants
from assay.store.labelling import task_leases
from assay.store.projects import batches
from assay.store.projects.projects import ProjectRow, project_of_batch
from assay.store.scope import Scope
from assay.store.trail import event_blocks, events
from assay.store.upkeep import kept_reply_rows, live_processes
from assay.store.upkeep.fenced_leases import LeaseLost

STEPS: Final = 20
"""Steps on one batch before the next batch has its turn."""
SEAL_EVERY: Final = 1_000_000
CHECKPOINT_EVERY: Final = 300_000_000
HEARTBEAT_EVERY: Final = 5_000_000
TIDY_EVERY: Final = 600_000_000
SWEEP_EVERY: Final = 600_000_000
"""How often a worker asks whether it is time to sweep the home."""
LOOK_EVERY: Final = 5_000_000
MOST_TRIES: Final = 3
FIRST_WAIT: Final = 2_000_000
PARKED_WAIT: Final = 300_000_000
"""A parked batch is tried again that much later, or at once when it was paused and is resumed."""
UNFORESEEN: Final = "an error that nobody foresaw, which the server's log tells"


@dataclass(slots=True)
class Trouble:
    """A batch that failed: how often, and when it is tried again."""

    tries: int
    until: int
    reason: str


@dataclass(slots=True)
class Round:
    """What a worker remembers between its rounds; nothing that the database would need.

    Attributes:
        at_hand: the batch that is being tended; still set where a round broke off in the middle of it.
    """

    name: str
    started_at: int
    sealed_at: int = 0
    checkpoint_at: int = 0
    beat_at: int = 0
    tidied_at: int = 0
    swept_at: int = 0
    troubles: dict[int, Trouble] = field(default_factory=dict)
    looked_at: dict[int, int] = field(default_factory=dict)
    at_hand: tuple[Installation, int] | None = None


def tend(installation: Installation, state: Round, *, clock: Clock, stop: Callable[[], bool]) -> bool:
    """Do one round; return whether anything was done."""
    _blame(state, now=clock())
    _beat(state, now=clock())
    tenants = [installation.of(Scope(tenant)) for tenant in list_tenants()]
    due = [(one, batch) for one in tenants for batch in batches.open_batches(one.scope)]
    # What was paused, or has failed for good, says so itself; once resumed it is tried at once.
    state.troubles = {batch: state.troubles[batch] for _, batch in due if batch in state.troubles}
    busy = False
    for one, batch in due:
        if stop():
            return True
        trouble = state.troubles.get(batch)
        if trouble is None or clock() >= trouble.until:
            busy = _tend_batch(one, state, batch, clock=clock) > 0 or busy
    _seal(installation, state, now=clock())
    _sweep(installation, state, tenants, now=clock())
    return busy


def _tend_batch(installation: Installation, state: Round, batch: int, *, clock: Clock) -> int:
    state.at_hand = (installation, batch)
    now, done = clock(), 0
    try:
        done = _do_due(installation, state, batch, clock=clock)
    except (BatchBusy, LeaseLost):
        pass
    except AssayError as problem:
        _fail(installation, state, batch, reason=str(problem), now=now)
    state.at_hand = None
    return done


def _do_due(installation: Installation, state: Round, batch: int, *, clock: Clock) -> int:
    row = batches.batch_by_id(installation.scope, batch)
    project = project_of_batch(installation.scope, row.id)
    now = clock()
    intake, _ = work_constants(project.id, project.intake_digest, project.tenant, project.version)
    if intake.workforce.kind == "people":
        _look_after_people(installation, state, project, batch=batch, now=now)
    done = 0
    if is_due(installation, batch=batch, now=now):
        done = run_batch(
            installation,
            batch=batch,
            out=delivery_place(installation, project),
            clock=clock,
            most_steps=STEPS,
        )
    state.troubles.pop(batch, None)
    # An open batch has no other reason than that it was parked, perhaps by a worker that is gone.
    if row.reason and batches.batch_by_id(installation.scope, batch).reason == row.reason:
        with db.transaction():
            batches.set_batch(installation.scope, batch, reason="")
    return done


def _look_after_people(
    installation: Installation, state: Round, project: ProjectRow, *, batch: int, now: int
) -> None:
    """Let newcomers to the tenant join, take back what people held too long, and what nobody can do."""
    scope = installation.scope
    if has_newcomers(scope, project=project.id):
        with db.transaction():
            enrol_members(scope, project=project.id, seed=project.crew_seed)
    expiry = task_leases.first_expiry(batch)
    if expiry is not None and expiry <= now:
        with db.transaction():
            label_loop.expire(installation.system("worker"), batch=batch, now=now)
    if now - state.looked_at.get(batch, 0) >= LOOK_EVERY:
        state.looked_at[batch] = now
        resolve_standstill(
            installation.system("worker"),
            project=project.id,
            batch=batch,
            quiet=installation.standstill_micros,
            now=now,
        )


def _blame(state: Round, *, now: int) -> None:
    """Let a batch in the middle of which the round before broke off wait too, so that it stops no others."""
    if state.at_hand is None:
        return
    installation, batch = state.at_hand
    state.at_hand = None
    _fail(installation, state, batch, reason=UNFORESEEN, now=now)


def _fail(installation: Installation, state: Round, batch: int, *, reason: str, now: int) -> None:
    """Remember that a batch failed, and say so where its requester and the operator look."""
    before = state.troubles.get(batch)
    tries = 1 if before is None else before.tries + 1
    wait = PARKED_WAIT if tries >= MOST_TRIES else FIRST_WAIT * 4 ** (tries - 1)
    state.troubles[batch] = Trouble(tries=tries, until=now + wait, reason=reason)
    if tries < MOST_TRIES or (before is not None and before.tries >= MOST_TRIES):
        return
    row = batches.batch_by_id(installation.scope, batch)
    with db.transaction():
        batches.set_batch(installation.scope, batch, reason=reason)
        events.append_event(
            installation.scope,
            at=now,
            actor="assay",
            source="worker",
            verb="park a batch",
            subject=f"batch {row.name}",
            outcome="failed",
            detail="{}",
        )


def _beat(state: Round, *, now: int) -> None:
    if now - state.beat_at < HEARTBEAT_EVERY:
        return
    state.beat_at = now
    note = "; ".join(f"batch {batch}: {one.reason}" for batch, one in state.troubles.items())
    with db.transaction():
        live_processes.beat(
            state.name, kind="worker", started_at=state.started_at, now=now, note=note[:1_000]
        )


def _seal(installation: Installation, state: Round, *, now: int) -> None:
    """Chain new events within a second, export a checkpoint every five minutes, forget old replies."""
    if now - state.sealed_at >= SEAL_EVERY:
        state.sealed_at = now
        if event_blocks.unsealed_any():
            seal(now=now)
    if now - state.checkpoint_at >= CHECKPOINT_EVERY:
        state.checkpoint_at = now
        checkpoint(home=installation.home, folder=installation.checkpoint_dir, now=now)
    if now - state.tidied_at >= TIDY_EVERY:
        state.tidied_at = now
        with db.transaction():
            kept_reply_rows.forget_before(now - kept_reply_rows.LIFE)
            live_processes.forget_before(now - 86_400_000_000)
        tidy(now=now)


def _sweep(installation: Installation, state: Round, tenants: Sequence[Installation], *, now: int) -> None:
    """Remove from the home, a few times a day, what nothing names."""
    if now - state.swept_at < SWEEP_EVERY:
        return
    state.swept_at = now
    if claim_sweep(holder=state.name, now=now):
        sweep_home(installation, now=now)
        for one in tenants:
            sweep_unpacked(one.scope, before=now - DAY)
