"""`assay demo`: the main job on an example of one use case, with simulated people; nothing is fetched."""

import argparse
import json
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from assay.entry.cli.jobs.batch_summary_in_words import print_summary
from assay.entry.cli.jobs.run import run_intake
from assay.entry.cli.server.serve import serve
from assay.entry.cli.shared_arguments import json_argument
from assay.entry.cli.shell_session import Session, clock, session
from assay.entry.cli.sign_of_life import working
from assay.service.batches.batch_summary import BatchSummary, summary_to_json
from assay.service.batches.three_answers_each import three_answers_each
from assay.service.delivery.verify_certificate import Result, verify_certificate
from assay.service.examples import EXAMPLES, find_example
from assay.service.examples.demo_portal import Login, half_label_one, make_logins, offer_one
from assay.service.figures_in_words import money, share
from assay.service.trail.seal_events import demonstration_key

UNPROVEN = 3
MARK = ".assay-demo"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--example",
        default=EXAMPLES[0].name,
        metavar="NAME",
        help=f"which example: {', '.join(one.name for one in EXAMPLES)} (default: {EXAMPLES[0].name})",
    )
    parser.add_argument("--list", action="store_true", help="list the examples and do nothing else")
    parser.add_argument(
        "--home",
        type=Path,
        default=Path("demo-home"),
        metavar="DIR",
        help="folder of the demo, made anew when the last demo in it was finished (default: demo-home)",
    )
    parser.add_argument("--seed", type=int, default=1, help="seed of every draw (default 1)")
    parser.add_argument(
        "--serve", action="store_true", help="end by serving the portal, with a login for each role"
    )
    parser.add_argument(
        "--bind", metavar="ADDRESS:PORT", help="where the portal listens (default: 127.0.0.1:8700)"
    )
    json_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Run it; 0 only if the batch is certified and delivered and its certificate verifies."""
    if given.list:
        _print_examples(as_json=given.json)
        return 0
    example = find_example(given.example)
    home: Path = given.home.resolve()
    _clear_finished(home)
    os.environ.pop("DATABASE_URL", None)  # the demo shows the embedded default
    with session(home) as opened:
        intake = example.write(home / example.name)
        (home / MARK).write_text("running\n", encoding="utf-8")
        summary = run_intake(
            opened, intake=intake, out=home / "deliveries", seed=given.seed, quiet=given.json
        )
        proven = _verified(opened, summary)
        if given.json:
            sys.stdout.write(json.dumps(summary_to_json(summary) | {"verified": proven}, indent=2) + "\n")
        else:
            print_summary(replace(summary, folder=""))
            _print_comparison(opened, summary)
            _print_places(summary, proven=proven)
        logins = _portal(opened, home=home, seed=given.seed) if given.serve and proven else []
        (home / MARK).write_text("finished\n", encoding="utf-8")
    if logins:
        _print_logins(logins)
        os.environ["ASSAY_STAFF_SECOND_FACTOR"] = (
            "no"  # made for a look around; real installations ask for one
        )
        return serve(home=home, bind=given.bind)
    return 0 if proven else UNPROVEN


def _portal(opened: Session, *, home: Path, seed: int) -> list[Login]:
    """Make the logins, a batch to review, and one that people have half labelled."""
    with working("a second batch for review, a third half labelled"):
        logins = make_logins(opened.installation, now=clock())
        offer_one(opened.installation, home=home, clock=clock, seed=seed)
        half_label_one(opened.installation, home=home, clock=clock, seed=seed)
    return logins


def _print_logins(logins: Sequence[Login]) -> None:
    sys.stdout.write("\nSign in as any of these; the passwords were made just now:\n\n")
    width = max(len(one.email) for one in logins)
    sys.stdout.writelines(
        f"  {one.email:<{width}}  {one.password}   {one.role}: {one.does}\n" for one in logins
    )
    sys.stdout.write("\nTo stop: Ctrl+C.\n")


def _print_examples(*, as_json: bool) -> None:
    if as_json:
        listing = [{"name": one.name, "about": one.sentence} for one in EXAMPLES]
        sys.stdout.write(json.dumps(listing, indent=2) + "\n")
        return
    width = max(len(one.name) for one in EXAMPLES)
    sys.stdout.writelines(f"  {one.name:<{width}}  {one.sentence}\n" for one in EXAMPLES)


def _clear_finished(home: Path) -> None:
    mark = home / MARK
    if mark.is_file() and mark.read_text(encoding="utf-8").strip() == "finished":
        shutil.rmtree(home)


def _verified(opened: Session, summary: BatchSummary) -> bool:
    if not summary.certified or summary.batch_status != "Data delivered":
        return False
    key = demonstration_key(opened.installation.home)
    found = verify_certificate(Path(summary.folder), trusted=key.fingerprint)
    for finding in found.findings:
        sys.stderr.write(f"assay: {finding.sentence}\n")
    return found.result is Result.DEMONSTRATION and found.trusted


def _print_comparison(opened: Session, summary: BatchSummary) -> None:
    compared = three_answers_each(opened.actor, batch=summary.batch, now=clock())
    if compared is None:
        return
    reached = (
        "" if compared.reached is None else f" and been {share(compared.reached)} right, with nothing proven"
    )
    sys.stdout.write(
        f"  compare   three answers each would have cost {money(compared.cost, summary.currency)}{reached}\n"
    )


def _print_places(summary: BatchSummary, *, proven: bool) -> None:
    folder = Path(summary.folder)
    if not summary.folder:
        return
    sys.stdout.write(
        "\n".join(
            (
                "",
                f"  manifest     {folder / 'labels.manifest'}",
                f"  certificate  {folder / 'certificate.html'}",
                f"  report       {folder / 'report.html'}   (open it in a browser)",
                f"  check it     .venv/bin/assay certificate verify {folder}",
                "",
                "The certificate verifies." if proven else "The certificate does NOT verify.",
                "",
            )
        )
    )
