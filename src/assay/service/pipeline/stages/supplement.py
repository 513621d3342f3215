"""Supplement: further formats of a delivered batch, written beside its delivery - whole or not at all.

Everything is written beside the delivery and moved into it in one rename, under a number of its own; what was
delivered is not touched. A supplement that was moved but not yet recorded is recognised by its statement.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from assay import __version__
from assay.core.errors import AssayError
from assay.core.ids import digest_of_labels, sha256
from assay.core.project import lifecycle
from assay.core.quality.supplement import Supplement
from assay.service.delivery.delivered_items import LabelledRows, look_over_delivered, naming_of
from assay.service.delivery.supplements.write_supplement import (
    STATEMENT,
    SUPPLEMENTS,
    delivered_statement,
    name_of_statement,
    write_supplement,
)
from assay.service.delivery.synced_files import sync_folder
from assay.service.private_home import hand_over, make_folder
from assay.service.stored_times import iso
from assay.service.trail.seal_events import certificate_key, checkpoint
from assay.service.working_set.batch_at_hand import Work
from assay.store.items import delivered_items
from assay.store.projects import supplements
from assay.store.projects.supplements import SupplementRow
from assay.store.trail import event_blocks


@dataclass(eq=False, kw_only=True)
class LabelsChanged(AssayError):
    """The labels of the batch {batch} are no longer those that were delivered, so nothing can vouch for another format of them."""

    exit_code = 4
    batch: str


@dataclass(eq=False, kw_only=True)
class SupplementTaken(AssayError):
    """The folder {folder} holds something that is not this supplement; nothing was written."""

    exit_code = 4
    folder: str


def due(work: Work) -> bool:
    """Whether a delivered batch is asked for in further formats."""
    delivered = work.batch.status == lifecycle.DATA_DELIVERED
    return delivered and supplements.next_asked(work.scope, work.batch) is not None


def step(work: Work) -> None:
    """Write the supplement that was asked for first, or refuse it with the sentence why it cannot be."""
    asked = supplements.next_asked(work.scope, work.batch)
    assert asked is not None
    try:
        digest = _write(work, asked)
    except AssayError as problem:
        with work.saving():
            supplements.move_supplement(work.scope, asked, "refuse", now=work.real_now, reason=str(problem))
            work.record(
                "refuse a supplement", rule="asked for", number=asked.number, formats=list(asked.formats)
            )
        return
    with work.saving():
        supplements.move_supplement(work.scope, asked, "deliver", now=work.real_now, digest=digest)
        work.record(
            "deliver a supplement",
            rule="asked for",
            number=asked.number,
            formats=list(asked.formats),
            digest=digest,
        )


def _write(work: Work, asked: SupplementRow) -> str:
    """Write a supplement and put it in its place; return its statement file's SHA-256."""
    if event_blocks.unsealed():
        checkpoint(home=work.limits.home, folder=work.limits.checkpoint_dir, now=work.now)
    delivery = Path(work.batch.folder)
    key = certificate_key(work.limits.home, workforce=work.intake.workforce.kind)
    statement = delivered_statement(delivery, batch=work.batch.name, key=key)
    seen = look_over_delivered(work)
    if _digest(work) != statement["delivered_digest"]:
        raise LabelsChanged(batch=work.batch.name)
    partial = delivery.parent / f".{work.batch.name}.supplement.partial"
    shutil.rmtree(partial, ignore_errors=True)
    digest = write_supplement(
        folder=partial,
        supplement=Supplement(
            version=__version__,
            project=work.project.name,
            batch=work.batch.name,
            number=asked.number,
            certificate=name_of_statement(statement),
            delivered_digest=statement["delivered_digest"],
            formats=asked.formats,
            files=(),
            demonstration=statement["demonstration"],
            # The logical clock of a simulated or recorded run stands still from its delivery on.
            issued_at=iso(work.now if work.workforce is not None else asked.asked_at),
        ),
        labelled=LabelledRows(work),
        naming=naming_of(work),
        items=len(seen.frozen),
        control_items=seen.controls,
        key=key,
    )
    hand_over(partial, home=work.limits.home)
    _put_in_place(partial, delivery / SUPPLEMENTS / str(asked.number), digest=digest, home=work.limits.home)
    return digest


def _digest(work: Work) -> str:
    """Return the digest of the labels as they are stored now, control items left out."""
    return digest_of_labels(
        (row.key, row.label)
        for chunk in delivered_items.stream_delivery(work.batch)
        for row in chunk
        if not row.is_control
    )


def _put_in_place(partial: Path, target: Path, *, digest: str, home: Path) -> None:
    if target.exists():
        statement = target / STATEMENT
        if not statement.is_file() or sha256(statement.read_bytes()) != digest:
            raise SupplementTaken(folder=str(target))
        shutil.rmtree(partial)
        return
    make_folder(target.parent, home=home)
    sync_folder(target.parent.parent)
    os.rename(partial, target)  # noqa: PTH104 - one atomic move
    sync_folder(target.parent)
