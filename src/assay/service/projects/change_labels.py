"""Change a project's labels: rename, merge, split, add, retire. Each change makes the next version of them."""

import re
from dataclasses import dataclass
from typing import Final

from assay.core.errors import BadValue
from assay.core.ids import canonical
from assay.core.labels.label_values import LabelSchema
from assay.core.labels.schema_versions import (
    RETIRE,
    SPLIT,
    CannotChangeLabels,
    SchemaChange,
    WantedChange,
    changed,
    planned,
    to_json,
)
from assay.core.project.intake import Intake
from assay.service.access.permissions import Actor, record, require
from assay.service.access.refuse_own_work import refuse_to_file_own_work
from assay.service.working_set.stored_project import intake_of
from assay.store import db
from assay.store.projects.further_batches import hold_project
from assay.store.projects.projects import project_by_id, project_by_name
from assay.store.projects.schema_changes import ChangeRow, add_change, change_of_request
from assay.tasktypes import TASK_TYPES

VERB: Final = "change labels"
LONGEST_REASON: Final = 500
_REQUEST: Final = re.compile(r"[\x21-\x7e]{1,100}")


@dataclass(frozen=True, slots=True)
class LabelsChanged:
    """A change that was made, and the version of the labels that it made."""

    project: str
    version: int
    what: SchemaChange


def change_labels(
    actor: Actor, *, project: str, wanted: WantedChange, reason: str, request_id: str, now: int
) -> LabelsChanged:
    """Change a project's labels with an audit event; the same request id again gives the same change.

    Batches in work go over to the new version when a worker comes to them next. Batches whose labels are frozen keep the
    version that they were frozen under, and further batches begin with the newest.

    Raises:
        NotPermitted: if the actor may not change labels.
        NotFound: if there is no such project in the actor's scope.
        OwnWork: if the actor labels in the project.
        BadValue: if no reason is given, or the request id is none, or was another change's.
        CannotChangeLabels: if the change does not fit the labels as they are, with the reason.
    """
    require(actor, VERB, now=now)
    found = project_by_name(actor.scope, project)
    refuse_to_file_own_work(actor, project=found.id, verb=VERB, now=now)
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise BadValue(where="labels", key="reason", found="empty", expected="why the labels change")
    if not _REQUEST.fullmatch(request_id):
        expected = "1 to 100 printable ASCII characters without a space"
        raise BadValue(where="labels", key="request_id", found=f"'{request_id[:80]}'", expected=expected)
    with db.transaction():
        hold_project(actor.scope, found.id)
        before = change_of_request(actor.scope, request_id)
        if before is not None:
            return _same(before, project=found.id, name=project, wanted=wanted)
        row = project_by_id(actor.scope, found.id)
        change = fitting(intake_of(row), wanted)
        version = row.version + 1
        made = ChangeRow(row.id, version, change, said, actor.name, now)
        add_change(actor.scope, made, request_id=request_id)
        record(
            actor,
            now=now,
            verb=VERB,
            subject=f"project {project}",
            before=f"version {row.version}",
            after=f"version {version}",
            detail=canonical({**to_json(change), "reason": said, "request": request_id}).decode(),
        )
    return LabelsChanged(project, version, change)


def fitting(intake: Intake, wanted: WantedChange) -> SchemaChange:
    """Return a change of an intake's labels with their ids; raises `CannotChangeLabels`."""
    task = TASK_TYPES.get(intake.task)
    if task.labels:
        raise CannotChangeLabels(reason=f"the labels of the task {task.name} are its own")
    change = planned(intake.schema, wanted)
    after: LabelSchema = changed(intake.schema, change)
    if len(after.classes) < task.fewest_labels:
        raise CannotChangeLabels(reason=f"the task {task.name} needs at least {task.fewest_labels} labels")
    takes = change.kind == SPLIT or (change.kind == RETIRE and not change.after)
    if takes and intake.data.finished:
        raise CannotChangeLabels(
            reason="the project's labels came finished, and nobody is there to ask again"
        )
    if takes and intake.workforce.kind != "people":
        told = change.before[0].name
        raise CannotChangeLabels(
            reason=f"the people of this project are {intake.workforce.kind}, and their truth cannot say anew what was '{told}'"
        )
    return change


def _same(before: ChangeRow, *, project: int, name: str, wanted: WantedChange) -> LabelsChanged:
    change = before.what
    asked = (wanted.kind, set(wanted.labels) | set(wanted.names))
    made = (change.kind, {one.name for one in (*change.before, *change.after)})
    if before.project != project or asked != made:
        expected = "an id of its own: this one was another change's"
        raise BadValue(where="labels", key="request_id", found="used before", expected=expected)
    return LabelsChanged(name, before.version, change)
