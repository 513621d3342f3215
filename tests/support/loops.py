"""A label loop without a pipeline: a batch of opened items, and people, straight in the store."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay.core.labels.label_values import LabelClass, LabelSchema
from assay.core.project import lifecycle
from assay.core.project.price_of_work import each_item
from assay.service.access.permissions import EXPERT, LABELLER, Actor
from assay.service.labelling import label_loop
from assay.service.labelling.label_loop import Receipt, Served
from assay.service.working_set import label_queues
from assay.service.working_set.label_queues import Rules
from assay.store import db
from assay.store.items import items
from assay.store.labelling import project_people, wanted_answers
from assay.store.labelling.project_people import PersonRow
from assay.store.projects import batches, projects
from assay.store.scope import Scope
from assay.tasktypes import TASK_TYPES

LABELS = ("cat", "dog", "hen")
START = 1_800_000_000_000_000
MINUTE = 60_000_000


@dataclass(frozen=True)
class Loop:
    """A batch at work; every call is a transaction of its own, as a door would make it."""

    scope: Scope
    rules: Rules
    crew: dict[str, PersonRow]
    items: tuple[int, ...]
    controls: tuple[int, ...]

    def actor(self, who: str) -> Actor:
        """Return somebody of the crew as they act."""
        person = self.crew[who]
        role = EXPERT if person.is_expert else LABELLER
        return Actor(self.scope, who, frozenset({role}), "tests", person.id)

    def take(self, who: str, *, now: int = START) -> Served | None:
        """Take the next item."""
        with db.transaction():
            return label_loop.take(self.actor(who), rules=self.rules, person=self.crew[who], now=now)

    def submit(
        self,
        who: str,
        assignment: int,
        *,
        client_id: str,
        value: str = "cat",
        now: int = START,
        take_next: bool = False,
    ) -> Receipt:
        """Submit an answer."""
        with db.transaction():
            return label_loop.submit(
                self.actor(who),
                rules=self.rules,
                person=self.crew[who],
                assignment=assignment,
                client_id=client_id,
                value=value,
                seconds=3.5,
                now=now,
                take_next=take_next,
            )

    def skip(self, who: str, assignment: int, *, reason: str = "blurred", now: int = START) -> Served | None:
        """Skip an item."""
        with db.transaction():
            return label_loop.skip(
                self.actor(who),
                rules=self.rules,
                person=self.crew[who],
                assignment=assignment,
                reason=reason,
                now=now,
            )

    def release(self, who: str, assignment: int, *, now: int = START) -> None:
        """Give an item back."""
        with db.transaction():
            label_loop.release(self.actor(who), person=self.crew[who], assignment=assignment, now=now)

    def renew(self, who: str, assignment: int, *, now: int = START) -> int:
        """Hold an item longer."""
        with db.transaction():
            return label_loop.renew(
                self.actor(who), rules=self.rules, person=self.crew[who], assignment=assignment, now=now
            )

    def expire(self, *, now: int) -> int:
        """End what ran out."""
        with db.transaction():
            return label_loop.expire(self.actor(next(iter(self.crew))), batch=self.rules.batch, now=now)

    def open(self, ids: Sequence[int], *, queue_name: str = label_queues.LABEL) -> None:
        """Want one more answer to each of these items."""
        with db.transaction():
            wanted_answers.open_tasks(self.rules.batch, queue=queue_name, items=ids)


def make_loop(
    scope: Scope,
    *,
    items_wanted: int = 6,
    answers: int = 1,
    controls: int = 0,
    labellers: Sequence[str] = ("lena", "luis"),
    experts: Sequence[str] = ("eva",),
    name: str = "pets",
    seed: int = 1,
    task_micros: int = 10 * MINUTE,
    given: int = 0,
    exposure: float = 0.25,
) -> Loop:
    """Make a project with one batch whose items (after the control items) each want some answers."""
    with db.transaction():
        project = projects.add_project(
            scope, name=name, intake="", intake_digest="", folder="", seed=seed, now=START
        )
        number = batches.add_batch(
            scope, project=project, name=f"{name}-1", clock=START, nonce="", commitment=""
        )
        batch = batches.batch_by_id(scope, number)
        items.insert_items(
            batch,
            [
                items.NewItem(
                    ord=position,
                    key=f"item-{position:03}",
                    fingerprint=f"{position:064x}",
                    media=f"photos/{position}.jpg",
                    text=None,
                    extra="{}",
                    near=None,
                )
                for position in range(items_wanted + controls)
            ],
            state=lifecycle.WAITING,
        )
        ids = tuple(batch.first_item + position for position in range(items_wanted + controls))
        items.make_controls([(item, LABELS[item % 3], lifecycle.SETTLED) for item in ids[:controls]])
        ordinary = ids[controls:]
        items.open_items(ordinary, state=lifecycle.LABELLING)
        for _ in range(answers):
            wanted_answers.open_tasks(number, queue=label_queues.LABEL, items=ordinary)
        everybody = [(code, False) for code in labellers] + [(code, True) for code in experts]
        project_people.add_people(scope, project=project, people=everybody)
        crew = {person.code: person for person in project_people.list_people(scope, project)}
    rules = Rules(
        batch=number,
        project=name,
        seed=seed,
        task=TASK_TYPES.get("classification"),
        schema=LabelSchema(tuple(LabelClass(label) for label in LABELS)),
        answer_price=each_item(4),
        expert_price=20,
        task_micros=task_micros,
        answers=given,
        exposure=exposure,
    )
    return Loop(scope, rules, crew, ordinary, ids[:controls])


def one(sql: str, *values: object) -> int:
    """Return the single number that a query gives."""
    found = db.row(sql, list(values))
    assert found is not None
    return int(found[0])
