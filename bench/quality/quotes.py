"""Firm quotes against what projects cost in the end: whole projects, from intake to delivery.

    python -m bench.quality.quotes [--scale 0.5]

The demo (1,797 digits, seeds 1 to 6); 2,000 items without media whose simulated people nobody helps; recorded crowds as they
answered (without a model, and sentpol with its sentences and a model that learns); the examples whose labels are right in
part (label sets, boxes, spans), and a recorded crowd's label sets: which of six emotions a headline stirs, those to which
somebody gave 25 of 100 or more (emotion_numeric; item 100 e + h asks about emotion e and headline h). The peer is the quote that
`make_plan` gives at the same moment: simulated people with the pilot's measurements. Re-estimates are those that a refit
saves after the quote, each against the final cost.
"""

import csv
import gzip
import json
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bench.measuring import CLOCK, Finding, Place, apart, options, place, report
from bench.quality.crowd_sets import folder

from assay.core import chance
from assay.core.planning.plan import Range
from assay.core.project import lifecycle
from assay.service.examples import find_example
from assay.service.intake.answer_files import read_answers, read_truth
from assay.service.intake.intake_file import read_intake_file
from assay.service.pipeline.run_batch import run_batch
from assay.service.pipeline.stages.prelabel import models_of
from assay.service.quality.plan_and_quote import compile_plan, load_plan, quote_batch
from assay.service.requests.submit_intake import submit_intake
from assay.service.working_set.batch_at_hand import Work
from assay.store.labelling import answers_and_pay_ledger
from assay.store.projects.batches import batch_by_id

LABELS = ("cat", "dog", "hen", "owl")
INTAKE = """assay: 1
name: {name}
task: {task}
data: {{path: items.csv, format: csv, id: id, {column}: {column}}}
labels: {labels}
quality: {{right: {right}, confidence: 0.95}}
redundancy: {{min: 1, max: 7}}
money: {{currency: EUR, budget: 100000000, answer: 4, expert: 20}}
class: public
workforce: {workforce}
accept: if_certified
start: 2026-11-23T09:00:00Z
deliver: {{to: out/, formats: [augmented_manifest]}}
"""
SIMULATED = "{kind: simulated, people: 40, experts: 6, truth: truth.csv}"
RECORDED = "{kind: recorded, answers: answers.csv, truth: truth.csv}"
EXAMPLES = ("digits", "garments", "topics", "entities", "shelves", "cells")
DEMO = tuple(("digits", seed) for seed in range(1, 7))
OTHERS = (
    ("simulated", 1),
    ("zencrowd_us", 2),
    ("dog", 3),
    ("labelme", 2),
    ("sentpol with text", 3),
    ("simulated", 4),
    ("zencrowd_us", 1),
    ("dog", 1),
    ("labelme", 1),
    ("trec", 1),
)
IN_PART = tuple(
    (name, seed) for seed in (1, 2, 3) for name in ("garments", "topics", "entities", "shelves", "cells")
)
RECORDED_SETS = (("emotions", 1), ("emotions", 2))
HEADLINES, STIRRED = 100, 25.0
LABELS_OF_EMOTION = tuple(f"emotion {number}" for number in range(6))
"""The seventh question is not about an emotion but how good or bad the news is."""

ITEMS = 2_000


@dataclass(frozen=True)
class Ran:
    """One project: its quote and the peer's in cents, what it cost, and every re-estimate as (price, spent then)."""

    name: str
    quote: Range
    peer: Range
    spent: int
    cpu: float
    estimates: tuple[tuple[Range, int], ...]


def main() -> None:
    given = options(__doc__)
    place_of_crowds = folder()
    others = OTHERS if place_of_crowds is not None else OTHERS[:2]
    demo = [_told(one) for one in DEMO[: max(1, round(len(DEMO) * given.scale))]]
    rest = [_told(one) for one in others[: max(2, round(len(others) * given.scale))]]
    recorded = RECORDED_SETS if place_of_crowds is not None else ()
    parts = [_told(one) for one in (*recorded, *IN_PART[: max(5, round(len(IN_PART) * given.scale))])]
    found = [
        _finding(f"Firm quotes of the demo, {len(demo)} seeds", demo),
        _finding(f"Firm quotes of {len(rest)} simulated and recorded projects", rest),
        _finding(f"Firm quotes of {len(parts)} projects whose labels are right in part", parts),
        _later(demo + rest + parts),
    ]
    cpu = [one.cpu for one in demo + rest + parts]
    found.append(
        Finding(
            "CPU of a firm quote, 100 to 5,000 items",
            "<= 8 s",
            f"{np.median(cpu):.1f} s (most {max(cpu):.1f} s)",
            max(cpu) <= 8.0,
        )
    )
    report(given, found)


