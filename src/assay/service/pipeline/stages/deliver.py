"""Deliver: manifest and label files, certificate, data sheet, report and checksums - whole or not at all.

Everything is written beside its place and moved there in one rename. A delivery that was moved but not
yet recorded is recognised by its checksums and recorded, so a kill at any point changes nothing.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from assay.core.errors import AssayError
from assay.core.ids import digest_of_file
from assay.core.project import lifecycle
from assay.service.delivery.delivered_items import LabelledRows, look_over_delivered, naming_of
from assay.service.delivery.gather_report_facts import report_facts, sheet_facts
from assay.service.delivery.synced_files import sync_folder
from assay.service.delivery.write_delivery import CHECKSUMS, DeliveryContent, SetAside, write_delivery
from assay.service.pipeline.earlier_batches import finish_project
from assay.service.private_home import hand_over, make_folder
from assay.service.quality.audit_evidence import certificate_of
from assay.service.trail.seal_events import certificate_key, checkpoint
from assay.service.working_set.batch_at_hand import Work
from assay.store.items import delivered_items, items
from assay.store.projects import batches
from assay.store.trail import event_blocks


@dataclass(eq=False, kw_only=True)
class PlaceTaken(AssayError):
    """The folder {folder} holds something that is not this delivery; nothing was delivered."""

    exit_code = 4
    folder: str


def due(work: Work) -> bool:
    """Whether an accepted batch is not yet delivered."""
    return work.batch.status == lifecycle.READY_FOR_DELIVERY


def step(work: Work) -> None:
    """Deliver the batch."""
    if event_blocks.unsealed():
        checkpoint(home=work.limits.home, folder=work.limits.checkpoint_dir, now=work.now)
    content = _content(work)
    target = work.out / work.batch.name
    partial = work.out / f".{work.batch.name}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    make_folder(work.out, home=work.limits.home)
    key = certificate_key(work.limits.home, workforce=work.intake.workforce.kind)
    write_delivery(folder=partial, content=content, key=key)
    hand_over(partial, home=work.limits.home)
    digest = digest_of_file(partial / CHECKSUMS)
    _put_in_place(partial, target, digest=digest)

    with work.saving():
        after = batches.move_batch(work.scope, work.batch, "deliver")
        batches.set_batch(work.scope, work.batch.id, folder=str(target.resolve()))
        work.record(
            "deliver the batch", rule="accepted", before=work.batch.status, after=after, digest=digest
        )
        finish_project(work)


def _put_in_place(partial: Path, target: Path, *, digest: str) -> None:
    if target.exists():
        sums = target / CHECKSUMS
        if not sums.is_file() or digest_of_file(sums) != digest:
            raise PlaceTaken(folder=str(target))
        shutil.rmtree(partial)
        return
    os.rename(partial, target)  # noqa: PTH104 - one atomic move
    sync_folder(target.parent)


def _content(work: Work) -> DeliveryContent:
    seen = look_over_delivered(work)
    certificate = certificate_of(
        project=work.project,
        batch=work.batch,
        intake=work.intake,
        task=work.task,
        frozen=seen.frozen,
        control_items=seen.controls,
    )
    return DeliveryContent(
        items=LabelledRows(work),
        keys=delivered_items.stream_keys(work.batch),
        frozen=seen.frozen,
        set_aside=[SetAside(*row) for row in items.list_set_aside(work.batch.id)],
        commitment=work.batch.commitment,
        certificate=certificate,
        naming=naming_of(work),
        formats=work.intake.formats,
        report=report_facts(work, certificate=certificate),
        sheet=sheet_facts(work, seen.labels),
    )
