"""Review: level 1 by peers, level 2 by experts, on what is risky. Nobody reviews their own work.

A peer's answer joins the others; where it does not settle the matter, an expert adjudicates with the
answers side by side. An expert's judgement is final until somebody gives feedback. (The random sample
that the certificate rests on is drawn by certify and kept apart from this.)
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from assay.core.project import lifecycle
from assay.core.quality.label_loss import loss_of
from assay.service.pipeline.pause_at_approved_price import pauses_for_budget
from assay.service.pipeline.set_items_aside import set_items_aside
from assay.service.quality.calibrated_consensus import believe
from assay.service.quality.settling_limits import settle_at
from assay.service.working_set import label_queues, texts_as_now
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.item_changes import change_of, parts_of
from assay.store.items import items
from assay.store.labelling import project_people, task_leases, wanted_answers

CHUNK: Final = 2_000
EXPERT_CHANCE: Final = 0.995
"""Probability that an expert's judgement is right, as it is shown; it is never used to certify."""
STATES: Final = (lifecycle.PEER_REVIEW, lifecycle.EXPERT_REVIEW)


def due(work: Work) -> bool:
    """Whether a reviewer has said something."""
    return items.has_dirty(work.batch.id, states=STATES)


def step(work: Work) -> None:
    """Act on what reviewers said about a chunk of items."""
    rows = items.dirty_items(work.batch.id, states=STATES, limit=CHUNK)
    ids = [row.id for row in rows]
    belief = believe(work, rows)
    judged = {
        answer.item: answer for answer in texts_as_now.answers_of(work, ids, queues=(label_queues.EXPERT,))
    }
    earlier = {
        answer.item: answer
        for answer in texts_as_now.answers_of(work, ids, queues=label_queues.EXPERT_QUEUES)
    }
    everybody = project_people.list_people(work.scope, work.project.id)
    silent = {person.id for person in everybody if person.state == project_people.EXCLUDED}
    peers = {
        answer.item: answer
        for answer in texts_as_now.answers_of(work, ids, queues=(label_queues.PEER,))
        if answer.person not in silent
    }
    experts = {person.id for person in everybody if person.is_expert and person.state == "active"}
    seen, in_hand = _who_saw(ids)

    loss = loss_of(work.task, work.intake.schema)
    changes: list[items.ItemChange] = []
    to_experts: list[int] = []
    aside: list[items.ItemRow] = []
    for position, row in enumerate(rows):
        change = replace(
            change_of(row, now=work.now),
            answers=int(belief.consensus.count[position]),
            chance=float(belief.right[position]),
        )
        judgement = judged.get(row.id)
        if row.state == lifecycle.PEER_REVIEW:
            settled = 1.0 - change.chance <= settle_at(work)
            agrees = row.id in peers and loss(peers[row.id].value, row.label) <= work.intake.quality.allowed
            label = belief.consensus.value[position] if settled else row.label
            if row.id in peers and (settled or agrees):
                state = lifecycle.move("item", row.state, "agree")
                parts = parts_of(belief.consensus, position) if settled else row.parts
                change = replace(change, state=state, label=label, parts=parts, decided_by="peers")
            else:
                change = replace(change, state=lifecycle.move("item", row.state, "ask an expert"))
                to_experts.append(row.id)
        elif judgement is not None and judgement.at >= row.decided_at:
            change = _judged(change, row, judgement.value)
        elif experts - seen.get(row.id, set()) and not (row.stuck or row.id in in_hand):
            to_experts.append(row.id)  # somebody skipped it: the next expert looks
        elif row.id in earlier and row.id not in in_hand:  # every expert has had a say: the last one's stands
            change = _judged(change, row, earlier[row.id].value)
        elif not (row.label or row.is_control or row.id in in_hand):
            aside.append(row)
            continue
        elif row.id not in in_hand:  # whoever has it has not spoken yet, whatever others said meanwhile
            # No expert is left who has not seen it: the label stands as it is, with its risk.
            change = replace(change, state=lifecycle.move("item", row.state, "judge"))
        changes.append(change)
    if pauses_for_budget(work, judgements=len(to_experts)):
        return

    with work.saving():
        items.save_changes(changes)
        wanted_answers.open_tasks(work.batch.id, queue=label_queues.EXPERT, items=to_experts)
        set_items_aside(work, aside)
        work.record(
            "review items",
            rule="level 1 by peers, level 2 by experts",
            looked_at=len(rows),
            settled=len(rows) - len(to_experts) - len(aside),
            to_experts=len(to_experts),
        )


def _who_saw(ids: Sequence[int]) -> tuple[dict[int, set[int]], set[int]]:
    """Return who holds, answered or skipped each item, and the items that an expert has in hand."""
    seen: dict[int, set[int]] = {}
    in_hand: set[int] = set()
    for item, person, state, queue in task_leases.touched(ids):
        seen.setdefault(item, set()).add(person)
        if state == "leased" and queue == label_queues.EXPERT:
            in_hand.add(item)
    return seen, in_hand


def _judged(change: items.ItemChange, row: items.ItemRow, label: str) -> items.ItemChange:
    return replace(
        change,
        state=lifecycle.move("item", row.state, "judge"),
        label=label,
        chance=1.0 if row.is_control else EXPERT_CHANCE,
        judged=True,
        parts="",
        decided_by="known" if row.is_control else "expert",
    )
