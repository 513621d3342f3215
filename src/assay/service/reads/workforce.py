"""People at work, queues, appeals and processes, as operators see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assay.core.workforce.skill import BetaSkill
from assay.service.installation import Installation
from assay.service.permissions import Actor, require
from assay.service.reads.examine import Check, examine
from assay.store import members, operating, own_work, workers
from assay.store.operating import PersonFigures, QueueRow
from assay.store.own_work import AppealRow
from assay.store.workers import WorkerRow

SILENT: Final = 20_000_000
"""A process that has not been heard of for so long is taken to be gone."""


@dataclass(frozen=True, slots=True)
class PersonAtWork:
    """A person of a project; `skill` is their rate on control items with its 90 % range, None before any."""

    figures: PersonFigures
    name: str
    skill: float | None
    skill_low: float | None
    skill_high: float | None


@dataclass(frozen=True, slots=True)
class Health:
    """The checks of the installation, and the processes that were alive within a day."""

    checks: Sequence[Check]
    workers: Sequence[tuple[WorkerRow, bool]]


def people_at_work(actor: Actor, *, now: int) -> list[PersonAtWork]:
    """Return everybody with their figures; names are for operators, requesters see pseudonyms only."""
    require(actor, "see people at work", now=now)
    names: Mapping[int, str] = {one.id: one.name for one in members.list_members(actor.scope)}
    return [_person(one, names) for one in operating.people_at_work(actor.scope)]


def queues(actor: Actor, *, now: int) -> list[QueueRow]:
    """Return every queue with something in it."""
    require(actor, "see queues", now=now)
    return operating.waiting_by_queue(actor.scope)


def appeals(actor: Actor, *, now: int) -> list[AppealRow]:
    """Return the appeals, open ones first."""
    require(actor, "answer an appeal", now=now)
    return own_work.list_appeals(actor.scope)


def health(installation: Installation, actor: Actor, *, now: int) -> Health:
    """Return how the installation is."""
    checks = examine(actor, installation=installation, now=now)
    return Health(
        checks=checks, workers=[(one, now - one.seen_at < SILENT) for one in workers.list_workers()]
    )


def _person(one: PersonFigures, names: Mapping[int, str]) -> PersonAtWork:
    seen = one.right + one.wrong
    skill = BetaSkill(one.right, one.wrong)
    return PersonAtWork(
        figures=one,
        name=names.get(one.member, "") if one.member is not None else "simulated",
        skill=skill.mean if seen else None,
        skill_low=skill.lower(0.05) if seen else None,
        skill_high=skill.upper(0.05) if seen else None,
    )