def _told(one: tuple[str, int]) -> Ran:
    name, seed = one
    with place() as at:
        ran: Ran = apart(run_project, at, name, seed)
    print(
        f"  {ran.name}: {_euros(ran.quote)} (make_plan {_euros(ran.peer)}), cost {ran.spent / 100:.0f},"
        f" quoted in {ran.cpu:.1f} s",
        flush=True,
    )
    return ran


def _euros(found: Range) -> str:
    return f"{found.low / 100:.0f}-{found.mid / 100:.0f}-{found.high / 100:.0f}"


def _finding(what: str, ran: Sequence[Ran]) -> Finding:
    pairs = {name: [(getattr(one, name), one.spent) for one in ran] for name in ("quote", "peer")}
    (held, error, bias, width), peer = (_figures(found) for found in pairs.values())
    score, peers = (_interval_score(found) for found in pairs.values())
    return Finding(
        what,
        "hold >= 85 %, score no worse than make_plan's",
        f"hold {held:.0f} %, width {width:.0f} % of the cost, score {score:.2f}, median error {error:.0f} %, bias {bias:+.0f} %"
        f" (make_plan: {peer[0]:.0f} %, {peer[3]:.0f} %, {peers:.2f}, {peer[1]:.0f} %, {peer[2]:+.0f} %)",
        held >= 85.0 and score <= peers,
    )


def _interval_score(pairs: Sequence[tuple[Range, int]]) -> float:
    """Return the mean score of 90 % ranges as shares of the cost, less being better.

    A range's width, and twenty times what it misses by (Gneiting and Raftery 2007, eq. 43): a narrow one that misses is
    no better than a wide one that holds.
    """
    return float(
        np.mean(
            [
                (one.high - one.low + 20.0 * (max(one.low - cost, 0.0) + max(cost - one.high, 0.0))) / cost
                for one, cost in pairs
            ]
        )
    )


def _figures(pairs: Sequence[tuple[Range, int]]) -> tuple[float, float, float, float]:
    """Return (share held, median error, bias of the middle, mean width), all in per cent."""
    held = np.mean([one.low <= cost <= one.high for one, cost in pairs])
    off = np.array([one.mid / cost - 1.0 for one, cost in pairs])
    width = np.mean([(one.high - one.low) / cost for one, cost in pairs])
    return 100 * float(held), 100 * float(np.median(abs(off))), 100 * float(off.mean()), 100 * float(width)


def _later(ran: Sequence[Ran]) -> Finding:
    """Say how re-estimates do in the first and the second half of the spending."""
    parts = []
    for low, high in ((0.0, 0.5), (0.5, 1.01)):
        pairs = [
            (price, one.spent)
            for one in ran
            for price, then in one.estimates
            if low <= then / one.spent < high
        ]
        parts.append(_figures(pairs))
    (first, _, _, wide), (second, _, _, narrow) = parts
    return Finding(
        f"Re-estimates of {len(ran)} projects, first and second half of the spending",
        "hold >= 85 %, the second half's narrower",
        f"hold {first:.0f} % and {second:.0f} %, width {wide:.0f} % and {narrow:.0f} % of the cost",
        min(first, second) >= 85.0 and narrow < wide,
    )


def run_project(at: Place, name: str, seed: int) -> Ran:
    """Run one project and keep what it was quoted; `name` is an example's, `simulated` or a recorded set."""
    installation = at.open()
    received = read_intake_file(_write(name, at.home / "project"))
    _, batch = submit_intake(
        installation.owner("bench", "bench"), received=received, seed=seed, home=installation.home, now=CLOCK
    )
    quotes: list[tuple[Range, Range, float]] = []
    estimates: list[tuple[Range, int]] = []
    plans: list[str] = []

    def watch(work: Work, stage: str) -> None:
        if work.project.status == lifecycle.PILOT_COMPLETE and stage == "plan":
            start = time.process_time()
            quote = quote_batch(work, models=models_of(work))
            cpu = time.process_time() - start
            quotes.append((quote.price, compile_plan(work, models=models_of(work)).price, cpu))
        certified = bool(work.batch.certificate)  # then nothing is estimated any more
        if (
            work.project.quote
            and not certified
            and work.project.plan not in (work.project.quote, *plans[-1:])
        ):
            plans.append(work.project.plan)
            estimates.append(
                (load_plan(work.project.plan).price, answers_and_pay_ledger.spent(work.batch.id))
            )

    run_batch(installation, batch=batch.id, out=at.home / "out", clock=lambda: CLOCK, watcher=watch)
    status = batch_by_id(installation.scope, batch.id).status
    assert status == lifecycle.DATA_DELIVERED, status
    quote, peer, cpu = quotes[0]
    return Ran(
        f"{name}, seed {seed}", quote, peer, answers_and_pay_ledger.spent(batch.id), cpu, tuple(estimates)
    )


