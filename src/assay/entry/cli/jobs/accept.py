"""`assay accept`: accept a batch."""

import argparse
import sys

from assay.entry.cli.shared_arguments import home_argument
from assay.entry.cli.shell_session import clock, session
from assay.service.batches.accept_batch import accept_batch


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("batch", metavar="BATCH", help="the batch's name")
    home_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Accept it."""
    with session(given.home) as opened:
        row = accept_batch(opened.actor, batch=given.batch, now=clock())
    sys.stdout.write(f"{row.name}: {row.status}; `assay deliver {row.name}` delivers it.\n")
    return 0
