"""From a draft to an intake that can be filed: names become stored files, and nothing else reaches the disk (SEC-17).

Tables that name media are written anew with the stored names in the media's column; the requester's own name
stays as the item's id where the table has no other. A draft that says little is completed with what is usual.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from assay.core.errors import BadValue, InputError
from assay.core.ids import sha256
from assay.core.layouts.media_paths import path_ends, path_parts
from assay.core.ports.file_format import BadRow, Columns, RawItem, Taken
from assay.core.project.further_intake import read_further
from assay.core.project.intake import Intake
from assay.service.intake.data_source import NOT_AN_ITEM, PREPARED, format_called
from assay.service.intake.intake_file import IntakeFile, parse_intake, parse_yaml
from assay.service.intake.zip_archives import ENDING
from assay.service.requests.draft_files import (
    IMAGE,
    TABLE,
    DraftFile,
    files_of,
    images_of,
    refused_of,
    tables_of,
)
from assay.service.requests.draft_form.draft_text import SOURCE, Tree, text_of, tree_of

EVERYTHING: Final = "."
"""What `data.path` says where every uploaded picture is an item."""
MISSING: Final = "not-uploaded"
"""What stands in place of media that were not uploaded; ingest sets such rows aside."""
OWN_ID: Final = "item_id"
_REFERENCES: Final = (
    ("instructions",),
    ("examples", "path"),
    ("known", "path"),
    ("workforce", "truth"),
    ("workforce", "answers"),
    ("prelabel", "key_file"),
)
_ENDINGS: Final = {
    "csv": (".csv", ".tsv", ".csv.gz", ".tsv.gz"),
    "parquet": (".parquet",),
    "manifest": (".manifest",),
}


@dataclass(eq=False, kw_only=True)
class NothingUploaded(InputError):
    """There are no items yet: upload a table or pictures."""


@dataclass(eq=False, kw_only=True)
class NotUploaded(InputError):
    """{where}: '{key}' names '{name}', but no such file was uploaded."""

    where: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a draft's items are.

    Attributes:
        shown: what the requester calls it.
        table: the table, or None where pictures themselves are the items.
        format: the intake's word for the table's format.
        taken: which of its columns are what; guessed where nobody said.
        images: the pictures that belong to it, by the requester's names.
        refused: why files of such names were not taken.
        home: what the names in its rows are relative to: "" or a folder with a slash behind it.
    """

    shown: str
    table: DraftFile | None
    format: str
    taken: Taken
    images: Mapping[str, DraftFile]
    refused: Mapping[str, str]
    home: str = ""

    def picture(self, media: str) -> DraftFile | None:
        """Return the picture that a row names, whatever system wrote the name."""
        return next((self.images[name] for name in self.names_of(media) if name in self.images), None)

    def why_not(self, media: str) -> str | None:
        """Return why the picture that a row names was not taken, or None."""
        return next((self.refused[name] for name in self.names_of(media) if name in self.refused), None)

    def names_of(self, media: str) -> tuple[str, ...]:
        """Return what the file that a row names may be called: beside its table, or where uploads begin.

        Of a path that starts at the root of some machine that is each of its ends.
        """
        ends = path_ends(media)
        return (*(self.home + one for one in ends), *ends)

    @property
    def columns(self) -> Columns:
        """Which of its columns are what."""
        return self.taken.columns


def source_of(folder: Path, tree: Tree) -> Source:
    """Return where the items of a draft are.

    Raises:
        NothingUploaded, NotUploaded, BadValue: if that is not clear.
    """
    files, refused = files_of(folder), refused_of(folder)
    images = {one.name: one for one in images_of(files)}
    said = _section(tree, "data")
    name = "/".join(path_parts(str(said.get("path") or EVERYTHING)))
    table = files.get(name)
    if table is not None and table.kind == TABLE:
        return _table(folder, table, said, images)
    if not name or name.lower().endswith(ENDING):  # what was in an archive lies as if it had come by itself
        rest = [one for one in tables_of(files) if one.name not in _referenced(tree)]
        if len(rest) > 1:
            named = [one for one in rest if one.name.rpartition("/")[2].startswith(("items", "data"))]
            if len(named) != 1:
                raise BadValue(
                    where=SOURCE,
                    key="data.path",
                    found="not given",
                    expected=f"one of {', '.join(sorted(one.name for one in rest)[:10])}",
                )
            rest = named
        if rest:
            return _table(folder, rest[0], said, images)
        if not images:
            raise NothingUploaded
        return Source(EVERYTHING, None, "jsonl", Taken(Columns(id=OWN_ID, media="file")), images, refused)
    home = name + "/"
    below = {key: one for key, one in images.items() if key.startswith(home)}
    if not below:
        raise NotUploaded(where=SOURCE, key="data.path", name=name[:200])
    others = {key: reason for key, reason in refused.items() if key.startswith(home)}
    return Source(name, None, "jsonl", Taken(Columns(id=OWN_ID, media="file")), below, others, home)


