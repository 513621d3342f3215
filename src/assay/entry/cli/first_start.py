"""What `assay serve` does while its server loads: the database's tables, and the first administrator's link."""

from pathlib import Path

from django.db import connections

from assay.entry.cli.session import clock, session
from assay.service.actions.invite_person import first_invitation


def prepare_database(home: Path | None) -> str | None:
    """Bring the database to this version; return the first invitation's code where nobody has an account yet."""
    with session(home) as opened:
        code = first_invitation(opened.installation, opened.actor, now=clock())
    connections.close_all()
    return code
