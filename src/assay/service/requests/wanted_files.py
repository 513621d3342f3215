"""Which files a draft's intake names that were not uploaded yet: whoever uploads asks, and sends nothing else."""

from dataclasses import dataclass
from itertools import islice
from typing import Final

from assay.core.layouts.media_paths import path_parts
from assay.core.ports.file_format import RawItem
from assay.service.access.permissions import Actor, require
from assay.service.intake.zip_archives import ENDING
from assay.service.requests.draft_files import TABLES, files_of, refused_of
from assay.service.requests.draft_source import (
    EVERYTHING,
    NothingUploaded,
    NotUploaded,
    checked,
    checked_further,
    named_files,
    rows_of_source,
    source_of,
)
from assay.service.requests.drafts import draft_folder
from assay.service.requests.save_draft import open_draft

ROWS: Final = 20_000
"""Rows of a table that are looked at in one go."""


@dataclass(frozen=True, slots=True)
class WantedFiles:
    """Names of files, and folders of which all pictures are wanted; `more` is the row to go on after."""

    files: tuple[str, ...]
    folders: tuple[str, ...]
    more: int | None


def wanted_files(actor: Actor, *, draft: int, after: int, further: bool = False, now: int) -> WantedFiles:
    """Return what is still to be uploaded: tables and guides first, then what the rows of the table name.

    The draft is to be a project, or a `further` batch of one.

    Raises:
        NotPermitted: if the actor may not edit drafts.
        NotFound: if the actor has no such draft.
        InputError: if the intake is wrong, before anything is uploaded; or its table.
    """
    require(actor, "edit a draft", now=now)
    row = open_draft(actor, draft=draft, version=None)
    folder = draft_folder(row)
    tree = checked_further(row.text) if further else checked(folder, row.text).tree
    known = {*files_of(folder), *refused_of(folder)}
    named = sorted(named_files(tree))
    data = tree.get("data")
    place = "/".join(path_parts(str(data.get("path") or EVERYTHING))) if isinstance(data, dict) else ""
    archived = place.lower().endswith(ENDING)
    if place.lower().endswith(TABLES) or (archived and not known - set(named)):
        named.append(place)
    missing = [name for name in named if name not in known]
    if missing:
        return WantedFiles(tuple(missing), (), None)
    if place and not archived and not place.lower().endswith(TABLES):
        return WantedFiles((), (place,), None)
    try:
        source = source_of(folder, tree)
    except (NothingUploaded, NotUploaded):
        return WantedFiles((), () if place else (EVERYTHING,), None)
    if source.table is None:
        return WantedFiles((), () if archived else (EVERYTHING,), None)
    rows = list(islice(rows_of_source(folder, source), after, after + ROWS))
    media = [
        one.media for one in rows if isinstance(one, RawItem) and one.media and not _is_elsewhere(one.media)
    ]
    wanted = (source.names_of(one) for one in media)
    # The first half lies beside the table; of a path of another machine any end may be there.
    names = dict.fromkeys(
        one for names in wanted if not known.intersection(names) for one in names[: (len(names) + 1) // 2]
    )
    return WantedFiles(tuple(names), (), after + ROWS if len(rows) == ROWS else None)


def _is_elsewhere(media: str) -> bool:
    return "://" in media and not media.lower().startswith("file:")
