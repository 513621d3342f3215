"""Consolidate: what the answers say together, and whether one more is worth its price.

Two jobs. *Refit* learns people anew from all answers whenever these grew by a quarter, calibrates on the
control items, and re-states what changed. *Decide* looks at the items that got an answer: settle,
ask again, or hand on to a peer or an expert.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from assay.core.ports import Consensus, Floats, Ints
from assay.core.project import lifecycle
from assay.core.quality.audit import delta_of_attempt
from assay.core.review.depth import Audit
from assay.core.review.lessons import Lessons, learn, told
from assay.core.review.redundancy import Limits, Next, decide
from assay.core.review.sizes import PILOT_ANSWERS, REFIT_GROWTH, most_answers
from assay.core.review.worth import pays, worth_asking
from assay.service import label_loop, standing
from assay.service.belief import (
    Belief,
    believe,
    columns,
    judged_by,
    lessons_of,
    lessons_to_json,
    prior_of,
    trusted_prior,
)
from assay.service.budget import pauses_for_budget
from assay.service.label_loop import LABEL_QUEUES
from assay.service.quoting import plan_so_far, store_plan
from assay.service.reserve import reserve_of
from assay.service.suggesting import sources
from assay.service.work import Work
from assay.store import batches, items, people, projects, proposals, queue

CHUNK: Final = 2_000
FIRST_REFIT: Final = 50
AT_ONCE: Final = -1
"""Stands where else the number of answers does at which people are learnt anew."""
NOTICEABLE: Final = 0.2
"""A risk is written back when it changed by so much of itself: many small risks add up to the review."""


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


def refit_due(work: Work) -> bool:
    """Whether answers grew enough since people were last learnt, or somebody or a model is to be heard anew."""
    return work.batch.refit_at == AT_ONCE or work.batch.answers >= max(FIRST_REFIT, work.batch.refit_at)


# --- deciding about items ----------------------------------------------------------------------


def decide_items(work: Work) -> None:
    """Settle, ask again, or hand on: one chunk of items about which something new is known."""
    states = (lifecycle.LABELLING, lifecycle.CHECKING, lifecycle.SETTLED)
    rows = items.dirty_items(work.batch.id, states=states, limit=CHUNK)
    belief = believe(work, rows)
    ids = [row.id for row in rows]
    waiting = queue.open_counts(work.batch.id, ids)
    voices = {person.id: person for person in people.list_people(work.scope, work.project.id)}
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
    handed: dict[str, list[int]] = {label_loop.PEER: [], label_loop.EXPERT: []}
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
            # A late answer to an item that has moved on changes what is believed, not where it is.
            change = replace(change, decided_by="people" if row.decided_by == items.MODEL else row.decided_by)
        elif next_step is Next.SETTLE:
            change = replace(change, state=lifecycle.move("item", row.state, "agree"), decided_by="people")
            done.append(row.id)
        elif pending:
            pass  # somebody is at it or will be: decide when they have answered
        elif next_step is Next.ASK:
            asked.append(row.id)
        elif next_step is Next.PEER and verb == "ask a peer" and not touched.get(row.id, _NOBODY).reviewed:
            change = replace(change, state=lifecycle.move("item", row.state, "ask a peer"))
            handed[label_loop.PEER].append(row.id)
        else:
            change = replace(change, state=lifecycle.move("item", row.state, "ask an expert"))
            handed[label_loop.EXPERT].append(row.id)
        changes.append(change)
    if pauses_for_budget(
        work,
        answers=len(asked) + len(handed[label_loop.PEER]),
        judgements=len(handed[label_loop.EXPERT]),
    ):
        return

    with work.saving():
        items.save_changes(changes)
        queue.close_tasks(work.batch.id, done)
        queue.open_tasks(work.batch.id, queue=label_loop.LABEL, items=asked)
        for name, found in handed.items():
            queue.open_tasks(work.batch.id, queue=name, items=found)
        new = sum(change.answers - row.answers for change, row in zip(changes, rows, strict=True))
        batches.set_batch(work.scope, work.batch.id, answers=work.batch.answers + new)
        work.record(
            "consolidate answers",
            rule=f"settle at a risk of {work.batch.threshold:.4g}, {work.intake.least} to {work.intake.most} answers",
            looked_at=len(rows),
            settled=len(done),
            asked_again=len(asked),
            to_peers=len(handed[label_loop.PEER]),
            to_experts=len(handed[label_loop.EXPERT]),
        )


def change_of(row: items.ItemRow, *, now: int) -> items.ItemChange:
    """Return an item's present values as a change, to be replaced in part."""
    return items.ItemChange(
        item=row.id,
        state=row.state,
        label=row.label,
        chance=row.chance,
        answers=row.answers,
        judged=row.judged,
        decided_at=now,
        decided_by=row.decided_by,
        parts=row.parts,
    )


