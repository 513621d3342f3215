"""Read a folder of files, recursively and in sorted order, without following anything out of it."""

import itertools
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assay.core.errors import InputError, NotReadable
from assay.core.labels.label_values import LabelledItem, LabelValue
from assay.core.ports.file_format import (
    GUESSED,
    BadRow,
    Columns,
    LabelContents,
    LeftOut,
    Naming,
    RawItem,
    Taken,
)

_NO_LABELS: Final = "a folder of files holds no labels"


@dataclass(eq=False, kw_only=True)
class FolderHoldsNoLabels(InputError):
    """A folder of files holds no labels, so none can be written to {path}."""

    path: str


class FolderFormat:
    """A folder of files, read only."""

    name = "folder"
    suffix = ""
    reads_items = True
    values: Final[frozenset[type[LabelValue]]] = frozenset()
    keyed = False
    answers_for: Final[frozenset[type[LabelValue]]] = frozenset()
    roles: Final = frozenset[str]()

    def guess(self, path: Path) -> bool:
        """Say whether the path is a folder."""
        return path.is_dir()

    def read_items(self, path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
        """Stream the files of a folder in the order of their path's parts.

        Hidden files and folders, links that lead out of the folder or to folders, and what is not a
        file come as `BadRow`. A folder has no columns, so `columns` says nothing here.

        Raises:
            NotReadable: if the folder cannot be listed.
        """
        del columns
        if not path.is_dir():
            raise NotReadable(path=str(path), reason="it is not a folder")
        return itertools.islice(_rows(path), skip, None)

    def settle(self, path: Path, *, columns: Columns) -> Taken:
        """Return nothing: a folder has no columns."""
        del path, columns
        return Taken()

    def look(
        self,
        path: Path,
        *,
        attribute: str | None = None,
        columns: Columns = GUESSED,
        kind: type[LabelValue] | None = None,
    ) -> LabelContents:
        """Refuse: raises `NotReadable`."""
        del attribute, columns, kind
        raise NotReadable(path=str(path), reason=_NO_LABELS)

    def read_labels(
        self, path: Path, *, contents: LabelContents, left_out: LeftOut
    ) -> Iterator[LabelledItem | BadRow]:
        """Refuse: raises `NotReadable`."""
        del contents, left_out
        raise NotReadable(path=str(path), reason=_NO_LABELS)

    def write(self, items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
        """Refuse: raises `FolderHoldsNoLabels`."""
        del items, naming, left_out
        raise FolderHoldsNoLabels(path=str(path))

    def carried(self, value: LabelValue) -> LabelValue:
        """Return the value; none is ever written."""
        return value


def _rows(root: Path) -> Iterator[RawItem | BadRow]:
    home = os.path.realpath(root)
    for line, (name, reason) in enumerate(_listing(root, home), start=1):
        if reason is None:
            yield RawItem(line, None, name, None)
        else:
            yield BadRow(line, reason, _printable(name))


def _listing(root: Path, home: str, below: str = "") -> Iterator[tuple[str, str | None]]:
    """Yield each path within the folder with the reason why it is no item, or None."""
    try:
        with os.scandir(root / below) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError as error:
        if not below:
            raise NotReadable(path=str(root), reason=_reason(error)) from error
        yield below.rstrip("/"), f"the folder cannot be listed: {_reason(error)}"
        return
    for entry in entries:
        name = below + entry.name
        reason = _unfit(entry, home)
        if reason is None and entry.is_dir(follow_symlinks=False):
            yield from _listing(root, home, name + "/")
        else:
            yield name, reason


def _unfit(entry: os.DirEntry[str], home: str) -> str | None:
    if entry.name.startswith("."):
        return f"'{_printable(entry.name)}' is hidden and was left out"
    if not entry.name.isprintable():
        return f"the name '{_printable(entry.name)}' holds bytes or control characters that are no text"
    if entry.is_symlink():
        return _unfit_link(entry, home)
    if not entry.is_dir(follow_symlinks=False) and not entry.is_file(follow_symlinks=False):
        return f"'{entry.name}' is neither a file nor a folder"
    return None


def _unfit_link(entry: os.DirEntry[str], home: str) -> str | None:
    target = os.path.realpath(entry.path)
    if os.path.commonpath([home, target]) != home:
        return f"'{entry.name}' is a link that leaves the folder"
    if not Path(target).is_file():
        return f"'{entry.name}' is a link that leads to no file"
    return None


def _printable(name: str) -> str:
    return name if name.isprintable() else ascii(name)[1:-1]


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
