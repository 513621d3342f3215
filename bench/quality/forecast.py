"""What a pilot foretells, on sixteen recorded sets of choices: cost and accuracy, as ranges, against what came.

    python -m bench.quality.forecast [--scale 0.5]

The pilot is max(5 %, 150 items) of the items with truth, three answers each, judged by experts. The forecast sees
these and how many answers an item has; then the whole set is replayed from the same pilot (target 95 % at 95 %
confidence, an expert costs five answers, people are asked about every item, as the service does). Ranges of a set are
widened by the quantile of the other sets' errors, so no set is scored with its own. The peer is the plain way: the
pilot's rates scaled up (three answers for every item, experts for the share of the pilot's items whose answers were not
unanimous, the pilot's majority as the accuracy) with binomial ranges. A width is compared with the binomial's: the 90 %
interval of a share seen on as many items as the pilot has; cost is seen as a share of experts judging everything.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from bench.measuring import Finding, options, report
from bench.quality.crowd_sets import CrowdSet, recorded_sets
from numpy.typing import NDArray

from assay.core.planning.forecast import WIDER, Estimate, Forecast, Terms, binomial_spread, forecast
from assay.core.planning.pilot_findings import Pilot
from assay.core.planning.rehearsal.rehearsal_scene import Rehearsal, Scene
from assay.core.planning.rehearsal.rehearse_batch import rehearse
from assay.core.planning.rehearsal.rehearsed_answers import Book
from assay.core.planning.rehearsal.simulated_answers import RecordedSource
from assay.core.ports.answers import AnswerTable
from assay.core.project.intake import Quality
from assay.core.review.settle_ask_again_or_hand_on import Limits
from assay.tasktypes import TASK_TYPES

SEEDS, LARGE, PILOT_ANSWERS, EXPERT_PRICE = 2, 2_000, 3, 5.0
TARGET = Quality(right=0.95, confidence=0.95)
NINETY = 1.645
NAMES = ("cost", "right_before", "right")
WORDS = {"cost": "cost", "right_before": "accuracy of the consensus", "right": "accuracy as delivered"}


@dataclass(frozen=True)
class Told:
    """One forecast of one quantity of one set; `unit` is the binomial's standard deviation, `peer` the plain way's."""

    name: str
    items: int
    pilot: int
    what: str
    found: Estimate
    peer: float
    peer_low: float
    peer_high: float
    unit: float
    actual: float
    cpu: float


def main() -> None:
    given = options(__doc__)
    sets = recorded_sets()
    if not sets:
        return
    told: list[Told] = []
    seeds = max(1, round(SEEDS * given.scale))
    for one in sets:
        for seed in range(1, seeds + 1):
            told += compared(one, seed)
        mine = [each for each in told if each.name == one.name]
        print(f"  {one.name}: " + ", ".join(_line(mine, what) for what in NAMES), flush=True)
    report(given, findings(told, seeds))


def _line(mine: Sequence[Told], what: str) -> str:
    rows = [each for each in mine if each.what == what]
    scale = rows[0].items if what == "cost" else 1
    pairs = " ".join(f"{each.found.mid / scale:.3f}/{each.actual / scale:.3f}" for each in rows)
    return f"{what} {pairs}"


def findings(told: Sequence[Told], seeds: int) -> list[Finding]:
    found = []
    for what in NAMES:
        rows = [each for each in told if each.what == what]
        large = [each for each in rows if each.items >= LARGE]
        sets = len({each.name for each in large})
        if what == "cost":
            error, plain = (
                100 * float(np.median([_relative(each, peer=one) for each in large])) for one in (False, True)
            )
            target, met, unit = "<= 10 %", error <= 10.0, "%"
        else:
            error, plain = (
                100 * float(np.median([_absolute(each, peer=one) for each in large])) for one in (False, True)
            )
            target, met, unit = "<= 2 points", error <= 2.0, "points"
        found.append(
            Finding(
                f"Forecast of {WORDS[what]} from a pilot: median error over {sets} sets of {LARGE:,} items and more, {seeds} seeds",
                target,
                f"{error:.1f} {unit} (the plain way {plain:.1f})",
                met,
            )
        )
        ranges = [_range(each, rows) for each in rows]
        held = 100 * float(
            np.mean(
                [
                    low - 1e-9 <= each.actual <= high + 1e-9
                    for each, (low, high) in zip(rows, ranges, strict=True)
                ]
            )
        )
        width = float(
            np.median(
                [
                    (high - low) / (2 * NINETY * each.unit)
                    for each, (low, high) in zip(rows, ranges, strict=True)
                ]
            )
        )
        plain_held = 100 * float(np.mean([each.peer_low <= each.actual <= each.peer_high for each in rows]))
        found.append(
            Finding(
                f"90 % ranges of {WORDS[what]}, all {len({each.name for each in rows})} sets, {seeds} seeds",
                "hold >= 85 %, width <= 2x the binomial's",
                f"hold {held:.0f} %, width {width:.1f}x (the plain way's binomial range holds {plain_held:.0f} %;"
                f" quantile of all sets {_quantile(rows, ''):.1f}, used is {WIDER[what]:g})",
                held >= 85.0 and width <= 2.0,
            )
        )
    cpu = [each.cpu for each in told]
    found.append(
        Finding(
            "CPU of a forecast, recorded sets",
            "<= 3 s",
            f"{np.median(cpu):.1f} s (most {max(cpu):.1f} s)",
            float(np.median(cpu)) <= 3.0,
        )
    )
    return found


def _relative(each: Told, *, peer: bool) -> float:
    return abs((each.peer if peer else each.found.mid) / each.actual - 1.0)


def _absolute(each: Told, *, peer: bool) -> float:
    return abs((each.peer if peer else each.found.mid) - each.actual)


def _range(each: Told, rows: Sequence[Told]) -> tuple[float, float]:
    """Return the range with the widening that the other sets ask for."""
    away = _quantile(rows, each.name) * each.found.spread
    return each.found.mid - away, each.found.mid + away


def _quantile(rows: Sequence[Told], but: str) -> float:
    """Return the 90 % quantile of errors in spreads over all sets but one."""
    errors = [
        abs(each.actual - each.found.mid) / each.found.spread
        for each in rows
        if each.name != but and each.found.spread > 0
    ]
    return float(np.quantile(errors, 0.9))


def compared(one: CrowdSet, seed: int) -> list[Told]:
    """Return what was foretold of one set, beside what its replay came to."""
    scene, rows, moved = _scene(one, seed)
    pilot, majority, unanimous = _pilot(one, scene, _source(one, rows, moved, seed))
    start = time.process_time()
    found = forecast(
        pilot,
        terms=Terms(
            items=len(scene.keys),
            quality=scene.quality,
            limits=scene.limits,
            expert_price=scene.expert_price,
            seed=seed,
        ),
        task=scene.task,
        schema=scene.schema,
    )
    cpu = time.process_time() - start
    actual = rehearse(scene, source=_source(one, rows, moved, seed))
    return [_told(one.name, scene, found, actual, what, majority, unanimous, cpu) for what in NAMES]


def _told(
    name: str,
    scene: Scene,
    found: Forecast,
    actual: Rehearsal,
    what: str,
    majority: float,
    unanimous: float,
    cpu: float,
) -> Told:
    items, pilot = len(scene.keys), scene.pilot
    left = np.sqrt(max(0.0, 1.0 - pilot / items))
    if what == "cost":
        experts = max(1.0 - unanimous, pilot / items)
        plain, whole = items * (PILOT_ANSWERS + EXPERT_PRICE * experts), items * EXPERT_PRICE
        away, share = NINETY * binomial_spread(experts, pilot) * left * whole, found.judgements.mid / items
    else:
        plain, whole = majority, 1.0
        away, share = NINETY * binomial_spread(majority, pilot) * left, float(getattr(found, what).mid)
    return Told(
        name=name,
        items=items,
        pilot=pilot,
        what=what,
        found=getattr(found, what),
        peer=plain,
        peer_low=plain - away,
        peer_high=plain + away,
        unit=whole * binomial_spread(share, pilot),
        actual=float(getattr(actual, what)),
        cpu=cpu,
    )


def _scene(one: CrowdSet, seed: int) -> tuple[Scene, NDArray[np.int64], NDArray[np.int64]]:
    known = np.flatnonzero(one.scored)
    place = np.full(one.table.items, -1, dtype=np.int64)
    place[known] = np.arange(len(known))
    moved = place[one.table.item]
    scene = Scene(
        keys=tuple(str(position) for position in range(len(known))),
        truth=tuple(str(one.truth[item]) for item in known.tolist()),
        task=TASK_TYPES.get("classification"),
        schema=one.schema,
        quality=TARGET,
        limits=Limits(least=1, most=7, threshold=TARGET.allowed),
        expert_price=EXPERT_PRICE,
        seed=seed,
        controls=0,
        pilot=min(len(known), max(150, int(0.05 * len(known)))),
        pilot_depth=PILOT_ANSWERS,
        may_skip_people=False,
    )
    return scene, np.flatnonzero(moved >= 0), moved


def _source(one: CrowdSet, rows: NDArray[np.int64], moved: NDArray[np.int64], seed: int) -> RecordedSource:
    return RecordedSource(
        item=moved[rows],
        person=one.table.person[rows],
        value=[one.table.value[row] for row in rows.tolist()],
        people=one.table.people,
        seed=seed,
    )


def _pilot(one: CrowdSet, scene: Scene, source: RecordedSource) -> tuple[Pilot, float, float]:
    """Return the pilot as the replay will have it, its majority's accuracy, and the share of unanimous items."""
    book = Book(scene, source)
    for _ in range(scene.pilot_depth):
        book.ask_once(book.in_pilot)
    table = book.table()
    place = {item: position for position, item in enumerate(book.in_pilot.tolist())}
    item = np.array([place[each] for each in table.item.tolist()], dtype=np.int64)
    met, person = np.unique(table.person, return_inverse=True)
    names = {name: position for position, name in enumerate(one.schema.names)}
    truth = [scene.truth[each] for each in book.in_pilot.tolist()]
    chances = np.zeros((len(truth), len(names)))
    chances[np.arange(len(truth)), [names[label] for label in truth]] = 1.0
    said: list[Counter[str]] = [Counter() for _ in truth]
    for position, value in zip(item.tolist(), table.value, strict=True):
        said[position][value] += 1
    first = [[label for label, n in votes.items() if n == max(votes.values())] for votes in said]
    majority = float(
        np.mean([(label in best) / max(len(best), 1) for label, best in zip(truth, first, strict=True)])
    )
    pilot = Pilot(
        answers=AnswerTable(item, person.astype(np.int64), list(table.value), len(truth), len(met)),
        chances=chances,
        control=np.zeros(len(truth), dtype=np.bool_),
        judged=np.ones(len(truth), dtype=np.bool_),
        by_chance=np.ones(len(truth), dtype=np.bool_),
        depth=max(1, round(one.table.item.size and float(np.mean(np.bincount(one.table.item)[one.scored])))),
    )
    return pilot, majority, float(np.mean([len(votes) <= 1 for votes in said]))


if __name__ == "__main__":
    main()
