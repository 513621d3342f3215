"""How often the certificate is false at its boundary, and what a good batch takes, beside a fixed plan and the bounds.

    python -m bench.quality.certificate [--scale 0.1]

Batches of 200, 1,000 and 5,000 items, 2,000 each, are drawn without replacement and tested at 95 % right and 95 %
confidence. "At the boundary" is the best batch that must not be certified: for losses in steps one step more than is
allowed in total (D = floor(alpha N) + 1 errors), for losses anywhere in [0, 1] a mean a hair above alpha; "1.2" has 1.2
times the allowed loss. All runs of a batch size step together in NumPy; a share of them is run again through
`core.quality.betting_martingale.standing`, the test that certifies, and must end the same.

A 99 %-right batch is tested until it is certified; what cannot be counts N checks. Beside it stand, for the same batches,
the smallest exact plan chosen beforehand that certifies nine in ten of them (hypergeometric), the test that is told both
error rates (the likelihood ratio of 1 % against the boundary, which no valid test beats by much), and Wald's bound
log(1/delta) / KL(1 % || 5 %), which a batch without end cannot beat.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from bench.measuring import Finding, options, report
from numpy.typing import NDArray
from scipy.stats import hypergeom

from assay.core.ports.answers import Floats
from assay.core.quality.betting_martingale import BETS, standing
from assay.core.quality.fixed_size_audit import checks_needed

RUNS, SIZES, CHECKED_AGAIN, BLOCK = 2_000, (200, 1_000, 5_000), 0.01, 500
ALLOWED, DELTA, GOOD, POWER = 0.05, 0.05, 0.01, 0.9
HAIR, SLACK = 1e-6, 1e-9
ENDLESS = 3
"""The errors that a plan for a batch without end forgives, to certify nine in ten at 1 % wrong."""
BARS = {200: None, 1_000: 118.0, 5_000: 132.0}


@dataclass(frozen=True)
class Ends:
    """How the tests of many batches ended: certified or not, and after how many checks, shape (runs,)."""

    certified: NDArray[np.bool_]
    checks: NDArray[np.int64]


def main() -> None:
    given = options(__doc__)
    runs = max(200, round(RUNS * given.scale))
    report(given, [*boundary(runs), *good_batches(runs)])


# False certificates ---------------------------------------------------------------------------------------------------


def boundary(runs: int) -> list[Finding]:
    # Fewer runs than the full count scatter: two standard deviations of room.
    bar = 0.06 if runs >= RUNS else 0.06 + 2 * math.sqrt(0.05 * 0.95 / runs)
    found = []
    for name, batches in LOSSES.items():
        told, worst = [], 0.0
        for items in SIZES:
            shares = []
            for times in (1.0, 1.2):
                dice = np.random.default_rng([items, round(10 * times)])
                ends = [
                    outcomes(batches(dice, size, items, times), goal=1.0 / DELTA) for size in _blocks(runs)
                ]
                shares.append(float(np.mean(np.concatenate([one.certified for one in ends]))))
            worst = max(worst, *shares)
            told.append(f"{items:,}: {100 * shares[0]:.1f} and {100 * shares[1]:.2f} %")
        found.append(
            Finding(
                f"False certificates of {runs:,} batches at the boundary and at 1.2 times, {name}",
                f"<= {100 * bar:.0f} %" if runs >= RUNS else f"<= {100 * bar:.1f} % (6 % and chance)",
                "; ".join(told),
                worst <= bar,
            )
        )
        print(f"  {found[-1].what}: {found[-1].measured}", flush=True)
    return found


def outcomes(losses: Floats, *, goal: float) -> Ends:
    """Run the martingale of `betting_martingale.standing` over many orders at once; losses of shape (runs, items)."""
    runs, items = losses.shape
    certified, checks = np.zeros(runs, dtype=np.bool_), np.full(runs, items)
    active, budget, bets = np.arange(runs), items * ALLOWED, np.array(BETS)[:, None]
    logs, seen = np.zeros((len(BETS), runs)), np.zeros(runs)
    for position in range(items):
        unseen = items - position
        lost = seen > budget + SLACK
        exhausted = ~lost & (seen + unseen <= budget + SLACK)
        mean = np.minimum((budget - seen) / unseen, 1.0 - SLACK)
        loss = losses[active, position]
        with np.errstate(divide="ignore", invalid="ignore"):
            moved = logs + np.log(np.maximum(1.0 + bets * (mean - loss) / (1.0 - mean), 0.0))
        top = moved.max(axis=0)
        proven = ~lost & ~exhausted & (top + np.log(np.exp(moved - top).mean(axis=0)) >= math.log(goal))
        certified[active[exhausted | proven]] = True
        checks[active[exhausted]] = position
        checks[active[proven]] = position + 1
        going = ~(lost | exhausted | proven)
        active, logs, seen = active[going], moved[:, going], (seen + loss)[going]
        if not len(active):
            break
    for run in range(0, runs, max(1, round(1 / CHECKED_AGAIN))):
        slow = standing(losses[run].tolist(), items=items, allowed=ALLOWED, delta=1.0 / goal)
        assert slow.certified == certified[run], "the steps of many batches and the test itself differ"
        assert not slow.certified or slow.checks == checks[run], "they differ in the number of checks"
    return Ends(certified, checks)


def in_steps(*shares: float) -> Callable[[np.random.Generator, int, int, float], Floats]:
    """Return batches of losses in steps of 1 / len(shares), where shares[j] of the total comes from losses of j + 1 steps."""
    step = 1.0 / len(shares)

    def batches(dice: np.random.Generator, runs: int, items: int, times: float) -> Floats:
        total = math.floor(ALLOWED * times * items / step + SLACK) + 1
        counts = [int(share * total / (level + 1)) for level, share in enumerate(shares)]
        counts[0] += total - sum(count * (level + 1) for level, count in enumerate(counts))
        batch = np.zeros(items)
        batch[: sum(counts)] = np.repeat(step * np.arange(1, len(shares) + 1), counts)
        return dice.permuted(np.tile(batch, (runs, 1)), axis=1)

    return batches


def anywhere(
    shape: Callable[[np.random.Generator, tuple[int, int]], Floats],
) -> Callable[[np.random.Generator, int, int, float], Floats]:
    """Return batches of a shape, each scaled until its mean is a hair above what is allowed."""

    def batches(dice: np.random.Generator, runs: int, items: int, times: float) -> Floats:
        raw = shape(dice, (runs, items))
        total = ALLOWED * times * items + HAIR
        found: Floats = raw * (total / raw.sum(axis=1, keepdims=True))
        assert float(found.max()) <= 1.0, (
            "the shape's mean is below what is allowed: scaling up leaves [0, 1]"
        )
        return found

    return batches


def boxes(dice: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Most images a little off, some with a box missed or invented, a few all wrong."""
    kind = dice.random(shape)
    off = dice.beta(2.0, 22.0, shape)
    found: Floats = np.where(kind < 0.02, 1.0, np.where(kind < 0.12, dice.uniform(0.2, 0.6, shape), off))
    return found


