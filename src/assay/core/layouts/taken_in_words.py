"""What was taken for what in a file, as a sentence: `'评论' was taken for the text, '标签' for the label`."""

from typing import Final

from assay.core.ports.file_format import GUESSED, Taken

_SAID: Final = 20
"""So many columns are listed."""

_WIDEST: Final = 80


def taken_in_words(taken: Taken) -> str:
    """Return the sentence; "" of a file whose columns leave no choice."""
    columns = taken.columns if taken.header else GUESSED
    roles = {"text": columns.text, "media": columns.media, "label": columns.label, "id": columns.id}
    named = [f"'{_short(name)}' {{}}for the {role}" for role, name in roles.items() if name is not None]
    found = ", ".join(one.format("was taken " if not place else "") for place, one in enumerate(named))
    if taken.header and columns.text is None and columns.media is None:
        found = f"{found}; n" if found else "N"
        found += f"o column was taken for the text or the media ({_listed(taken.header)})"
    if taken.spelling:
        found = f"it is {taken.spelling}" + (f"; {found[0].lower()}{found[1:]}" if found else "")
        found = found[0].upper() + found[1:]
    return f"{found}." if found else ""


def _listed(header: tuple[str, ...]) -> str:
    more = len(header) - _SAID
    return ", ".join(map(_short, header[:_SAID])) + (f" and {more:,} more" if more > 0 else "")


def _short(name: str) -> str:
    return name if len(name) <= _WIDEST else name[:_WIDEST] + "…"
