"""Suggest: what is known or proposed about labels before anybody looks.

Two jobs before the plan. Labels that came with the data (an output manifest is an input) are read from the
source; a model that does not learn - a lexicon, an endpoint - is asked about every item, in chunks. Each
chunk is one transaction; after a kill it is asked again.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from assay.core.labels import LabelledItem, LabelValue
from assay.core.ports import BadRow, LeftOut, Suggester, SuggesterFailed, Unlabelled
from assay.core.project import lifecycle
from assay.core.project.intake import DataSource
from assay.service.media import media_path, media_root
from assay.service.sources import format_of
from assay.service.suggesting import EARLIER_LABELS, sources, suggester_of
from assay.service.work import Work
from assay.store import batches, db, items, proposals

CHUNK: Final = 200
AT_ONCE: Final = 10
ROWS: Final = 5_000


def due(work: Work) -> bool:
    """Whether suggestions are still to be asked for."""
    batch = work.batch
    return batch.deidentified and not batch.suggested_done and batch.status == lifecycle.DATA_RECEIVED


def step(work: Work) -> None:
    """Read earlier labels, then ask the model about the next items."""
    if not work.batch.suggested and EARLIER_LABELS in sources(work.intake):
        _read_earlier(work)
    suggester = suggester_of(work.intake, folder=work.folder, outbound=work.limits.outbound)
    if suggester is None:
        _finish(work, rule="nothing else suggests labels")
    else:
        _ask(work, suggester)


def _read_earlier(work: Work) -> None:
    """Keep the labels that came with the data; those that are none of the project's are left out."""
    path = work.folder / work.intake.data.path
    member = format_of(work.intake.data, folder=work.folder)
    found = member.look(path, attribute=work.intake.data.labels)
    contents = replace(found, kind=work.task.produces, schema=work.intake.schema)
    rows = member.read_labels(path, contents=contents, left_out=LeftOut())
    source = sources(work.intake).index(EARLIER_LABELS)
    kept = refused = 0
    while chunk := list(islice(rows, ROWS)):
        labels = {_key(row, work.intake.data): work.task.text(row.value) for row in _labelled(chunk)}
        refused += sum(isinstance(row, BadRow) for row in chunk)
        known = items.items_by_key(work.batch.id, list(labels))
        with work.saving():
            proposals.save_suggestions([(row.id, source, labels[key]) for key, row in known.items()])
        kept += len(known)
    with work.saving():
        work.record(
            "read earlier labels",
            rule="labels that came with the data are looked at again",
            attribute=found.attribute,
            kept=kept,
            refused=refused,
        )


def _labelled(rows: list[LabelledItem | BadRow]) -> Iterator[LabelledItem]:
    return (row for row in rows if isinstance(row, LabelledItem))


def _key(row: LabelledItem, source: DataSource) -> str:
    """Return the id that ingest gave the item: the requester's own where a column is named for it."""
    named = None if source.columns.id is None else row.extra.get(source.columns.id)
    return row.key if named in (None, "") else str(named)


def _ask(work: Work, suggester: Suggester) -> None:
    """Ask the model about the next items; a model that cannot be asked is done without."""
    rows = items.bodies(work.batch, after=work.batch.suggested, limit=CHUNK)
    if not rows:
        _finish(work, rule="every item was shown to the model", model=suggester.name)
        return
    root = media_root(work)
    asked = [
        Unlabelled(
            key=row.key, path=_path(root, row.media), text=row.text, extra=msgspec.json.decode(row.extra)
        )
        for row in rows
    ]
    said: list[LabelValue | None] = []
    try:
        for start in range(0, len(asked), AT_ONCE):
            part = asked[start : start + AT_ONCE]
            said += suggester.suggest(part, task=work.task, schema=work.intake.schema)
            with db.transaction():
                work.hold()  # a slow model must not cost the worker its batch
    except SuggesterFailed as problem:
        _finish(
            work,
            rule="a model that cannot be asked is done without",
            model=suggester.name,
            reason=str(problem),
        )
        return
    source = sources(work.intake).index(work.intake.prelabel.kind)
    found = [
        (row.item, source, work.task.text(value))
        for row, value in zip(rows, said, strict=True)
        if value is not None
    ]
    with work.saving():
        proposals.save_suggestions(found)
        batches.set_batch(work.scope, work.batch.id, suggested=rows[-1].item)
        work.record(
            "suggest labels",
            rule="a model proposes, people decide",
            model=suggester.name,
            asked=len(rows),
            proposed=len(found),
        )


def _path(root: Path, media: str | None) -> Path | None:
    return None if media is None else media_path(root, media)


def _finish(work: Work, *, rule: str, model: str = "none", reason: str = "") -> None:
    with work.saving():
        batches.set_batch(work.scope, work.batch.id, suggested_done=True)
        work.record("finish suggesting", rule=rule, model=model, reason=reason)
