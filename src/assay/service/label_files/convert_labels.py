"""Convert a label file from one format into another."""

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from assay.core.errors import BadValue, InputError
from assay.core.geometry.within_bounds import cut_to_item
from assay.core.labels.item_facts import ItemFacts
from assay.core.labels.label_values import (
    Answers,
    LabelledItem,
)
from assay.core.labels.values.value_kind import OutsideItem, kind_of_value, kinds
from assay.core.layouts.pictures_beside import size_beside
from assay.core.ports.file_format import (
    GUESSED,
    BadRow,
    Columns,
    Format,
    LabelContents,
    LeftOut,
    Naming,
    Taken,
)
from assay.formats import FORMATS
from assay.service.intake.what_to_do_instead import what_to_convert_instead
from assay.service.intake.zip_archives import is_zip, source_within, unpack
from assay.service.stored_times import iso
from assay.tasktypes import TASK_TYPES

MOST_SHOWN: Final = 20
"""How many bad rows are kept with their sentences; all are counted."""


@dataclass(eq=False, kw_only=True)
class FormatUnclear(InputError):
    """The name of {path} does not tell its format; name one of: {known}{instead}."""

    path: str
    known: str
    instead: str = ""


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
    """No item of {path} could be converted: {count} bad rows, the first{place}: {reason}."""

    path: str
    count: int
    place: str
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
        taken: which columns were taken for what; of a source without a choice of columns, none.
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
    taken: Taken


def convert_labels(
    *,
    path: Path,
    out: Path,
    read_as: str | None = None,
    write_as: str | None = None,
    attribute: str | None = None,
    columns: Columns = GUESSED,
    task: str | None = None,
    now: int,
) -> Converted:
    """Read the labels of `path` and write them to `out`, which must not exist, item by item.

    Everything is written beside `out` and moved there at the end, so that no half result is ever seen. A ZIP is unpacked
    into a folder of its own, which is gone afterwards; what in it holds the labels its names tell.

    Args:
        path: the file or folder with the labels.
        out: what to write.
        read_as: the format of `path`; None: its name tells.
        write_as: the format of `out`; None: its name tells.
        attribute: of several labels per item, the one that is meant; the column of labels in a table.
        columns: the columns of id, media and text; what is not named is guessed.
        task: the task type that the labels belong to; None: the kind of label tells. It also says what was looked for
            where nothing was found in any item.
        now: microseconds since 1970; stands for the moment of a label where the source does not know it.

    Raises:
        FormatUnclear, UnknownMember: if a format is not known.
        NotReadable, BadValue: if the source cannot be read, or has no such columns.
        NotCarried, OtherTask: if the labels fit neither the target nor the task.
        AlreadyThere: if `out` exists.
        NothingConverted: if there was no good row.
        BadArchive: if it is a ZIP that cannot be unpacked.
    """
    if os.path.lexists(out):
        raise AlreadyThere(path=str(out))
    order = _Order(out, read_as, write_as, attribute, columns, task, now)
    if not is_zip(path):
        return _convert(path, order)
    able = [FORMATS.get(read_as)] if read_as is not None else _label_formats()
    with tempfile.TemporaryDirectory(prefix=f".{out.name[:100]}-", dir=_parent(out)) as unpacked:
        try:
            unpack(path, Path(unpacked))
            return _convert(source_within(Path(unpacked), able, shown=str(path)), order)
        except InputError as problem:
            raise _named(problem, unpacked, path) from None


@dataclass(frozen=True, slots=True)
class _Order:
    """What a conversion was asked for, but the file."""

    out: Path
    read_as: str | None
    write_as: str | None
    attribute: str | None
    columns: Columns
    task: str | None
    now: int


def _named(problem: InputError, folder: str, archive: Path) -> InputError:
    """Return an error that names a file in a ZIP by where it lies in there."""
    told = {name: getattr(problem, name, None) for name in ("path", "where")}
    within = {
        name: said.replace(folder, str(archive)) for name, said in told.items() if isinstance(said, str)
    }
    return replace(problem, **within) if within else problem  # type: ignore[type-var]


def _convert(path: Path, order: _Order) -> Converted:
    out, attribute, columns, task = order.out, order.attribute, order.columns, order.task
    source, target = _format(path, order.read_as), _format(out, order.write_as)
    _check_roles(source, columns)
    kind = None if task is None else TASK_TYPES.get(task).produces
    contents = source.look(path, attribute=attribute, columns=columns, kind=kind)
    if contents.kind is Answers and kind is None:
        contents = _carried_part(contents, path, source, target, columns=columns)
    naming = _naming(path, contents, attribute=attribute, task=task)
    if contents.kind not in target.values:
        raise NotCarried(
            target=target.name,
            holds=", ".join(one.called for kind, one in kinds().items() if kind in target.values)
            or "no labels",
            path=str(path),
            found=kinds()[contents.kind].called,
        )
    rows = _Rows(path, source, contents, made_at=iso(order.now))
    unwritten: LeftOut = Counter()
    with tempfile.TemporaryDirectory(prefix=f".{out.name[:100]}-", dir=_parent(out)) as folder:
        items = target.write(iter(rows), Path(folder) / out.name, naming=naming, left_out=unwritten)
        if not items and rows.bad:
            first = rows.shown[0]
            place = f" on line {first.line}" if first.line else ""
            raise NothingConverted(
                path=str(path), count=rows.bad, place=place, reason=first.reason, shown=tuple(rows.shown)
            )
        _move(Path(folder), out)
    return Converted(
        source=source.name,
        target=target.name,
        kind=kinds()[contents.kind].called,
        labels=contents.schema.names,
        items=items,
        unread=dict(rows.unread),
        unwritten=dict(unwritten),
        bad=rows.bad,
        shown=tuple(rows.shown),
        taken=contents.taken,
    )