def parts_of(consensus: Consensus, position: int) -> str:
    """Return the confidence of each object of an item's label as it is stored, "" where there are none."""
    found = consensus.parts[position] if consensus.parts else ()
    return json.dumps([round(one, 4) for one in found]) if found else ""


def reviewers(work: Work) -> tuple[str, str]:
    """Return the queue and the verb of level-1 review: peers where there are any, else experts."""
    found = people.list_people(work.scope, work.project.id)
    if any(person.is_peer and person.state == "active" for person in found):
        return label_loop.PEER, "ask a peer"
    return label_loop.EXPERT, "ask an expert"


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
    for item, person, state, name in queue.touched(ids):
        touch = found.setdefault(item, _Touch())
        touch.people.add(voices.get(person, person))
        touch.skips += state == "skipped"
        touch.leases += state == lifecycle.LEASED
        touch.reviewed |= name == label_loop.PEER
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


def settle_at(work: Work) -> float:
    """Return the risk at which items settle: the batch's threshold, or the allowed rate before a refit."""
    return work.batch.threshold or work.intake.quality.allowed


def expert_price(work: Work) -> float:
    """Return what an expert judgement costs, in answers."""
    return work.intake.money.expert / max(work.intake.money.answer, 1)


def most_of(work: Work) -> int:
    """Return the most answers that an item gets."""
    return most_answers(least=work.intake.least, most=work.intake.most, expert_price=expert_price(work))


# --- learning people anew ------------------------------------------------------------------------


def refit(work: Work) -> None:
    """Learn people from all answers, calibrate, and write back what changed."""
    batch = work.batch
    everybody = people.list_people(work.scope, work.project.id)
    rows = items.all_items(batch)
    answers = queue.all_answers(batch.first_item, batch.last_item, queues=LABEL_QUEUES)
    table = columns(
        work,
        [answer[:3] for answer in answers],
        suggested=proposals.all_suggestions(batch) if sources(work.intake) else (),
        items_in_order=[row.id for row in rows],
        people=everybody,
    )

    known = [row.label if row.judged and row.label else None for row in rows]
    learnt = told(known, task=work.task)
    prior = prior_of(work, rows)
    # What known items taught last time says how far the model is heard while people are learnt.
    heard = trusted_prior(work, prior, lessons=lessons_of(work))
    model = work.task.fit(table, schema=work.intake.schema, known=learnt, prior=heard)
    lessons = learn(
        table=table,
        model=model,
        prior=prior,
        known=known,
        by_chance=_by_chance(work, rows),
        task=work.task,
        schema=work.intake.schema,
        most=work.intake.most,
    )
    belief = judged_by(model, work=work, table=table, prior=prior, lessons=lessons, learnt=learnt)
    settle, worth = _exchange(work, rows, belief, lessons=lessons)
    waiting = reserve_of(
        work,
        everybody,
        model=model,
        table=table,
        prior=heard,
        still_open=np.array(
            [row.state == lifecycle.LABELLING and not row.is_control for row in rows], dtype=np.bool_
        ),
    )
    shown = standing.standing_of(work, everybody, rows, table=table, answers=answers, reserve=waiting)
    changes, reopened = _restated(work, rows, belief, settle=settle, worth=worth)
    automatic = _automatic(work, rows, belief, settle=settle, worth=worth)

    counted = {row.id: row.answers for row in rows}
    silent = sum(counted[change.item] - change.answers for change in changes)
    settled = sum(row.state == lifecycle.SETTLED and not row.is_control for row in rows)
    estimate = plan_so_far(work, settled=settled)

    with work.saving():
        items.save_changes([*changes, *automatic])
        queue.close_tasks(batch.id, [change.item for change in automatic])
        items.mark_dirty(reopened)
        if estimate is not None:
            projects.save_plan(work.scope, work.project.id, plan=store_plan(estimate))
        standing.save(work, shown)
        batches.set_batch(
            work.scope,
            batch.id,
            model=model.to_bytes(),
            calibration=lessons_to_json(lessons),
            threshold=settle,
            answers=batch.answers - silent,
            refitted=batch.answers - silent,
            refit_at=int((batch.answers - silent) * REFIT_GROWTH) + 1,
        )
        work.record(
            "learn people anew",
            rule="answers grew by a quarter",
            answers=len(answers),
            settle_at=round(settle, 6),
            restated=len(changes),
            reopened=len(reopened),
        )
        if automatic:
            work.record(
                "label automatically",
                rule="models are believed, and one more answer is not worth its price",
                settle_at=round(settle, 6),
                items=len(automatic),
            )
        was = lessons_of(work)
        if (was is None or was.models) and not lessons.models:
            work.record(
                "drop the models", rule="known items have worse labels with their word than without it"
            )


