"""`assay approve`: approve a plan or quote beyond the standing decisions."""

import argparse
import sys

from assay.entry.cli.shared_arguments import home_argument
from assay.entry.cli.shell_session import clock, session
from assay.service.projects.approve_quote import approve_quote


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("project", metavar="PROJECT", help="the project's name")
    parser.add_argument("--batch", default="", metavar="BATCH", help="which batch, where several wait")
    home_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Approve it."""
    with session(given.home) as opened:
        approve_quote(opened.actor, project=given.project, batch=given.batch, now=clock())
    command = "`assay batch add` as before" if given.batch else "`assay run` with its intake"
    sys.stdout.write(f"{given.batch or given.project}: approved; {command} goes on.\n")
    return 0
