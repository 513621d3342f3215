"""Instructions as labellers read them: Markdown becomes HTML, and an allow-list cleans it (SEC-12)."""

from functools import lru_cache
from pathlib import Path
from typing import Final

import nh3
from markdown_it import MarkdownIt

from assay.core.limits import GUIDE_BYTES
from assay.core.project.intake import Intake

LARGEST: Final = GUIDE_BYTES.most
TAGS: Final = {
    *(
        "a",
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "ul",
        "ol",
        "li",
        "em",
        "strong",
        "code",
        "pre",
        "blockquote",
        "br",
        "hr",
    ),
    *("table", "thead", "tbody", "tr", "th", "td"),
}


def instructions_html(folder: str, intake: Intake) -> str:
    """Return the instructions of an intake as clean HTML; without a file the labels' help stands for them."""
    text = _read(Path(folder) / intake.instructions) if intake.instructions else ""
    if not text:
        text = "\n".join(f"- **{one.name}**: {one.help}" for one in intake.schema.classes if one.help)
    return clean_html(text)


@lru_cache(maxsize=256)
def clean_html(text: str) -> str:
    """Return Markdown as HTML that holds allowed tags only; links leave the page and tell nothing of it."""
    made = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return nh3.clean(
        made,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def _read(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST).decode("utf-8", errors="replace")
    except OSError:
        return ""
