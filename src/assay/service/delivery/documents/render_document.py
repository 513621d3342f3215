"""Render a document from its template; values reach templates as text, so that no setting matters."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from django.template import Context, Engine

_TEMPLATES: Final = str(Path(__file__).parent / "templates")
_PAGES: Final = Engine(dirs=[_TEMPLATES], autoescape=True)
_PLAIN: Final = Engine(dirs=[_TEMPLATES], autoescape=False)


def page(name: str, values: Mapping[str, object]) -> bytes:
    """Render an HTML page; every value is escaped."""
    return _PAGES.get_template(name).render(Context(dict(values), use_l10n=False)).encode()


def plain(name: str, values: Mapping[str, object]) -> bytes:
    """Render a text without escaping; the caller has made its values safe (`in_markdown`)."""
    text = _PLAIN.get_template(name).render(Context(dict(values), autoescape=False, use_l10n=False))
    return text.encode()


def in_markdown(text: str) -> str:
    """Return text that stays on its line and starts neither markup nor HTML."""
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>|#" else sign for sign in line)
