"""`assay replay`: what the real decisions would have made of recorded answers."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console

from assay.core.errors import BadValue
from assay.core.planning.baselines_of_a_replay import Way
from assay.core.project.intake import Quality
from assay.entry.cli.files.bad_rows import tell_bad_rows
from assay.entry.cli.files.scatter_picture import Point, scatter
from assay.entry.cli.shared_arguments import json_argument
from assay.entry.cli.sign_of_life import working
from assay.service.figures_in_words import at_most, share
from assay.service.replay.compare_replay import at_other_targets, baselines, without_experts
from assay.service.replay.recorded_answers import read_replayable
from assay.service.replay.replay_answers import ReplayResult, replay_answers, to_json
from assay.service.replay.replay_picture import Stop, replay_picture
from assay.service.replay.replay_votes import VotesResult, at_other_votes, replay_votes
from assay.service.replay.replay_votes import to_json as votes_to_json

_SIGNS: Final = "ABCDE"
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
    parser.add_argument(
        "--votes",
        type=int,
        metavar="K",
        help="no experts and no proof: as few answers as make labels as right as a majority of K each;"
        " --right, --confidence, --min and --max do not matter then",
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of every draw (1)")
    parser.add_argument(
        "--picture",
        type=Path,
        metavar="FILE.svg",
        help="draw cost against accuracy, at several targets (or votes) and beside the plain ways",
    )
    json_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Replay and print what it came to, beside what plain ways would have."""
    _check(given)
    with working("replaying", quiet=given.json):
        found = _with_experts(given) if given.votes is None else _without_experts(given)
        read = read_replayable(given.answers, given.truth)
    tell_bad_rows(given.answers, read.shown, read.bad)
    if given.picture is not None:
        picture = replay_picture(
            name=_name(given.answers),
            ours=found.curve,
            others=found.ways[1:],
            level=found.level,
            dashed=found.dashed,
        )
        given.picture.write_bytes(picture)
    if given.json:
        sys.stdout.write(found.json.decode() + "\n")
        return found.exit_code
    sys.stdout.write(found.words + "\n" + _table(found.ways))
    console = Console()
    if console.is_terminal:
        sys.stdout.write("\n" + _plot(found.ways, level=found.level, width=min(console.width, WIDEST)))
    if given.picture is not None:
        sys.stdout.write(f"\npicture: {given.picture}\n")
    return found.exit_code


@dataclass(frozen=True, slots=True)
class _Found:
    """What a replay came to; `ways` are ours and what stands beside it, `curve` is empty without a picture."""

    words: str
    json: bytes
    exit_code: int
    ways: Sequence[Way]
    curve: Sequence[Stop]
    level: float
    dashed: str


def _with_experts(given: argparse.Namespace) -> _Found:
    target = Quality(right=given.right, confidence=given.confidence)
    of: dict[str, Any] = {**_of(given), "target": target}
    bounds = {"least": given.min, "most": given.max}
    result = replay_answers(**of, **bounds)
    curve = () if given.picture is None else at_other_targets(**of, **bounds)
    return _Found(
        words=_words(result),
        json=to_json(result),
        exit_code=result.exit_code,
        ways=[
            Way("Assay", result.cost_per_item, result.accuracy, proven=result.certified),
            *(() if given.json and given.picture is None else baselines(**of)),
        ],
        curve=[
            Stop(f"Assay, {share(right)} asked for", way, asked=True)
            if right == target.right
            else Stop(share(right), way)
            for right, way in curve
        ],
        level=target.right,
        dashed="what was asked for",
    )


def _without_experts(given: argparse.Namespace) -> _Found:
    files = {"answers": given.answers, "truth": given.truth}
    of: dict[str, Any] = {**_of(given), "votes": given.votes}
    result = replay_votes(**of)
    curve = () if given.picture is None else at_other_votes(**of)
    plain = (
        ()
        if given.json and given.picture is None
        else without_experts(**files, expert_price=given.expert_price)
    )
    return _Found(
        words=_words_of_votes(result),
        json=votes_to_json(result),
        exit_code=0,
        ways=[*result.ways, *plain],
        curve=[
            Stop(f"Assay, as right as {votes} votes each", way, asked=True)
            if votes == given.votes
            else Stop(f"{votes} votes", way)
            for votes, way in curve
        ],
        level=result.votes_accuracy,
        dashed=f"what {given.votes} votes each reach",
    )


def _of(given: argparse.Namespace) -> dict[str, Any]:
    return {
        "answers": given.answers,
        "truth": given.truth,
        "expert_price": given.expert_price,
        "seed": given.seed,
    }


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
        for sign, way in zip(_SIGNS[: len(ways)], ways, strict=True)
    )


def _plot(ways: Sequence[Way], *, level: float, width: int) -> str:
    points = [
        Point(sign, way.cost_per_item, way.accuracy)
        for sign, way in zip(_SIGNS[: len(ways)], ways, strict=True)
    ]
    return scatter(points, level=level, width=width, across="cost per item", up="right")


def _check(given: argparse.Namespace) -> None:
    limits = (
        ("--right", given.right, 0.5, 0.9999),
        ("--confidence", given.confidence, 0.5, 0.9999),
        ("--expert-price", given.expert_price, 0.01, 10_000),
        ("--min", given.min, 1, 50),
        ("--max", given.max, given.min, 50),
        ("--votes", 1 if given.votes is None else given.votes, 1, 50),
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


def _words_of_votes(result: VotesResult) -> str:
    less = f"{share(result.saved)} fewer" if result.saved >= 0 else f"{share(-result.saved)} more"
    return (
        f"{result.items:,} items, {result.control_items:,} control items; no experts, and nothing is proven\n"
        f"  answers   {result.answers_used:,} of {result.answers_available:,} ({result.answers_per_item:.2f} per item),"
        f" {less} than {result.votes} votes each ({result.votes_per_item:.2f})\n"
        f"  right     {share(result.accuracy)}, the votes {share(result.votes_accuracy)}"
        f" (expected from the pilot: {share(result.goal)})\n"
        f"  cost      {result.cost:,.0f} answers' worth with the control items' labels,"
        f" {result.cost_per_item:.2f} per item\n"
    )
