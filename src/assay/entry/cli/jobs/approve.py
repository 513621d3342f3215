"""`assay approve`: approve a plan or quote beyond the standing decisions."""

import argparse
import sys

from assay.entry.cli.shared_arguments import home_argument
from assay.entry.cli.shell_session import clock, session
from assay.service.projects.approve_quote import approve_quote


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("project", metavar="PROJECT", help="the project's name")
    home_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Approve it."""
    with session(given.home) as opened:
        approve_quote(opened.actor, project=given.project, now=clock())
    sys.stdout.write(f"{given.project}: approved; `assay run` with its intake goes on.\n")
    return 0
