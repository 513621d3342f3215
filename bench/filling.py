"""Batches for benchmarks, filled straight through the store: the same rows that the stages would make."""

from collections.abc import Sequence

from bench.measuring import CLOCK, Place

from assay.core.project import lifecycle
from assay.service.installation import Installation
from assay.service.intake.intake_file import read_intake_file
from assay.service.requests.submit_intake import submit_intake
from assay.store import db
from assay.store.items import items
from assay.store.projects.batches import batch_by_id

LABELS = ("cat", "dog", "hen", "owl")
CHUNK = 20_000
INTAKE = """assay: 1
name: bench
task: classification
data: {path: items.csv, format: csv, id: id, media: file}
labels: [cat, dog, hen, owl]
quality: {right: 0.95, confidence: 0.95}
redundancy: {min: 1, max: 5}
money: {currency: EUR, budget: 1000000000, answer: 4, expert: 20}
class: internal
workforce: {kind: people}
accept: by_hand
deliver: {to: out/, formats: [augmented_manifest]}
"""


def submitted(
    at: Place, *, items: int, state: str = lifecycle.LABELLING, labels: Sequence[str] = ()
) -> tuple[Installation, int]:
    """Open a place and return it with a batch of so many items, labelled in turn where labels are given."""
    installation = at.open()
    folder = at.home / "project"
    folder.mkdir()
    (folder / "intake.yaml").write_text(INTAKE)
    _, row = submit_intake(
        installation.owner("bench", "bench"),
        received=read_intake_file(folder / "intake.yaml"),
        seed=1,
        home=installation.home,
        now=CLOCK,
    )
    batch = batch_by_id(installation.scope, row.id)
    for start in range(0, items, CHUNK):
        with db.transaction():
            _fill(batch, range(start, min(items, start + CHUNK)), state=state, labels=labels)
    if db.is_postgres():
        db.execute("ANALYZE")
    return installation, batch.id


def _fill(batch: items.BatchRow, numbers: range, *, state: str, labels: Sequence[str]) -> None:
    items.insert_items(
        batch,
        [
            items.NewItem(
                ord=number,
                key=f"item-{number:07}",
                fingerprint=f"{number:064x}",
                media=f"photos/{number // 1000:04}/{number:07}.jpg",
                text=None,
                extra=f'{{"shop":"shop-{number % 50}","taken":"2026-11-{number % 28 + 1:02}"}}',
                near=None,
            )
            for number in numbers
        ],
        state=state,
    )
    if labels:
        _label(batch, numbers, labels)


def _label(batch: items.BatchRow, numbers: range, labels: Sequence[str]) -> None:
    for place, name in enumerate(labels):
        db.execute(
            "UPDATE item SET label = %s, frozen = %s, chance = 0.9731, answers = 3, decided_by = 'people',"
            " decided_at = %s WHERE id BETWEEN %s AND %s AND MOD(id, %s) = %s",
            [
                name,
                name,
                CLOCK,
                batch.first_item + numbers.start,
                batch.first_item + numbers.stop - 1,
                len(labels),
                place,
            ],
        )
