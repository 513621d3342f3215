"""Figures in words: shares, money, times and plurals as every document writes them."""

from datetime import datetime

from assay.core.project.price_of_work import OBJECT, AnswerPrice, ExpectedWork


def share(value: float) -> str:
    """Return a share as per cent, finer where it is small: 4.1 %, 0.37 %, 100 %."""
    percent = value * 100
    if percent in (0, 100):
        return f"{percent:.0f} %"
    digits = 2 if percent < 1 or percent > 99 else 1
    return f"{percent:.{digits}f}".rstrip("0").rstrip(".") + " %"


def at_most(value: float) -> str:
    """Return an upper bound as per cent, never rounded down."""
    return share(_up(value))


def at_least(value: float) -> str:
    """Return a lower bound as per cent, never rounded up."""
    return share(1.0 - _up(1.0 - value))


def money(cents: int, currency: str) -> str:
    """Return cents as an amount: EUR 1,234.50."""
    return f"{currency} {cents / 100:,.2f}"


def price_of_work(price: AnswerPrice) -> str:
    """Return what an answer is paid, in cents: 3 cents an object, at least 4, at most 60."""
    each = many(price.cents, "cent")
    if price.is_fixed:
        return f"{each} an answer"
    article = "an" if price.per == OBJECT else "a"
    least = f", at least {price.least:,}" if price.least else ""
    return f"{each} {article} {price.per}{least}, at most {price.most:,}"


def expected_price_of_work(work: ExpectedWork) -> str:
    """Return what an answer is expected to hold and to cost: about 12 cents an answer, with 4 objects (1 to 12) as assumed."""
    low, mid, high = (f"{one:,.2f}".rstrip("0").rstrip(".") for one in work.units)
    whence = f"measured on {many(work.answers, 'answer')}" if work.answers else "as is assumed before a pilot"
    noun = f"{work.per}{'' if mid == '1' else 's'}"
    return f"about {work.cents[1]:,.1f} cents an answer, for {mid} {noun} ({low} to {high}), {whence}"


def many(count: int, one: str, more: str | None = None) -> str:
    """Return a count with its noun: 1 item, 2,000 items."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def in_bytes(count: int) -> str:
    """Return a size in words, as `12.3 MB`; a megabyte is a million bytes."""
    if count < 1_000:
        return many(count, "byte")
    step = next((one for one in (1, 2, 3) if count < 1_000 ** (one + 1)), 4)
    return f"{count / 1_000**step:,.1f} {('kB', 'MB', 'GB', 'TB')[step - 1]}"


def moment(iso: str) -> str:
    """Return a UTC time for reading: 23 November 2026, 09:00 UTC."""
    found = datetime.fromisoformat(iso)
    return f"{found.day} {found:%B %Y, %H:%M} UTC"


def day(iso: str) -> str:
    """Return a date for reading: 20 December 2026."""
    found = datetime.fromisoformat(iso)
    return f"{found.day} {found:%B %Y}"


def span(start: str, end: str) -> str:
    """Return the time between two UTC times: 3 days 4 h, 5 h 12 min, 48 min."""
    minutes = round((_time(end) - _time(start)).total_seconds() / 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{many(days, 'day')} {hours} h"
    return f"{hours} h {rest} min" if hours else f"{rest} min"


def _time(iso: str) -> datetime:
    return datetime.fromisoformat(iso).replace(tzinfo=None)


def _up(value: float) -> float:
    steps = 10_000 if value < 0.01 or value > 0.99 else 1_000
    whole = int(value * steps)
    return (whole if whole + 1e-6 >= value * steps else whole + 1) / steps
