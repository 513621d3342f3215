"""`assay replay`: what the real decisions would have made of recorded answers."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console

from assay.core.errors import BadValue
from assay.core.planning.baselines import Way
from assay.core.project.intake import Quality
from assay.entry.cli.arguments import json_argument
from assay.entry.cli.scatter import Point, scatter
from assay.entry.cli.working import working
from assay.service.actions.compare_replay import at_other_targets, baselines
from assay.service.actions.replay_answers import ReplayResult, replay_answers, to_json
from assay.service.documents.replay_picture import replay_picture
from assay.service.documents.wording import at_most, share

WIDEST = 96
"""Columns that the picture in a terminal takes at most."""


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
    parser.add_argument(
        "--picture",
        type=Path,
        metavar="FILE.svg",
        help="draw cost against accuracy, at several targets and beside the plain ways",
    )
    json_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Replay and print what it came to, beside what plain ways would have."""
    _check(given)
    target = Quality(right=given.right, confidence=given.confidence)
    of: dict[str, Any] = {
        "answers": given.answers,
        "truth": given.truth,
        "target": target,
        "expert_price": given.expert_price,
        "seed": given.seed,
    }
    bounds = {"least": given.min, "most": given.max}
    with working("replaying", quiet=given.json):
        result = replay_answers(**of, **bounds)
        others = () if given.json and given.picture is None else baselines(**of)
        curve = () if given.picture is None else at_other_targets(**of, **bounds)
    if given.picture is not None:
        given.picture.write_bytes(
            replay_picture(name=_name(given.answers), asked=target.right, ours=curve, others=others)
        )
    if given.json:
        sys.stdout.write(to_json(result).decode() + "\n")
        return result.exit_code
    ours = Way("Assay", result.cost_per_item, result.accuracy, proven=result.certified)
    sys.stdout.write(_words(result) + "\n" + _table([ours, *others]))
    console = Console()
    if console.is_terminal:
        sys.stdout.write("\n" + _plot([ours, *others], target=target, width=min(console.width, WIDEST)))
    if given.picture is not None:
        sys.stdout.write(f"\npicture: {given.picture}\n")
    return result.exit_code


def _name(answers: Path) -> str:
    """Return how the answers are called: their folder where the file is called like what it holds."""
    stem = answers.name.split(".")[0]
    return answers.resolve().parent.name if stem == "answers" else stem


def _table(ways: Sequence[Way]) -> str:
    wide = max(len(way.name) for way in ways)
    head = f"    {'the same answers':<{wide}}  {'cost/item':>9}  {'right':>7}  proven\n"
    return head + "".join(
        f"  {sign} {way.name:<{wide}}  {way.cost_per_item:>9.2f}  {share(way.accuracy):>7}"
        f"  {'yes' if way.proven else 'no'}\n"
        for sign, way in zip("ABCDE", ways, strict=True)
    )


def _plot(ways: Sequence[Way], *, target: Quality, width: int) -> str:
    points = [Point(sign, way.cost_per_item, way.accuracy) for sign, way in zip("ABCDE", ways, strict=True)]
    return scatter(points, level=target.right, width=width, across="cost per item", up="right")


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
