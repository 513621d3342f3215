"""Submit a draft: its names become stored files, and its intake is filed like any other."""

import os
import secrets
from pathlib import Path
from typing import Final

from assay.service.actions.save_draft import open_draft
from assay.service.actions.submit_intake import submit_intake
from assay.service.draft_source import settle
from assay.service.installation import Installation
from assay.service.permissions import Actor, require
from assay.service.reads.drafts import draft_folder, member_of
from assay.store import db
from assay.store.drafts import draft_by_id, finish_draft
from assay.store.projects import ProjectRow, project_by_name

SEED: Final = "seed"
"""Holds the seed of a draft's submission, so that a second try files the very same intake."""


def submit_draft(
    installation: Installation, actor: Actor, *, draft: int, version: int | None, now: int
) -> ProjectRow:
    """File a draft's intake and return the project; a draft that was submitted before gives its project.

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
    row = open_draft(actor, draft=draft, version=version)
    folder = draft_folder(row)
    received = settle(folder, row.text)
    project, _ = submit_intake(actor, received=received, seed=_seed(folder), home=installation.home, now=now)
    with db.transaction():
        finish_draft(actor.scope, draft, project=project.name, now=now)
    return project


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
