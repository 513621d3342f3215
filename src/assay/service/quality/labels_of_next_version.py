"""What a change to a project's labels does to the items of a batch: renamed in place, asked about anew, or as they were."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from assay.core.project import lifecycle
from assay.service.working_set.item_changes import change_of
from assay.service.working_set.texts_as_now import AsNow
from assay.store.items import items
from assay.store.projects.batches import BatchRow

IN_WORK = frozenset(
    {
        lifecycle.REQUEST_SUBMITTED,
        lifecycle.DATA_TRANSFER,
        lifecycle.DATA_RECEIVED,
        lifecycle.IN_PROGRESS,
        lifecycle.PAUSED,
        lifecycle.SENT_FOR_REWORK,
    }
)
"""Batches in these statuses follow the labels of their project as long as their own are not frozen."""


@dataclass(frozen=True, slots=True)
class Relabelled:
    """What becomes of a batch's items.

    Attributes:
        renamed: (item, label) where the label has another name now; nothing else about it changes.
        anew: items whose label was split, or retired without another in its place: they are asked about anew.
        controls: control items of which the same holds; they are ordinary items from now on.
        unheard: answers to the items of `anew` that were counted so far.
    """

    renamed: tuple[tuple[int, str], ...]
    anew: tuple[items.ItemChange, ...]
    controls: tuple[int, ...]
    unheard: int


def follows(batch: BatchRow) -> bool:
    """Whether a batch goes on with the newest labels of its project: those that are frozen keep what they have."""
    return batch.status in IN_WORK and not batch.frozen_digest and not batch.certificate


def relabelled(rows: Iterable[items.ItemRow], *, as_now: AsNow) -> Relabelled:
    """Decide what becomes of items, given how the new version reads texts."""
    renamed: list[tuple[int, str]] = []
    anew: list[items.ItemChange] = []
    controls: list[int] = []
    unheard = 0
    for row in rows:
        label = as_now(row.label) if row.label else ""
        if label == row.label:
            continue
        if label is not None:
            renamed.append((row.id, label))
        elif row.is_control:
            controls.append(row.id)
        else:
            state = row.state
            if state not in (lifecycle.LABELLING, lifecycle.WAITING):
                state = lifecycle.move("item", state, "reopen")
            change = change_of(row, now=row.decided_at)
            anew.append(
                replace(
                    change,
                    state=state,
                    label="",
                    chance=0.0,
                    answers=0,
                    judged=False,
                    decided_by="",
                    parts="",
                )
            )
            unheard += row.answers
    return Relabelled(tuple(renamed), tuple(anew), tuple(controls), unheard)
