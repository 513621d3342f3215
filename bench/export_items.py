"""Export of labelled items to the augmented manifest against a bare row-by-row dump of the same rows.

    python -m bench.export_items [--scale 0.1]

Ours is what the deliver stage does: its labelled rows, read from the store, through the format's writer.
The peer runs the same query over the same connection and writes `json.dumps` of each row as it is.
"""

import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from bench.filling import LABELS, submitted
from bench.measuring import CLOCK, Finding, Measured, Place, apart, measure, median, options, place, report

from assay.core.labels.label_values import LabelledItem
from assay.core.ports.file_format import Format, Naming
from assay.core.project import lifecycle
from assay.formats import FORMATS
from assay.service.pipeline.stages import deliver
from assay.service.working_set.load_batch import load_work
from assay.store import db
from assay.store.items import items
from assay.store.projects.batches import batch_by_id

ITEMS = 100_000
MANY = 1_000_000
LEAST, GROWTH, FLAT, RUNS = 0.15, 50.0, 1.3, 3
QUERY = """SELECT i.id, i.key, b.media, b.text, b.extra, i.label, i.chance, i.is_control, i.decided_at,
 i.decided_by, i.frozen, i.fingerprint FROM item i JOIN item_body b ON b.item_id = i.id
 WHERE i.id BETWEEN %s AND %s ORDER BY i.id"""


def main() -> None:
    given = options(__doc__)
    items_, many = int(ITEMS * given.scale), int(MANY * given.scale)
    with place() as at:
        pairs = apart(both, at, items_, RUNS)
    with place() as at:
        large = apart(both, at, many, 1)[0]
    ratio = median([raw.cpu / ours.cpu for ours, raw in pairs])
    growth = max(ours.growth for ours, _ in pairs)
    per_item = median([ours.cpu for ours, _ in pairs]) / items_
    flat = large[0].cpu / many / per_item
    report(
        given,
        [
            Finding(
                f"Export of {items_:,} items to the manifest against a bare dump ({at.database})",
                f">= {LEAST}x",
                f"{ratio:.2f}x ({1e6 * per_item:.1f} us CPU an item)",
                ratio >= LEAST,
            ),
            Finding(
                f"Export, growth of memory ({at.database})",
                f"<= {GROWTH:.0f} MiB",
                f"{growth:.0f} MiB ({large[0].growth:.0f} MiB at {many:,})",
                growth <= GROWTH,
            ),
            Finding(
                f"Export per item, {many:,} against {items_:,} ({at.database})",
                f"<= {FLAT}x",
                f"{flat:.2f}x ({large[1].cpu / large[0].cpu:.2f}x the dump)",
                flat <= FLAT,
            ),
        ],
    )


def both(at: Place, count: int, runs: int) -> list[tuple[Measured, Measured]]:
    """Measure ours and the dump in turns."""
    installation, number = submitted(at, items=count, state=lifecycle.SETTLED, labels=LABELS)
    work = load_work(installation, batch=number, out=at.home, hold=lambda: None, real_now=CLOCK)
    rows = deliver._LabelledRows(work)  # noqa: SLF001 - the very rows that a delivery writes
    naming = Naming("bench", "labeling-job/bench", work.task.manifest_type, work.intake.schema)
    layout = FORMATS.get("augmented_manifest")
    batch = batch_by_id(installation.scope, number)
    found = []
    for _ in range(runs):
        ours = measure(lambda: _ours(layout, rows, at.home / "ours.manifest", naming))
        raw = measure(lambda: _file(at.home / "raw.jsonl", lambda out: _dump(batch, out)))
        print(
            f"  {count:,}: {ours.cpu:.2f} s CPU, + {ours.growth:.0f} MiB; bare dump {raw.cpu:.2f} s:"
            f" {raw.cpu / ours.cpu:.2f}x",
            flush=True,
        )
        assert ours.result == raw.result == count
        found.append((ours, raw))
    return found


def _ours(layout: Format, rows: Iterable[LabelledItem], path: Path, naming: Naming) -> int:
    path.unlink(missing_ok=True)
    count = layout.write(rows, path, naming=naming, left_out=Counter())
    with path.open("rb") as written:
        os.fsync(written.fileno())
    return count


def _file(path: Path, fill) -> int:
    with path.open("wb") as out:
        count = fill(out)
        out.flush()
        os.fsync(out.fileno())
    return count


def _dump(batch: "items.BatchRow", out: BinaryIO) -> int:
    count = 0
    with db.transaction():
        for chunk in db.stream(QUERY, [batch.first_item, batch.last_item]):
            for row in chunk:
                out.write(json.dumps(row).encode() + b"\n")
                count += 1
    return count


if __name__ == "__main__":
    main()
