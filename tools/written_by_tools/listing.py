"""The page about the kept files, from the tables beside them."""

import json
from pathlib import Path
from typing import Any, Final

from tools.markdown import table

_HEAD: Final = """\
# Files that other tools wrote

Written by `python -m tools.written_by_tools`; do not edit it by hand. Each file came out of a real tool, of which the
version is in its folder's name, by a script in `tools/written_by_tools` that makes its input itself. `files.json` in
each folder holds the truth that was put in, item by item; `tests/formats/test_written_by_tools.py` compares with it
what Assay reads. Expected is what the input says should come out; what came out before the readers were mended, and
what else was learnt, stands behind it.
"""


def page(kept: Path) -> str:
    """Return the page as Markdown: a section per tool, a row per file."""
    parts = [_HEAD]
    for home in sorted(kept.glob("*/files.json"), key=lambda one: one.parent.name.lower()):
        files: list[dict[str, Any]] = json.loads(home.read_text("utf-8"))
        tool = files[0]
        rows = [(f"`{one['file']}`", one["expected"], one["note"], _outcome(one)) for one in files]
        parts += [
            f"## {tool['tool']} {tool['version']}\n\nLicence of the tool: {tool['licence']}.\n",
            table(("file", "expected", "learnt", "what Assay must read"), rows),
        ]
    return "\n".join(parts)


def _outcome(one: dict[str, Any]) -> str:
    """Return in a few words what must come out."""
    if one["refused"]:
        return f"refused: {one['refused']}"
    said = [f"{len(one['rows'])} items"]
    said += [f"{len(one['bad'])} bad rows"] if one["bad"] else []
    said += [f"{number} {noun} left out" for noun, number in one["left_out"].items()]
    return ", ".join(said)
