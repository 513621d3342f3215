"""Consolidate: what the answers say together, and whether one more is worth its price.

Whenever answers grew by a quarter, people are learnt anew from all of them (`pipeline/learn_people_anew.py`). In between, items that
got an answer are looked at: settle, ask again, or hand on to a peer or an expert.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.ports.answers import Floats, Ints
from assay.core.project import lifecycle
from assay.core.review.control_and_pilot_sizes import PILOT_ANSWERS
from assay.core.review.settle_ask_again_or_hand_on import Limits, Next, decide
from assay.core.review.worth_of_one_more_answer import pays
from assay.service.pipeline.learn_people_anew import refit, refit_due
from assay.service.pipeline.pause_at_approved_price import pauses_for_budget
from assay.service.quality.calibrated_consensus import believe, lessons_of
from assay.service.quality.settling_limits import expert_price, most_of, settle_at
from assay.service.working_set import label_queues
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.item_changes import change_of, parts_of
from assay.store.items import items
from assay.store.labelling import project_people, task_leases, wanted_answers
from assay.store.projects import batches

CHUNK: Final = 2_000


def due(work: Work) -> bool:
    """Whether answers wait to be looked at, or people to be learnt anew."""
    if work.batch.frozen_digest or not work.batch.pilot:
        return False
    return refit_due(work) or items.has_dirty(
        work.batch.id, states=(lifecycle.LABELLING, lifecycle.CHECKING, lifecycle.SETTLED)
    )


def step(work: Work) -> None:
    """Learn people anew where that is due, else decide about a chunk of items."""
    if refit_due(work):
        refit(work)
    else:
        decide_items(work)


def decide_items(work: Work) -> None:
    """Settle, ask again, or hand on: one chunk of items about which something new is known."""
    states = (lifecycle.LABELLING, lifecycle.CHECKING, lifecycle.SETTLED)
    rows = items.dirty_items(work.batch.id, states=states, limit=CHUNK)
    belief = believe(work, rows)
    ids = [row.id for row in rows]
    waiting = wanted_answers.open_counts(work.batch.id, ids)
    voices = {person.id: person for person in project_people.list_people(work.scope, work.project.id)}
    labellers = {
        person.voice for person in voices.values() if person.state == "active" and not person.is_expert
    }
    touched = _touched(ids, {who: person.voice for who, person in voices.items()})
    _, verb = reviewers(work)

    count = belief.consensus.count
    todo = _next_steps(
        work,
        rows,
        right=belief.right,
        count=count,
        available=np.array(
            [not row.stuck and bool(labellers - touched.get(row.id, _NOBODY).people) for row in rows]
        ),
        skips=np.array([touched.get(row.id, _NOBODY).skips for row in rows], dtype=np.int64),
    )
    changes: list[items.ItemChange] = []
    asked: list[int] = []
    handed: dict[str, list[int]] = {label_queues.PEER: [], label_queues.EXPERT: []}
    done: list[int] = []
    for position, row in enumerate(rows):
        change = replace(
            change_of(row, now=work.now),
            label=belief.consensus.value[position],
            chance=float(belief.right[position]),
            answers=int(count[position]),
            parts=parts_of(belief.consensus, position),
        )
        next_step = Next(int(todo[position]))
        pending = waiting.get(row.id, 0) + touched.get(row.id, _NOBODY).leases
        if row.judged:  # a late answer teaches about people; an expert's label stands
            change = change_of(row, now=row.decided_at)
        elif row.state != lifecycle.LABELLING:
            change = _moved_on(row, change, skipped=touched.get(row.id, _NOBODY).skips > 0)
        elif next_step is Next.SETTLE:
            change = replace(change, state=lifecycle.move("item", row.state, "agree"), decided_by="people")
            done.append(row.id)
        elif pending:
            pass  # somebody is at it or will be: decide when they have answered
        elif next_step is Next.ASK:
            asked.append(row.id)
        elif next_step is Next.PEER and verb == "ask a peer" and not touched.get(row.id, _NOBODY).reviewed:
            change = replace(change, state=lifecycle.move("item", row.state, "ask a peer"))
            handed[label_queues.PEER].append(row.id)
        else:
            change = replace(change, state=lifecycle.move("item", row.state, "ask an expert"))
            handed[label_queues.EXPERT].append(row.id)
        changes.append(change)
    if pauses_for_budget(
        work,
        answers=len(asked) + len(handed[label_queues.PEER]),
        judgements=len(handed[label_queues.EXPERT]),
    ):
        return

    with work.saving():
        items.save_changes(changes)
        items.mark_dirty(_reopened(rows, changes))
        wanted_answers.close_tasks(work.batch.id, done)
        wanted_answers.open_tasks(work.batch.id, queue=label_queues.LABEL, items=asked)
        for name, found in handed.items():
            wanted_answers.open_tasks(work.batch.id, queue=name, items=found)
        new = sum(change.answers - row.answers for change, row in zip(changes, rows, strict=True))
        batches.set_batch(work.scope, work.batch.id, answers=work.batch.answers + new)
        work.record(
            "consolidate answers",
            rule=f"settle at a risk of {work.batch.threshold:.4g}, {work.intake.least} to {work.intake.most} answers",
            looked_at=len(rows),
            settled=len(done),
            asked_again=len(asked),
            to_peers=len(handed[label_queues.PEER]),
            to_experts=len(handed[label_queues.EXPERT]),
        )


def _moved_on(row: items.ItemRow, change: items.ItemChange, *, skipped: bool) -> items.ItemChange:
    """Return what a late answer or skip does to an item that has moved on: it changes what is believed, not where it is.

    But whoever held an item while a model's word settled it, and skips it, leaves it to people.
    """
    if row.decided_by != items.MODEL:
        return change
    if change.answers:
        return replace(change, decided_by="people")
    if skipped and row.state == lifecycle.SETTLED:
        return replace(change, state=lifecycle.move("item", row.state, "reopen"), decided_by="")
    return change


def _reopened(rows: Sequence[items.ItemRow], changes: Sequence[items.ItemChange]) -> list[int]:
    """Return the items that were settled and are open again; they are decided about anew."""
    return [
        row.id
        for row, change in zip(rows, changes, strict=True)
        if row.state == lifecycle.SETTLED and change.state == lifecycle.LABELLING
    ]


def reviewers(work: Work) -> tuple[str, str]:
    """Return the queue and the verb of level-1 review: peers where there are any, else experts."""
    found = project_people.list_people(work.scope, work.project.id)
    if any(person.is_peer and person.state == "active" for person in found):
        return label_queues.PEER, "ask a peer"
    return label_queues.EXPERT, "ask an expert"


class _Touch:
    """Whose voices hold, answered or skipped one item, and whether a peer's is among them."""

    def __init__(self) -> None:
        self.people: set[int] = set()
        self.skips = 0
        self.leases = 0
        self.reviewed = False


