"""What people's answers are worth, on sixteen recorded sets of choices: labels, calibration, what experts redo.

    python -m bench.quality.posterior [--scale 0.1]

Ours is what the pipeline does: the task type's `fit` and `consensus`, and the calibration that control items teach.
Figures are taken on items that were no control items, as means over 20 draws of min(60, a tenth of the items
with truth); majority is the expectation over ties broken by chance. "Worse" than majority is a set whose paired
bootstrap over items (2,000 resamples, 95 %) lies below half a point. The peer is crowd-kit's Dawid-Skene. Experts redo items
in parts of a twentieth, riskiest first, and people are learnt anew from what they said after each, as a review does; beside
it the share in the order before any of it (once), and in that of the majority's margin; with more than 5,000 items in a fifth of the draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from bench.measuring import Finding, options, report
from bench.quality import crowd_kit
from bench.quality.crowd_sets import CrowdSet, recorded_sets
from numpy.typing import NDArray

from assay.core.ports.answers import Consensus, Floats
from assay.core.quality.logistic_calibration import expected_calibration_error
from assay.core.review.known_item_lessons import learn
from assay.tasktypes import TASK_TYPES

DRAWS, RESAMPLES, LARGE, PREFIXES, PARTS = 20, 2_000, 600, 7, 20
REVIEWED_OFTEN, FEWER = 5_000, 5
SURE, TARGET = 0.95, 0.95


@dataclass(frozen=True)
class Figures:
    """One set's figures; shares of 1. `worse` is the upper end of the bootstrap of ours minus majority."""

    name: str
    majority: float
    alone: float
    taught: float
    peer: float | None
    worse: float
    large: bool
    ece: float
    sure_right: float
    sure_share: float
    redo: float
    redo_once: float
    redo_majority: float


def main() -> None:
    given = options(__doc__)
    sets = recorded_sets()
    if not sets:
        return
    draws = max(2, round(DRAWS * given.scale))
    found = []
    for one in sets:
        found.append(figures_of(one, draws))
        print(f"  {found[-1]}", flush=True)
    report(given, findings(found, draws))


def findings(found: Sequence[Figures], draws: int) -> list[Finding]:
    alone, taught, majority = (
        100 * float(np.mean([getattr(one, name) for one in found]))
        for name in ("alone", "taught", "majority")
    )
    peers = [one.peer for one in found if one.peer is not None]
    peer = f"crowd-kit {100 * np.mean(peers):.1f}" if len(peers) == len(found) else "crowd-kit did not run"
    worse = [one.name for one in found if one.worse < -0.005]
    large = [one for one in found if one.large]
    ece = float(np.mean([one.ece for one in large]))
    sure = 100 * _mean(np.array([one.sure_right for one in large]))
    share = 100 * float(np.mean([one.sure_share for one in large]))
    redo, once, plain = (
        100 * float(np.median([getattr(one, n) for one in found]))
        for n in ("redo", "redo_once", "redo_majority")
    )
    return [
        Finding(
            f"Mean accuracy over {len(found)} recorded sets, no control items",
            ">= 81.5 %",
            f"{alone:.1f} % (majority {majority:.1f}, {peer}; worse than majority: {', '.join(worse) or 'none'})",
            alone >= 81.5 and not worse,
        ),
        Finding(
            f"Mean accuracy over {len(found)} recorded sets, with control items, {draws} draws",
            ">= 82.0 %",
            f"{taught:.1f} %",
            taught >= 82.0,
        ),
        Finding(
            f"Calibration error over the {len(large)} sets of {LARGE} items and more",
            "<= 0.03",
            f"{ece:.3f} ({', '.join(f'{one.name} {one.ece:.3f}' for one in large)})",
            ece <= 0.03,
        ),
        Finding(
            f"Right where the calibrated probability is {SURE} and more, the same sets",
            ">= 95.5 %",
            f"{sure:.1f} % ({share:.0f} % of the items)",
            sure >= 95.5,
        ),
        Finding(
            f"What experts redo, in order of calibrated risk, to reach {100 * TARGET:.0f} %: median over {len(found)} sets",
            "<= 38 %",
            f"{redo:.1f} % (ordered once {once:.1f} %, in order of the majority's margin {plain:.1f} %)",
            redo <= 38.0,
        ),
    ]


