"""`assay work`: one more worker, and one for quotes, until a signal says stop."""

import argparse
import os

from django.db import connections

from assay.entry.cli.server.process_tree import listen_for_signals, start_child, supervise, worker_children
from assay.entry.cli.shared_arguments import home_argument
from assay.entry.cli.shell_session import session


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    home_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Keep the worker processes running."""
    if given.home is not None:
        os.environ["ASSAY_HOME"] = str(given.home)
    with session(given.home):  # what keeps workers from working is said once, before any is started
        connections.close_all()
    stopping = listen_for_signals()
    found = worker_children(1)
    for child in found:
        start_child(child)
    supervise(found, stopping)
    return 0
