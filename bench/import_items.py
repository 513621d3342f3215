"""Import through the ingest stage against a raw bulk insert of the same rows with the same parsing.

    python -m bench.import_items [--scale 0.1]

Both read the same file with the same reader and write the same two tables in transactions of the same
size: `executemany` on SQLite, COPY on PostgreSQL. The raw insert writes a ready-made fingerprint and checks
nothing; the stage also fingerprints, finds duplicates, reconciles and leaves an audit trail.
"""

import csv
import time
from collections.abc import Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
from bench.measuring import Finding, Measured, Place, apart, measure, median, options, place, report

from assay.core.ports.file_format import Columns
from assay.formats import FORMATS
from assay.service.installation import Installation
from assay.service.intake.intake_file import read_intake_file
from assay.service.pipeline.stages import ingest
from assay.service.requests.submit_intake import submit_intake
from assay.service.working_set.load_batch import load_work
from assay.store import db
from assay.store.projects.batches import BatchRow, batch_by_id

ITEMS = 100_000
MANY = 1_000_000
LEAST, GROWTH, FLAT, RUNS = 0.4, 100.0, 1.3, 3
KINDS = {
    "JSON Lines, media": ("items.jsonl", "jsonl", "media: file", False),
    "CSV, media": ("items.csv", "csv", "media: file", False),
    "JSON Lines, text": ("items.jsonl", "jsonl", "text: text", True),
    "CSV, text": ("items.csv", "csv", "text: text", True),
}
INTAKE = """assay: 1
name: bench
task: classification
data: {{path: {file}, format: {format}, id: id, {role}}}
labels: [cat, dog]
quality: {{right: 0.95, confidence: 0.95}}
redundancy: {{min: 1, max: 3}}
money: {{currency: EUR, budget: 100000000, answer: 4, expert: 20}}
class: internal
workforce: {{kind: people}}
accept: by_hand
deliver: {{to: out/, formats: [augmented_manifest]}}
"""
WORDS = [
    "the",
    "parcel",
    "came",
    "late",
    "and",
    "its",
    "box",
    "was",
    "open",
    "but",
    "the",
    "shop",
    "sent",
    "a",
    "new",
    "lamp",
    "within",
    "two",
    "days",
    "so",
    "we",
    "are",
    "happy",
    "again",
    "and",
    "would",
    "order",
    "from",
    "them",
    "at",
    "any",
    "time",
    "even",
    "though",
    "the",
    "colour",
    "is",
    "not",
    "quite",
    "what",
    "it",
    "was",
]


def main() -> None:
    given = options(__doc__)
    items, many = int(ITEMS * given.scale), int(MANY * given.scale)
    findings: list[Finding] = []
    name = ""
    for kind in KINDS:
        ratios, growth, per_item = [], 0.0, []
        for _ in range(RUNS):
            ours, raw, name = _pair(kind, items)
            ratios.append(raw.cpu / ours.cpu)
            growth = max(growth, ours.growth)
            per_item.append(ours.cpu / items)
        ratio = median(ratios)
        findings += [
            Finding(
                f"Import of {items:,} items against a raw bulk insert: {kind} ({name})",
                f">= {LEAST}x",
                f"{ratio:.2f}x ({1e6 * median(per_item):.1f} us CPU an item)",
                ratio >= LEAST,
            ),
            Finding(
                f"Import, growth of memory: {kind} ({name})",
                f"<= {GROWTH:.0f} MiB",
                f"{growth:.0f} MiB",
                growth <= GROWTH,
            ),
        ]
        if kind.startswith("JSON Lines"):
            ours, raw, name = _pair(kind, many)
            flat = ours.cpu / many / median(per_item)
            findings.append(
                Finding(
                    f"Import per item, {many:,} against {items:,}: {kind} ({name})",
                    f"<= {FLAT}x",
                    f"{flat:.2f}x ({raw.cpu / ours.cpu:.2f}x raw, memory + {ours.growth:.0f} MiB)",
                    flat <= FLAT,
                )
            )
    report(given, findings)


