"""`assay key`: an API key for a member, printed once."""

import argparse
import json
import sys

from assay.core.errors import NotFound
from assay.entry.cli.shared_arguments import home_argument, json_argument
from assay.entry.cli.shell_session import clock, session
from assay.service.sign_in.make_key import make_key_for


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("email", help="whose key it is")
    parser.add_argument("--name", default="command line", help="what the key is called")
    parser.add_argument("--days", type=int, default=30, help="how long it is good (default 30, at most 365)")
    parser.add_argument(
        "--role", action="append", help="a role that the key may act with (default: all of theirs)"
    )
    home_argument(parser)
    json_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Make the key and print it."""
    with session(given.home) as opened:
        made = make_key_for(
            opened.actor, email=given.email, name=given.name, days=given.days, scopes=given.role, now=clock()
        )
        if made is None:
            raise NotFound(noun="person", key=given.email)
    sys.stdout.write(json.dumps({"key": made.key}) + "\n" if given.json else f"{made.key}\n")
    return 0
