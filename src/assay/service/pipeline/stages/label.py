"""Label: the sequencer of simulated and recorded people. Real people come in through the doors instead.

One sequencer orders everybody's events on a logical clock. Its memory is in the database (`turn`), so a
killed run goes on with the very event that would have come next. Several events share a transaction;
each of them is the same call that a real labeller's click would make.
"""

import heapq
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from assay.core.ports.workforce import GivenAnswer, Workforce
from assay.service.access.permissions import EXPERT, LABELLER, Actor
from assay.service.labelling import label_loop
from assay.service.labelling.label_loop import Served
from assay.service.labelling.route_recorded_people import route
from assay.service.working_set import label_queues
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.label_queues import Rules
from assay.store.items import items
from assay.store.labelling import project_people, task_leases, wanted_answers
from assay.store.labelling.task_leases import AssignmentGone
from assay.store.projects import batches

IDLE: Final = 60_000_000
"""An idle person looks again after a minute."""
NOT_AGAIN: Final = "I could not finish this before."


def due(work: Work) -> bool:
    """Whether somebody simulated or recorded has something to do."""
    if work.workforce is None or not work.batch.pilot:
        return False
    return wanted_answers.has_open_task(work.batch.id) or task_leases.has_lease(work.batch.id)


def step(work: Work) -> None:
    """Let the people act, up to a number of events."""
    assert work.workforce is not None
    with work.saving():
        expired = label_loop.expire(work.actor, batch=work.batch.id, now=work.now)
        day = _Day(work, work.workforce)
        if not expired and not day.act(most=work.limits.step_answers) and not day.routed:
            day.clock = _resolve_standstill(work, clock=day.clock)
        project_people.save_turns(work.batch.id, day.changed())
        batches.set_batch(work.scope, work.batch.id, clock=day.clock)


class _Day:
    """Everybody's turns, taken in the order of their times."""

    def __init__(self, work: Work, workforce: Workforce) -> None:
        self.work = work
        self.workforce = workforce
        self.rules: Rules = work.rules
        self.clock = work.batch.clock
        self.people = {
            person.id: person for person in project_people.list_people(work.scope, work.project.id)
        }
        self.before = {turn.person: turn for turn in project_people.list_turns(work.batch.id)}
        self.routed = 0
        self.turns = dict(self.before)
        if work.intake.workforce.kind == "recorded":
            found = route(work, workforce, clock=self.clock)
            self.routed, self.clock = found.answers, found.clock
            self.turns = {who: turn for who, turn in self.before.items() if self.people[who].is_expert}
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

    def changed(self) -> list[project_people.TurnRow]:
        """Return the turns to be saved."""
        return [turn for who, turn in self.turns.items() if turn != self.before[who]]

    def _take_turn(self, turn: project_people.TurnRow) -> project_people.TurnRow:
        person = self.people[turn.person]
        roles = frozenset({EXPERT if person.is_expert else LABELLER})
        actor = Actor(self.work.scope, person.code, roles, "sequencer", person.id)
        if turn.assignment is None:
            served = label_loop.take(actor, rules=self.rules, person=person, now=self.clock)
            return self._next(turn, served)
        given = self._given(person, assignment=turn.assignment, key=turn.item_key)
        if given.abandons:  # the page is closed: the lease runs out by itself
            return self._idle(turn)
        try:
            return self._next(turn, self._act(actor, person, turn.assignment, turn.item_key, given))
        except AssignmentGone:  # it took longer than the lease: the item goes to somebody else
            return self._idle(turn)

    def _act(
        self, actor: Actor, person: project_people.PersonRow, assignment: int, key: str, given: GivenAnswer
    ) -> Served | None:
        """Skip or submit; return what comes next."""
        if given.value is None:
            return label_loop.skip(
                actor,
                rules=self.rules,
                person=person,
                assignment=assignment,
                reason=given.skip_reason,
                now=self.clock,
            )
        return label_loop.submit(
            actor,
            rules=self.rules,
            person=person,
            assignment=assignment,
            client_id=f"{self.work.batch.name}/{person.code}/{key}/{assignment}",
            value=given.value,
            seconds=given.seconds,
            now=self.clock,
            take_next=True,
            takes_late=False,  # they have gone by then
        ).served

    def _given(self, person: project_people.PersonRow, *, assignment: int, key: str) -> GivenAnswer:
        """Return what a person does; whoever let a lease on the item run out and would again, skips it."""
        given = self.workforce.give(person.code, key, expert=person.is_expert)
        if not given.abandons and given.seconds * 1_000_000 < self.rules.task_micros:
            return given
        lease = task_leases.assignment_by_id(self.work.scope, assignment)
        assert lease is not None
        if not task_leases.lost_before(item=lease.item, person=person.id):
            return given
        return GivenAnswer(value=None, seconds=1.0, skip_reason=NOT_AGAIN)

    def _idle(self, turn: project_people.TurnRow) -> project_people.TurnRow:
        return replace(turn, due_at=self.clock + IDLE, assignment=None, item_key="")

    def _next(self, turn: project_people.TurnRow, served: Served | None) -> project_people.TurnRow:
        if served is None:
            return self._idle(turn)
        person = self.people[turn.person]
        given = self._given(person, assignment=served.assignment, key=served.key)
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
    expiry = task_leases.first_expiry(work.batch.id)
    if expiry is not None:
        late = max(clock, expiry)
        label_loop.expire(work.actor, batch=work.batch.id, now=late)
        return late
    left = wanted_answers.open_task_items(
        work.batch.id, (label_queues.LABEL, label_queues.PEER, label_queues.EXPERT, label_queues.AUDIT)
    )
    stuck = sorted({item for item, _ in left})
    wanted_answers.close_tasks(work.batch.id, stuck)
    items.mark_dirty(stuck, stuck=True)
    work.record("give up on tasks", rule="nobody is left who may answer them", items=len(stuck))
    return clock


def start_turns(work: Work, ids: Sequence[int]) -> None:
    """Give everybody a first turn, a few seconds apart, as people arrive."""
    project_people.add_turns(
        work.batch.id, people=ids, at=[work.now + position * 1_000_000 for position in range(len(ids))]
    )
