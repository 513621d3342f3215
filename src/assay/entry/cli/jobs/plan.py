"""`assay plan`: what an intake will take."""

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from assay.core.planning.plan import Plan
from assay.core.planning.plan_as_json import plan_to_json
from assay.core.project.intake import Intake
from assay.entry.cli.shared_arguments import json_argument
from assay.entry.cli.shell_session import clock
from assay.entry.cli.sign_of_life import working
from assay.service.figures_in_words import expected_price_of_work, money, price_of_work, share
from assay.service.intake.data_source import taken_of
from assay.service.intake.intake_file import read_intake_file
from assay.service.requests.preview_plan import preview_plan


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("intake", type=Path, metavar="INTAKE.yaml", help="the intake file")
    parser.add_argument("--seed", type=int, default=1, help="seed of the simulation (default 1)")
    json_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Print the plan; nothing is stored."""
    received = read_intake_file(given.intake)
    taken = taken_of(received.intake.data, folder=received.folder)
    with working("rehearsing the plan", quiet=given.json):
        plan = preview_plan(received, seed=given.seed, now=clock())
    if given.json:
        sys.stdout.write(json.dumps(plan_to_json(plan), indent=2) + "\n")
    else:
        if taken:
            sys.stdout.write(f"{received.intake.data.path}: {taken}\n")
        _print(plan, received.intake)
    return 0


def _print(plan: Plan, intake: Intake) -> None:
    console = Console()
    currency = intake.money.currency
    low, mid, high = (
        money(round(value), currency) for value in (plan.price.low, plan.price.mid, plan.price.high)
    )
    console.print(
        f"{intake.name}: {plan.items:,} items, {share(intake.quality.right)} right", highlight=False
    )
    console.print(f"  price     about {mid} ({low} to {high})", highlight=False)
    console.print(
        f"  finish    about {plan.finish:%Y-%m-%d %H:%M} UTC ({plan.hours.low:.1f} to {plan.hours.high:.1f} hours"
        f" with {plan.people} labellers and {plan.experts} experts)",
        highlight=False,
    )
    console.print(
        f"  answers   about {plan.answers_per_item.mid:.2f} per item"
        f" ({plan.answers_per_item.low:.2f} to {plan.answers_per_item.high:.2f})",
        highlight=False,
    )
    if plan.work is not None:
        console.print(f"  pay       {price_of_work(intake.money.answer)}", highlight=False)
        console.print(f"            {expected_price_of_work(plan.work)}", highlight=False, soft_wrap=True)
    console.print(
        f"  experts   {plan.expert_judgements:,} judgements: {plan.control_items:,} control items,"
        f" {plan.review_sample:,} reviews, {plan.audit_sample:,} for the certificate",
        highlight=False,
    )
    models = ", ".join(plan.models) or "none"
    console.print(f"  models    {models}\n", highlight=False)
    stages = Table("stage", "answers", "judgements", "price", box=None, pad_edge=False)
    for line in plan.stages:
        stages.add_row(line.name, f"{line.answers:,}", f"{line.judgements:,}", money(line.price, currency))
    console.print(stages)
    console.print("\nWhat quality costs:", highlight=False)
    for right, price in plan.cost_of_quality:
        mark = "  <- asked for" if abs(right - intake.quality.right) < 1e-9 else ""
        console.print(f"  {share(right):>8} right: about {money(price, currency)}{mark}", highlight=False)
