"""`assay restore`: a backup into an empty home and database."""

import argparse
import sys
from pathlib import Path

from assay.entry.cli.arguments import home_argument
from assay.entry.cli.session import clock, session
from assay.entry.cli.working import working
from assay.service.actions.restore import restore


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="what `assay backup` wrote")
    home_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Restore it and verify the audit trail."""
    with session(given.home) as opened, working("restoring"):
        installation = opened.installation
        done = restore(
            opened.actor,
            home=installation.home,
            checkpoints=installation.checkpoint_dir,
            source=given.file,
            now=clock(),
        )
    sys.stdout.write(
        f"{given.file}: {done.rows:,} rows of {done.tables} tables, {done.files} files restored;"
        f" {done.events:,} audit events verified.\n"
    )
    return 0
