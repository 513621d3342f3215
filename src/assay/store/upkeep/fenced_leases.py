"""Worker leases with fencing: whoever lost a lease can no longer save.

These run on the workers' clock (real time), not on the logical clock of simulated people.
"""

from dataclasses import dataclass

from assay.core.errors import AssayError
from assay.store import db


@dataclass(eq=False, kw_only=True)
class LeaseLost(AssayError):
    """The lease on {subject} went to somebody else; nothing of this step was saved."""

    subject: str


def claim_lease(subject: str, *, holder: str, now: int, until: int) -> int | None:
    """Take or renew a lease; return its fence, or None while somebody else holds it.

    A holder who comes back gets a new fence as well: a former process under the same name may still run.
    """
    found = db.row(
        "INSERT INTO lease (subject, holder, fence, until) VALUES (%s, %s, 1, %s)"
        " ON CONFLICT (subject) DO UPDATE SET holder = excluded.holder, fence = lease.fence + 1,"
        " until = excluded.until WHERE lease.until <= %s RETURNING fence",
        [subject, holder, until, now],
    )
    return None if found is None else int(found[0])


def hold_lease(subject: str, *, fence: int, until: int) -> None:
    """Renew a lease inside a step's transaction, which orders it among others; raises `LeaseLost`."""
    held = db.execute(
        "UPDATE lease SET until = %s WHERE subject = %s AND fence = %s AND until > 0", [until, subject, fence]
    )
    if held != 1:
        raise LeaseLost(subject=subject)


def drop_lease(subject: str, *, fence: int) -> None:
    """Give a lease back."""
    db.execute("UPDATE lease SET until = 0 WHERE subject = %s AND fence = %s", [subject, fence])


def forget_leases(*, mark: str, before: int) -> None:
    """Forget leases whose subject begins with `mark` and whose time was over before."""
    db.execute("DELETE FROM lease WHERE subject LIKE %s AND until < %s", [f"{mark}%", before])


def lease_holder(subject: str) -> str:
    """Return who held a lease last, or an empty text."""
    found = db.row("SELECT holder FROM lease WHERE subject = %s", [subject])
    return "" if found is None else str(found[0])


def break_lease(subject: str, *, holder: str) -> None:
    """Free a lease whose holder is known to be dead."""
    db.execute("UPDATE lease SET until = 0 WHERE subject = %s AND holder = %s", [subject, holder])
