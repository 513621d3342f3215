"""People at work with what was found about them, queues, appeals and processes, as operators see them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assay.core.workforce.findings_about_people import PAUSES
from assay.core.workforce.skill_and_pausing import BetaSkill, crowd_prior
from assay.service.access.note_reading import note_reading
from assay.service.access.permissions import Actor, require
from assay.service.workforce.standing_of_people import findings_from_text
from assay.service.working_set.stored_project import work_constants
from assay.store.accounts import account_members, sessions_and_second_factors
from assay.store.labelling import own_pay_days_and_appeals, queues_at_work
from assay.store.labelling.own_pay_days_and_appeals import AppealRow
from assay.store.labelling.queues_at_work import PersonFigures, QueueRow
from assay.store.projects import projects


@dataclass(frozen=True, slots=True)
class PersonAtWork:
    """A person of a project, with what was found about them, and others who are believed to be the same person.

    `same_device` names those of the project who were signed in at the same address with the same kind of browser, as
    families and offices are: it proves nothing, and pairs of them are looked at first.

    `skill` is their rate on control items of all projects of this kind of work (`family`) with its 90 % range, drawn to
    the rates of the others; None before any.
    """

    figures: PersonFigures
    name: str
    family: str
    skill: float | None
    skill_low: float | None
    skill_high: float | None
    findings: Sequence["Seen"]
    linked: Sequence[str]
    same_device: Sequence[str]

    @property
    def pausable(self) -> bool:
        """Whether there is a real person at work to be paused."""
        return self.figures.state == "active" and self.figures.member is not None

    @property
    def excludable(self) -> bool:
        """Whether what they said may be heard no longer; experts' judgements are final."""
        return self.figures.state != "excluded" and not self.figures.is_expert


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing found by automatic checks; `other` is the pseudonym of the other one of a pair, or empty."""

    kind: str
    sentence: str
    other: str

    @property
    def is_grave(self) -> bool:
        """Whether it pauses."""
        return self.kind in PAUSES


def people_at_work(actor: Actor, *, now: int) -> list[PersonAtWork]:
    """Return everybody with their figures; names are for operators, requesters see pseudonyms only."""
    require(actor, "see people at work", now=now)
    note_reading(actor, verb="see people at work", subject="everybody", now=now)
    names: Mapping[int, str] = {one.id: one.name for one in account_members.list_members(actor.scope)}
    found = queues_at_work.people_at_work(actor.scope)
    families = {number: _family(actor, number) for number in {one.project_id for one in found}}
    shown: dict[str, dict[object, tuple[int, int]]] = defaultdict(dict)
    for one in found:
        right, wrong = shown[families[one.project_id]].get(_who(one), (0, 0))
        shown[families[one.project_id]][_who(one)] = right + one.right, wrong + one.wrong
    priors = {
        family: crowd_prior([counts for counts in people.values() if sum(counts)])
        for family, people in shown.items()
    }
    voices: dict[int, list[PersonFigures]] = defaultdict(list)
    for one in found:
        if one.link:
            voices[one.link].append(one)
    device: dict[int, set[int]] = defaultdict(set)
    for first, second in sessions_and_second_factors.on_one_device(actor.scope):
        device[first].add(second)
        device[second].add(first)
    return [
        _person(
            one,
            names,
            same_device=[
                other.code
                for other in found
                if other.project_id == one.project_id and one.member and other.member in device[one.member]
            ],
            family=families[one.project_id],
            skill=BetaSkill(
                *shown[families[one.project_id]][_who(one)], prior=priors[families[one.project_id]]
            ),
            linked=[other.code for other in voices[one.link] if other.id != one.id] if one.link else (),
        )
        for one in found
    ]


def queues(actor: Actor, *, now: int) -> list[QueueRow]:
    """Return every queue with something in it."""
    require(actor, "see queues", now=now)
    return queues_at_work.waiting_by_queue(actor.scope)


def appeals(actor: Actor, *, now: int) -> list[AppealRow]:
    """Return the appeals, open ones first."""
    require(actor, "answer an appeal", now=now)
    return own_pay_days_and_appeals.list_appeals(actor.scope)


def _who(one: PersonFigures) -> object:
    """Return whose skill it is: a member's is one across projects."""
    return ("member", one.member) if one.member is not None else ("person", one.id)


def _family(actor: Actor, number: int) -> str:
    project = projects.project_by_id(actor.scope, number)
    intake, _ = work_constants(project.id, project.intake_digest, actor.scope.tenant, project.version)
    return intake.task


def _person(
    one: PersonFigures,
    names: Mapping[int, str],
    *,
    family: str,
    skill: BetaSkill,
    linked: Sequence[str],
    same_device: Sequence[str],
) -> PersonAtWork:
    seen = skill.right + skill.wrong
    return PersonAtWork(
        figures=one,
        name=names.get(one.member, "") if one.member is not None else "simulated",
        family=family,
        skill=skill.mean if seen else None,
        skill_low=skill.lower(0.05) if seen else None,
        skill_high=skill.upper(0.05) if seen else None,
        findings=[Seen(*found) for found in findings_from_text(one.findings)],
        linked=linked,
        same_device=same_device,
    )
