"""Where an intake's items come from: the reader of the right format, opened."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from assay.core.errors import InputError, NotReadable, UnknownMember
from assay.core.layouts.taken_in_words import taken_in_words
from assay.core.ports.file_format import BadRow, Format, RawItem
from assay.core.project.intake import DataSource
from assay.formats import FORMATS
from assay.service.intake.what_to_do_instead import what_to_do_instead
from assay.service.intake.zip_archives import is_zip, source_within, unpacked_beside

FORMAT_NAMES: Final = {"manifest": "augmented_manifest"}
"""The intake's word for a format, where it differs from the format's own name."""
PREPARED: Final = "items-"
"""How the name of a table begins that was made from uploaded files."""
NOT_AN_ITEM: Final = "assay: not an item"
"""The key under which a table that was made from uploaded files says why one of its rows is to be set aside."""


def format_of(source: DataSource, *, folder: Path) -> Format:
    """Return the format of a source: the one that the intake names, or the one that it looks like.

    Raises:
        NotReadable: if no format looks like it.
        UnknownMember: if the intake names a format that does not exist.
    """
    if source.format is not None:
        return format_called(source.format)
    path = place_of_source(source, folder=folder)
    fitting = [member for member in FORMATS.all().values() if member.reads_items and member.guess(path)]
    if not fitting:
        instead = what_to_do_instead(path.name) or "; `data.format` in the intake can name one"
        raise NotReadable(path=str(path), reason=f"its name tells no format of items{instead}")
    layouts = [member for member in fitting if member.values]
    return layouts[0] if layouts and is_zip(folder / source.path) else fitting[0]


def place_of_source(source: DataSource, *, folder: Path) -> Path:
    """Return where the items lie: the file or folder itself, or what is meant in a ZIP, which is unpacked beside it.

    Raises:
        BadArchive: if it is a ZIP that cannot be unpacked.
        NotReadable: if several files in it could be meant.
    """
    path = folder / source.path
    if not is_zip(path):
        return path
    found = path.stat()
    return _within(path, source.format, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=64)
def _within(path: Path, form: str | None, size: int, changed: int) -> Path:
    """Look into each state of a ZIP once: media are asked for one by one."""
    del size, changed
    able = [format_called(form)] if form is not None else _sources_in_archives()
    return source_within(unpacked_beside(path), able, shown=str(path))


def _sources_in_archives() -> list[Format]:
    """Return the formats that are looked for in a ZIP where nobody named one.

    A document of labels names media as its own program keeps them: the pictures beside it are what there is to label.
    """
    members = FORMATS.all().values()
    return [member for member in members if member.reads_items and not member.suffix.endswith(".json")]


def format_called(name: str) -> Format:
    """Return the format of the intake's word for it; raises `UnknownMember`, which names these words."""
    found = FORMAT_NAMES.get(name, name)
    if found not in FORMATS.names():
        known = sorted({*FORMATS.names(), *FORMAT_NAMES})
        raise UnknownMember(kind=FORMATS.kind, name=name, known=", ".join(known))
    return FORMATS.get(found)


def open_source(source: DataSource, *, folder: Path, skip: int) -> Iterator[RawItem | BadRow]:
    """Return the rows of a source after the first `skip`.

    Raises:
        NotReadable: if there is no such file, or no format looks like it.
        UnknownMember: if the intake names a format that does not exist.
    """
    path = place_of_source(source, folder=folder)
    rows = format_of(source, folder=folder).read_items(path, columns=source.columns, skip=skip)
    if not path.name.startswith(PREPARED):
        return rows
    return (
        BadRow(row.line, str(row.extra[NOT_AN_ITEM]), row.key)
        if isinstance(row, RawItem) and NOT_AN_ITEM in row.extra
        else row
        for row in rows
    )


def taken_of(source: DataSource, *, folder: Path) -> str:
    """Return in a sentence which columns of a source are taken for what; "" where it has none or cannot be read."""
    try:
        found = format_of(source, folder=folder).settle(
            place_of_source(source, folder=folder), columns=source.columns
        )
    except InputError:
        return ""  # whoever opens it says why
    return taken_in_words(found)
