"""What it saves that people whose answers tell little wait while better ones are at work: whole simulated projects.

    python -m bench.quality.reserve [--scale 0.5]

2,000 items without media and 40 simulated people whom nobody helps, and the demo (1,797 digits with a model, 30 people),
each with the reserve and without; and the former with a crowd of two kinds, every second of whom has lost a quarter of their
skill. What is compared is the cost until the certificate passes.
"""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
from bench.measuring import Finding, Place, apart, options, place, report
from bench.quality.quotes import run_project

from assay.core.ports.workforce import SimulatedPerson
from assay.core.workforce import whom_to_ask
from assay.providers.workforce.simulated import workforce
from assay.providers.workforce.simulated.people import draw_people
from assay.service.labelling import label_loop
from assay.service.workforce import people_in_reserve
from assay.store import db

SEEDS = tuple(range(1, 9))


def main() -> None:
    given = options(__doc__)
    seeds = SEEDS[: max(2, round(len(SEEDS) * given.scale))]
    report(
        given,
        [
            _finding("2,000 items and 40 people of two kinds", seeds, project="simulated", loss=0.25),
            _finding("2,000 items and 40 people", seeds, project="simulated"),
            _finding("the demo", seeds, project="digits"),
        ],
    )


def _finding(name: str, seeds: tuple[int, ...], *, project: str, loss: float = 0.0) -> Finding:
    cost, hours, waiting = (np.zeros((len(seeds), 2)) for _ in range(3))
    for row, seed in enumerate(seeds):
        for column, dear in enumerate((0.0, whom_to_ask.FAIR.dear)):
            with place() as at:
                cost[row, column], hours[row, column], waiting[row, column] = apart(
                    _run, at, project, seed, dear, loss
                )
        print(f"  {name}, seed {seed}: EUR {cost[row, 0]:.0f} without, {cost[row, 1]:.0f} with", flush=True)
    ratio = cost[:, 1] / cost[:, 0]
    mean, spread = float(ratio.mean()), float(ratio.std(ddof=1) / np.sqrt(len(seeds)))
    return Finding(
        f"Cost of a certified project with a reserve against without, {name}, {len(seeds)} seeds",
        "<= 1x, or no more above than twice what it gives or takes",
        f"{mean:.2f}x, give or take {spread:.2f} (EUR {cost[:, 1].mean():.0f} against {cost[:, 0].mean():.0f},"
        f" {hours[:, 1].mean():.1f} hours against {hours[:, 0].mean():.1f},"
        f" {waiting[:, 1].mean():.1f} people in reserve at the end)",
        mean <= 1.0 + 2.0 * spread,
    )


def _run(at: Place, name: str, seed: int, dear: float, loss: float) -> tuple[float, float, float]:
    """Return the cost in euros, the hours between the first answer and the last, and how many people were in reserve."""
    fair = replace(whom_to_ask.FAIR, dear=dear)

    def two_kinds(*, seed: int | str, people: int, experts: int) -> tuple[SimulatedPerson, ...]:
        return tuple(
            one
            if one.expert or place % 2
            else replace(one, ability=replace(one.ability, skill=one.ability.skill * (1.0 - loss)))
            for place, one in enumerate(draw_people(seed=seed, people=people, experts=experts))
        )

    with (
        patch.object(label_loop, "FAIR", fair),
        patch.object(people_in_reserve, "FAIR", fair),
        patch.object(workforce, "draw_people", two_kinds),
    ):
        spent = run_project(at, name, seed).spent
    ((first, last),) = db.rows("SELECT MIN(at), MAX(at) FROM answer", [])
    ((waiting,),) = db.rows("SELECT COUNT(*) FROM person WHERE reserve", [])
    return spent / 100, (last - first) / 3_600_000_000, float(waiting)


if __name__ == "__main__":
    main()
