"""Times as Assay stores them: microseconds since 1970 UTC."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(moment: datetime) -> int:
    """Return an aware moment in microseconds."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(at: int) -> datetime:
    """Return microseconds as an aware moment."""
    return _EPOCH + timedelta(microseconds=at)


def iso(at: int) -> str:
    """Return `2026-03-02T10:15:30.123456` (UTC without zone, as Ground Truth writes it)."""
    return moment_of(at).isoformat(timespec="microseconds").removesuffix("+00:00")
