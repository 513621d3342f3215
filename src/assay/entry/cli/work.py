"""`assay work`: one more worker, until a signal says stop."""

import argparse
import os
import sys

from assay.entry.cli.arguments import home_argument


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    home_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Become the worker process."""
    if given.home is not None:
        os.environ["ASSAY_HOME"] = str(given.home)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "assay.entry.worker.main"])  # noqa: S606 - our own program
