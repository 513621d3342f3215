"""`assay backup`: everything in one file."""

import argparse
import sys
from pathlib import Path

from assay.entry.cli.arguments import home_argument
from assay.entry.cli.session import clock, session
from assay.entry.cli.working import working
from assay.service.actions.back_up import back_up


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="what to write, for example backup.tar.gz")
    home_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Write it."""
    with session(given.home) as opened, working("backing up"):
        done = back_up(opened.actor, home=opened.installation.home, target=given.file, now=clock())
    sys.stdout.write(f"{given.file}: {done.rows:,} rows of {done.tables} tables, {done.files} files.\n")
    return 0
