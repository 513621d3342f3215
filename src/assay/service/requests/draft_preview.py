"""What a draft's data look like: the first items, the count, what is odd about them (REL-6, PRIV-7)."""

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Final

from django.conf import settings

from assay.core.errors import InputError, NotFound
from assay.core.geometry.picture_kinds import served_type
from assay.core.layouts.taken_in_words import taken_in_words
from assay.core.ports.file_format import BadRow, RawItem
from assay.service.access.permissions import Actor, require
from assay.service.labelling.media_links import LIFE, SLOT, MediaFile
from assay.service.requests.draft_files import (
    INDEX,
    REFUSED,
    DraftFile,
    browsers_show,
    files_of,
    images_of,
)
from assay.service.requests.draft_form.draft_text import tree_of
from assay.service.requests.draft_source import EVERYTHING, Source, rows_of_source, source_of
from assay.service.requests.drafts import draft_folder, member_of
from assay.service.working_set.media_files import beginning
from assay.store.projects.drafts import draft_by_id
from assay.store.scope import Scope
from assay.tasktypes import TASK_TYPES

SHOWN: Final = 12
LOOKED_AT: Final = 50_000
"""Rows that are compared with one another; behind them rows are counted."""
COUNTED: Final = 1_000_000
LONGEST_TEXT: Final = 400
MOST_ODD: Final = 20


@dataclass(frozen=True, slots=True)
class PreviewItem:
    """One of the first items: its id, a link to its picture and whether browsers show it, or its text."""

    key: str
    media: str | None
    text: str | None
    in_browser: bool = False


