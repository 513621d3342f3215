"""Submit a draft: its names become stored files, and its intake is filed like any other."""

import os
import secrets
from pathlib import Path
from typing import Final

from assay.service.access.permissions import Actor, require
from assay.service.installation import Installation
from assay.service.requests.draft_files import files_of, holding, refused_of
from assay.service.requests.draft_source import settle
from assay.service.requests.drafts import draft_folder, member_of
from assay.service.requests.drop_draft import drop_draft
from assay.service.requests.save_draft import open_draft
from assay.service.requests.submit_intake import OtherIntake, submit_intake
from assay.store import db
from assay.store.projects.drafts import DraftRow, draft_by_id, draft_of_project, finish_draft
from assay.store.projects.projects import ProjectRow, project_by_name

SEED: Final = "seed"
"""Holds the seed of a draft's submission, so that a second try files the very same intake."""


def submit_draft(
    installation: Installation, actor: Actor, *, draft: int, version: int | None, now: int
) -> ProjectRow:
    """File a draft's intake and return the project; a draft that was submitted before gives its project.

    So does one with the same text and the same files as the draft that the project was made of: it is deleted.

    Raises:
        NotFound: if the actor has no such draft.
        ChangedMeanwhile: if the draft is at another version.
        InputError: if the intake or its files cannot be used.
        OtherIntake: if the name is taken.
    """
    require(actor, "edit a draft", now=now)
    row = draft_by_id(actor.scope, member=member_of(actor), draft=draft)
    if row.project:
        return project_by_name(actor.scope, row.project)
    # A second click, or a request that a network delivers twice, waits for the first and finds what it made.
    with holding(draft_folder(row)):
        row = draft_by_id(actor.scope, member=member_of(actor), draft=draft)
        if row.project:
            return project_by_name(actor.scope, row.project)
        return _file(installation, actor, open_draft(actor, draft=draft, version=version), now=now)


def _file(installation: Installation, actor: Actor, row: DraftRow, *, now: int) -> ProjectRow:
    folder = draft_folder(row)
    received = settle(folder, row.text)
    seed = _seed(folder)
    try:
        project, _ = submit_intake(actor, received=received, seed=seed, home=installation.home, now=now)
    except OtherIntake:
        if not _was_filed_before(actor, row, project=received.intake.name):
            raise
        drop_draft(actor, draft=row.id, now=now)
        return project_by_name(actor.scope, received.intake.name)
    with db.transaction():
        finish_draft(actor.scope, row.id, project=project.name, now=now)
    return project


def _was_filed_before(actor: Actor, row: DraftRow, *, project: str) -> bool:
    """Whether a project was made of a draft of the same person's with the same text and the same files."""
    other = draft_of_project(actor.scope, member=member_of(actor), project=project)
    return other is not None and other.text == row.text and _contents(other) == _contents(row)


def _contents(row: DraftRow) -> tuple[dict[str, str], dict[str, str]]:
    folder = draft_folder(row)
    return {file.name: file.digest for file in files_of(folder).values()}, refused_of(folder)


def _seed(folder: Path) -> int:
    path = folder / SEED
    beside = folder / f".{SEED}.{secrets.token_hex(8)}"
    beside.write_text(str(secrets.randbits(52)), encoding="ascii")
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
    return int(path.read_text(encoding="ascii"))
