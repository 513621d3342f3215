"""Label: the sequencer of simulated and recorded people. Real people come in through the doors instead.

One sequencer orders everybody's events on a logical clock. Its memory is in the database (`turn`), so a
killed run goes on with the very event that would have come next. Several events share a transaction;
each of them is the same call that a real labeller's click would make.
"""

import heapq
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from assay.core.ports import Workforce
from assay.service import label_loop
from assay.service.label_loop import Rules, Served
from assay.service.permissions import EXPERT, LABELLER, Actor
from assay.service.work import Work
from assay.store import batches, items, people, queue

IDLE: Final = 60_000_000
"""An idle person looks again after a minute."""


def due(work: Work) -> bool:
    """Whether somebody simulated or recorded has something to do."""
    if work.workforce is None or not work.batch.pilot:
        return False
    return queue.has_open_task(work.batch.id) or queue.has_lease(work.batch.id)


def step(work: Work) -> None:
    """Let the people act, up to a number of events."""
    assert work.workforce is not None
    with work.saving():
        expired = label_loop.expire(work.actor, batch=work.batch.id, now=work.now)
        day = _Day(work, work.workforce)
        if not expired and not day.act(most=work.limits.step_answers):
            day.clock = _resolve_standstill(work, clock=day.clock)
        people.save_turns(work.batch.id, day.changed())
        batches.set_batch(work.scope, work.batch.id, clock=day.clock)


class _Day:
    """Everybody's turns, taken in the order of their times."""

    def __init__(self, work: Work, workforce: Workforce) -> None:
        self.work = work
        self.workforce = workforce
        self.rules: Rules = work.rules
        self.clock = work.batch.clock
        self.people = {person.id: person for person in people.list_people(work.scope, work.project.id)}
        self.before = {turn.person: turn for turn in people.list_turns(work.batch.id)}
        self.turns = dict(self.before)
        self.heap = [(turn.due_at, turn.person) for turn in self.turns.values()]
        heapq.heapify(self.heap)

    def act(self, *, most: int) -> bool:
        """Take turns until `most` answers came or nobody finds anything; return whether anybody did."""
        done, in_vain = 0, set[int]()
        while self.heap and done < most:
            due_at, who = self.heap[0]
            self.clock = max(self.clock, due_at)
            held = self.turns[who].assignment is not None
            turn = self._take_turn(self.turns[who])
            self.turns[who] = turn
            heapq.heapreplace(self.heap, (turn.due_at, who))
            if held or turn.assignment is not None:
                done += 1
                in_vain.clear()
            else:
                in_vain.add(who)
            if len(in_vain) == len(self.turns) and not any(t.assignment for t in self.turns.values()):
                break
        return done > 0

    def changed(self) -> list[people.TurnRow]:
        """Return the turns to be saved."""
        return [turn for who, turn in self.turns.items() if turn != self.before[who]]

    def _take_turn(self, turn: people.TurnRow) -> people.TurnRow:
        person = self.people[turn.person]
        roles = frozenset({EXPERT if person.is_expert else LABELLER})
        actor = Actor(self.work.scope, person.code, roles, "sequencer", person.id)
        if turn.assignment is None:
            served = label_loop.take(actor, rules=self.rules, person=person, now=self.clock)
            return self._next(turn, served)
        given = self.workforce.give(person.code, turn.item_key, expert=person.is_expert)
        if given.abandons:  # the page is closed: the lease runs out by itself
            return replace(turn, due_at=self.clock + IDLE, assignment=None, item_key="")
        if given.value is None:
            served = label_loop.skip(
                actor,
                rules=self.rules,
                person=person,
                assignment=turn.assignment,
                reason=given.skip_reason,
                now=self.clock,
            )
            return self._next(turn, served)
        receipt = label_loop.submit(
            actor,
            rules=self.rules,
            person=person,
            assignment=turn.assignment,
            client_id=f"{self.work.batch.name}/{person.code}/{turn.item_key}",
            value=given.value,
            seconds=given.seconds,
            now=self.clock,
            take_next=True,
        )
        return self._next(turn, receipt.served)

    def _next(self, turn: people.TurnRow, served: Served | None) -> people.TurnRow:
        if served is None:
            return replace(turn, due_at=self.clock + IDLE, assignment=None, item_key="")
        person = self.people[turn.person]
        given = self.workforce.give(person.code, served.key, expert=person.is_expert)
        return replace(
            turn,
            due_at=self.clock + max(1, int(given.seconds * 1_000_000)),
            assignment=served.assignment,
            item_key=served.key,
        )


def _resolve_standstill(work: Work, *, clock: int) -> int:
    """Nobody found anything: wait for the next lease to run out, or say that tasks have nobody left.

    Returns the clock, which waiting moves on.
    """
    expiry = queue.first_expiry(work.batch.id)
    if expiry is not None:
        late = max(clock, expiry)
        label_loop.expire(work.actor, batch=work.batch.id, now=late)
        return late
    left = queue.open_task_items(
        work.batch.id, (label_loop.LABEL, label_loop.PEER, label_loop.EXPERT, label_loop.AUDIT)
    )
    stuck = sorted({item for item, _ in left})
    queue.close_tasks(work.batch.id, stuck)
    items.mark_dirty(stuck, stuck=True)
    work.record("give up on tasks", rule="nobody is left who may answer them", items=len(stuck))
    return clock


def start_turns(work: Work, ids: Sequence[int]) -> None:
    """Give everybody a first turn, a few seconds apart, as people arrive."""
    people.add_turns(
        work.batch.id, people=ids, at=[work.now + position * 1_000_000 for position in range(len(ids))]
    )
