"""Convert a label file from one format into another."""

import os
import shutil
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from PIL import Image

from assay.core.errors import InputError
from assay.core.labels import (
    Boxes,
    Choice,
    Choices,
    LabelledItem,
    LabelValue,
    Points,
    Preference,
    Size,
    Spans,
)
from assay.core.ports import BadRow, Format, LabelContents, LeftOut, Naming
from assay.formats import FORMATS
from assay.service.timing import iso
from assay.tasktypes import TASK_TYPES

MOST_SHOWN: Final = 20
"""How many bad rows are kept with their sentences; all are counted."""

WORDS: Final[dict[type[LabelValue], str]] = {
    Choice: "single choices",
    Choices: "multiple choices",
    Boxes: "boxes",
    Points: "points",
    Spans: "spans",
    Preference: "preferences",
}

_PICTURES: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
_UNREADABLE: Final = (OSError, SyntaxError, ValueError, Image.DecompressionBombError)


@dataclass(eq=False, kw_only=True)
class FormatUnclear(InputError):
    """The name of {path} does not tell its format; name one of: {known}."""

    path: str
    known: str


@dataclass(eq=False, kw_only=True)
class NotCarried(InputError):
    """{target} holds {holds}; {path} holds {found}."""

    target: str
    holds: str
    path: str
    found: str


@dataclass(eq=False, kw_only=True)
class OtherTask(InputError):
    """The task type '{task}' asks for {wanted}; {path} holds {found}."""

    task: str
    wanted: str
    path: str
    found: str


@dataclass(eq=False, kw_only=True)
class AlreadyThere(InputError):
    """{path} is there already; nothing was written."""

    path: str


@dataclass(eq=False, kw_only=True)
class NothingConverted(InputError):
    """No item of {path} could be converted: {count} bad rows, the first on line {line}: {reason}."""

    path: str
    count: int
    line: int
    reason: str
    shown: tuple[BadRow, ...]


@dataclass(frozen=True, slots=True)
class Converted:
    """What a conversion came to.

    Attributes:
        source: the name of the format read.
        target: the name of the format written.
        kind: which label values there were, as a word.
        labels: the labels, in their order.
        items: how many items were written.
        unread: what the source holds and label values cannot carry, with numbers.
        unwritten: what the target cannot hold, with numbers.
        bad: how many rows could not be read.
        shown: the first of these.
    """

    source: str
    target: str
    kind: str
    labels: tuple[str, ...]
    items: int
    unread: dict[str, int]
    unwritten: dict[str, int]
    bad: int
    shown: tuple[BadRow, ...]


def convert_labels(
    *,
    path: Path,
    out: Path,
    read_as: str | None = None,
    write_as: str | None = None,
    attribute: str | None = None,
    task: str | None = None,
    now: int,
) -> Converted:
    """Read the labels of `path` and write them to `out`, which must not exist, item by item.

    Everything is written beside `out` and moved there at the end, so that no half result is ever seen.

    Args:
        path: the file or folder with the labels.
        out: what to write.
        read_as: the format of `path`; None: its name tells.
        write_as: the format of `out`; None: its name tells.
        attribute: of several labels per item, the one that is meant.
        task: the task type that the labels belong to; None: the kind of label tells.
        now: microseconds since 1970; stands for the moment of a label where the source does not know it.

    Raises:
        FormatUnclear, UnknownMember: if a format is not known.
        NotReadable, BadValue: if the source cannot be read.
        NotCarried, OtherTask: if the labels fit neither the target nor the task.
        AlreadyThere: if `out` exists.
        NothingConverted: if there was no good row.
    """
    source, target = _format(path, read_as), _format(out, write_as)
    if os.path.lexists(out):
        raise AlreadyThere(path=str(out))
    contents = source.look(path, attribute=attribute)
    naming = _naming(path, contents, attribute=attribute, task=task)
    if contents.kind not in target.values:
        raise NotCarried(
            target=target.name,
            holds=", ".join(word for kind, word in WORDS.items() if kind in target.values) or "no labels",
            path=str(path),
            found=WORDS[contents.kind],
        )
    rows = _Rows(path, source, contents, made_at=iso(now))
    unwritten: LeftOut = Counter()
    with tempfile.TemporaryDirectory(prefix=f".{out.name[:100]}-", dir=_parent(out)) as folder:
        items = target.write(iter(rows), Path(folder) / out.name, naming=naming, left_out=unwritten)
        if not items and rows.bad:
            first = rows.shown[0]
            raise NothingConverted(
                path=str(path), count=rows.bad, line=first.line, reason=first.reason, shown=tuple(rows.shown)
            )
        _move(Path(folder), out)
    return Converted(
        source=source.name,
        target=target.name,
        kind=WORDS[contents.kind],
        labels=contents.schema.names,
        items=items,
        unread=dict(rows.unread),
        unwritten=dict(unwritten),
        bad=rows.bad,
        shown=tuple(rows.shown),
    )


