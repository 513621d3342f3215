"""The items of a delivery as its files hold them, read anew from the store at every walk; a look at all of them first."""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from assay.core.errors import AssayError, InputError
from assay.core.ids import digest_of_file
from assay.core.labels.label_values import GivenLabel, LabelledItem, LabelValue
from assay.core.labels.values.value_kind import kind_of_value
from assay.core.ports.file_format import Naming
from assay.formats import FORMATS
from assay.providers.media import text
from assay.service.intake.earlier_labels_and_models import EARLIER_LABELS, sources
from assay.service.stored_times import iso
from assay.service.working_set import texts_as_now
from assay.service.working_set.batch_at_hand import Work
from assay.service.working_set.label_queues import LABEL_QUEUES
from assay.service.working_set.media_files import media_path, media_root
from assay.store.items import delivered_items, items
from assay.store.labelling import project_people

MOST_KNOWN: Final = 10_000
"""Different labels that are remembered as read while a batch is walked."""


@dataclass(eq=False, kw_only=True)
class MediaChanged(AssayError):
    """{count} items changed since they were received, the first is '{key}': {reason}; nothing was delivered."""

    exit_code = 4
    count: int
    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Seen:
    """What one walk over the batch finds: frozen labels by id, labelled control items, labels by their text."""

    frozen: dict[str, str]
    controls: int
    labels: Counter[str]


def look_over_delivered(work: Work) -> Seen:
    """Look at every item once, and compare its content with its fingerprint from ingest (REL-10)."""
    root = media_root(work)
    frozen: dict[str, str] = {}
    labels: Counter[str] = Counter()
    changed: list[tuple[str, str]] = []
    controls = 0
    for chunk in delivered_items.stream_delivery(work.batch):
        for row in chunk:
            reason = _changed(work, row, root)
            if reason:
                changed.append((row.key, reason))
            if row.label:
                labels[row.label] += 1
            if row.is_control:
                controls += bool(row.label)
            else:
                frozen[row.key] = sys.intern(row.frozen)  # few labels, many items
    if changed:
        raise MediaChanged(count=len(changed), key=changed[0][0], reason=changed[0][1])
    return Seen(frozen, controls, labels)


def _changed(work: Work, row: delivered_items.DeliveryRow, root: Path) -> str:
    try:
        if work.task.media == "image":
            assert row.media is not None
            found = digest_of_file(media_path(root, row.media))
        elif work.task.media == "text":
            found = text.fingerprint(row.text or "")
        else:
            return ""  # what the row says is all there is, and it lies in the database
    except (OSError, InputError) as problem:
        return str(problem)
    return "" if found == row.fingerprint else "its content has another fingerprint"


@dataclass(frozen=True, slots=True)
class LabelledRows:
    """The batch's items, read from the store each time they are walked."""

    work: Work

    def __iter__(self) -> Iterator[LabelledItem]:
        work = self.work
        told = any(work.task.produces in FORMATS.get(name).answers_for for name in work.intake.formats)
        again = EARLIER_LABELS in sources(work.intake)
        known: dict[str, LabelValue] = {}
        for chunk in delivered_items.stream_delivery(work.batch):
            if len(known) > MOST_KNOWN:
                known.clear()
            ids = [row.item for row in chunk]
            answers = _answers(work, ids) if told else {}
            earlier = _earlier(work, ids) if again else {}
            for row in chunk:
                if not row.label:
                    continue
                before = earlier.get(row.item)
                value = known.get(row.label)
                if value is None:
                    value = known[row.label] = work.task.parse(row.label, schema=work.intake.schema)
                yield LabelledItem(
                    key=row.key,
                    media=row.media,
                    text=row.text,
                    extra=msgspec.json.decode(row.extra),
                    value=_sized(value, row),
                    confidence=round(row.chance, 4),
                    human=row.decided_by != items.MODEL,
                    # A known label came with the intake; it looks like any other.
                    made_at=iso(row.decided_at or work.project.created_at),
                    control=row.is_control,
                    parts=tuple(msgspec.json.decode(row.parts)) if row.parts else (),
                    answers=answers.get(row.item, ()),
                    adjusted=None if before is None else before != row.label,
                )


def _sized(value: LabelValue, row: delivered_items.DeliveryRow) -> LabelValue:
    """Return a value in a picture with the picture's size, which several formats need."""
    sized: LabelValue = kind_of_value(value).sized(value, row.size)
    return sized


def _answers(work: Work, ids: Sequence[int]) -> dict[int, tuple[GivenLabel, ...]]:
    """Return what people said about items, under their pseudonyms."""
    codes = {person.id: person.code for person in project_people.list_people(work.scope, work.project.id)}
    found: dict[int, list[GivenLabel]] = {}
    for answer in texts_as_now.answers_of(work, ids, queues=LABEL_QUEUES):
        given = GivenLabel(
            person=codes[answer.person],
            value=work.task.parse(answer.value, schema=work.intake.schema),
            seconds=answer.seconds,
            at=iso(answer.at),
        )
        found.setdefault(answer.item, []).append(given)
    return {item: tuple(given) for item, given in found.items()}


def _earlier(work: Work, ids: Sequence[int]) -> dict[int, str]:
    """Return the labels that came with the data."""
    source = sources(work.intake).index(EARLIER_LABELS)
    return {item: value for item, which, value in texts_as_now.suggestions(work, ids) if which == source}


def naming_of(work: Work) -> Naming:
    """Return what label files need to know about the project."""
    return Naming(
        attribute=work.project.name,
        job=f"labeling-job/{work.project.name.lower()}",
        manifest_type=work.task.manifest_type,
        schema=work.intake.schema,
    )
