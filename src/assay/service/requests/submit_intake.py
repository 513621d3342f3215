"""Submit an intake: a project in its first status, with its first batch and a committed nonce."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from pathlib import Path

from assay.core.errors import AssayError, NotFound, raise_all
from assay.core.ids import canonical
from assay.core.quality.sample_draw import commitment
from assay.providers.outbound import OutboundClient
from assay.service.access.permissions import Actor, record, require
from assay.service.delivery.label_files_of_a_delivery import refuse_unable
from assay.service.intake.earlier_labels_and_models import suggester_of
from assay.service.intake.intake_file import IntakeFile
from assay.service.intake.named_files import missing_files
from assay.service.intake.unprotected_data import refuse_unprotected
from assay.service.stored_times import iso, micros
from assay.service.trail.nonce_commitment import commit
from assay.service.trail.seal_events import certificate_key
from assay.store import db
from assay.store.projects.batches import BatchRow, add_batch, list_batches
from assay.store.projects.projects import ProjectRow, add_project, project_by_name
from assay.tasktypes import TASK_TYPES


@dataclass(eq=False, kw_only=True)
class OtherIntake(AssayError):
    """There is a project '{name}' with another intake or seed; give this one another name or another home."""

    exit_code = 4
    name: str


def submit_intake(
    actor: Actor, *, received: IntakeFile, seed: int, home: Path, now: int
) -> tuple[ProjectRow, BatchRow]:
    """Return the intake's project and batch; the same intake again returns the same ones.

    `home` holds the key that signs the commitment to the batch's nonce.

    Raises:
        NotPermitted: if the actor may not submit intakes.
        CannotDeidentify: if the data class asks for a de-identification that does not exist.
        UnknownMember: if a format or a pre-labelling model is unknown.
        BadValue: if a file that it names is not there, or the pre-labelling model needs something that it does not say.
        WritesNoLabels: if a format cannot hold the task's labels.
        OtherIntake: if the name is taken by another intake.
    """
    require(actor, "submit an intake", now=now)
    intake = received.intake
    check_intake(received)

    try:
        known = project_by_name(actor.scope, intake.name)
    except NotFound:
        known = None
    if known is not None:
        if (known.intake_digest, known.seed) != (received.digest, seed):
            raise OtherIntake(name=intake.name)
        return known, list_batches(actor.scope, known.id)[0]

    logical = intake.workforce.kind != "people"
    start = micros(intake.start) if logical else now
    nonce = _nonce(received, seed) if logical else secrets.token_bytes(32)
    key = certificate_key(home, workforce=intake.workforce.kind)
    with db.transaction():
        project = add_project(
            actor.scope,
            name=intake.name,
            intake=received.text,
            intake_digest=received.digest,
            folder=str(received.folder),
            seed=seed,
            now=start,
            filed_by=actor.member,
        )
        committed = commitment(nonce)
        name = f"{intake.name}-1"
        add_batch(
            actor.scope,
            project=project,
            name=name,
            clock=start,
            nonce=nonce.hex(),
            commitment=commit(
                key, project=intake.name, batch=name, nonce_commitment=committed, at=iso(start)
            ),
        )
        record(
            actor,
            now=start,
            verb="submit an intake",
            subject=f"project {intake.name}",
            after=received.digest,
            detail=canonical({"nonce_commitment": committed, "seed": seed}).decode(),
        )
    return project_by_name(actor.scope, intake.name), list_batches(actor.scope, project)[0]


def check_intake(received: IntakeFile) -> None:
    """Refuse an intake that cannot be carried out, before anything is stored; all that it lacks is told at once.

    Raises:
        InputError: as `submit_intake` says.
    """
    intake = received.intake
    refuse_unprotected(intake)
    task = TASK_TYPES.get(intake.task)
    problems = missing_files(intake, folder=received.folder)
    problems += refuse_unable(intake.formats, task)
    raise_all(problems, where="the intake")
    suggester_of(intake, folder=received.folder, outbound=OutboundClient())


def _nonce(received: IntakeFile, seed: int) -> bytes:
    """Return the nonce of a simulated or recorded run: the same intake and seed give the same draw."""
    return hmac.new(f"assay {seed}".encode(), received.digest.encode(), hashlib.sha256).digest()