def rows_of_source(folder: Path, source: Source) -> Iterator[RawItem | BadRow]:
    """Yield the rows as the requester sent them: media by the requester's names."""
    if source.table is None:
        names = sorted({*source.images, *source.refused})
        return (_uploaded(source, line, name) for line, name in enumerate(names, start=1))
    layout = format_called(source.format)
    columns = Columns(id=source.columns.id) if source.format == "manifest" else source.columns
    return layout.read_items(folder / source.table.stored, columns=columns)


def _uploaded(source: Source, line: int, name: str) -> RawItem | BadRow:
    own = name.removeprefix(source.home)
    if name in source.images:
        return RawItem(line, own, own, None)
    return BadRow(line, source.refused[name], own)


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft's intake: as a tree that is completed with what is usual, and as it was read."""

    tree: Tree
    intake: Intake


def checked(folder: Path, text: str) -> Checked:
    """Return what a draft says, as an intake whose files are not looked at.

    Raises:
        InputError: naming the line or field of what is missing or wrong.
    """
    tree = tree_of(text)
    complete = _completed(tree)
    # What is read is what was written, so that messages name its lines.
    whole = text if not complete else _appended(text, tree, complete)
    received = parse_intake(whole, source=SOURCE, folder=folder)
    copied = {key: dict(value) if isinstance(value, dict) else value for key, value in tree.items()}
    return Checked({**copied, **complete}, received.intake)


def settle(folder: Path, text: str) -> IntakeFile:
    """Return the intake that a draft stands for, its names replaced by stored files.

    Raises:
        InputError: naming the line or field of what is missing or wrong.
    """
    made = checked(folder, text).tree
    source = source_of(folder, made)
    made["data"] = _prepared(folder, source, _section(made, "data"))
    files = files_of(folder)
    for place in _REFERENCES:
        _refer(made, place, files)
    if isinstance(made.get("deliver"), dict):
        made["deliver"] = {key: value for key, value in made["deliver"].items() if key != "to"}
    return parse_intake(text_of(made), source=SOURCE, folder=folder)


def checked_further(text: str) -> Tree:
    """Return what a draft says of a further batch of a project, completed with what is usual; files are not looked at.

    Raises:
        InputError: naming the line or field of what is missing or wrong.
    """
    tree = tree_of(text)
    complete = _completed(tree)
    read_further(parse_yaml(text if not complete else _appended(text, tree, complete), source=SOURCE))
    copied = {key: dict(value) if isinstance(value, dict) else value for key, value in tree.items()}
    return {**copied, **complete}


def settle_further(folder: Path, text: str, *, usual: Callable[[Tree], Tree]) -> Tree:
    """Return the same with its names replaced by stored files; `usual` names the columns where the draft does not.

    Raises:
        InputError: as `settle`.
    """
    made = usual(checked_further(text))
    source = source_of(folder, made)
    made["data"] = _prepared(folder, source, _section(made, "data"))
    files = files_of(folder)
    for place in _REFERENCES:
        _refer(made, place, files)
    return made


def _table(folder: Path, table: DraftFile, said: Tree, images: Mapping[str, DraftFile]) -> Source:
    given = said.get("format")
    lower = table.stored.lower()
    guess = next((name for name, ends in _ENDINGS.items() if lower.endswith(ends)), "jsonl")
    form = str(given) if isinstance(given, str) and given not in ("", "folder") else guess
    named = {
        key: said[key] if isinstance(said.get(key), str) else None
        for key in ("id", "media", "text", "labels")
    }
    asked = Columns(named["id"], named["media"], named["text"], label=named["labels"])
    layout = format_called(form)
    try:
        taken = layout.settle(folder / table.stored, columns=asked)
    except BadValue as problem:
        # What the file is called here is none of the requester's words.
        raise replace(problem, where=table.name) from None
    home = table.name.rpartition("/")[0]
    return Source(table.name, table, form, taken, images, refused_of(folder), f"{home}/" if home else "")


