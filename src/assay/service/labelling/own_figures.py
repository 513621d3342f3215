"""A labeller's own figures: answers, pay, standing, appeals - in every project they work on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from assay.service.access.permissions import Actor, require
from assay.service.working_set.stored_project import work_constants
from assay.store.labelling import own_pay_days_and_appeals, project_people
from assay.store.labelling.own_pay_days_and_appeals import AppealRow
from assay.store.labelling.project_people import PersonRow
from assay.store.projects import projects

__all__ = ["AppealRow", "OwnDay", "OwnProject", "OwnWork", "own_figures"]


@dataclass(frozen=True, slots=True)
class OwnProject:
    """What somebody is and did in one project; money in cents, seconds per answer on average."""

    person: int
    project: str
    state: str
    reason: str
    answers: int
    skipped: int
    earned: int
    currency: str
    seconds: float
    appeals: Sequence[AppealRow]

    @property
    def may_appeal(self) -> bool:
        """Whether they were paused or excluded and no appeal waits."""
        return self.state in (project_people.PAUSED, project_people.EXCLUDED) and not any(
            one.state == "open" for one in self.appeals
        )


@dataclass(frozen=True, slots=True)
class OwnDay:
    """One day in one project."""

    day: date
    project: str
    answers: int
    earned: int
    currency: str
    hours: float


@dataclass(frozen=True, slots=True)
class OwnWork:
    """Everything together; `today` counts answers since midnight UTC."""

    projects: Sequence[OwnProject]
    days: Sequence[OwnDay]
    today: int

    @property
    def answers(self) -> int:
        """All answers."""
        return sum(one.answers for one in self.projects)

    @property
    def earned(self) -> dict[str, int]:
        """All pay, by currency."""
        found: dict[str, int] = {}
        for one in self.projects:
            found[one.currency] = found.get(one.currency, 0) + one.earned
        return found


def own_figures(actor: Actor, *, now: int) -> OwnWork:
    """Return the actor's own figures; nothing of anybody else's."""
    require(actor, "see own work", now=now)
    if actor.member is None:
        return OwnWork(projects=(), days=(), today=0)
    mine = project_people.people_of_member(actor.scope, actor.member)
    ids = [person.id for person in mine]
    rows = own_pay_days_and_appeals.days_of(actor.scope, ids)
    skips = own_pay_days_and_appeals.skips_of(ids)
    appeals = own_pay_days_and_appeals.list_appeals(actor.scope, people=ids)
    names = {person.id: _project(actor, person) for person in mine}
    found = []
    for person in mine:
        own = [row for row in rows if row.person == person.id]
        answers = sum(row.answers for row in own)
        name, currency = names[person.id]
        found.append(
            OwnProject(
                person=person.id,
                project=name,
                state=person.state,
                reason=person.reason,
                answers=answers,
                skipped=skips.get(person.id, 0),
                earned=sum(row.cents for row in own),
                currency=currency,
                seconds=sum(row.seconds for row in own) / answers if answers else 0.0,
                appeals=[one for one in appeals if one.person == person.id],
            )
        )
    days = [
        OwnDay(
            day=datetime.fromtimestamp(row.day * 86_400, tz=UTC).date(),
            project=names[row.person][0],
            answers=row.answers,
            earned=row.cents,
            currency=names[row.person][1],
            hours=row.seconds / 3_600,
        )
        for row in rows
    ]
    today = now // own_pay_days_and_appeals.DAY
    return OwnWork(projects=found, days=days, today=sum(row.answers for row in rows if row.day == today))


def _project(actor: Actor, person: PersonRow) -> tuple[str, str]:
    project = projects.project_by_id(actor.scope, person.project)
    intake, _ = work_constants(project.id, project.intake_digest, actor.scope.tenant, project.version)
    return project.name, intake.money.currency
