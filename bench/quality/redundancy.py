"""How many answers do as well as three or five votes each, on the recorded sets of choices.

    python -m bench.quality.redundancy [--scale 0.1]

The rule is fixed beforehand (`core.planning.as_good_as_votes`): it knows the truth of control items alone, and counts the answers to
these. The votes are the first three or five answers to an item in an order of chance, ties broken by chance. Over
orders: 50 where a set has at most 1,200 items, fewer on larger ones (each of them averages more items). A set is worse
where the bootstrap interval (95 %, over orders) of ours minus the votes lies below half a point.
"""

from dataclasses import dataclass

import numpy as np
from bench.measuring import Finding, options, report
from bench.quality.crowd_sets import CONTROL_SHARE, MOST_CONTROLS, CrowdSet, recorded_sets

from assay.core.planning.as_good_as_votes import as_good_as_votes, vote_pilot
from assay.core.planning.baselines_of_a_replay import Recorded, first_answers, vote
from assay.core.planning.rehearsal.rehearsal_scene import Scene
from assay.core.planning.rehearsal.simulated_answers import RecordedSource
from assay.core.ports.answers import Ints
from assay.core.project.intake import Quality
from assay.core.review.settle_ask_again_or_hand_on import Limits
from assay.tasktypes import TASK_TYPES

BARS = {3: 0.40, 5: 0.60}
ORDERS, SMALL, MIDDLE, MOST, RESAMPLES = 50, 1_200, 5_000, 7, 2_000


@dataclass(frozen=True)
class Saved:
    """One set: share of answers saved, and accuracy of ours and of the votes, mean over orders."""

    name: str
    share: float
    ours: float
    votes: float
    worse: bool


def main() -> None:
    given = options(__doc__)
    sets = recorded_sets()
    if not sets:
        return
    findings = []
    for votes, bar in BARS.items():
        found = [saved_on(one, votes, given.scale) for one in sets if _has(one, votes)]
        median = float(np.median([one.share for one in found]))
        worse = [one.name for one in found if one.worse]
        each = ", ".join(f"{one.name} {100 * one.share:.0f}" for one in found)
        findings.append(
            Finding(
                f"Answers saved at the accuracy of {votes} votes each, median over {len(found)} recorded sets",
                f">= {100 * bar:.0f} %, no set worse",
                f"{100 * median:.0f} % ({each}; right {100 * np.mean([one.ours for one in found]):.1f} % against"
                f" {100 * np.mean([one.votes for one in found]):.1f}; worse: {', '.join(worse) or 'none'})",
                median >= bar and not worse,
            )
        )
    report(given, findings)


def saved_on(one: CrowdSet, votes: int, scale: float) -> Saved:
    scored = np.flatnonzero(one.scored)
    orders = ORDERS if len(scored) <= SMALL else 8 if len(scored) <= MIDDLE else 2
    rows = [_once(one, scored, votes, seed) for seed in range(1, max(2, round(orders * scale)) + 1)]
    share, ours, theirs = np.array(rows).T
    difference = ours - theirs
    dice = np.random.default_rng(1)
    means = difference[dice.integers(0, len(rows), (RESAMPLES, len(rows)))].mean(axis=1)
    found = Saved(
        one.name,
        float(share.mean()),
        float(ours.mean()),
        float(theirs.mean()),
        bool(np.quantile(means, 0.975) < -0.005),
    )
    print(f"  {votes} votes: {found}", flush=True)
    return found


def _has(one: CrowdSet, votes: int) -> bool:
    """Whether most items with a truth have so many answers."""
    counts = np.bincount(one.table.item, minlength=one.table.items)[one.scored]
    return float((counts >= votes).mean()) > 0.5


def _once(one: CrowdSet, scored: Ints, votes: int, seed: int) -> tuple[float, float, float]:
    place = np.full(one.table.items, -1)
    place[scored] = np.arange(len(scored))
    rows = np.flatnonzero(place[one.table.item] >= 0)
    item, person = place[one.table.item[rows]], one.table.person[rows]
    value = [one.table.value[row] for row in rows.tolist()]
    truth = tuple(one.truth[item] or "" for item in scored.tolist())
    scene = Scene(
        keys=tuple(str(number) for number in range(len(scored))),
        truth=truth,
        task=TASK_TYPES.get("classification"),
        schema=one.schema,
        quality=Quality(right=0.95, confidence=0.95),
        limits=Limits(1, MOST, 0.05),
        expert_price=5.0,
        seed=seed,
        controls=min(MOST_CONTROLS, int(CONTROL_SHARE * len(scored))),
        pilot=vote_pilot(len(scored)),
    )
    source = RecordedSource(
        item=item, person=person, value=value, people=one.table.people, seed=seed, crew=False
    )
    found = as_good_as_votes(scene, source=source, votes=votes)
    place_of = {name: position for position, name in enumerate(one.schema.names)}
    recorded = Recorded(
        item=item,
        label=np.array([place_of[label] for label in value]),
        truth=np.array([place_of[label] for label in truth]),
        labels=len(place_of),
    )
    drawn = np.random.default_rng(seed).permutation(len(item))
    taken = first_answers(item, order=drawn, each=votes)
    return (
        1.0 - found.answers_per_item / (len(taken) / len(scored)),
        found.right,
        float(vote(recorded, taken)[found.batch].mean()),
    )


if __name__ == "__main__":
    main()
