"""Submits of answers of 100 KiB against submits of one box, in process: what lies beside the rows costs.

    python -m bench.large_answers [--scale 0.1]

Both are boxes in a picture; each step is one transaction, as a door would make it, without the transfer of its request.
To read an answer and spell it canonically costs the same wherever it is stored, so that is measured apart. Beside it
stands the machine's limit: the same bytes, compressed, written to a file and brought to the disk.
"""

import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from bench.filling import LABELS, submitted
from bench.measuring import CLOCK, Finding, Place, apart, measure, median, options, place, report

from assay.core.labels.label_text import write_label
from assay.core.labels.label_values import Box, Boxes
from assay.service.access.permissions import LABELLER, Actor
from assay.service.labelling import label_loop
from assay.service.working_set import label_queues
from assay.service.working_set.label_queues import Rules
from assay.service.working_set.load_batch import load_work
from assay.store import db
from assay.store.items import items
from assay.store.labelling import project_people, wanted_answers
from assay.store.labelling.project_people import PersonRow
from assay.store.scope import Scope
from assay.tasktypes import TASK_TYPES

ANSWERS, SIZE, RUNS, CONTROLS = 20_000, 100 << 10, 5, 40
MOST = 3.0
"""So many times a box's submit, beside reading the answer."""


@dataclass(frozen=True)
class Costs:
    """CPU milliseconds per step with one box and with many, of reading many, and of the bare file; wall, and row bytes."""

    box: float
    many: float
    reading: float
    bare: float
    box_wall: float
    many_wall: float
    in_rows: float


def main() -> None:
    given = options(__doc__)
    answers = max(RUNS * 40, int(ANSWERS * given.scale))
    with place() as at:
        found: Costs = apart(costs, at, answers)
    beside = found.many - found.reading
    report(
        given,
        [
            Finding(
                f"A submit of 100 KiB against one of a box, {answers:,} answers ({at.database})",
                f"<= {MOST:g}x, without the transfer and reading the answer",
                f"{beside / found.box:.2f}x ({found.box:.2f} -> {beside:.2f} ms CPU, and {found.reading:.2f} ms to read"
                f" 100 KiB of boxes; wall {found.box_wall:.1f} -> {found.many_wall:.1f} ms; the same bytes compressed and"
                f" synced alone {found.bare:.2f} ms CPU)",
                beside <= MOST * found.box,
            ),
            Finding(
                f"Bytes of an answer of 100 KiB in its row ({at.database})",
                "<= 4,096",
                f"{found.in_rows:,.0f}",
                found.in_rows <= 4_096,
            ),
        ],
    )


def costs(at: Place, answers: int) -> Costs:
    """Measure batches of answers of one box and of many in turn."""
    installation, number = submitted(at, items=2 * answers + CONTROLS + 1)
    scope = installation.scope
    work = load_work(installation, batch=number, out=at.home, hold=lambda: None, real_now=CLOCK)
    rules = replace(work.rules, task=TASK_TYPES.get("image_boxes"))
    ids = range(work.batch.first_item + CONTROLS, work.batch.first_item + CONTROLS + 2 * answers + 1)
    with db.transaction():
        items.make_controls([(item - CONTROLS, LABELS[item % 4], "settled") for item in ids[:CONTROLS]])
        project_people.add_people(scope, project=work.project.id, people=[("lena", False)])
        wanted_answers.open_tasks(number, queue=label_queues.LABEL, items=ids)
    (person,) = project_people.list_people(scope, work.project.id)
    label = rules.schema.names[0]
    boxes = SIZE // len(_text(label, 100, seed=0)) * 100
    each = answers // RUNS
    small, large, reading, bare = [], [], [], []
    for run in range(RUNS):
        few = [_text(label, 1, seed=run * each + step) for step in range(each)]
        many = [_text(label, boxes, seed=run * each + step) for step in range(each)]
        small.append(measure(_submits(scope, rules, person, few, f"small {run}")))
        large.append(measure(_submits(scope, rules, person, many, f"large {run}")))
        reading.append(measure(_reads(rules, many)))
        bare.append(measure(_files(at.home, many)))
    row = db.row("SELECT MAX(LENGTH(value)) FROM answer")
    assert row is not None
    per_step = 1000 / each
    return Costs(
        box=median([one.cpu * per_step for one in small]),
        many=median([one.cpu * per_step for one in large]),
        reading=median([one.cpu * per_step for one in reading]),
        bare=median([one.cpu * per_step for one in bare]),
        box_wall=median([one.wall * per_step for one in small]),
        many_wall=median([one.wall * per_step for one in large]),
        in_rows=float(row[0]),
    )


def _text(label: str, boxes: int, *, seed: int) -> str:
    """Return so many boxes, no two answers the same."""
    return write_label(
        Boxes(
            tuple(
                Box(label, float(7 * (n % 997) + seed % 5), float(11 * n + seed % 7) + 0.25, 17.5, 9.0 + seed)
                for n in range(boxes)
            )
        )
    )


def _submits(
    scope: Scope, rules: Rules, person: PersonRow, values: list[str], name: str
) -> Callable[[], None]:
    actor = Actor(scope, "lena", frozenset({LABELLER}), "bench", person.id)

    def run() -> None:
        with db.transaction():
            served = label_loop.take(actor, rules=rules, person=person, now=CLOCK)
        for step, value in enumerate(values):
            assert served is not None
            with db.transaction():
                served = label_loop.submit(
                    actor,
                    rules=rules,
                    person=person,
                    assignment=served.assignment,
                    client_id=f"{name} {step:06}",
                    value=value,
                    seconds=3.0,
                    now=CLOCK,
                    take_next=True,
                ).served
        if served is not None:
            with db.transaction():
                label_loop.release(actor, person=person, assignment=served.assignment, now=CLOCK)

    return run


def _reads(rules: Rules, values: list[str]) -> Callable[[], None]:
    def run() -> None:
        for value in values:
            rules.task.text(rules.task.parse(value, schema=rules.schema))

    return run


def _files(home: Path, values: list[str]) -> Callable[[], None]:
    def run() -> None:
        for value in values:
            with (home / "bare").open("wb") as out:
                out.write(zlib.compress(value.encode(), 1))
                out.flush()
                os.fsync(out.fileno())

    return run


if __name__ == "__main__":
    main()
