"""Ingest: rows in, items and set-aside rows out; accepted + rejected = received.

Rows stream through in chunks, each chunk one transaction that also moves the batch's place in the
source; so a killed import goes on where its last chunk ended.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from assay.core.errors import InputError
from assay.core.ids import canonical, sha256
from assay.core.labels.item_facts import NOTHING_MEASURED, ItemFacts
from assay.core.layouts.media_paths import plain_place
from assay.core.layouts.row_json import row_json, whole_row
from assay.core.limits import ITEM_ID
from assay.core.ports.blobs import BlobWriting
from assay.core.ports.file_format import BadRow, RawItem
from assay.core.project import lifecycle
from assay.providers.media import image, text
from assay.service.intake.data_source import open_source
from assay.service.stored_blobs import media_blobs
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.media_files import RefusedMedia, keep_shown_copy, media_path, media_root
from assay.store.items import items
from assay.store.projects import batches
from assay.store.projects.further_batches import earlier_batches

CHUNK: Final = 10_000
LONGEST_KEY: Final = ITEM_ID.most


@dataclass(slots=True)
class _Seen:
    """Ids and contents that came before; 64 bits of each digest are enough to suspect a duplicate.

    `elsewhere` are those of the project's earlier batches: contents with the batch's name, and ids; `again` is how many
    of these ids came again.
    """

    keys: set[int] = field(default_factory=set)
    contents: set[int] = field(default_factory=set)
    elsewhere: dict[int, str] = field(default_factory=dict)
    ids_elsewhere: set[int] = field(default_factory=set)
    again: int = 0


def due(work: Work) -> bool:
    """Whether the batch's data are still to be received; those of earlier batches of the project come first."""
    unreceived = (lifecycle.REQUEST_SUBMITTED, lifecycle.DATA_TRANSFER)
    return work.batch.status in unreceived and not _earlier_in(work, unreceived)


def step(work: Work) -> None:
    """Receive the whole source, chunk by chunk."""
    if work.batch.status == lifecycle.REQUEST_SUBMITTED:
        with work.saving():
            after = batches.move_batch(work.scope, work.batch, "receive")
            work.record("receive data", rule="every batch is ingested first", after=after)
        return
    try:
        rows = open_source(work.intake.data, folder=work.folder, skip=work.batch.received)
        _receive(work, rows)
    except InputError as problem:
        with work.saving():
            batch = batches.batch_by_id(work.scope, work.batch.id)
            after = batches.move_batch(work.scope, batch, "fail", reason=str(problem))
            work.record("fail to receive data", rule="a source that cannot be read fails", after=after)
        raise


def _receive(work: Work, rows: Iterator[RawItem | BadRow]) -> None:
    seen = _Seen()
    for identities in items.stream_identities(work.batch):
        seen.keys.update(_short(sha256(key.encode())) for key, _ in identities)
        seen.contents.update(_short(fingerprint) for _, fingerprint in identities)
    _look_at_earlier(work, seen)
    root, blobs = media_root(work), media_blobs(work.limits.home, tenant=work.scope.tenant)
    received, accepted, rejected = work.batch.received, work.batch.accepted, work.batch.rejected
    while chunk := list(islice(rows, CHUNK)):
        taken: list[items.NewItem] = []
        aside: list[tuple[int, str, str]] = []
        with blobs.writing() as copies:  # they are on the disk before the database says that they are
            for row in chunk:
                if isinstance(row, BadRow):
                    aside.append((row.line, (row.key or "")[:LONGEST_KEY], row.reason))
                    continue
                made = _accept(work, row, root=root, seen=seen, ord=accepted + len(taken), copies=copies)
                if isinstance(made, str):
                    aside.append((row.line, _key_of(row)[:LONGEST_KEY], made))
                else:
                    taken.append(made)
        received, accepted, rejected = (
            received + len(chunk),
            accepted + len(taken),
            rejected + len(aside),
        )
        with work.saving():
            items.insert_items(work.batch, taken, state=lifecycle.WAITING)
            items.insert_set_aside(work.batch.id, aside)
            batches.set_batch(
                work.scope, work.batch.id, received=received, accepted=accepted, rejected=rejected
            )
            work.record(
                "receive rows",
                rule="accepted + rejected = received",
                received=received,
                accepted=accepted,
                rejected=rejected,
            )
    with work.saving():
        batch = batches.batch_by_id(work.scope, work.batch.id)
        if not accepted:
            reason = f"none of its {received:,} rows is an item"
            after = batches.move_batch(work.scope, batch, "fail", reason=reason)
        else:
            after = batches.move_batch(work.scope, batch, "finish receiving")
        work.record("finish receiving data", rule="the source is at its end", after=after)
        if seen.again:
            work.record(
                "note ids of earlier batches",
                rule=f"{seen.again:,} of the ids were used in an earlier batch for other content; each batch is"
                " delivered by itself",
                items=seen.again,
            )


