"""Projects on which real people work: members who label and judge, at the bench's own actions."""

from collections.abc import Sequence
from pathlib import Path

from tests.support.projects import LABELS, NOW, Project, submit, write_project
from tests.support.webpages import Web

from assay.core.project import lifecycle
from assay.service.labelling.claim_tasks import claim_tasks
from assay.service.labelling.label_loop import Receipt, Served
from assay.service.labelling.person_at_work import enrol_members
from assay.service.labelling.submit_answer import submit_answer
from assay.store import db
from assay.store.items import items
from assay.store.labelling import wanted_answers
from assay.store.labelling.project_people import PersonRow, person_of_member

CREW = ("lena", "luis", "eva")
SIMULATED = "workforce: {kind: simulated, people: 6, experts: 3, truth: truth.csv}"


def write_for_people(folder: Path, *, more: str = "", **changes: object) -> Path:
    """Write a project whose labels people give; the same keywords as `write_project`."""
    intake = write_project(folder, more=more, **changes)  # type: ignore[arg-type]
    text = intake.read_text(encoding="utf-8").replace(SIMULATED, "workforce: {kind: people}")
    intake.write_text(text.replace("start: 2026-11-23T09:00:00Z\n", ""), encoding="utf-8")
    return intake


def at_work(
    web: Web,
    folder: Path,
    *,
    crew: Sequence[str] = CREW,
    intake: Path | None = None,
    until: str = lifecycle.IN_PROGRESS,
    **changes: object,
) -> Project:
    """Return a project of these members, received and with its first tasks open."""
    for name in crew:
        web.member(name)
    written = write_for_people(folder, **changes) if intake is None else intake
    project = submit(web.installation, written, actor=web.actor("rita"))
    with db.transaction():
        enrol_members(web.installation.scope, project=project.id, seed=project.row.seed)
    while project.batch.status != until or not wanted_answers.has_open_task(project.batch_id):
        assert project.run(most_steps=1), f"the batch waits: {project.row.status}, {project.batch.status}"
    return project


def person(web: Web, project: Project, name: str) -> PersonRow:
    """Return a member as one of a project's people."""
    found = person_of_member(web.installation.scope, project=project.id, member=web.member(name).id)
    assert found is not None
    return found


def claim(web: Web, project: Project, name: str, *, ahead: int = 1, now: int = NOW) -> list[Served]:
    """Let somebody hold items."""
    return claim_tasks(web.installation, web.actor(name), batch=project.batch.name, ahead=ahead, now=now)


def answer(
    web: Web, project: Project, name: str, *, label: str = LABELS[0], seconds: float = 3.0, now: int = NOW
) -> Receipt:
    """Let somebody answer the item that they hold, or get."""
    (served,) = claim(web, project, name, now=now)
    return submit_answer(
        web.installation,
        web.actor(name),
        batch=project.batch.name,
        assignment=served.assignment,
        client_id=f"{name}-{served.assignment:08}",
        value=label,
        seconds=seconds,
        now=now,
        take_next=False,
    )


def ask_expert(project: Project, key: str, *, queue_name: str = "expert") -> int:
    """Open one more task of an item in a queue of experts; return the item's id."""
    (found,) = items.items_by_key(project.batch_id, [key]).values()
    with db.transaction():
        wanted_answers.open_tasks(project.batch_id, queue=queue_name, items=[found.id])
    return found.id
