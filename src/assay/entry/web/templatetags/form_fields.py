"""How the pages write form fields: label, input, help and errors, bound together for screen readers."""

from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, PasswordInput, Select
from django.utils.safestring import SafeString

register = template.Library()


@register.inclusion_tag("account/parts/field.html")
def field(bound: BoundField, label: str = "", help: str = "", autofocus: str = "") -> dict[str, Any]:  # noqa: A002 - as templates say it
    """Return one field with everything around it."""
    widget = bound.field.widget
    said = help or bound.help_text
    attributes: dict[str, Any] = {"class": _look(widget)}
    if bound.errors:
        attributes["class"] += " is-invalid"
        attributes["aria-invalid"] = "true"
    about = [
        f"{bound.id_for_label}_{what}"
        for what in ("errors", "help")
        if (bound.errors if what == "errors" else said)
    ]
    if about:
        attributes["aria-describedby"] = " ".join(about)
    if autofocus:
        attributes["autofocus"] = True
    attributes["placeholder"] = (
        widget.attrs.get("placeholder", "") if not isinstance(widget, PasswordInput) else ""
    )
    return {
        "bound": bound,
        "label": label or bound.label,
        "help": said,
        "secret": isinstance(widget, PasswordInput),
        "box": isinstance(widget, CheckboxInput),
        "input": bound.as_widget(attrs={name: value for name, value in attributes.items() if value != ""}),
    }


@register.simple_tag
def sign_up_open() -> bool:
    """Whether anybody may register."""
    return bool(settings.ASSAY.sign_up)


@register.simple_tag
def mail_sent() -> bool:
    """Whether this installation sends mail."""
    return bool(settings.ASSAY.mail_host)


@register.filter
def short_agent(agent: str) -> str:
    """Return a browser's own words for itself, as people would say it."""
    system = next((word for mark, word in SYSTEMS if mark in agent), "")
    browser = next((word for mark, word in BROWSERS if mark in agent), "")
    return " on ".join(word for word in (browser, system) if word) or (agent[:60] or "unknown")


@register.filter
def in_order(words: frozenset[str]) -> list[str]:
    """Return words in the alphabet's order."""
    return sorted(words)


@register.filter
def words_of(mapping: dict[str, str], key: str) -> str:
    """Return what a table of words says for a key."""
    return mapping.get(key, "")


@register.simple_tag
def option(bound: BoundField, value: str) -> SafeString | str:
    """Return `checked` where a value of a field with boxes is chosen."""
    assert isinstance(bound.field.widget, CheckboxSelectMultiple)
    return SafeString("checked") if value in {str(one) for one in bound.value() or ()} else ""


SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
"""Marks in a browser's own words and what people call it; the first that fits."""


def _look(widget: Any) -> str:
    if isinstance(widget, CheckboxInput):
        return "form-check-input"
    return "form-select" if isinstance(widget, Select) else "form-control"