def _earlier_in(work: Work, states: Sequence[str]) -> bool:
    """Whether an earlier batch of the project is in one of these states."""
    if work.project.further is None:
        return False
    earlier = earlier_batches(work.scope, project=work.project.id, before=work.batch.id)
    return any(batches.batch_by_id(work.scope, batch).status in states for batch, _ in earlier)


def _look_at_earlier(work: Work, seen: _Seen) -> None:
    """Remember what the project's earlier batches hold: it is labelled already, or will be."""
    if work.project.further is None:
        return
    for batch, name in earlier_batches(work.scope, project=work.project.id, before=work.batch.id):
        for identities in items.stream_identities(batches.batch_by_id(work.scope, batch)):
            for key, fingerprint in identities:
                seen.ids_elsewhere.add(_short(sha256(key.encode())))
                seen.elsewhere.setdefault(_short(fingerprint), name)


def _accept(
    work: Work,
    row: RawItem,
    *,
    root: Path,
    seen: _Seen,
    ord: int,  # noqa: A002
    copies: BlobWriting,
) -> items.NewItem | str:
    """Return the item, or the sentence why the row is set aside."""
    key = plain_place(_key_of(row)) or ""
    identity = _short(sha256(key.encode("utf-8", "replace")))
    if unfit := _why_no_id(row, key, is_used=identity in seen.keys):
        return unfit
    try:
        fingerprint, near, facts, shown = _inspect(work, row, root=root, key=key)
        media = _portable(work, row.media, root=root)
        extra = row_json(row.extra) if row.extra else "{}"
    except InputError as problem:
        return str(problem)
    except (ValueError, TypeError):
        return "its other columns hold a value that JSON cannot carry"
    content = _short(fingerprint)
    if content in seen.contents:
        return "its content is the same as that of an earlier row"
    if content in seen.elsewhere:
        return f"its content was in batch {seen.elsewhere[content]} of this project already"
    seen.again += identity in seen.ids_elsewhere
    seen.keys.add(identity)
    seen.contents.add(content)
    return items.NewItem(
        ord=ord,
        key=key,
        fingerprint=fingerprint,
        media=media,
        text=row.text,
        extra=extra,
        near=near,
        facts=facts,
        shown="" if shown is None else keep_shown_copy(copies, fingerprint=fingerprint, content=shown),
    )


def _why_no_id(row: RawItem, key: str, *, is_used: bool) -> str:
    """Return why a row's id, as it would be stored, is none; "" where it is one."""
    if not key:
        return f"its id '{_key_of(row)[:80]}' leads out of the data"
    if len(key) > LONGEST_KEY:
        return f"its id has {len(key):,} characters; {LONGEST_KEY} are allowed"
    return f"the id '{key}' was used before" if is_used else ""


def _inspect(
    work: Work, row: RawItem, *, root: Path, key: str
) -> tuple[str, bytes | None, ItemFacts, bytes | None]:
    """Return the content's fingerprint, its near-duplicate hash, its facts, and the copy that people see."""
    if work.task.media == "image":
        if row.media is None:
            raise RefusedMedia(reason="it names no image")
        found = image.inspect(media_path(root, row.media))
        return found.fingerprint, found.near, found.facts, found.shown
    if work.task.media == "text":
        if row.text is None:
            raise RefusedMedia(reason="it has no text")
        # Texts are hashed by the search for near-duplicates, and say their length themselves.
        return text.fingerprint(row.text), None, NOTHING_MEASURED, None
    # No one kind of media makes the item: it is all that its row says, and its id where that is nothing.
    said = whole_row(row.media, row.text, row.extra) if row.media or row.text or row.extra else canonical(key)
    return sha256(said), None, NOTHING_MEASURED, None


def _portable(work: Work, media: str | None, *, root: Path) -> str | None:
    """Return a name of media with plain slashes that starts at no root: of a file of ours, where that lies below the data.

    Raises:
        RefusedMedia: if it leads out of the data.
    """
    if media is None or (plain := plain_place(media)) == media:
        return media
    if work.task.media == "image":
        plain = media_path(root, media).relative_to(root).as_posix()
    if plain is None:
        raise RefusedMedia(reason=f"'{media[:80]}' leads out of the data folder")
    return plain


def _key_of(row: RawItem) -> str:
    return row.key or row.media or f"line-{row.line}"


def _short(digest: str) -> int:
    return int(digest[:16], 16)
