"""`assay run`: an intake from its file to a delivery, as far as its standing decisions go."""

import argparse
import json
import sys
from pathlib import Path

from assay.entry.cli.jobs.batch_summary_in_words import print_summary
from assay.entry.cli.jobs.live_progress import Progress
from assay.entry.cli.shared_arguments import home_argument, json_argument
from assay.entry.cli.shell_session import Session, clock, session
from assay.service.batches.batch_summary import BatchSummary, batch_summary, summary_to_json
from assay.service.intake.data_source import taken_of
from assay.service.intake.intake_file import read_intake_file
from assay.service.pipeline.run_batch import run_batch
from assay.service.requests.submit_intake import submit_intake

WAITS = 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("intake", type=Path, metavar="INTAKE.yaml", help="the intake file")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where deliveries go (default: the intake's)")
    parser.add_argument("--seed", type=int, default=1, help="seed of every draw (default 1)")
    home_argument(parser)
    json_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Run it and return the exit code."""
    with session(given.home) as opened:
        received = read_intake_file(given.intake)
        taken = taken_of(received.intake.data, folder=received.folder)
        if taken and not given.json:
            sys.stdout.write(f"{received.intake.data.path}: {taken}\n")
        summary = run_intake(opened, intake=given.intake, out=given.out, seed=given.seed, quiet=given.json)
        if given.json:
            sys.stdout.write(json.dumps(summary_to_json(summary), indent=2) + "\n")
        else:
            print_summary(summary)
    return WAITS if summary.waits_for else 0


def run_intake(opened: Session, *, intake: Path, out: Path | None, seed: int, quiet: bool) -> BatchSummary:
    """Submit an intake (or find it again) and do all that is due on its batch."""
    received = read_intake_file(intake)
    _, batch = submit_intake(
        opened.actor, received=received, seed=seed, home=opened.installation.home, now=clock()
    )
    place = out or received.folder / (received.intake.deliver_to or "out")
    with Progress(quiet=quiet) as progress:
        run_batch(opened.installation, batch=batch.id, out=place, clock=clock, watcher=progress.watch)
    return batch_summary(opened.actor, batch=batch.name, now=clock())
