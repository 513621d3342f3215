"""`assay audit verify`: the chain of events and its checkpoints."""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from assay.entry.cli.shared_arguments import home_argument, json_argument
from assay.entry.cli.shell_session import clock, session
from assay.entry.cli.sign_of_life import working
from assay.service.trail.verify_audit import verify_audit

BROKEN = 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "--checkpoints", type=Path, metavar="DIR", help="signed checkpoints (default: the installation's)"
    )
    home_argument(parser)
    json_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Verify and say what was found."""
    with session(given.home) as opened, working("verifying", quiet=given.json):
        folder = given.checkpoints or opened.installation.checkpoint_dir
        report = verify_audit(opened.actor, checkpoints=folder, now=clock())
    if given.json:
        sys.stdout.write(json.dumps(asdict(report) | {"ok": report.ok}, indent=2) + "\n")
    else:
        sys.stdout.write(
            f"{report.events:,} events in {report.blocks:,} blocks, {report.checkpoints:,} signed checkpoints;"
            f" {report.unsealed:,} events not sealed yet.\n"
        )
        sys.stdout.write("The chain holds.\n" if report.ok else f"{report.first_bad}\n")
    return 0 if report.ok else BROKEN
