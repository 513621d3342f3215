"""Offer: a proven batch is shown to the requester; with `accept: if_certified` it is accepted at once."""

from assay.core.project import lifecycle
from assay.service.trail.seal_events import checkpoint
from assay.service.working_set.batch_at_hand import Work
from assay.store.projects import batches
from assay.store.trail import event_blocks

ACCEPTANCE = ("submit the review", "close the review", "accept", "prepare the delivery")
"""The moves from an offer to a delivery that is due."""


def due(work: Work) -> bool:
    """Whether a proven batch is not yet offered, or an offered one is to be accepted by standing decision."""
    offered = work.batch.status == lifecycle.READY_FOR_REVIEW
    if offered:
        return work.intake.accept == "if_certified"
    return bool(work.batch.certificate) and work.batch.status in (
        lifecycle.IN_PROGRESS,
        lifecycle.SENT_FOR_REWORK,
    )


def step(work: Work) -> None:
    """Offer, or accept."""
    if work.batch.status == lifecycle.READY_FOR_REVIEW:
        with work.saving():
            accept_offered(work)
        return
    if event_blocks.unsealed():
        # Before any certificate is shown, everything up to it is sealed.
        checkpoint(home=work.limits.home, folder=work.limits.checkpoint_dir, now=work.now)
    with work.saving():
        after = batches.move_batch(work.scope, work.batch, "offer")
        work.record("offer the batch", rule="the target is proven", before=work.batch.status, after=after)


def accept_offered(work: Work) -> None:
    """Take an offered batch to `Ready for delivery`, inside the caller's transaction."""
    for verb in ACCEPTANCE:
        batch = batches.batch_by_id(work.scope, work.batch.id)
        after = batches.move_batch(work.scope, batch, verb)
        work.record(f"{verb} (batch)", rule="accept: if_certified", before=batch.status, after=after)
