"""What a certified item costs on the recorded sets, beside plain ways, and beside the least that anybody could pay.

    python -m bench.quality.cost [--scale 0.34]

Costs are in answers per item: an answer 1, an expert's judgement 5, all of them counted. Ours is `assay replay` at 95 % with
95 % confidence, mean of three seeds. The peer is the cheaper of the two plain ways (`service.replay.compare_replay`).

The floor is no way to go but a limit: it knows everybody's confusion matrix (from the truth of the other half of the items),
asks the best or chance people one, two, three, five or seven times, redoes the riskiest items to the depth that turns
out cheapest, and fails no audit. Nobody who has to find out who is good can pay less, but by chance.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bench.measuring import Finding, options, report
from bench.quality.crowd_sets import CrowdSet, crowd_sets, folder

from assay.core.ports.answers import Floats, Ints
from assay.core.project.intake import Quality
from assay.core.quality.audit_attempts import expected_checks
from assay.service.replay.compare_replay import baselines
from assay.service.replay.replay_answers import replay_answers

BAR, EXPERT, SEEDS, DEPTHS, STEPS = 0.60, 5.0, 3, (1, 2, 3, 5, 7), 41
TARGET = Quality(right=0.95, confidence=0.95)


@dataclass(frozen=True)
class Costs:
    """One set's costs per item."""

    name: str
    ours: float
    peer: float
    floor: float
    certified: bool


def main() -> None:
    given = options(__doc__)
    place = folder()
    if place is None:
        print("the recorded sets are not here: nothing is measured")
        return
    found = []
    for one in crowd_sets(place):
        found.append(costs_of(one, place, seeds=max(1, round(SEEDS * given.scale))))
        print(f"  {found[-1]}", flush=True)
    ratio = np.array([one.ours / one.peer for one in found])
    least = np.array([one.floor / one.peer for one in found])
    each = ", ".join(f"{one.name} {one.ours:.2f}/{one.peer:.2f}/{one.floor:.2f}" for one in found)
    report(
        given,
        [
            Finding(
                f"Cost of an item certified at 95 %, median over {len(found)} recorded sets, against the cheaper plain way",
                f"<= {BAR}x",
                f"{np.median(ratio):.2f}x (with everybody's confusions known beforehand {np.median(least):.2f}x; certified"
                f" {sum(one.certified for one in found)} of {len(found)}; ours/plain/known: {each})",
                bool(np.median(ratio) <= BAR),
            )
        ],
    )


def costs_of(one: CrowdSet, place: Path, *, seeds: int) -> Costs:
    answers, truth = (next(place.joinpath(one.name).glob(f"{part}.csv*")) for part in ("answers", "truth"))
    replays = [
        replay_answers(answers=answers, truth=truth, target=TARGET, expert_price=EXPERT, seed=seed)
        for seed in range(1, seeds + 1)
    ]
    plain = baselines(answers=answers, truth=truth, target=TARGET, expert_price=EXPERT, seed=1)[:2]
    return Costs(
        name=one.name,
        ours=float(np.mean([found.cost_per_item for found in replays])),
        peer=min(way.cost_per_item for way in plain),
        floor=informed_cost(one),
        certified=all(found.certified for found in replays),
    )


def informed_cost(one: CrowdSet) -> float:
    """Return what somebody who knows everybody's confusions would pay per item, at the least."""
    place = {name: position for position, name in enumerate(one.schema.names)}
    scored = np.flatnonzero(one.scored)
    moved = np.full(one.table.items, -1)
    moved[scored] = np.arange(len(scored))
    rows = np.flatnonzero(moved[one.table.item] >= 0)
    item, person = moved[one.table.item[rows]], one.table.person[rows]
    label = np.array([place[one.table.value[row]] for row in rows.tolist()])
    truth = np.array([place[one.truth[row] or ""] for row in scored.tolist()])
    dice = np.random.default_rng(1)
    half = dice.integers(2, size=len(scored))
    shares = np.bincount(truth, minlength=len(place)) / len(truth)
    matrices = np.stack(
        [_matrices(item, person, label, truth, half[item] != side, one.table.people) for side in (0, 1)]
    )
    told = np.log(matrices[half[item], person, :, label])
    mixed = np.einsum("hpkl,k->hpl", matrices, shares)
    tells = (matrices * shares[:, None] * np.log(matrices / mixed[:, :, None])).sum(axis=(2, 3))
    cheapest = EXPERT * (1.0 - int(TARGET.allowed * len(scored) + 1e-9) / len(scored))  # nobody but experts
    for first in (dice.random(len(item)), -tells[half[item], person] + 1e-9 * dice.random(len(item))):
        order = np.lexsort((first, item))
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order)) - np.searchsorted(item[order], item[order])
        for depth in DEPTHS:
            asked = rank < depth
            logs = np.tile(np.log(shares + 1e-12), (len(scored), 1))
            np.add.at(logs, item[asked], told[asked])
            logs -= logs.max(axis=1, keepdims=True)
            belief = np.exp(logs)
            belief /= belief.sum(axis=1, keepdims=True)
            right = (belief.argmax(axis=1) == truth)[np.argsort(belief.max(axis=1), kind="stable")]
            cheapest = min(cheapest, asked.sum() / len(scored) + _proof(right))
    return float(cheapest)


def _matrices(item: Ints, person: Ints, label: Ints, truth: Ints, used: np.ndarray, people: int) -> Floats:
    classes = int(max(truth.max(), label.max())) + 1
    counts = np.zeros((people, classes, classes))
    np.add.at(counts, (person[used], truth[item[used]], label[used]), 1.0)
    pool = counts.sum(axis=0) + 0.5
    rows: Floats = counts + 4.0 * pool / pool.sum(axis=1, keepdims=True)
    return rows / rows.sum(axis=2, keepdims=True)


def _proof(right: np.ndarray) -> float:
    """Return what experts cost per item, the audit included; labels in the order in which experts redo them."""
    N = len(right)
    left = np.append(np.cumsum((~right)[::-1])[::-1], 0) / N
    depth = np.unique(np.linspace(0, N, STEPS).astype(int))
    checks = expected_checks(items=N, allowed=TARGET.allowed, delta=TARGET.delta, rates=left[depth])
    spared = int(TARGET.allowed * N + 1e-9)
    audit = np.minimum(checks * (1 - depth / N), np.maximum(N - depth - spared, 0))
    return float((EXPERT * (depth + audit) / N).min())


if __name__ == "__main__":
    main()
