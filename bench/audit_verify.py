"""Verification of the audit trail against a bare pass over the same events with one SHA-256 each.

python -m bench.audit_verify [--scale 0.1]
"""

import hashlib

from bench.filling import submitted
from bench.measuring import CLOCK, Finding, Measured, Place, apart, measure, median, options, place, report

from assay.service.installation import Installation
from assay.service.trail.seal_events import seal
from assay.service.trail.verify_audit import verify_audit
from assay.store import db

EVENTS, CHUNK, RUNS = 200_000, 20_000, 3
LEAST = 20_000
COLUMNS = ("tenant_id", "at", "actor", "source", "verb", "subject", "outcome", "before", "after", "detail")


def main() -> None:
    given = options(__doc__)
    events = max(1_000, int(EVENTS * given.scale))
    with place() as at:
        found = apart(verified, at, events)
    rates = [ours.result / ours.cpu for ours, _ in found]
    ratio = median([raw.cpu / ours.cpu for ours, raw in found])
    rate = median(rates)
    report(
        given,
        [
            Finding(
                f"Verification of {events:,} audit events ({at.database})",
                f">= {LEAST:,} a second of CPU",
                f"{rate:,.0f} a second, {ratio:.2f}x a bare pass with one SHA-256 each"
                f" (memory + {max(ours.growth for ours, _ in found):.0f} MiB)",
                rate >= LEAST,
            )
        ],
    )


def verified(at: Place, events: int) -> list[tuple[Measured, Measured]]:
    installation, _ = submitted(at, items=0)
    for start in range(0, events, CHUNK):
        with db.transaction():
            db.insert_many("event", COLUMNS, _events(installation, range(start, min(events, start + CHUNK))))
    seal(now=CLOCK)
    actor = installation.owner("bench", "bench")

    def ours() -> int:
        report = verify_audit(actor, checkpoints=None, now=CLOCK)
        assert report.ok, report.first_bad
        return report.events

    return [(measure(ours), measure(_bare)) for _ in range(RUNS)]


def _bare() -> int:
    count = 0
    with db.transaction():
        for chunk in db.stream(f"SELECT id, {', '.join(COLUMNS)} FROM event ORDER BY id"):
            for row in chunk:
                hashlib.sha256(repr(row).encode()).digest()
                count += 1
    return count


def _events(installation: Installation, numbers: range):
    for number in numbers:
        yield (
            installation.scope.tenant,
            CLOCK + number,
            f"labeller-{number % 40:02}",
            "sequencer",
            "submit an answer",
            f"assignment {number}",
            "done",
            "",
            "",
            f'{{"answer":{number},"cents":4,"next":{number + 1}}}',
        )


if __name__ == "__main__":
    main()