@dataclass(frozen=True, slots=True)
class OddRow:
    """A row that will not become an item as it is: its line, its id, and why."""

    line: int
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What a first look at a draft's data shows.

    Attributes:
        items: rows that look like items; `more` where there are even more than were counted.
        odd: how many rows will be set aside, and `odd_rows` the first of them.
        shown: the first items.
        source: what the requester calls the data, and `format` and the columns, as named or guessed; `taken` says
            of a table in a sentence what was taken for what.
        task: the task type that the items look like, or None.
        unused: pictures that no row names.
        problem: why nothing can be shown, or "".
    """

    items: int = 0
    more: bool = False
    odd: int = 0
    odd_rows: Sequence[OddRow] = ()
    shown: Sequence[PreviewItem] = ()
    source: str = ""
    format: str = ""
    id_column: str = ""
    media_column: str = ""
    text_column: str = ""
    taken: str = ""
    task: str | None = None
    unused: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class _Looked:
    preview: Preview
    pictures: tuple[str | None, ...]


def preview_draft(actor: Actor, *, draft: int, now: int) -> Preview:
    """Return what the data of a draft look like; what is wrong with them is told, not raised."""
    require(actor, "edit a draft", now=now)
    member = member_of(actor)
    row = draft_by_id(actor.scope, member=member, draft=draft)
    folder = draft_folder(row)
    try:
        tree = tree_of(row.text)
        wanted = {key: tree[key] for key in ("data", "known", "workforce", "instructions") if key in tree}
        looked = _look(str(folder), json.dumps(wanted), _stamp(folder))
    except InputError as problem:
        return Preview(problem=_without(str(problem), folder))
    shown = [
        replace(item, media=None if stored is None else file_link(draft, stored, member=member, now=now))
        for item, stored in zip(looked.preview.shown, looked.pictures, strict=True)
    ]
    found = looked.preview
    return Preview(
        **{key: getattr(found, key) for key in Preview.__dataclass_fields__ if key != "shown"}, shown=shown
    )


def file_link(draft: int, stored: str, *, member: int, now: int) -> str:
    """Return the address of a draft's picture for its author, good for ten minutes."""
    until = (now // SLOT) * SLOT + LIFE
    token = Path(stored).stem
    return f"/requests/{draft}/files/{token}.{member}.{until}.{_mark(draft, token, member, until)}"


def open_draft_file(scope: Scope, *, draft: int, link: str, member: int, now: int) -> MediaFile:
    """Return the picture behind a link; raises `NotFound` where it is not whole, ran out or is somebody else's."""
    missing = NotFound(noun="media link", key=link[:40])
    parts = link.split(".")
    if len(parts) != 4 or not all(one.isascii() and one.isdigit() and len(one) < 20 for one in parts[1:3]):
        raise missing
    token, owner, until = parts[0], int(parts[1]), int(parts[2])
    if not hmac.compare_digest(parts[3].encode(), _mark(draft, token, owner, until).encode()):
        raise missing
    if owner != member or until <= now:
        raise missing
    folder = draft_folder(draft_by_id(scope, member=member, draft=draft))
    stored = next((one.stored for one in images_of(files_of(folder)) if Path(one.stored).stem == token), None)
    if stored is None:
        raise missing
    try:
        return MediaFile(content=folder / stored, type=served_type(beginning(folder / stored)))
    except OSError:
        raise missing from None


def _stamp(folder: Path) -> tuple[tuple[int, int], ...]:
    """Return what changes with a draft's files, those that were not taken among them."""
    return tuple(_state(folder / name) for name in (INDEX, REFUSED))


def _state(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=64)
def _look(folder: str, wanted: str, stamp: tuple[tuple[int, int], ...]) -> _Looked:
    """Look once at each state of a draft's data."""
    del stamp
    place = Path(folder)
    source = source_of(place, json.loads(wanted))
    rows = rows_of_source(place, source)
    judge = _Judge(source)
    for row in islice(rows, LOOKED_AT):
        judge.see(row)
    counted = sum(1 for _ in islice(rows, COUNTED))
    more = counted == COUNTED
    preview = Preview(
        items=judge.items + counted,
        more=more,
        odd=judge.odd,
        odd_rows=tuple(judge.odd_rows),
        shown=tuple(judge.shown),
        source="all pictures" if source.shown == EVERYTHING else source.shown,
        format="pictures" if source.table is None else source.format,
        id_column=source.columns.id or "",
        media_column=source.columns.media or "",
        text_column=source.columns.text or "",
        taken="" if source.table is None else taken_in_words(source.taken),
        task=guessed_task(judge.first),
        unused=len(source.images) - len(judge.used),
    )
    return _Looked(preview, tuple(judge.pictures))


def guessed_task(first: RawItem | None) -> str | None:
    """Return the task type that the items look like, None where nothing tells."""
    names = set(TASK_TYPES.names())
    if first is None:
        return None
    keys = {key.lower() for key in first.extra}
    if {"response_a", "response_b"} <= keys or {"first", "second"} <= keys or "responses" in keys:
        wanted = "preference_pair"
    elif first.media is not None:
        wanted = "image_classification"
    else:
        wanted = "text_classification" if first.text is not None else "classification"
    return wanted if wanted in names else None


class _Judge:
    """Looks at rows one after another and remembers what came before."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.items = self.odd = 0
        self.odd_rows: list[OddRow] = []
        self.shown: list[PreviewItem] = []
        self.pictures: list[str | None] = []
        self.first: RawItem | None = None
        self.keys: set[str] = set()
        self.contents: set[str] = set()
        self.used: set[str] = set()

    def see(self, row: RawItem | BadRow) -> None:
        """Count a row as an item, or as odd with a reason."""
        if isinstance(row, BadRow):
            self._odd(row.line, row.key or "", row.reason)
            return
        self.first = self.first or row
        key = row.key or row.media or f"line-{row.line}"
        picture = self._picture(row)
        reason = self._reason(row, key, picture)
        if reason:
            self._odd(row.line, key, reason)
            return
        self.items += 1
        if len(self.shown) < SHOWN:
            text = (
                row.text
                if row.text is None or len(row.text) <= LONGEST_TEXT
                else row.text[:LONGEST_TEXT] + "…"
            )
            shows = picture is not None and browsers_show(picture)
            self.shown.append(PreviewItem(key=key, media=None, text=text, in_browser=shows))
            self.pictures.append(None if picture is None else picture.stored)

    def _picture(self, row: RawItem) -> DraftFile | None:
        if row.media is None:
            return None
        found = self.source.picture(row.media)
        if found is not None:
            self.used.add(found.name)
        return found

    def _reason(self, row: RawItem, key: str, picture: DraftFile | None) -> str:
        if key in self.keys:
            return "its id was used before"
        if row.media is not None and picture is None:
            return self.source.why_not(row.media) or f"'{row.media[:200]}' was not uploaded"
        content = picture.digest if picture is not None else (row.text or "")
        if content:
            if content in self.contents:
                return "its content is the same as that of an earlier row"
            self.contents.add(content)
        self.keys.add(key)
        return ""

    def _odd(self, line: int, key: str, reason: str) -> None:
        self.odd += 1
        if len(self.odd_rows) < MOST_ODD:
            self.odd_rows.append(OddRow(line, key[:200], reason))


def _without(sentence: str, folder: Path) -> str:
    """Return a sentence that names no place on this machine."""
    return sentence.replace(f"{folder}/", "").replace(str(folder), "the upload")


def _mark(draft: int, token: str, member: int, until: int) -> str:
    key = hashlib.sha256(b"draft files" + str(settings.SECRET_KEY).encode()).digest()
    digest = hmac.new(key, f"{draft}.{token}.{member}.{until}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()