def _prepared(folder: Path, source: Source, said: Tree) -> Tree:
    """Return the intake's `data` of a source; what names media is written anew, once per state of the files."""
    labels = {"labels": said["labels"]} if said.get("labels") else {}
    columns, table = source.columns, source.table
    if table is not None and source.format != "manifest" and columns.media is None:
        named = {"id": columns.id, "text": columns.text}
        return {
            "path": table.stored,
            "format": source.format,
            **{key: value for key, value in named.items() if value},
            **labels,
        }
    own = columns.id or _free(folder, source)
    form = "manifest" if source.format == "manifest" else "jsonl"
    state = sha256(
        repr(
            (
                None if table is None else table.stored,
                own,
                columns,
                sorted((name, one.stored) for name, one in source.images.items()),
                sorted(source.refused.items()),
            )
        ).encode()
    )[:32]
    name = f"{PREPARED}{state}.{form}"
    if not (folder / name).exists():
        for old in folder.glob(f"{PREPARED}*"):
            old.unlink(missing_ok=True)
        partial = folder / f".{name}.part"
        with partial.open("wb") as out:
            out.writelines(_lines(rows_of_source(folder, source), source, own=own))
        partial.replace(folder / name)
    named = {"id": own} if form == "manifest" else {"id": own, "media": columns.media, "text": columns.text}
    return {
        "path": name,
        "format": form,
        **{key: value for key, value in named.items() if value},
        **labels,
    }


def _lines(rows: Iterable[RawItem | BadRow], source: Source, *, own: str) -> Iterator[bytes]:
    """Yield one line per row, and empty ones before it, so that every row keeps the line that it was sent with."""
    media, text = source.columns.media or "file", source.columns.text or "text"
    line = 1
    for row in rows:
        yield b"\n" * (row.line - line)
        line = max(line, row.line) + 1
        if isinstance(row, BadRow):
            found: dict[str, object] = {
                own: row.key or f"line-{row.line}",
                media: MISSING,
                NOT_AN_ITEM: row.reason,
            }
        else:
            found = {own: row.key or row.media or f"line-{row.line}"}
            if row.media is not None:
                known, reason = source.picture(row.media), source.why_not(row.media)
                found[media] = MISSING if known is None else known.stored
                if known is None:
                    found[NOT_AN_ITEM] = reason or f"'{row.media[:200]}' was not uploaded"
            if row.text is not None:
                found[text] = row.text
            found |= {key: value for key, value in row.extra.items() if key not in found}
        yield json.dumps(found, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _free(folder: Path, source: Source) -> str:
    """Return a name for the ids that no column has."""
    first = next((row for row in rows_of_source(folder, source) if isinstance(row, RawItem)), None)
    taken = set() if first is None else set(first.extra)
    name = OWN_ID
    while name in taken:
        name = f"_{name}"
    return name


def _completed(tree: Tree) -> Tree:
    """Return the keys that a draft may leave out although an intake needs them."""
    made: Tree = {}
    if "assay" not in tree:
        made["assay"] = "1"
    data = tree.get("data")
    if data is None or (isinstance(data, dict) and not data.get("path")):
        made["data"] = {**(data or {}), "path": EVERYTHING}
    return made


def _appended(text: str, tree: Tree, complete: Tree) -> str:
    """Return the text with what it lacks behind it, so that its lines keep their numbers."""
    if any(key in tree for key in complete) or text.lstrip().startswith("{"):
        return text_of({**tree, **complete})
    return text.rstrip("\n") + "\n" + text_of(complete)


def _refer(tree: Tree, place: tuple[str, ...], files: Mapping[str, DraftFile]) -> None:
    *above, last = place
    found: Any = tree
    for key in above:
        found = found.get(key)
        if not isinstance(found, dict):
            return
    name = found.get(last)
    if not isinstance(name, str) or not name:
        return
    file = files.get(name)
    if file is None or file.kind == IMAGE:
        raise NotUploaded(where=SOURCE, key=".".join(place), name=name[:200])
    found[last] = file.stored


def _referenced(tree: Tree) -> set[str]:
    """Return the names that files have which are no data: those of other keys, and two that are usual."""
    return {"known.csv", "truth.csv", *named_files(tree)}


def named_files(tree: Tree) -> set[str]:
    """Return the names that other keys than `data` give to files."""
    found: set[str] = set()
    for place in _REFERENCES:
        value: Any = tree
        for key in place:
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, str):
            found.add(value)
    return found


def _section(tree: Tree, key: str) -> Tree:
    found = tree.get(key)
    return found if isinstance(found, dict) else {}