def _write(name: str, into: Path) -> Path:
    if name in EXAMPLES:
        return find_example(name).write(into)
    into.mkdir(parents=True)
    if name == "simulated":
        keys = [f"item-{number:05}" for number in range(ITEMS)]
        truth = {key: LABELS[chance.pick(1, "truth", key, below=len(LABELS))] for key in keys}
        return _project(into, name, truth, labels=LABELS, workforce=SIMULATED)
    return _emotions(into) if name == "emotions" else _recorded(name, into)


def _emotions(into: Path) -> Path:
    """Write a project of label sets from numbers, each about one emotion of one headline."""
    place_of_crowds = folder()
    assert place_of_crowds is not None
    source = place_of_crowds / "emotion_numeric"
    said: dict[tuple[str, str], list[str]] = {}
    for item, person, value in read_answers(source / "answers.csv").triples():
        headline, emotion = _place(item)
        said.setdefault((headline, person), []).extend(_stirred(emotion, value))
    true: dict[str, list[str]] = {}
    for item, value in read_truth(source / "truth.csv").items():
        headline, emotion = _place(item)
        true.setdefault(headline, []).extend(_stirred(emotion, value))
    answers = [(headline, person, json.dumps(sorted(names))) for (headline, person), names in said.items()]
    with (into / "answers.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([("item", "worker", "label"), *answers])
    return _project(
        into,
        "emotions",
        {headline: json.dumps(sorted(names)) for headline, names in true.items()},
        labels=LABELS_OF_EMOTION,
        workforce=RECORDED,
        texts={headline: headline for headline in true},
        task="text_classification_multi",
        right=0.75,
    )


def _stirred(emotion: str, value: str) -> list[str]:
    return [emotion] if emotion in LABELS_OF_EMOTION and float(value) >= STIRRED else []


def _place(key: str) -> tuple[str, str]:
    """Return headline and emotion of an item, which are numbered from 1."""
    number = int(key) - 1
    return f"headline {number % HEADLINES}", f"emotion {number // HEADLINES}"


def _recorded(name: str, into: Path) -> Path:
    place_of_crowds = folder()
    assert place_of_crowds is not None
    source = place_of_crowds / name.split(" ", maxsplit=1)[0]
    answers, truth = (next(source.glob(f"{part}.csv*")) for part in ("answers", "truth"))
    recorded, known = read_answers(answers), read_truth(truth)
    opened = gzip.open if answers.suffix == ".gz" else open
    with opened(answers, "rb") as packed, (into / "answers.csv").open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    texts: dict[str, str] | None = None
    if name.endswith("with text"):
        with gzip.open(next(source.glob("items.csv.gz")), "rt", encoding="utf-8") as lines:
            texts = {row["item"]: row["text"] for row in csv.DictReader(lines)}
    kept = {key: known[key] for key in recorded.items if key in known}
    labels = sorted({*kept.values(), *recorded.value})
    return _project(
        into, name.replace("_", "-").replace(" ", "-"), kept, labels=labels, workforce=RECORDED, texts=texts
    )


def _project(
    into: Path,
    name: str,
    truth: dict[str, str],
    *,
    labels: Sequence[str],
    workforce: str,
    texts: dict[str, str] | None = None,
    task: str = "",
    right: float = 0.95,
) -> Path:
    column = "media" if texts is None else "text"
    with (into / "items.csv").open("w", newline="", encoding="utf-8") as out:
        rows = [(key, f"photos/{key}.jpg" if texts is None else texts[key]) for key in truth]
        csv.writer(out).writerows([("id", column), *rows])
    with (into / "truth.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([("item", "label"), *truth.items()])
    intake = into / "intake.yaml"
    intake.write_text(
        INTAKE.format(
            name=name,
            task=task or ("classification" if texts is None else "text_classification"),
            right=right,
            column=column,
            labels=json.dumps(list(labels)),
            workforce=workforce,
        ),
        encoding="utf-8",
    )
    return intake


if __name__ == "__main__":
    main()
