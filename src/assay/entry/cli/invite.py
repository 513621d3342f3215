"""`assay invite`: a way in for somebody new."""

import argparse
import json
import sys

from django.conf import settings

from assay.entry.cli.arguments import home_argument, json_argument
from assay.entry.cli.session import clock, session
from assay.service.actions.invite_person import invite_person
from assay.service.permissions import ROLES, SYSTEM


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("email", help="their address, with which they will sign in")
    parser.add_argument(
        "--role",
        action="append",
        required=True,
        choices=[role for role in ROLES if role != SYSTEM],
        help="again for more",
    )
    home_argument(parser)
    json_argument(parser)


def run(given: argparse.Namespace) -> int:
    """Invite, and print the link."""
    with session(given.home) as opened:
        invited = invite_person(opened.actor, email=given.email, roles=given.role, now=clock())
        host, port = settings.ASSAY.bind
        link = f"{settings.ASSAY.url or f'http://{host}:{port}'}/account/join/#{invited.code}"
    if given.json:
        sys.stdout.write(json.dumps({"email": given.email, "roles": given.role, "link": link}) + "\n")
    else:
        sys.stdout.write(f"{given.email} makes their account here, within a week:\n  {link}\n")
    return 0
