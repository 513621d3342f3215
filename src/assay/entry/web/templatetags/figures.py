"""How the pages write money, times, shares and icons."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from assay.core.ids import canonical
from assay.core.labels.label_values import LabelClass

register = template.Library()

STATUS_COLOURS = {
    "Review in progress": "secondary",
    "Pilot in-progress": "azure",
    "Pricing complete": "azure",
    "Production in-progress": "blue",
    "In-progress": "blue",
    "Production complete": "green",
    "Ready for review": "orange",
    "Review submission in-progress": "orange",
    "Accepted": "green",
    "Ready for delivery": "green",
    "Data delivered": "green",
    "Rejected": "red",
    "Sent for rework": "orange",
    "Data transfer failed": "red",
    "Paused": "red",
    "active": "green",
    "paused": "red",
    "excluded": "red",
    "disabled": "red",
}
"""Status colours are the same everywhere, and always come with the word."""


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """Return an icon of the sprite; it says nothing that the words beside it do not."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        size,
        static("built/icons.svg"),
        name,
    )


@register.filter
def money(cents: float | None, currency: str = "EUR") -> str:
    """Return cents as money: `EUR 12.50`."""
    return "-" if cents is None else f"{currency} {cents / 100:,.2f}"


@register.filter
def percent(share: float | None, digits: int = 1) -> str:
    """Return a share from 0 to 1 in per cent."""
    return "-" if share is None else f"{100 * share:.{digits}f} %"


@register.filter
def count(number: float | None) -> str:
    """Return a whole number with thousands separators."""
    return "-" if number is None else f"{int(number):,}"


@register.filter
def when(at: int | datetime | None) -> SafeString:
    """Return a moment (microseconds or a datetime), which the page shows in the reader's zone."""
    if not at:
        return format_html("{}", "-")
    moment = at if isinstance(at, datetime) else datetime.fromtimestamp(at / 1_000_000, tz=UTC)
    return format_html(
        '<time datetime="{}" data-local>{}</time>', moment.isoformat(), moment.strftime("%d %b %Y, %H:%M UTC")
    )


@register.filter
def words(name: str) -> str:
    """Return a task type's name as words: `image boxes`."""
    return name.replace("_", " ")


@register.filter
def json(value: Any) -> str:
    """Return a value as JSON, for an attribute."""
    return canonical(value).decode()


@register.filter
def names(labels: Sequence[LabelClass]) -> list[str]:
    """Return the labels' names."""
    return [label.name for label in labels]


@register.filter
def status_colour(status: str) -> str:
    """Return the colour of a status."""
    return STATUS_COLOURS.get(status, "secondary")


@register.inclusion_tag("parts/status.html")
def status(word: str) -> dict[str, str]:
    """Return a status as a coloured word."""
    return {"word": word, "colour": status_colour(word)}