def spans(dice: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Most texts exactly right, the others by fractions with small denominators."""
    found: Floats = np.where(dice.random(shape) < 0.65, 0.0, 1.0 / dice.integers(1, 6, shape))
    return found


def masks(dice: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Everything a little off and nothing exactly right: the narrow losses of outlines."""
    return dice.beta(40.0, 200.0, shape)


def words(dice: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Wide and skewed, as word error rates are."""
    return dice.beta(0.5, 3.0, shape)


LOSSES = {
    "right or wrong": in_steps(1.0),
    "halves (preferences)": in_steps(0.4, 0.6),
    "quarters (ordered labels)": in_steps(0.4, 0.3, 0.2, 0.1),
    "like boxes": anywhere(boxes),
    "like spans and label sets": anywhere(spans),
    "like masks, Beta(40, 200)": anywhere(masks),
    "like transcriptions, Beta(1/2, 3)": anywhere(words),
}


# What a good batch takes ----------------------------------------------------------------------------------------------


def good_batches(runs: int) -> list[Finding]:
    wald = math.log(1.0 / DELTA) / (
        GOOD * math.log(GOOD / ALLOWED) + (1.0 - GOOD) * math.log((1.0 - GOOD) / (1.0 - ALLOWED))
    )
    endless = checks_needed(items=None, allowed=ALLOWED, delta=DELTA, errors=ENDLESS)
    found = []
    for items in SIZES:
        dice = np.random.default_rng(items)
        errors = round(GOOD * items)
        batch = np.repeat([1.0, 0.0], [errors, items - errors])
        orders = [dice.permuted(np.tile(batch, (size, 1)), axis=1) for size in _blocks(runs)]
        checks = np.concatenate([outcomes(losses, goal=1.0 / DELTA).checks for losses in orders])
        oracle = np.concatenate([told_both(losses, errors=errors) for losses in orders])
        plan, power = fixed_plan(items, errors)
        bar = BARS[items]
        mean = float(checks.mean())
        found.append(
            Finding(
                f"Mean checks to certify 95 % of a 99 %-right batch, N = {items:,}, {runs:,} batches",
                "(no bar)" if bar is None else f"<= {bar:.0f}",
                f"{mean:.1f} (90 of 100 within {np.quantile(checks, 0.9):.0f}; the fixed plan {plan},"
                f" which certifies {100 * power:.0f} %, {endless} without end; told both error rates {oracle.mean():.1f};"
                f" Wald's bound without end {wald:.0f})",
                bar is None or mean <= bar,
            )
        )
    return found


def fixed_plan(items: int, errors: int) -> tuple[int, float]:
    """Return the smallest exact plan that certifies a batch with so many errors at the wanted power, and its power."""
    forgiven = 0
    while True:
        checks = checks_needed(items=items, allowed=ALLOWED, delta=DELTA, errors=forgiven)
        assert checks is not None, "no plan has the wanted power"
        power = float(hypergeom.cdf(forgiven, items, errors, checks))
        if power >= POWER:
            return checks, power
        forgiven += 1


def told_both(losses: Floats, *, errors: int) -> NDArray[np.int64]:
    """Return the checks of the likelihood ratio of `errors` against the boundary's, drawn without replacement.

    P(draw is wrong | s wrong before, t seen) = (D - s) / (N - t) under either number D of errors.
    """
    items = losses.shape[1]
    bad = math.floor(ALLOWED * items + SLACK) + 1
    before = np.cumsum(losses, axis=1) - losses
    unseen = items - np.arange(items)
    with np.errstate(divide="ignore", invalid="ignore"):
        wrong = np.log(np.maximum(errors - before, 0.0)) - np.log(np.maximum(bad - before, 0.0))
        right = np.log(unseen - errors + before) - np.log(np.maximum(unseen - bad + before, 0.0))
    ratio = np.cumsum(np.where(losses > 0.0, wrong, right), axis=1)
    there = ratio >= math.log(1.0 / DELTA)
    return np.where(there.any(axis=1), there.argmax(axis=1) + 1, items).astype(np.int64)


def _blocks(runs: int) -> list[int]:
    """Cut the runs into blocks, so that memory stays small."""
    return [min(BLOCK, runs - start) for start in range(0, runs, BLOCK)]


if __name__ == "__main__":
    main()
