"""Suggest: what is known or proposed about labels before anybody looks.

Two jobs before the plan. Labels that came with the data (an output manifest is an input) are read from the
source; a model that does not learn - a lexicon, an endpoint - is asked about every item, in chunks. Each
chunk is one transaction; after a kill it is asked again.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import Final

import msgspec

from assay.core.geometry.within_bounds import cut_to_item
from assay.core.labels.label_values import LabelledItem, LabelValue
from assay.core.labels.schema_versions import with_older_names
from assay.core.labels.values.value_kind import OutsideItem
from assay.core.layouts.row_ids import UnfitId, id_text
from assay.core.ports.file_format import BadRow, LeftOut
from assay.core.ports.models import Suggester, SuggesterFailed, Unlabelled
from assay.core.project import lifecycle
from assay.core.project.intake import DataSource
from assay.service.intake.data_source import format_of, place_of_source
from assay.service.intake.earlier_labels_and_models import EARLIER_LABELS, sources, suggester_of
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.media_files import media_root, shown_content
from assay.store import db
from assay.store.items import items, model_proposals
from assay.store.projects import batches

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
    path = place_of_source(work.intake.data, folder=work.folder)
    member = format_of(work.intake.data, folder=work.folder)
    data, kind = work.intake.data, work.task.produces
    found = member.look(path, attribute=data.labels, columns=data.columns, kind=kind)
    contents = replace(found, kind=kind, schema=with_older_names(work.intake.schema))
    rows = member.read_labels(path, contents=contents, left_out=LeftOut())
    source = sources(work.intake).index(EARLIER_LABELS)
    kept = refused = 0
    while chunk := list(islice(rows, ROWS)):
        values = {_key(row, work.intake.data): row.value for row in _labelled(chunk)}
        refused += sum(isinstance(row, BadRow) for row in chunk)
        known = items.items_by_key(work.batch.id, list(values))
        found_within = _within_items(work, [(row.id, values[key]) for key, row in known.items()])
        with work.saving():
            model_proposals.save_suggestions(
                [(item, source, label) for item, label in found_within],
                schema_version=work.batch.schema_version,
            )
        kept += len(found_within)
        refused += len(known) - len(found_within)
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


def _within_items(work: Work, said: Sequence[tuple[int, LabelValue]]) -> list[tuple[int, str]]:
    """Return labels as text, cut at the edges of their pictures, without those that lie outside of their items."""
    bodies = items.bodies_of([item for item, _ in said])
    kept: list[tuple[int, str]] = []
    for item, value in said:
        with suppress(OutsideItem):
            kept.append((item, work.task.text(cut_to_item(value, bodies[item].facts)[0])))
    return kept


def _key(row: LabelledItem, source: DataSource) -> str:
    """Return the id that ingest gave the item: the requester's own where a column is named for it."""
    named = None if source.columns.id is None else row.extra.get(source.columns.id)
    try:
        return id_text(named) or row.key
    except UnfitId:
        return row.key


def _ask(work: Work, suggester: Suggester) -> None:
    """Ask the model about the next items; a model that cannot be asked is done without."""
    rows = items.bodies(work.batch, after=work.batch.suggested, limit=CHUNK)
    if not rows:
        _finish(work, rule="every item was shown to the model", model=suggester.name)
        return
    root = media_root(work)
    asked = [
        Unlabelled(
            key=row.key,
            picture=None
            if row.media is None
            else shown_content(row, root=root, home=work.limits.home, tenant=work.scope.tenant),
            text=row.text,
            extra=msgspec.json.decode(row.extra),
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
    told = [(row.item, value) for row, value in zip(rows, said, strict=True) if value is not None]
    found = [(item, source, label) for item, label in _within_items(work, told)]
    with work.saving():
        model_proposals.save_suggestions(found, schema_version=work.batch.schema_version)
        batches.set_batch(work.scope, work.batch.id, suggested=rows[-1].item)
        work.record(
            "suggest labels",
            rule="a model proposes, people decide",
            model=suggester.name,
            asked=len(rows),
            proposed=len(found),
        )


def _finish(work: Work, *, rule: str, model: str = "none", reason: str = "") -> None:
    with work.saving():
        batches.set_batch(work.scope, work.batch.id, suggested_done=True)
        work.record("finish suggesting", rule=rule, model=model, reason=reason)
