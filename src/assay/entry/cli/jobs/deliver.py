"""`assay deliver`: do whatever is due on a batch, delivery and further formats of it included."""

import argparse
import json
import sys
from pathlib import Path

from assay.entry.cli.jobs.batch_summary_in_words import print_summary
from assay.entry.cli.jobs.live_progress import Progress
from assay.entry.cli.jobs.supplement_in_words import tell_supplement
from assay.entry.cli.shared_arguments import home_argument, json_argument
from assay.entry.cli.shell_session import clock, session
from assay.service.batches.batch_summary import batch_summary, summary_to_json
from assay.service.batches.deliver_batch import deliver_batch
from assay.service.delivery.supplements.ask_for_formats import ask_for_formats
from assay.service.delivery.supplements.further_formats import list_supplements


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("batch", metavar="BATCH", help="the batch's name")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where to deliver (default: the intake's)")
    parser.add_argument(
        "--formats", nargs="+", metavar="FORMAT", help="further formats of a batch that is delivered"
    )
    home_argument(parser)
    json_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Deliver it, or further formats of it."""
    with session(given.home) as opened, Progress(quiet=given.json) as progress:
        asked = (
            ask_for_formats(
                opened.installation, opened.actor, batch=given.batch, formats=given.formats, now=clock()
            )
            if given.formats
            else None
        )
        deliver_batch(
            opened.installation,
            opened.actor,
            batch=given.batch,
            out=given.out,
            clock=clock,
            watcher=progress.watch,
        )
        summary = batch_summary(opened.actor, batch=given.batch, now=clock())
        if asked is not None:
            found = list_supplements(opened.actor, batch=given.batch, now=clock())
            return tell_supplement(found[asked.number - 1], as_json=given.json)
    if given.json:
        sys.stdout.write(json.dumps(summary_to_json(summary), indent=2) + "\n")
    else:
        print_summary(summary)
    return 0
