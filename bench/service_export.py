"""Export over the API: an accepted batch is delivered by the worker, and the archive downloaded.

    python -m bench.service_export [--scale 0.1]

The clock runs from the requester's acceptance to the last byte of the archive: manifest, label files,
certificate, data sheet, report and checksums. Label Studio exports the same labelled texts as JSON.
"""

import json
import time
import zipfile
from dataclasses import dataclass

from bench import label_studio
from bench.filling import CHUNK, LABELS
from bench.measuring import Finding, Place, apart, options, place, report
from bench.serving import serving
from bench.watching import key, until, watched

from assay.client import connect
from assay.core.ids import digest_of_labels
from assay.core.project import lifecycle
from assay.core.quality.audit_attempts import delta_of_attempt
from assay.core.quality.betting_martingale import standing
from assay.core.quality.certificate import AuditVerdict
from assay.core.quality.sample_draw import draw_order, draw_seed
from assay.providers.media import text
from assay.service.intake.intake_file import parse_intake
from assay.service.quality.audit_evidence import Evidence, evidence_to_json
from assay.service.requests.submit_intake import submit_intake
from assay.store import db
from assay.store.items import items
from assay.store.projects import batches

ITEMS, TIMES, GROWTH = 100_000, 50.0, 50.0
INTAKE = """assay: 1
name: export
task: text_classification
data: {path: items.csv, format: csv, id: id, text: text}
labels: [cat, dog, hen, owl]
quality: {right: 0.95, confidence: 0.95}
workforce: {kind: people}
redundancy: {min: 1, max: 3}
accept: by_hand
deliver: {to: out/, formats: [augmented_manifest]}
"""
OFFERED = ("receive", "finish receiving", "start", "offer")
PRODUCED = ("approve", "set up", "start the pilot", "finish the pilot", "quote", "agree", "produce")


@dataclass(frozen=True)
class Exported:
    """Items, wall seconds until the worker was done and to the last byte, MiB of growth, MiB of the file."""

    items: int
    delivered: float
    wall: float
    growth: float
    size: float

    @property
    def rate(self) -> float:
        return self.items / self.wall


def main() -> None:
    given = options(__doc__)
    count = int(ITEMS * given.scale)
    with place() as at:
        database = at.database
        ours = _ours(at, count)
    theirs = _theirs(count)
    what = f"Delivery and download of {count:,} labelled texts"
    told = (
        f"{ours.rate:,.0f} items/s: {ours.delivered:.1f} s until the worker had delivered,"
        f" {ours.wall - ours.delivered:.1f} s for the archive of {ours.size:.0f} MiB"
    )
    if theirs is None:
        against = Finding(f"{what} against Label Studio ({database})", f">= {TIMES:.0f}x", told, False)
    else:
        ratio = ours.rate / theirs.rate
        against = Finding(
            f"{what} against Label Studio's export of {theirs.items:,} ({database})",
            f">= {TIMES:.0f}x",
            f"{ratio:.1f}x ({told}; theirs {theirs.rate:,.0f} items/s, memory + {theirs.growth:.0f} MiB)",
            ratio >= TIMES,
        )
    report(
        given,
        [
            against,
            Finding(
                f"{what}, growth of the server's and the worker's memory ({database})",
                f"<= {GROWTH:.0f} MiB",
                f"{ours.growth:.0f} MiB",
                ours.growth <= GROWTH,
            ),
        ],
    )


def _ours(at: Place, count: int) -> Exported:
    requester = apart(key, at, "requester")
    batch = apart(offered, at, count)
    with serving(at) as server, connect(f"http://127.0.0.1:{server.port}", key=requester) as client:
        client.me()
        client.batch(batch)
        time.sleep(2)  # the worker has looked at everything
        start = time.perf_counter()
        with watched(server) as memory:
            client.accept(batch)
            until(lambda: client.batch(batch).status == lifecycle.DATA_DELIVERED, seconds=300)
            delivered = time.perf_counter() - start
            archive = client.download(batch, at.home / "found.zip")
            wall = time.perf_counter() - start
    with zipfile.ZipFile(archive) as opened:
        manifest = next(name for name in opened.namelist() if name.endswith(".manifest"))
        assert len(opened.read(manifest).splitlines()) == count
    found = Exported(count, delivered, wall, memory.growth, archive.stat().st_size / 2**20)
    print(f"  {found}", flush=True)
    return found