def _carried_part(
    contents: LabelContents, path: Path, source: Format, target: Format, *, columns: Columns
) -> LabelContents:
    """Return the answers, or where the target holds no such, those of one question that it can hold; else them all the same."""
    for kind in kinds() if Answers not in target.values else ():
        if kind in target.values:
            found = source.look(path, columns=columns, kind=kind)
            if found.kind is kind:
                return found
    return contents


def _check_roles(source: Format, columns: Columns) -> None:
    """Refuse names of columns that the format leaves no choice of."""
    for role, name in columns.named().items():
        if role not in source.roles:
            able = " and ".join(sorted(source.roles))
            raise BadValue(
                where=f"the format {source.name}",
                key=role,
                found=f"'{name}'",
                expected=f"left out: only its {able} can be named" if able else "left out: it has no columns",
            )


def _format(path: Path, name: str | None) -> Format:
    if name is not None:
        return FORMATS.get(name)
    members = _label_formats()
    fitting = [member for member in members if member.guess(path)]
    ends = [member for member in members if member.suffix and path.name.endswith(member.suffix)]
    if len(fitting) != 1 and len(ends) == 1:
        fitting = ends  # `labels.coco.json` says more than `.json`
    if len(fitting) != 1:
        known = ", ".join(sorted(member.name for member in members))
        raise FormatUnclear(path=str(path), known=known, instead=what_to_convert_instead(path.name))
    return fitting[0]


def _label_formats() -> list[Format]:
    return [member for member in FORMATS.all().values() if member.values]


def _naming(path: Path, contents: LabelContents, *, attribute: str | None, task: str | None) -> Naming:
    """Return what the target needs to know: the source's own names, as far as it has any."""
    manifest_type = contents.manifest_type
    if task is not None:
        member = TASK_TYPES.get(task)
        if member.produces is not contents.kind:
            raise OtherTask(
                task=task,
                wanted=kinds()[member.produces].called,
                path=str(path),
                found=kinds()[contents.kind].called,
            )
        manifest_type = member.manifest_type
    name = attribute or contents.attribute or "label"
    if name in ("source", "source-ref"):
        name = "label"
    return Naming(name, f"labeling-job/{name.lower()}", manifest_type, contents.schema)


@dataclass(slots=True)
class _Rows:
    """The items of the source, with what they lack filled in; bad rows are kept on the way.

    An id that stands twice names one item with two labels: the first counts, the other is a bad row. Ids are
    remembered by their hashes, so that a million of them take little room.
    """

    path: Path
    source: Format
    contents: LabelContents
    made_at: str
    unread: LeftOut = field(default_factory=Counter)
    bad: int = 0
    shown: list[BadRow] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def __iter__(self) -> Iterator[LabelledItem]:
        found = self.source.read_labels(self.path, contents=self.contents, left_out=self.unread)
        for row in found:
            if isinstance(row, BadRow):
                self._set_aside(row)
                continue
            mark = hash(row.key)
            if mark in self.seen:
                reason = f"the id '{row.key[:80]}' was used before; its first label counts"
                self._set_aside(BadRow(0, reason, row.key))
                continue
            self.seen.add(mark)
            try:
                yield self._filled(row)
            except OutsideItem as problem:
                # The id tells the item; on which line it stands, the format has not said.
                self._set_aside(BadRow(0, f"item '{row.key[:80]}': {problem.reason}", row.key))

    def _set_aside(self, row: BadRow) -> None:
        self.bad += 1
        if self.bad <= MOST_SHOWN:
            self.shown.append(row)

    def _filled(self, item: LabelledItem) -> LabelledItem:
        value = item.value
        kind = kind_of_value(value)
        drawn = kind.drawn or isinstance(value, Answers)
        if drawn and kind.size(value) is None and item.media:
            value = kind.sized(value, size_beside(_home(self.path), item.media))
        if drawn:
            value, cut = cut_to_item(value, ItemFacts(size=kind.size(value)))
            if cut:
                self.unread["parts of boxes beyond their picture"] += cut
        if item.made_at and value is item.value:
            return item
        # Made anew by name: `replace` looks at every field of every item, and takes three times as long.
        return LabelledItem(
            key=item.key,
            media=item.media,
            text=item.text,
            extra=item.extra,
            value=value,
            confidence=item.confidence,
            human=item.human,
            made_at=item.made_at or self.made_at,
            control=item.control,
            parts=item.parts,
            answers=item.answers,
            adjusted=item.adjusted,
        )


def _home(path: Path) -> Path:
    """Return the folder that media of a file of labels are relative to."""
    return path if path.is_dir() else path.parent


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
