"""Where an intake's items come from: the reader of the right format, opened."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from assay.core.errors import NotReadable
from assay.core.ports import BadRow, Format, RawItem
from assay.core.project.intake import DataSource
from assay.formats import FORMATS

FORMAT_NAMES: Final = {"manifest": "augmented_manifest"}
"""The intake's word for a format, where it differs from the format's own name."""


def format_of(source: DataSource, *, folder: Path) -> Format:
    """Return the format of a source: the one that the intake names, or the one that it looks like.

    Raises:
        NotReadable: if no format looks like it.
        UnknownMember: if the intake names a format that does not exist.
    """
    path = folder / source.path
    if source.format is not None:
        return FORMATS.get(FORMAT_NAMES.get(source.format, source.format))
    fitting = [member for member in FORMATS.all().values() if member.reads_items and member.guess(path)]
    if not fitting:
        raise NotReadable(
            path=str(path), reason="its name tells no format; `data.format` in the intake can name one"
        )
    return fitting[0]


def open_source(source: DataSource, *, folder: Path, skip: int) -> Iterator[RawItem | BadRow]:
    """Return the rows of a source after the first `skip`.

    Raises:
        NotReadable: if there is no such file, or no format looks like it.
        UnknownMember: if the intake names a format that does not exist.
    """
    path = folder / source.path
    return format_of(source, folder=folder).read_items(path, columns=source.columns, skip=skip)
