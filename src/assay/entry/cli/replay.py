"""`assay replay`: what the real decisions would have made of recorded answers."""

import argparse
import sys
from pathlib import Path

from assay.core.errors import BadValue
from assay.core.project.intake import Quality
from assay.entry.cli.arguments import json_argument
from assay.entry.cli.working import working
from assay.service.actions.replay_answers import ReplayResult, replay_answers, to_json
from assay.service.documents.wording import at_most, share


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "answers", type=Path, metavar="ANSWERS.csv", help="columns item,worker,label; gzip too"
    )
    parser.add_argument("--truth", type=Path, required=True, metavar="TRUTH.csv", help="columns item,label")
    parser.add_argument("--right", type=float, default=0.95, help="share of items that must be right (0.95)")
    parser.add_argument("--confidence", type=float, default=0.95, help="confidence of the proof (0.95)")
    parser.add_argument("--expert-price", type=float, default=5.0, help="an expert judgement, in answers (5)")
    parser.add_argument("--min", type=int, default=1, help="fewest answers per item (1)")
    parser.add_argument("--max", type=int, default=7, help="most answers per item (7)")
    parser.add_argument("--seed", type=int, default=1, help="seed of every draw (1)")
    json_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Replay and print what it came to."""
    _check(given)
    with working("replaying", quiet=given.json):
        result = replay_answers(
            answers=given.answers,
            truth=given.truth,
            target=Quality(right=given.right, confidence=given.confidence),
            expert_price=given.expert_price,
            least=given.min,
            most=given.max,
            seed=given.seed,
        )
    sys.stdout.write(to_json(result).decode() + "\n" if given.json else _words(result))
    return result.exit_code


def _check(given: argparse.Namespace) -> None:
    limits = (
        ("--right", given.right, 0.5, 0.9999),
        ("--confidence", given.confidence, 0.5, 0.9999),
        ("--expert-price", given.expert_price, 0.01, 10_000),
        ("--min", given.min, 1, 50),
        ("--max", given.max, given.min, 50),
    )
    for name, value, low, high in limits:
        if not low <= value <= high:
            raise BadValue(
                where="the command line", key=name, found=f"{value:g}", expected=f"from {low:g} to {high:g}"
            )


def _words(result: ReplayResult) -> str:
    proof = (
        f"certified: {at_most(result.certified_bound)} wrong at most"
        if result.certified
        else f"not certified: {result.reason}"
    )
    return (
        f"{result.items:,} items, {result.control_items:,} control items; {proof}\n"
        f"  answers   {result.answers_used:,} of {result.answers_available:,} ({result.answers_per_item:.2f} per item)\n"
        f"  experts   {result.expert_judgements:,} judgements, {result.audit_judgements:,} of them for the certificate\n"
        f"  right     {share(result.accuracy_before_review)} before review, {share(result.accuracy)} as delivered\n"
        f"  cost      {result.cost:,.0f} answers' worth, {result.cost_per_item:.2f} per item\n"
    )
