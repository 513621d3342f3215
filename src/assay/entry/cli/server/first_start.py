"""What `assay serve` does while its server loads: the database's tables, the first administrator's link, a private home."""

import sys
from pathlib import Path

from django.conf import settings
from django.db import connections

from assay.entry.cli.shell_session import clock, session
from assay.service.accounts.invite_person import first_invitation
from assay.service.private_home import make_private
from assay.service.sign_in.protection.factor_secrets import seal_stored_factors


def prepare_database(home: Path | None) -> str | None:
    """Bring the database and what is secret in it to this version; return the first invitation's code where nobody has an account yet."""
    with session(home) as opened:
        seal_stored_factors(opened.installation, now=clock())
        code = first_invitation(opened.installation, opened.actor, now=clock())
    connections.close_all()
    return code


def make_home_private() -> None:
    """Take from others what an older version, or somebody, let them do below the home; say so in a line."""
    home = settings.ASSAY.home
    if mended := make_private(home):
        sys.stdout.write(f"Others could look into {home}: {mended:,} files and folders are private now.\n")
        sys.stdout.flush()