_NOBODY: Final = _Touch()


def _touched(ids: Sequence[int], voices: Mapping[int, int]) -> dict[int, _Touch]:
    found: dict[int, _Touch] = {}
    for item, person, state, name in task_leases.touched(ids):
        touch = found.setdefault(item, _Touch())
        touch.people.add(voices.get(person, person))
        touch.skips += state == "skipped"
        touch.leases += state == lifecycle.LEASED
        touch.reviewed |= name == label_queues.PEER
    return found


def _next_steps(
    work: Work,
    rows: Sequence[items.ItemRow],
    *,
    right: Floats,
    count: Ints,
    available: NDArray[np.bool_],
    skips: Ints,
) -> NDArray[np.int8]:
    """Decide for pilot items with their own least redundancy, for the others with the intake's."""
    intake, lessons = work.intake, lessons_of(work)
    pilot = np.array([row.is_pilot for row in rows], dtype=np.bool_)
    peer = np.ones(len(rows), dtype=np.bool_)
    worth = None
    if lessons is not None:
        worth = pays(
            right=right,
            count=count,
            most=most_of(work),
            evidence=lessons.evidence,
            threshold=settle_at(work),
            expert_price=expert_price(work),
        )
    found = [
        decide(
            right=right,
            count=count,
            available=available,
            skips=skips,
            limits=Limits(least=least, most=most_of(work), threshold=settle_at(work)),
            peer=peer,
            pays=worth,
        )
        for least in (intake.least, min(max(PILOT_ANSWERS, intake.least), intake.most))
    ]
    return np.where(pilot, found[1], found[0]).astype(np.int8)
