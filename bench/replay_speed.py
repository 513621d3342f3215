"""Replay of 25,000 recorded answers through routing, redundancy, review and certificate: within a minute.

    python -m bench.replay_speed [--scale 0.1]

A synthetic crowd of 50 people and 6,250 items, and the set `pos_tags` of the shared sample data where it
lies (ASSAY_SHARED_DATA, or ../shared/data beside the repository). Its peer in the same run is the plain reading of the same
two files with the csv module.
"""

import csv
import gzip
import os
from pathlib import Path

from bench.measuring import Finding, Measured, apart, measure, options, place, report

from assay.core import chance
from assay.core.project.intake import Quality
from assay.service.replay.replay_answers import replay_answers

ANSWERS, EACH, PEOPLE = 25_000, 4, 50
MOST = 60.0
LABELS = ("cat", "dog", "hen", "owl")


def main() -> None:
    given = options(__doc__)
    findings = []
    with place() as at:
        answers, truth = at.home / "answers.csv", at.home / "truth.csv"
        write_crowd(answers, truth, items=int(ANSWERS / EACH * given.scale))
        findings.append(_finding("a synthetic crowd", answers, truth))
    shared = Path(os.environ.get("ASSAY_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data")
    sample = shared / "crowd" / "pos_tags"
    if sample.exists():
        found = [next(sample.glob(f"{name}.csv*")) for name in ("answers", "truth")]
        findings.append(_finding("the set pos_tags", *found))
    else:
        print("  the shared sample data are not here: pos_tags is left out")
    report(given, findings)


def _finding(name: str, answers: Path, truth: Path) -> Finding:
    ours: Measured = apart(replay, answers, truth)
    raw: Measured = apart(read, answers, truth)
    count = raw.result
    needed = ours.wall * ANSWERS / count
    return Finding(
        f"Replay of {count:,} answers, {name}",
        f"{ANSWERS:,} answers in {MOST:.0f} s",
        f"{needed:.1f} s for {ANSWERS:,} ({ours.wall:.1f} s wall, {ours.cpu:.1f} s CPU,"
        f" {ours.cpu / max(raw.cpu, 1e-3):.0f}x the bare reading, memory + {ours.growth:.0f} MiB;"
        f" {'certified' if ours.result else 'not certified'})",
        needed <= MOST,
    )


def replay(answers: Path, truth: Path) -> Measured:
    return measure(
        lambda: (
            replay_answers(
                answers=answers, truth=truth, target=Quality(right=0.95, confidence=0.95), seed=1
            ).certified
        )
    )


def read(answers: Path, truth: Path) -> Measured:
    """Read both files and return how many answers there are."""

    def work() -> int:
        with _opened(truth) as rows:
            sum(1 for _ in csv.DictReader(rows))
        with _opened(answers) as rows:
            return sum(1 for _ in csv.DictReader(rows))

    return measure(work)


def _opened(path: Path):
    return gzip.open(path, "rt") if path.suffix == ".gz" else path.open(encoding="utf-8")


def write_crowd(answers: Path, truth: Path, *, items: int) -> None:
    """Write people who are right 60 to 95 % of the time, four of them on each item."""
    with answers.open("w", newline="") as said, truth.open("w", newline="") as told:
        out, known = csv.writer(said), csv.writer(told)
        out.writerow(("item", "worker", "label"))
        known.writerow(("item", "label"))
        for number in range(items):
            key = f"item-{number:06}"
            dice = chance.generator(1, "crowd", key)
            right = int(dice.integers(len(LABELS)))
            known.writerow((key, LABELS[right]))
            for person in dice.choice(PEOPLE, size=EACH, replace=False).tolist():
                skill = 0.6 + 0.35 * person / PEOPLE
                label = right if dice.random() < skill else int(dice.integers(len(LABELS)))
                out.writerow((key, f"worker-{person:02}", LABELS[label]))


if __name__ == "__main__":
    main()