def figures_of(one: CrowdSet, draws: int) -> Figures:
    task = TASK_TYPES.get("classification")
    scored, plain, margin = one.scored, one.majority(), one.margin()
    nothing: list[str | None] = [None] * one.table.items
    alone = one.right(list(task.fit(one.table, schema=one.schema, known=nothing).consensus(one.table).value))
    rows = []
    reviewed = draws if scored.sum() <= REVIEWED_OFTEN else max(1, draws // FEWER)
    for seed in range(1, draws + 1):
        controls = one.controls(seed)
        consensus, p = _believed(one, one.known(controls), controls)
        right, left = one.right(list(consensus.value)), scored & ~controls
        sure = left & (p >= SURE)
        rows.append(
            (
                float(right[left].mean()),
                expected_calibration_error(p[left], right[left]),
                float(right[sure].mean()) if sure.any() else np.nan,
                float(sure.sum() / left.sum()),
                redo_in_parts(one, controls, seed) if seed <= reviewed else np.nan,
                redo_share(p[left], right[left].astype(np.float64), seed),
                redo_share(margin[left], plain[left], seed),
            )
        )
    taught, ece, sure_right, sure_share, redo, redo_once, redo_majority = (
        _mean(column) for column in np.array(rows).T
    )
    return Figures(
        name=one.name,
        majority=float(plain[scored].mean()),
        alone=float(alone[scored].mean()),
        taught=taught,
        peer=_peer(one),
        worse=_upper(alone[scored].astype(np.float64) - plain[scored]),
        large=int(scored.sum()) >= LARGE,
        ece=ece,
        sure_right=sure_right,
        sure_share=sure_share,
        redo=redo,
        redo_once=redo_once,
        redo_majority=redo_majority,
    )


def _believed(
    one: CrowdSet, known: list[str | None], controls: NDArray[np.bool_]
) -> tuple[Consensus, Floats]:
    """Return the consensus, and its calibrated probability of being right, shape (items,)."""
    task = TASK_TYPES.get("classification")
    model = task.fit(one.table, schema=one.schema, known=known)
    lessons = learn(
        table=one.table,
        model=model,
        prior=None,
        known=known,
        by_chance=controls,
        task=task,
        schema=one.schema,
        most=PREFIXES,
    )
    consensus = model.consensus(one.table, known=known)
    return consensus, lessons.calibration.apply(consensus)


def redo_in_parts(one: CrowdSet, controls: NDArray[np.bool_], seed: int) -> float:
    """Return the share of items that experts redo until the target is reached, each part teaching the next."""
    judged = controls.copy()
    size = int((one.scored & ~controls).sum())
    part, allowed = max(1, size // PARTS), (1.0 - TARGET) * size + 1e-9
    tie = np.random.default_rng(seed).random(len(judged))
    while True:
        consensus, p = _believed(one, one.known(judged), controls)
        left = np.flatnonzero(one.scored & ~judged)
        order = left[np.lexsort((tie[left], p[left]))]
        wrong = ~one.right(list(consensus.value))[order]
        behind = np.append(np.cumsum(wrong[::-1])[::-1], 0)  # errors left behind each depth
        depth = int(np.flatnonzero(behind <= allowed)[0])
        if depth <= part:
            return float((judged.sum() - controls.sum() + depth) / size)
        judged[order[:part]] = True


def redo_share(score: Floats, right: Floats, seed: int) -> float:
    """Return the share of items that experts redo, lowest score first, until the target is reached."""
    order = np.lexsort((np.random.default_rng(seed).random(len(score)), score))
    left = np.append(np.cumsum((1.0 - right)[order][::-1])[::-1], 0.0)
    enough: NDArray[np.int64] = np.flatnonzero(left <= (1.0 - TARGET) * len(score) + 1e-9)
    return float(enough[0] / len(score))


def _mean(column: Floats) -> float:
    """Return the mean of the draws that have the figure: nothing may be sure in a draw, or in all of them."""
    found = column[~np.isnan(column)]
    return float(found.mean()) if len(found) else float("nan")


def _upper(difference: Floats) -> float:
    dice = np.random.default_rng(1)
    means = [
        float(difference[dice.integers(0, len(difference), len(difference))].mean()) for _ in range(RESAMPLES)
    ]
    return float(np.quantile(means, 0.975))


def _peer(one: CrowdSet) -> float | None:
    labels = crowd_kit.dawid_skene(one.table, one.schema.names)
    if labels is None:
        return None
    named = [one.schema.names[label] if label >= 0 else "" for label in labels.tolist()]
    return float(one.right(named)[one.scored].mean())


if __name__ == "__main__":
    main()
