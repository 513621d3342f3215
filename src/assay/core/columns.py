"""Which column of a source holds the id, the media and the text: named by the requester, or guessed.

A guess is a value that the caller shows (`guess_columns`), never a silent choice inside a reader.
"""

from collections.abc import Sequence
from typing import Final

from assay.core.errors import BadValue
from assay.core.ports import Columns

ID_NAMES: Final = ("id", "item", "item_id", "item-id", "itemid", "key", "uid", "uuid", "name")
MEDIA_NAMES: Final = (
    "source-ref",
    "media",
    "file",
    "image",
    "path",
    "file_path",
    "filepath",
    "image_path",
    "url",
    "uri",
    "video",
    "audio",
    "document",
)
FILE_NAMES: Final = ("filename", "file_name", "file-name")
"""These are the media where nothing else is, and else the id."""

TEXT_NAMES: Final = (
    "text",
    "source",
    "sentence",
    "content",
    "body",
    "utterance",
    "message",
    "review",
    "prompt",
)


def guess_columns(header: Sequence[str]) -> Columns:
    """Return the columns that look like id, media and text, whatever their case; None where none does."""
    by_name = {name.strip().lower(): name for name in reversed(header)}
    file_name = _first(by_name, FILE_NAMES)
    media = _first(by_name, MEDIA_NAMES)
    found = _first(by_name, ID_NAMES)
    if media is None:
        media, file_name = file_name, None
    return Columns(id=found or file_name, media=media, text=_first(by_name, TEXT_NAMES))


def settle_columns(columns: Columns, header: Sequence[str], *, where: str) -> Columns:
    """Return the named columns where any are named, and the guessed ones for the rest.

    A column that the requester gave one role is not guessed into another.

    Raises:
        BadValue: if a named column does not exist in `header`.
    """
    named = (("id", columns.id), ("media", columns.media), ("text", columns.text))
    for role, name in named:
        if name is not None and name not in header:
            raise BadValue(
                where=where, key=role, found=f"'{name}'", expected=f"one of the columns {', '.join(header)}"
            )
    taken = {name for _, name in named if name is not None}
    guess = guess_columns([name for name in header if name not in taken])
    if columns.media is not None or columns.text is not None:
        # Whoever names the media or the text has said what an item is: the other is not guessed.
        guess = Columns(id=guess.id)
    return Columns(
        id=columns.id or guess.id, media=columns.media or guess.media, text=columns.text or guess.text
    )


def _first(by_name: dict[str, str], wanted: Sequence[str]) -> str | None:
    return next((by_name[name] for name in wanted if name in by_name), None)