def _format(path: Path, name: str | None) -> Format:
    if name is not None:
        return FORMATS.get(name)
    members = {name: member for name, member in FORMATS.all().items() if member.values}
    fitting = [member for member in members.values() if member.guess(path)]
    ends = [member for member in members.values() if member.suffix and path.name.endswith(member.suffix)]
    if len(fitting) != 1 and len(ends) == 1:
        fitting = ends  # `labels.coco.json` says more than `.json`
    if len(fitting) != 1:
        raise FormatUnclear(path=str(path), known=", ".join(sorted(members)))
    return fitting[0]


def _naming(path: Path, contents: LabelContents, *, attribute: str | None, task: str | None) -> Naming:
    """Return what the target needs to know: the source's own names, as far as it has any."""
    manifest_type = contents.manifest_type
    if task is not None:
        member = TASK_TYPES.get(task)
        if member.produces is not contents.kind:
            raise OtherTask(
                task=task, wanted=WORDS[member.produces], path=str(path), found=WORDS[contents.kind]
            )
        manifest_type = member.manifest_type
    name = attribute or contents.attribute or "label"
    if name in ("source", "source-ref"):
        name = "label"
    return Naming(name, f"labeling-job/{name.lower()}", manifest_type, contents.schema)


@dataclass(slots=True)
class _Rows:
    """The items of the source, with what they lack filled in; bad rows are kept on the way."""

    path: Path
    source: Format
    contents: LabelContents
    made_at: str
    unread: LeftOut = field(default_factory=Counter)
    bad: int = 0
    shown: list[BadRow] = field(default_factory=list)

    def __iter__(self) -> Iterator[LabelledItem]:
        for row in self.source.read_labels(self.path, contents=self.contents, left_out=self.unread):
            if isinstance(row, BadRow):
                self.bad += 1
                if self.bad <= MOST_SHOWN:
                    self.shown.append(row)
                continue
            yield self._filled(row)

    def _filled(self, item: LabelledItem) -> LabelledItem:
        value = item.value
        if isinstance(value, Boxes | Points) and value.size is None and item.media:
            value = replace(value, size=_size(self.path, item.media))
        if item.made_at and value is item.value:
            return item
        return replace(item, made_at=item.made_at or self.made_at, value=value)


def _size(path: Path, media: str) -> Size | None:
    """Return a picture's size as its header says, where it lies beside the labels."""
    home = path if path.is_dir() else path.parent
    try:
        with warnings.catch_warnings():
            # Pillow warns about odd metadata and large pictures; no pixel is decoded here.
            warnings.simplefilter("ignore")
            with Image.open(home / media, formats=_PICTURES) as picture:
                return picture.width, picture.height
    except _UNREADABLE:
        return None


def _parent(out: Path) -> Path:
    out.parent.mkdir(parents=True, exist_ok=True)
    return out.parent


def _move(folder: Path, out: Path) -> None:
    """Move what was written to its place: side files first, so that the labels never point to nothing."""
    written = sorted(folder.iterdir(), key=lambda one: one.name == out.name)
    there = next((out.parent / one.name for one in written if os.path.lexists(out.parent / one.name)), None)
    if there is not None:
        raise AlreadyThere(path=str(there))
    moved: list[Path] = []
    try:
        for one in written:
            moved.append(out.parent / one.name)
            one.rename(moved[-1])
    except OSError:
        for one in moved:
            if one.is_dir():
                shutil.rmtree(one)
            else:
                one.unlink(missing_ok=True)
        raise