def offered(at: Place, count: int) -> str:
    """Put a settled, certified batch that waits for its acceptance straight into the store; return its name."""
    installation = at.open()
    now = time.time_ns() // 1_000
    received = parse_intake(INTAKE, source="bench", folder=at.home)
    owner = installation.owner("bench", "bench")
    project, batch = submit_intake(owner, received=received, seed=1, home=at.home, now=now)
    sentences = [str(one["text"]) for one in label_studio.texts(count)]
    for start in range(0, count, CHUNK):
        numbers = range(start, min(count, start + CHUNK))
        with db.transaction():
            items.insert_items(
                batch,
                [
                    items.NewItem(
                        ord=number,
                        key=f"item-{number:07}",
                        fingerprint=text.fingerprint(sentences[number]),
                        media=None,
                        text=sentences[number],
                        extra="{}",
                        near=None,
                    )
                    for number in numbers
                ],
                state=lifecycle.SETTLED,
            )
    with db.transaction():
        for position, label in enumerate(LABELS):
            db.execute(
                "UPDATE item SET label = %s, frozen = %s, chance = 0.9731, answers = 3, decided_by = 'people',"
                " decided_at = %s WHERE batch_id = %s AND MOD(id - %s, %s) = %s",
                [label, label, now, batch.id, batch.first_item, len(LABELS), position],
            )
        scope = installation.scope
        for verb in OFFERED:
            batches.move_batch(scope, batches.batch_by_id(scope, batch.id), verb)
        batches.set_batch(
            scope,
            batch.id,
            accepted=count,
            received=count,
            near_done=True,
            deidentified=True,
            attempt=1,
            certificate=json.dumps(evidence_to_json(_evidence(batch, count, now))),
        )
        db.execute(
            "UPDATE project SET status = %s WHERE id = %s", [lifecycle.PRODUCTION_IN_PROGRESS, project.id]
        )
    if at.url:
        db.execute("ANALYZE")
    return batch.name


def _evidence(batch: batches.BatchRow, count: int, now: int) -> Evidence:
    """Return an audit that found nothing wrong."""
    frozen = {f"item-{number:07}": LABELS[number % len(LABELS)] for number in range(count)}
    seed = draw_seed(nonce=bytes.fromhex(batch.nonce), labels_digest=digest_of_labels(frozen.items()))
    checks = standing([0.0] * count, items=count, allowed=0.05, delta=delta_of_attempt(0.05, 1)).checks
    drawn = draw_order(list(frozen), seed=seed)[:checks]
    return Evidence(tuple(AuditVerdict(key=one, verdict=frozen[one]) for one in drawn), 2, now)


def _theirs(count: int) -> Exported | None:
    with place() as at, label_studio.running(at, users=1) as peer:
        return None if peer is None else _their(at, peer, count)


def _their(at: Place, peer: label_studio.Peer, count: int) -> Exported:
    project = peer.project(1)
    tasks: list[dict[str, object]] = [
        {"data": one, "annotations": [{"result": label_studio.said(LABELS[number % len(LABELS)])}]}
        for number, one in enumerate(label_studio.texts(count))
    ]
    took = peer.add(project, tasks, most=10_000)
    start = time.perf_counter()
    with watched(peer.server) as memory:
        found = peer.call("GET", f"/api/projects/{project}/export?exportType=JSON")
        wall = time.perf_counter() - start
    assert len(found) == count
    size = len(json.dumps(found)) / 2**20
    exported = Exported(count, wall, wall, memory.growth, size)
    print(f"  Label Studio ({at.database}, imported in {took:.0f} s): {exported}", flush=True)
    return exported


if __name__ == "__main__":
    main()
