"""Routing to recorded people: each task goes to somebody who once answered its item.

Recorded people cannot be asked about just anything, so they do not come and take the next task. The best of
those who answered the item and were not asked about it yet is chosen, by what control items say about
them, ties by keyed chance; in between control items are served as they are to anybody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from assay.core import chance
from assay.core.ports import Workforce
from assay.core.workforce.skill import BetaSkill
from assay.service import label_loop
from assay.service.label_loop import LABEL, LABEL_QUEUES, Rules
from assay.service.permissions import LABELLER, Actor
from assay.service.work import Work
from assay.store import items, people, queue


@dataclass(frozen=True, slots=True)
class Routed:
    """How many answers came, and the clock after them."""

    answers: int
    clock: int


def route(work: Work, workforce: Workforce, *, clock: int) -> Routed:
    """Have the first open tasks answered by people who can; inside the step's transaction."""
    tasks = queue.open_task_items(work.batch.id, LABEL_QUEUES, most=work.limits.step_answers)
    return _Router(work, workforce, clock=clock).answer(tasks)


class _Router:
    """Who can be asked about what, while one step's tasks are routed."""

    def __init__(self, work: Work, workforce: Workforce, *, clock: int) -> None:
        self.work = work
        self.workforce = workforce
        self.clock = clock
        self.rules: Rules = work.rules
        crew = people.list_people(work.scope, work.project.id)
        self.people: Mapping[str, people.PersonRow] = {
            person.code: person for person in crew if person.state == "active" and not person.is_expert
        }
        self.touched: set[tuple[int, int]] = set()
        self.controls = [item for item in items.control_items(work.batch.id) if item.label]
        self.answers = 0

    def answer(self, tasks: list[tuple[int, str]]) -> Routed:
        """Route these tasks; those that nobody is left for are withdrawn and their items marked as stuck."""
        rows = {row.id: row for row in items.items_by_id([item for item, _ in tasks])}
        controls = [row.id for row in self.controls]
        self.touched = {(item, person) for item, person, *_ in queue.touched([*rows, *controls])}
        stuck: list[int] = []
        for item, name in tasks:
            person = self._best(rows[item])
            if person is None:
                stuck.append(item)
                continue
            self._ask(person, rows[item], name=name, control=False)
            self._maybe_control(person)
        queue.close_tasks(self.work.batch.id, stuck)
        items.mark_dirty(stuck, stuck=True)
        return Routed(answers=self.answers + len(stuck), clock=self.clock)

    def _best(self, row: items.ItemRow) -> people.PersonRow | None:
        able = [
            self.people[code]
            for code in self.workforce.able(row.key) or ()
            if code in self.people and (row.id, self.people[code].id) not in self.touched
        ]
        seed = self.work.project.seed
        return max(
            able,
            key=lambda person: (
                BetaSkill(person.right, person.wrong).mean,
                chance.digest(seed, "route", f"{row.key}/{person.code}"),
            ),
            default=None,
        )

    def _maybe_control(self, person: people.PersonRow) -> None:
        cursor = queue.lock_cursor(self.rules.batch, person=person.id, queue=LABEL)
        if not label_loop.wants_control(self.rules, person=person, cursor=cursor):
            return
        seed = self.work.project.seed
        for row in sorted(
            self.controls,
            key=lambda row: chance.digest(seed, "which control item", f"{person.code}/{row.key}"),
        ):
            able = self.workforce.able(row.key) or ()
            if person.code in able and (row.id, person.id) not in self.touched:
                self._ask(person, row, name=LABEL, control=True)
                return

    def _ask(self, person: people.PersonRow, row: items.ItemRow, *, name: str, control: bool) -> None:
        actor = Actor(self.work.scope, person.code, frozenset({LABELLER}), "sequencer", person.id)
        served = label_loop.take_item(
            actor, rules=self.rules, person=person, item=row.id, name=name, control=control, now=self.clock
        )
        given = self.workforce.give(person.code, row.key, expert=False)
        if served is None or given.value is None:
            return
        # Recorded people work side by side: together they take as long as one of them, divided by all.
        self.clock += max(1, int(given.seconds * 1_000_000 / max(len(self.people), 1)))
        label_loop.submit(
            actor,
            rules=self.rules,
            person=person,
            assignment=served.assignment,
            client_id=f"{self.work.batch.name}/{person.code}/{row.key}",
            value=given.value,
            seconds=given.seconds,
            now=self.clock,
            take_next=False,
        )
        self.touched.add((row.id, person.id))
        self.answers += 1
