"""A simulated project from intake to delivery: CPU per answer as the number of items grows.

    python -m bench.project [--scale 0.1]

Task `classification`, 4 labels, 40 people and 6 experts; 1 k, 10 k and 100 k items. Printed beside it: how
the CPU divides among the stages, so that what grows can be seen.
"""

import csv
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.measuring import Finding, Measured, Place, apart, cpu_seconds, measure, options, place, report

from assay.core import chance
from assay.service.intake.intake_file import read_intake_file
from assay.service.pipeline.run_batch import run_batch
from assay.service.requests.submit_intake import submit_intake
from assay.service.working_set.batch_at_hand import Work
from assay.store.labelling import answers_and_pay_ledger
from assay.store.projects.batches import batch_by_id

LABELS = ("cat", "dog", "hen", "owl")
SIZES = (1_000, 10_000, 100_000)
FLAT = 1.3
INTAKE = """assay: 1
name: bench
task: classification
data: {path: items.csv, format: csv, id: id, media: file}
labels: [cat, dog, hen, owl]
quality: {right: 0.95, confidence: 0.95}
redundancy: {min: 1, max: 5}
money: {currency: EUR, budget: 1000000000, answer: 4, expert: 20}
class: internal
workforce: {kind: simulated, people: 40, experts: 6, truth: truth.csv}
accept: if_certified
start: 2026-11-23T09:00:00Z
deliver: {to: out/, formats: [augmented_manifest]}
"""


def main() -> None:
    given = options(__doc__)
    costs: dict[int, float] = {}
    for size in SIZES:
        items = max(200, int(size * given.scale))
        with place() as at:
            found: Spent = apart(whole_project, at, items, write_project)
            costs[size] = found.work.cpu / found.answers
    ratio = costs[SIZES[2]] / costs[SIZES[1]]
    report(
        given,
        [
            Finding(
                f"A simulated project of 10 k and 100 k items, CPU per answer ({at.database})",
                f"<= {FLAT}x",
                f"{ratio:.2f}x ({', '.join(f'{1000 * costs[size]:.2f}' for size in SIZES)}"
                " ms an answer at 1 k, 10 k, 100 k)",
                ratio <= FLAT,
            )
        ],
    )


@dataclass(frozen=True)
class Spent:
    """What a project took, and how many answers it got."""

    work: Measured
    answers: int
    status: str


def whole_project(at: Place, items: int, write: Callable[[Path, int], None]) -> Spent:
    """Do a project of so many items, whose files `write` makes."""
    installation = at.open()
    write(at.home / "project", items)
    owner = installation.owner("bench", "bench")
    received = read_intake_file(at.home / "project" / "intake.yaml")
    spent: Counter[str] = Counter()
    steps: Counter[str] = Counter()
    last = ["start", cpu_seconds()]

    def watch(_: Work, name: str) -> None:
        now = cpu_seconds()
        spent[str(last[0])] += now - float(last[1])
        steps[name] += 1
        last[:] = [name, now]

    def run() -> int:
        _, batch = submit_intake(
            owner, received=received, seed=1, home=installation.home, now=time.time_ns() // 1000
        )
        run_batch(
            installation,
            batch=batch.id,
            out=at.home / "out",
            clock=lambda: time.time_ns() // 1000,
            watcher=watch,
        )
        return batch.id

    found = measure(run)
    watch(None, "end")  # type: ignore[arg-type]
    batch = batch_by_id(installation.scope, found.result)
    answers = sum(answers_and_pay_ledger.count_answers(found.result).values())
    print(
        f"  {items:,} items: {batch.status}, {answers:,} answers, {found.cpu:.1f} s CPU, {found.wall:.1f} s,"
        f" {1000 * found.cpu / answers:.3f} ms an answer, memory + {found.growth:.0f} MiB",
        flush=True,
    )
    for name, seconds in spent.most_common():
        print(
            f"    {name:16} {seconds:8.2f} s in {steps[name]:6,} steps, {1000 * seconds / answers:.3f} ms an answer"
        )
    return Spent(found, answers, batch.status)


def write_project(folder: Path, items: int) -> None:
    """Write an intake with items that have no media, and their truth."""
    folder.mkdir(parents=True)
    (folder / "intake.yaml").write_text(INTAKE)
    with (
        (folder / "items.csv").open("w", newline="") as rows,
        (folder / "truth.csv").open("w", newline="") as told,
    ):
        listing, truth = csv.writer(rows), csv.writer(told)
        listing.writerow(("id", "file"))
        truth.writerow(("item", "label"))
        for number in range(items):
            key = f"item-{number:07}"
            listing.writerow((key, f"photos/{key}.jpg"))
            truth.writerow((key, LABELS[chance.pick(1, "truth", key, below=len(LABELS))]))


if __name__ == "__main__":
    main()
