"""Failed tries, counted over all server processes: one statement each, so that two at once never both take the last."""

from assay.store import db


def take_try(bucket: str, *, most: int, every: int, now: int) -> int:
    """Take one of the `most` tries of a bucket, which gets one back every so many microseconds.

    Inside a transaction. Returns 0, or in how many microseconds the next one is there; then nothing was taken.
    `owed_until` is when the bucket will be full again (the generic cell rate algorithm, ITU-T I.371).
    """
    taken = db.row(
        "INSERT INTO counted_try AS t (bucket, owed_until) VALUES (%s, %s) ON CONFLICT (bucket) DO UPDATE"
        " SET owed_until = CASE WHEN t.owed_until > %s THEN t.owed_until ELSE %s END + %s"
        " WHERE t.owed_until <= %s RETURNING owed_until",
        [bucket, now + every, now, now, every, now + (most - 1) * every],
    )
    if taken is not None:
        return 0
    found = db.row("SELECT owed_until FROM counted_try WHERE bucket = %s", [bucket])
    return max(1, int(found[0]) - (most - 1) * every - now) if found else 1


def give_back_try(bucket: str, *, every: int) -> None:
    """Give back what was taken for a try that did not fail."""
    db.execute("UPDATE counted_try SET owed_until = owed_until - %s WHERE bucket = %s", [every, bucket])


def forget_bucket(bucket: str) -> None:
    """Let a bucket be full again."""
    db.execute("DELETE FROM counted_try WHERE bucket = %s", [bucket])


def forget_full_buckets(*, now: int) -> None:
    """Forget buckets to which nothing is owed any more."""
    db.execute("DELETE FROM counted_try WHERE owed_until <= %s", [now])