def _pair(kind: str, items: int) -> tuple[Measured, Measured, str]:
    """Measure the stage and the raw insert, each in a process and a database of its own."""
    with place() as at:
        ours = apart(through_the_stage, at, kind, items)
    with place() as at:
        raw = apart(raw_insert, at, kind, items)
    print(
        f"  {kind}, {items:,}: {ours.cpu:.2f} s CPU ({ours.wall:.2f} s), + {ours.growth:.0f} MiB;"
        f" raw {raw.cpu:.2f} s ({raw.wall:.2f} s): {raw.cpu / ours.cpu:.2f}x",
        flush=True,
    )
    assert ours.result == raw.result == items
    return ours, raw, at.database


def through_the_stage(at: Place, kind: str, items: int) -> Measured:
    """Import with the ingest stage."""
    installation, batch = _submitted(at, kind, items)

    def run() -> int:
        for _ in range(2):
            ingest.step(
                load_work(
                    installation, batch=batch, out=at.home, hold=lambda: None, real_now=time.time_ns() // 1000
                )
            )
        return batch_by_id(installation.scope, batch).accepted

    return measure(run)


def raw_insert(at: Place, kind: str, items: int) -> Measured:
    """Import with nothing but the reader and the database's bulk insert."""
    installation, number = _submitted(at, kind, items)
    batch = batch_by_id(installation.scope, number)
    file, layout, role, _ = KINDS[kind]
    column = {role.split(":")[0]: role.split(": ")[1]}
    path = at.home / "data" / file

    def run() -> int:
        rows = FORMATS.get(layout).read_items(path, columns=replace(Columns(id="id"), **column))
        encode = msgspec.json.Encoder().encode
        done = 0
        while chunk := list(islice(rows, ingest.CHUNK)):
            with db.transaction():
                _insert_raw(batch, chunk, first=batch.first_item + done, encode=encode)
            done += len(chunk)
        return done

    return measure(run)


def _insert_raw(batch: BatchRow, chunk: list[Any], *, first: int, encode: Any) -> None:
    fingerprint = "0" * 64
    names = (
        ("item", ("id", "tenant_id", "batch_id", "key", "state", "fingerprint")),
        ("item_body", ("item_id", "media", "text", "extra", "near")),
    )
    rows: tuple[Iterable[tuple[object, ...]], ...] = (
        (
            (first + n, batch.tenant_id, batch.id, row.key, "waiting", fingerprint)
            for n, row in enumerate(chunk)
        ),
        ((first + n, row.media, row.text, encode(row.extra).decode(), None) for n, row in enumerate(chunk)),
    )
    for (table, columns), values in zip(names, rows, strict=True):
        db.insert_many(table, columns, values)


def _submitted(at: Place, kind: str, items: int) -> tuple[Installation, int]:
    file, layout, role, with_text = KINDS[kind]
    installation = at.open()
    folder = at.home / "data"
    folder.mkdir()
    write_items(folder / file, items=items, with_text=with_text)
    (folder / "intake.yaml").write_text(INTAKE.format(file=file, format=layout, role=role))
    _, batch = submit_intake(
        installation.owner("bench", "bench"),
        received=read_intake_file(folder / "intake.yaml"),
        seed=1,
        home=installation.home,
        now=time.time_ns() // 1000,
    )
    return installation, batch.id


def write_items(path: Path, *, items: int, with_text: bool) -> None:
    """Write items with an id, media or text of about 100 characters, and two columns of the requester's."""
    encode = msgspec.json.Encoder().encode
    with path.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out, lineterminator="\n")
        for number in range(items):
            row = {"id": f"item-{number:07}"}
            if with_text:
                row["text"] = (
                    " ".join(
                        WORDS[(number * 7919 + place * place * (number % 97 + 1)) % len(WORDS)]
                        for place in range(20)
                    )
                    + f" {number}"
                )
            else:
                row["file"] = f"photos/{number // 1000:04}/{number:07}.jpg"
            row |= {"shop": f"shop-{number % 50}", "taken": f"2026-11-{number % 28 + 1:02}"}
            if path.suffix == ".csv":
                if not number:
                    table.writerow(row)
                table.writerow(row.values())
            else:
                out.write(encode(row).decode() + "\n")


if __name__ == "__main__":
    main()
