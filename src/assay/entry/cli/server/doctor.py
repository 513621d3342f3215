"""`assay doctor`: is this installation sound?"""

import argparse
import json
import sys
from dataclasses import asdict

from assay.entry.cli.shared_arguments import home_argument, json_argument
from assay.entry.cli.shell_session import clock, session
from assay.service.upkeep.examine_installation import examine

SICK = 3


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    home_argument(parser)
    json_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Print each check."""
    with session(given.home) as opened:
        found = examine(opened.actor, installation=opened.installation, now=clock())
    if given.json:
        sys.stdout.write(json.dumps([asdict(check) for check in found], indent=2) + "\n")
    else:
        for check in found:
            sys.stdout.write(f"{'ok   ' if check.ok else 'WRONG'} {check.name}: {check.sentence}\n")
    return 0 if all(check.ok for check in found) else SICK
