"""One step of the label loop (submit and next) in process, with few and with very many open tasks.

    python -m bench.label_loop [--scale 0.1]

Each step is one transaction, as a door would make it. A fresh person, and one who has answered half of the
items with open tasks (their cursor stands there, and their assignments exist). Beside it the machine's
limit: one INSERT and its COMMIT on the same connection with the same settings.
"""

from dataclasses import dataclass

from bench.filling import CHUNK, LABELS, submitted
from bench.measuring import CLOCK, Finding, Measured, Place, apart, measure, median, options, place, report

from assay.service.access.permissions import LABELLER, Actor
from assay.service.labelling import label_loop
from assay.service.working_set import label_queues
from assay.service.working_set.label_queues import Rules
from assay.service.working_set.load_batch import load_work
from assay.store import db
from assay.store.items import items
from assay.store.labelling import next_task_for_a_person, project_people, wanted_answers
from assay.store.labelling.next_task_for_a_person import CursorRow
from assay.store.labelling.project_people import PersonRow
from assay.store.scope import Scope

FEW, MANY = 10_000, 1_000_000
STEPS, RUNS, CONTROLS = 1_000, 3, 40
MOST_MS, FLAT = 1.5, 1.3


@dataclass(frozen=True)
class Costs:
    """CPU and wall milliseconds per step for a fresh person and one half through, and of a bare commit."""

    fresh: float
    half: float
    wall: float
    commit: float
    commit_wall: float


def main() -> None:
    given = options(__doc__)
    few, many = max(2_500, int(FEW * given.scale)), int(MANY * given.scale)
    with place() as at:
        small: Costs = apart(step_costs, at, few)
    with place() as at:
        large: Costs = apart(step_costs, at, many)
    limit = f"wall {small.wall:.2f} ms; a bare INSERT + COMMIT {small.commit:.2f} ms CPU, {small.commit_wall:.2f} ms wall"
    report(
        given,
        [
            Finding(
                f"A label-loop step with {few:,} open tasks ({at.database})",
                f"<= {MOST_MS} ms CPU",
                f"{small.fresh:.2f} ms CPU ({limit})",
                small.fresh <= MOST_MS,
            ),
            _flat(
                f"A step with {many:,} open tasks against {few:,} ({at.database})", large.fresh, small.fresh
            ),
            _flat(
                f"The same for a person who answered half of them ({at.database})",
                large.half,
                small.half,
            ),
        ],
    )


def _flat(what: str, large: float, small: float) -> Finding:
    ratio = large / small
    return Finding(what, f"<= {FLAT}x", f"{ratio:.2f}x ({small:.2f} -> {large:.2f} ms CPU)", ratio <= FLAT)


def step_costs(at: Place, tasks: int) -> Costs:
    """Measure a batch with so many items, each with one open task."""
    installation, number = submitted(at, items=tasks + CONTROLS)
    scope = installation.scope
    work = load_work(installation, batch=number, out=at.home, hold=lambda: None, real_now=CLOCK)
    ids = range(work.batch.first_item + CONTROLS, work.batch.first_item + CONTROLS + tasks)
    with db.transaction():
        items.make_controls([(item - CONTROLS, LABELS[item % 4], "settled") for item in ids[:CONTROLS]])
        project_people.add_people(scope, project=work.project.id, people=[("fresh", False), ("half", False)])
    for start in range(0, tasks, CHUNK):
        with db.transaction():
            wanted_answers.open_tasks(number, queue=label_queues.LABEL, items=ids[start : start + CHUNK])
    crew = {person.code: person for person in project_people.list_people(scope, work.project.id)}
    _answered(scope, number, ids[: tasks // 2], person=crew["half"])
    if db.is_postgres():
        db.execute("ANALYZE")
    steps = min(STEPS, tasks // 8 // RUNS)
    found = {
        code: [_steps(scope, work.rules, crew[code], f"{code} {run}", steps) for run in range(RUNS)]
        for code in ("fresh", "half")
    }
    bare = [_commits(steps) for _ in range(RUNS)]
    per_step = {code: median([1000 * run.cpu / steps for run in runs]) for code, runs in found.items()}
    print(
        f"  {tasks:,} open tasks: {', '.join(f'{code} {ms:.3f} ms' for code, ms in per_step.items())} CPU a step"
    )
    return Costs(
        fresh=per_step["fresh"],
        half=per_step["half"],
        wall=median([1000 * run.wall / steps for run in found["fresh"]]),
        commit=median([1000 * run.cpu / steps for run in bare]),
        commit_wall=median([1000 * run.wall / steps for run in bare]),
    )


def _answered(scope: Scope, batch: int, ids: range, *, person: PersonRow) -> None:
    """Let a person have answered items: their assignments exist, and their cursor stands at the last task."""
    names = (
        "tenant_id",
        "batch_id",
        "item_id",
        "person_id",
        "queue",
        "state",
        "leased_until",
        "served_at",
        "reason",
    )
    for start in range(0, len(ids), CHUNK):
        with db.transaction():
            db.insert_many(
                "assignment",
                names,
                (
                    (scope.tenant, batch, item, person.id, label_queues.LABEL, "submitted", CLOCK, CLOCK, "")
                    for item in ids[start : start + CHUNK]
                ),
            )
    with db.transaction():
        last = db.row("SELECT id FROM task WHERE item_id = %s", [ids[-1]])
        assert last is not None
        next_task_for_a_person.lock_cursor(batch, person=person.id, queue=label_queues.LABEL)
        next_task_for_a_person.save_cursor(
            batch, person=person.id, queue=label_queues.LABEL, cursor=CursorRow(int(last[0]), len(ids), 0, 0)
        )


def _steps(scope: Scope, rules: Rules, person: PersonRow, run: str, steps: int) -> Measured:
    """Submit and take so many times, each in a transaction of its own."""
    actor = Actor(scope, person.code, frozenset({LABELLER}), "bench", person.id)
    with db.transaction():
        served = label_loop.take(actor, rules=rules, person=person, now=CLOCK)
    assert served is not None
    held = [served.assignment]

    def work() -> int:
        for number in range(steps):
            with db.transaction():
                receipt = label_loop.submit(
                    actor,
                    rules=rules,
                    person=person,
                    assignment=held[0],
                    client_id=f"{run}/{number}",
                    value=LABELS[number % 4],
                    seconds=3.0,
                    now=CLOCK + number,
                    take_next=True,
                )
            assert receipt.served is not None
            held[0] = receipt.served.assignment
        return steps

    found = measure(work)
    with db.transaction():
        label_loop.release(actor, person=person, assignment=held[0], now=CLOCK)
    return found


def _commits(count: int) -> Measured:
    """One INSERT and COMMIT, so many times."""
    db.execute("CREATE TABLE IF NOT EXISTS bare (at BIGINT, said TEXT)")

    def work() -> int:
        for number in range(count):
            with db.transaction():
                db.execute("INSERT INTO bare (at, said) VALUES (%s, %s)", [number, "cat"])
        return count

    return measure(work)


if __name__ == "__main__":
    main()
