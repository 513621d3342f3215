"""Routing to recorded people: each task goes to somebody who once answered its item.

Recorded people cannot be asked about just anything, so they do not come and take the next task. Of those who
answered the item and were not asked about it yet the one is chosen whose answer tells most (`core.workforce.whom_to_ask`,
within its limits); before people are learnt, or where the model of them knows no confusion rows, the one who did
best on control items, ties by keyed chance. In between control items are served as they are to anybody else.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from assay.core import chance
from assay.core.consolidation.methods.dawid_skene import DEFAULTS
from assay.core.ports.answers import Floats, KnowsRows
from assay.core.ports.workforce import Workforce
from assay.core.workforce.skill_and_pausing import BetaSkill
from assay.core.workforce.whom_to_ask import FAIR, choose, information
from assay.service.access.permissions import LABELLER, Actor
from assay.service.labelling import control_items_mixed_in, label_loop
from assay.service.quality.calibrated_consensus import columns, people_model
from assay.service.quality.plan_and_quote import is_late
from assay.service.working_set import texts_as_now
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.label_queues import LABEL, LABEL_QUEUES, Rules
from assay.store.items import items
from assay.store.labelling import (
    answer_counts,
    next_task_for_a_person,
    project_people,
    task_leases,
    wanted_answers,
)


@dataclass(frozen=True, slots=True)
class Routed:
    """How many answers came, and the clock after them."""

    answers: int
    clock: int


def route(work: Work, workforce: Workforce, *, clock: int) -> Routed:
    """Have the first open tasks answered by people who can; inside the step's transaction."""
    tasks = wanted_answers.open_task_items(work.batch.id, LABEL_QUEUES, most=work.limits.step_answers)
    return _Router(work, workforce, clock=clock).answer(tasks)


class _Knowledge:
    """What is believed of some items, and what one more answer of somebody would tell."""

    def __init__(self, work: Work, ids: list[int]) -> None:
        everybody = project_people.list_people(work.scope, work.project.id)
        self.place = {person.id: position for position, person in enumerate(everybody)}
        self.row = {item: position for position, item in enumerate(ids)}
        self.labels = {name: position for position, name in enumerate(work.intake.schema.names)}
        self.rows: Floats | None = None
        self.belief: Floats = np.zeros((0, 0))
        model = people_model(work, people=everybody) if work.batch.model else None
        if not isinstance(model, KnowsRows) or not ids:
            return
        given = [
            (answer.item, answer.person, answer.value)
            for answer in texts_as_now.answers_of(work, ids, queues=LABEL_QUEUES)
        ]
        table = columns(work, given, suggested=(), items_in_order=ids, people=everybody)
        belief = model.posteriors(table)
        if belief is not None:
            self.belief = belief
            # Whatever suggests labels has the first places.
            self.rows = model.rows_of_people()[len(table.models) :]

    def worth(self, item: int, able: list[project_people.PersonRow]) -> Floats:
        """Return what an answer of each would tell about the item, shape (people,)."""
        if self.rows is None:
            return np.array([BetaSkill(person.right, person.wrong).mean for person in able])
        rows = self.rows[[self.place[person.id] for person in able]]
        return information(self.belief[self.row[item]], rows)

    def heard(self, item: int, person: project_people.PersonRow, value: str) -> None:
        """Take an answer into the belief about its item."""
        if self.rows is None or item not in self.row or value not in self.labels:
            return
        said = self.rows[self.place[person.id], :, self.labels[value]] ** DEFAULTS.temper
        found = self.belief[self.row[item]] * said
        self.belief[self.row[item]] = found / max(float(found.sum()), 1e-300)


class _Router:
    """Who can be asked about what, while one step's tasks are routed."""

    def __init__(self, work: Work, workforce: Workforce, *, clock: int) -> None:
        self.work = work
        self.workforce = workforce
        self.clock = clock
        self.rules: Rules = work.rules
        crew = project_people.list_people(work.scope, work.project.id)
        self.people: Mapping[str, project_people.PersonRow] = {
            person.code: person for person in crew if person.state == "active" and not person.is_expert
        }
        self.voices = {person.id: person.voice for person in crew}
        self.touched: set[tuple[int, int]] = set()
        self.controls = [item for item in items.control_items(work.batch.id) if item.label]
        self.asked = defaultdict(int, answer_counts.served_to(work.batch.id))
        self.late = is_late(work)
        self.answers = 0

    def answer(self, tasks: list[tuple[int, str]]) -> Routed:
        """Route these tasks; those that nobody is left for are withdrawn and their items marked as stuck."""
        rows = {row.id: row for row in items.items_by_id([item for item, _ in tasks])}
        controls = [row.id for row in self.controls]
        self.touched = {
            (item, self.voices[person]) for item, person, *_ in task_leases.touched([*rows, *controls])
        }
        self.known = _Knowledge(self.work, list(rows))
        stuck: list[int] = []
        for item, name in tasks:
            person = self._best(rows[item])
            if person is None:
                stuck.append(item)
                continue
            self._ask(person, rows[item], name=name, control=False)
            self._maybe_control(person)
        wanted_answers.close_tasks(self.work.batch.id, stuck)
        items.mark_dirty(stuck, stuck=True)
        return Routed(answers=self.answers + len(stuck), clock=self.clock)

    def _best(self, row: items.ItemRow) -> project_people.PersonRow | None:
        able = [
            self.people[code]
            for code in self.workforce.able(row.key) or ()
            if code in self.people and (row.id, self.people[code].voice) not in self.touched
        ]
        if not able:
            return None
        seed, given = self.work.project.seed, sum(self.asked.values())
        place = choose(
            self.known.worth(row.id, able),
            pay=np.full(len(able), max(self.rules.answer_price.cents, 1), dtype=np.float64),
            asked=np.array([self.asked[person.id] for person in able]),
            given=given,
            tie=chance.uniforms(seed, "route", [f"{row.key}/{person.code}" for person in able]),
            turn=chance.uniform(seed, "whose turn", f"{row.key}/{given}"),
            fairness=replace(FAIR, most=self.work.limits.exposure),
            late=self.late,
        )
        return able[place]

    def _maybe_control(self, person: project_people.PersonRow) -> None:
        cursor = next_task_for_a_person.lock_cursor(self.rules.batch, person=person.id, queue=LABEL)
        if not control_items_mixed_in.wants_control(self.rules, person=person, cursor=cursor):
            return
        seed = self.work.project.seed
        for row in sorted(
            self.controls,
            key=lambda row: chance.digest(seed, "which control item", f"{person.code}/{row.key}"),
        ):
            able = self.workforce.able(row.key) or ()
            if person.code in able and (row.id, person.voice) not in self.touched:
                self._ask(person, row, name=LABEL, control=True)
                return

    def _ask(self, person: project_people.PersonRow, row: items.ItemRow, *, name: str, control: bool) -> None:
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
        self.touched.add((row.id, person.voice))
        self.known.heard(row.id, person, given.value)
        self.asked[person.id] += 1
        self.answers += 1
