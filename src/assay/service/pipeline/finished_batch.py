"""A finished batch: labels that somebody else made, which are only to be certified.

Nobody is asked to label: every item that came with a label is settled by it, items without one leave the batch, and experts
judge a sample drawn as for any other batch. Where the sample shows too many errors, the next attempt starts from the share that
it found, and experts redo what the promise takes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from assay.core.project import lifecycle
from assay.core.quality.label_loss import loss_of
from assay.service.intake.earlier_labels_and_models import EARLIER_LABELS, sources
from assay.service.pipeline.set_items_aside import set_items_aside
from assay.service.working_set import texts_as_now
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.item_changes import change_of
from assay.store.items import items
from assay.store.projects import batches

GIVEN: Final = "given"
"""By whom a label that came with a finished batch is decided."""
NO_LABEL: Final = "it came without a label that can be used, and the batch is only to be certified"


def settle_what_was_given(work: Work) -> None:
    """Settle every waiting item by the label that it came with; nothing is opened for labellers."""
    rows = [row for row in items.all_items(work.batch) if row.state == lifecycle.WAITING]
    given = _given(work, rows)
    settled = [row for row in rows if row.id in given]
    state = lifecycle.move("item", lifecycle.LABELLING, "agree")
    chance = 1.0 - work.intake.quality.allowed / 2.0
    with work.saving():
        items.open_items([row.id for row in settled], state=lifecycle.LABELLING)
        items.save_changes(
            [
                replace(
                    change_of(row, now=work.now),
                    state=state,
                    label=given[row.id],
                    chance=chance,
                    decided_by=GIVEN,
                )
                for row in settled
            ]
        )
        set_items_aside(work, [row for row in rows if row.id not in given], reason=NO_LABEL)
        batches.set_batch(work.scope, work.batch.id, pilot="done")
        work.record("take labels as given", rule="a finished batch is only certified", items=len(settled))


def restated(work: Work, rows: Sequence[items.ItemRow], judged: Mapping[int, str]) -> list[items.ItemChange]:
    """Return the given labels that nobody has judged, each as right as those that were drawn and judged.

    Args:
        work: the batch.
        rows: its items.
        judged: the verdicts on drawn items, by item.
    """
    if not work.intake.data.finished or not judged:
        return []
    given, loss = (
        _given(work, [row for row in rows if row.id in judged]),
        loss_of(work.task, work.intake.schema),
    )
    right = [1.0 - loss(given[item], verdict) for item, verdict in judged.items() if item in given]
    chance = (sum(right) + 1.0) / (len(right) + 2.0)
    return [
        replace(change_of(row, now=row.decided_at), chance=chance)
        for row in rows
        if row.decided_by == GIVEN and not row.judged and row.id not in judged
    ]


def _given(work: Work, rows: Sequence[items.ItemRow]) -> dict[int, str]:
    source = sources(work.intake).index(EARLIER_LABELS)
    found = texts_as_now.suggestions(work, [row.id for row in rows])
    return {item: label for item, place, label in found if place == source}
