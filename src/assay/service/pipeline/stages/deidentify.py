"""De-identify: in the pipeline from the start. Until it has a member for an item's kind, it refuses.

The doors refuse such intakes already; the stage refuses again, so that no path around them reaches labellers.
"""

from assay.core.project import lifecycle
from assay.service.intake.unprotected_data import refuse_unprotected
from assay.service.working_set.batch_at_hand import Work
from assay.store.projects import batches


def due(work: Work) -> bool:
    """Whether the batch was received and not yet passed."""
    return (
        work.batch.status == lifecycle.DATA_RECEIVED and work.batch.near_done and not work.batch.deidentified
    )


def step(work: Work) -> None:
    """Pass data that need no de-identification; refuse the rest."""
    refuse_unprotected(work.intake)

    with work.saving():
        batches.set_batch(work.scope, work.batch.id, deidentified=True)
        work.record("pass without de-identification", rule=f"data class {work.intake.data_class}")