def _by_chance(work: Work, rows: Sequence[items.ItemRow]) -> NDArray[np.bool_]:
    """Say which items, once known, are known because a draw said so, shape (items,).

    Control items, and every item that got a judgement in an audit, right or wrong: what the audits corrected alone
    would teach that agreement means error. Drawn items that experts had judged before are not among them. They are a
    random part of what was sent to experts for its risk, all of which is known; beside it they tell nothing about
    the items that nobody judged, and those are what the calibration is for.
    """
    drawn: set[int] = set()
    if work.batch.attempt:
        drawn = queue.answered_items(work.batch.first_item, work.batch.last_item, queue=label_loop.AUDIT)
    return np.array([row.is_control or row.id in drawn for row in rows], dtype=np.bool_)


def _exchange(
    work: Work, rows: Sequence[items.ItemRow], belief: Belief, *, lessons: Lessons
) -> tuple[float, NDArray[np.bool_]]:
    """Return the risk at which items settle from now on, and for which items one more answer pays."""
    quality = work.intake.quality
    open_items = np.array([not row.is_control and not row.judged for row in rows], dtype=np.bool_)
    batch = sum(not row.is_control for row in rows)
    found = worth_asking(
        right=belief.right[open_items],
        count=belief.consensus.count[open_items],
        most=most_of(work),
        evidence=lessons.evidence,
        audit=Audit(
            batch, quality.allowed, delta_of_attempt(quality.delta, work.batch.attempt + 1), lessons.spread
        ),
        expert_price=expert_price(work),
        believed=belief.alone[open_items] if work.intake.automatic else None,
    )
    worth = np.zeros(len(rows), dtype=np.bool_)
    worth[open_items] = found.pays
    return found.threshold, worth


def _restated(
    work: Work,
    rows: Sequence[items.ItemRow],
    belief: Belief,
    *,
    settle: float,
    worth: NDArray[np.bool_],
) -> tuple[list[items.ItemChange], list[int]]:
    """Return the items whose label or chance changed noticeably, and those to decide about again.

    These are settled items that have become too risky, items still asked about that are safe now, items of which
    an answer is no longer heard (of somebody who was excluded, or is believed to be another), and items labelled
    by models that are no longer heard.
    """
    changes: list[items.ItemChange] = []
    again: list[int] = []
    consensus = belief.consensus
    automatic = np.array([row.decided_by == items.MODEL for row in rows], dtype=np.bool_)
    withdrawn = consensus.count < np.array([row.answers for row in rows])
    withdrawn |= automatic & (consensus.count == 0) & ~belief.alone
    for position in np.flatnonzero((consensus.count > 0) | withdrawn | automatic).tolist():
        row = rows[position]
        if row.is_control or row.judged or (row.dirty and not withdrawn[position]):
            continue
        value, chance = consensus.value[position], float(belief.right[position])
        risky = 1.0 - chance > settle or (automatic[position] and not consensus.count[position])
        reopen = row.state == lifecycle.SETTLED and risky and bool(worth[position])
        if withdrawn[position]:
            reopen = row.state in (lifecycle.SETTLED, lifecycle.CHECKING)
        moved = abs(chance - row.chance) > NOTICEABLE * (1.0 - row.chance)
        if value != row.label or moved or reopen or withdrawn[position]:
            state = lifecycle.move("item", row.state, "reopen") if reopen else row.state
            changes.append(
                replace(
                    change_of(row, now=work.now),
                    state=state,
                    label=value,
                    chance=chance,
                    answers=min(int(consensus.count[position]), row.answers),
                    parts=parts_of(consensus, position),
                    decided_by="" if reopen and automatic[position] else row.decided_by,
                )
            )
        if reopen or withdrawn[position] or (row.state == lifecycle.LABELLING and not worth[position]):
            again.append(row.id)
    return changes, again


def _automatic(
    work: Work, rows: Sequence[items.ItemRow], belief: Belief, *, settle: float, worth: NDArray[np.bool_]
) -> list[items.ItemChange]:
    """Return the items that models settle: nobody has looked at them, and somebody's look is not worth its price.

    Whoever holds one, or has skipped it, goes before the models; the pilot and control items are for people.
    """
    if not work.intake.automatic or work.batch.pilot != "done":
        return []
    sure = belief.alone & ~worth & (1.0 - belief.right <= settle)
    found = {
        rows[position].id: position
        for position in np.flatnonzero(sure).tolist()
        if rows[position].state == lifecycle.LABELLING
        and not (rows[position].is_control or rows[position].is_pilot or rows[position].dirty)
        and not rows[position].decided_by  # a check doubted the models' word before
    }
    untouched = _untouched(list(found))
    return [
        replace(
            change_of(rows[position], now=work.now),
            state=lifecycle.move("item", lifecycle.LABELLING, "agree"),
            label=belief.consensus.value[position],
            chance=float(belief.right[position]),
            decided_by=items.MODEL,
            parts=parts_of(belief.consensus, position),
        )
        for item, position in found.items()
        if item in untouched
    ]


def _untouched(found: Sequence[int]) -> set[int]:
    """Return the items that nobody holds or has skipped."""
    return set(found) - {item for item, *_ in queue.touched(found)}
