"""What a certificate costs on real crowds: Assay beside two plain ways, as one Markdown table.

    python -m bench.crowd_replay [--data DIR] [--right 0.95] [--expert-price 5] [--seeds 3]

(a) three answers each, then experts in the order of the majority's margin, as deep as a certificate needs:
    the cheapest depth in steps of 5 % with the audit's real test (an oracle: failed audits cost it nothing);
(b) experts judge all that the ledger of allowed errors does not spare, and nobody else is asked.
Costs are in labeller answers per item.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from tests.support.data import CROWD_SETS

from assay.core.project.intake import Quality
from assay.service.replay.compare_replay import baselines
from assay.service.replay.replay_answers import replay_answers


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--data", type=Path, default=Path(__file__).parents[2] / "shared/data/crowd")
    options.add_argument("--right", type=float, default=0.95)
    options.add_argument("--expert-price", type=float, default=5.0)
    options.add_argument("--seeds", type=int, default=3)
    given = options.parse_args()
    target = Quality(right=given.right, confidence=0.95)
    print(
        f"Target {given.right:.1%} at 95 % confidence, an expert costs {given.expert_price:g} answers, "
        f"mean of {given.seeds} seeds.\n"
    )
    print(
        "| set | items | answers/item | expert/item | audit/item | certified | bound | accuracy | seconds "
        "| cost/item | (a) 3 answers + experts | (b) experts alone |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|---|")
    totals = []
    for name in CROWD_SETS:
        answers, truth = (
            next(given.data.joinpath(name).glob(f"{part}.csv*")) for part in ("answers", "truth")
        )
        start = time.perf_counter()
        found = [
            replay_answers(
                answers=answers, truth=truth, target=target, expert_price=given.expert_price, seed=seed
            )
            for seed in range(1, given.seeds + 1)
        ]
        seconds = (time.perf_counter() - start) / given.seeds
        plain, alone = (
            way.cost_per_item
            for way in baselines(
                answers=answers, truth=truth, target=target, expert_price=given.expert_price, seed=1
            )[:2]
        )
        cost = mean(found, "cost_per_item")
        totals.append((cost, plain, alone))
        print(
            f"| {name} | {found[0].items} | {mean(found, 'answers_per_item'):.2f} "
            f"| {np.mean([r.expert_judgements / r.items for r in found]):.2f} "
            f"| {np.mean([r.audit_judgements / r.items for r in found]):.3f} "
            f"| {sum(r.certified for r in found)} of {len(found)} | {mean(found, 'certified_bound'):.4f} "
            f"| {mean(found, 'accuracy'):.4f} | {seconds:.1f} | {cost:.2f} | {plain:.2f} | {alone:.2f} |",
            flush=True,
        )
    averages = " | ".join(f"{value:.2f}" for value in np.mean(totals, axis=0))
    print(f"| **mean** | | | | | | | | | {averages} |")


def mean(found: list, field: str) -> float:
    return float(np.mean([getattr(result, field) for result in found]))


if __name__ == "__main__":
    main()
