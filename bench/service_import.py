"""Import over the API: a draft, its file, submitted, until every row is an item of the batch.

    python -m bench.service_import [--scale 0.1]

Ours goes through the typed client: JSON Lines and CSV of 100,000 texts; the rows are checked, fingerprinted,
and compared with each other. Label Studio imports the same texts as JSON, 10,000 in a request.
"""

import csv
import json
import time
from dataclasses import dataclass
from pathlib import Path

from bench import label_studio
from bench.measuring import Finding, Place, apart, options, place, report
from bench.serving import cpu_of, serving
from bench.watching import key, until, watched

from assay.client import connect

ITEMS, TIMES, PART = 100_000, 8.0, 10_000
ON_THE_WAY = ("Request submitted", "Data transfer in-progress")
INTAKE = """assay: 1
name: {name}
task: text_classification
data: {{path: items.{format}, format: {format}, id: id, text: text}}
labels: [cat, dog, hen, owl]
workforce: {{kind: people}}
redundancy: {{min: 1, max: 3}}
"""


@dataclass(frozen=True)
class Imported:
    """Wall and CPU seconds, and MiB by which the process tree grew."""

    database: str
    wall: float
    cpu: float
    growth: float


def main() -> None:
    given = options(__doc__)
    count = int(ITEMS * given.scale)
    ours = {layout: _ours(layout, count) for layout in ("jsonl", "csv")}
    theirs = _theirs(count)
    report(given, [_finding(layout, one, theirs, count) for layout, one in ours.items()])


def _ours(layout: str, count: int) -> Imported:
    """Import into a fresh server: after an import its worker goes on with the batch at once."""
    with place() as at:
        requester = apart(key, at, "requester")
        with serving(at) as server, connect(f"http://127.0.0.1:{server.port}", key=requester) as client:
            client.me()
            path = _written(at.home / f"items.{layout}", count)
            before, start = cpu_of(server), time.perf_counter()
            with watched(server) as memory:
                draft = client.new_draft(INTAKE.format(name=f"import-{layout}", format=layout))
                client.upload(draft.id, [(path.name, path)])
                batch = client.submit_draft(draft.id).batch
                until(lambda: client.batch(batch).status not in ON_THE_WAY, pause=0.1)
            found = Imported(at.database, time.perf_counter() - start, cpu_of(server) - before, memory.growth)
            told = client.batch(batch)
            assert told.received == told.total == count, told
    print(f"  {layout}: {found}", flush=True)
    return found


def _finding(layout: str, ours: Imported, theirs: Imported | None, count: int) -> Finding:
    rate = count / ours.wall
    told = f"{rate:,.0f} items/s, {1e6 * ours.cpu / count:.0f} us CPU each, memory + {ours.growth:.0f} MiB"
    what = f"Import of {count:,} texts over the API, {layout}, against Label Studio ({ours.database})"
    if theirs is None:
        return Finding(what, f">= {TIMES:.0f}x", f"{told}; the peer did not run", False)
    ratio = theirs.wall / ours.wall
    return Finding(
        what,
        f">= {TIMES:.0f}x",
        f"{ratio:.1f}x ({told}; theirs {count / theirs.wall:,.0f} items/s, {1e6 * theirs.cpu / count:.0f} us CPU each,"
        f" memory + {theirs.growth:.0f} MiB)",
        ratio >= TIMES,
    )


def _written(path: Path, count: int) -> Path:
    rows = [(f"item-{number}", one["text"]) for number, one in enumerate(label_studio.texts(count))]
    with path.open("w", encoding="utf-8", newline="") as out:
        if path.suffix == ".csv":
            lines = csv.writer(out)
            lines.writerow(("id", "text"))
            lines.writerows(rows)
        else:
            out.writelines(json.dumps({"id": name, "text": text}) + "\n" for name, text in rows)
    return path


def _theirs(count: int) -> Imported | None:
    with place() as at, label_studio.running(at, users=1) as peer:
        return None if peer is None else _their(at, peer, count)


def _their(at: Place, peer: label_studio.Peer, count: int) -> Imported:
    project = peer.project(1)
    tasks = label_studio.texts(count)
    peer.add(peer.project(1), tasks[:100])
    before = cpu_of(peer.server)
    with watched(peer.server) as memory:
        wall = peer.add(project, tasks, most=PART)
    found = Imported(at.database, wall, cpu_of(peer.server) - before, memory.growth)
    assert peer.call("GET", f"/api/projects/{project}/")["task_number"] == count
    print(f"  Label Studio ({at.database}): {found}", flush=True)
    return found


if __name__ == "__main__":
    main()
