"""Tables and paragraphs of Markdown, out of Python values and docstrings."""

import inspect
import re
from collections.abc import Iterable, Sequence

Rows = Iterable[Sequence[object]]
_SECTIONS = ("Args:", "Attributes:", "Raises:", "Returns:", "Yields:")


def table(head: Sequence[str], rows: Rows) -> str:
    """Return a table; its cells stand on one line each."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(_cell(cell) for cell in line)} |\n" for line in lines)


def first_paragraph(thing: object) -> str:
    """Return the first paragraph of a docstring on one line, "" where there is none."""
    found = paragraphs(thing)
    return " ".join(found[0].split()) if found else ""


def paragraphs(thing: object) -> list[str]:
    """Return the paragraphs of a docstring, without the lists of arguments and errors."""
    said = inspect.cleandoc(getattr(thing, "__doc__", None) or "")
    parts = re.split(r"\n[ \t]*\n", said) if said else []
    return [part for part in parts if not part.strip().startswith(_SECTIONS)]


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
