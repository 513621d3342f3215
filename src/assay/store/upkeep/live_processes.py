"""Which server and worker processes are alive."""

from dataclasses import dataclass

from assay.store import db


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A process that says every few seconds that it is alive; times in microseconds."""

    name: str
    kind: str
    started_at: int
    seen_at: int
    note: str


def beat(name: str, *, kind: str, started_at: int, now: int, note: str = "") -> None:
    """Say that a process is alive."""
    db.execute(
        "INSERT INTO worker (name, kind, started_at, seen_at, note) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (name) DO UPDATE SET seen_at = excluded.seen_at, note = excluded.note",
        [name, kind, started_at, now, note],
    )


def list_workers() -> list[WorkerRow]:
    """Return every process that was alive within the last day, newest first."""
    return [
        WorkerRow(*row)
        for row in db.rows(
            "SELECT name, kind, started_at, seen_at, note FROM worker ORDER BY seen_at DESC, name"
        )
    ]


def forget_before(at: int) -> None:
    """Forget processes that were not seen since."""
    db.execute("DELETE FROM worker WHERE seen_at < %s", [at])
