"""What the requester's templates need beyond the common filters."""

from datetime import UTC, datetime
from decimal import Decimal

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from assay.service.batches.batch_figures import BatchFigures, StateCount
from assay.service.figures_in_words import share

register = template.Library()

WORDS = {
    "waiting": "waiting",
    "labelling": "being labelled",
    "checking": "being checked",
    "peer review": "with peers",
    "expert review": "with experts",
    "settled": "settled",
}


@register.filter
def spaced(name: str) -> str:
    """Return a task type's name in words."""
    return name.replace("_", " ")


@register.filter
def in_quotes(text: str) -> SafeString:
    """Return JSON for an attribute in single quotes: its many double quotes stay one byte each."""
    signs = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;"}
    return SafeString("".join(signs.get(sign, sign) for sign in text))


@register.filter
def state_words(state: str) -> str:
    """Return an item's state in the requester's words."""
    return WORDS.get(state, state)


@register.filter
def at_least(share: float | None) -> str:
    """Return a lower bound in per cent, never rounded up."""
    if share is None:
        return "-"
    return f"{int(share * 1000 + 1e-9) / 10:.1f} %"


@register.filter
def day(at: int | datetime | None) -> SafeString:
    """Return the day of a moment, which the page shows in the reader's zone, with the hour on hover."""
    if not at:
        return format_html("{}", "-")
    moment = at if isinstance(at, datetime) else datetime.fromtimestamp(at / 1_000_000, tz=UTC)
    return format_html(
        '<time datetime="{}" data-local="day">{}</time>', moment.isoformat(), moment.strftime("%d %b %Y")
    )


@register.simple_tag
def automatic(figures: BatchFigures) -> str:
    """Return how many items of a batch models labelled without anybody's answer, in a sentence."""
    return (
        f"Labelled automatically: {figures.automatic:,} of {figures.total:,}"
        f" ({share(figures.automatic / figures.total)})."
    )


@register.simple_tag
def flow_bar(states: list[StateCount]) -> SafeString:
    """Return the flow of items as one bar; its widths are attributes, since no inline style is allowed."""
    total = sum(one.count for one in states)
    if not total:
        return SafeString("")
    parts, left = [], Decimal(0)
    for one in states:
        width = Decimal(100 * one.count) / Decimal(total)
        parts.append((one.state.replace(" ", "-"), f"{left:.3f}", f"{max(width, Decimal('0.3')):.3f}"))
        left += width
    rects = format_html_join(
        "", '<rect class="as-flow-{}" x="{}" y="0" width="{}" height="10"></rect>', parts
    )
    return format_html(
        '<svg class="as-flow" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">{}</svg>',
        rects,
    )
