"""`assay invite`: a way in for somebody new."""

import argparse
import json
import sys

from django.conf import settings

from assay.entry.cli.server.running_address import address_of, running_address
from assay.entry.cli.shared_arguments import home_argument, json_argument
from assay.entry.cli.shell_session import clock, session
from assay.service.access.permissions import ROLES, SYSTEM
from assay.service.accounts.invitation_life import LIFE_IN_WORDS
from assay.service.accounts.invite_person import invite_person


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
        known = settings.ASSAY.url or running_address(settings.ASSAY.home)
        link = f"{known or address_of(*settings.ASSAY.bind)}/account/join/#{invited.code}"
    if given.json:
        sys.stdout.write(json.dumps({"email": given.email, "roles": given.role, "link": link}) + "\n")
    else:
        sys.stdout.write(f"{given.email} makes their account here, within {LIFE_IN_WORDS}:\n  {link}\n")
    if known is None:
        sys.stderr.write(
            "No server is known to run on this home: the link has the address of ASSAY_BIND. Set ASSAY_URL where people reach it elsewhere.\n"
        )
    return 0
