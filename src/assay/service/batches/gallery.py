"""Items as their requester reviews them: a gallery, riskiest first, and one item with its answers and remarks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from assay.core.did_you_mean import one_of
from assay.core.errors import BadValue, InputError
from assay.core.labels.label_text import value_to_json
from assay.core.labels.label_values import Choice, LabelSchema
from assay.core.labels.values.answers import label_of
from assay.core.ports.task_type import Rows, TaskType
from assay.core.project import lifecycle
from assay.core.project.intake import Intake
from assay.service.access.note_reading import note_reading
from assay.service.access.permissions import Actor, require
from assay.service.access.refuse_own_work import refuse_to_read_own_batch
from assay.service.labelling.media_links import media_link
from assay.service.labels_in_words import in_words, noun_of
from assay.service.working_set.stored_project import work_constants
from assay.store.items import item_gallery, item_remarks, items
from assay.store.items.item_gallery import GalleryFilter, GalleryRow, Place
from assay.store.projects.batches import BatchRow, batch_by_name
from assay.store.projects.projects import project_of_batch
from assay.tasktypes import task_of

BANDS: Final[Mapping[str, tuple[float, float]]] = {
    "high": (0.2, 1.1),
    "middle": (0.05, 0.2),
    "low": (0.0, 0.05),
}
"""Risk bands: from which risk on, and below which."""
EDGES: Final = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.1)
DECIDERS: Final = ("people", "model", "given", "peers", "expert", "audit")
WHOLE: Final = (Rows.ONE, Rows.ANY)
"""Task types whose labels are names: an answer says the same or it does not."""
DISPUTES: Final[Mapping[str, float]] = {"some": 1e-6, "third": 1 / 3, "half": 0.5}
"""How contested an item is: the least share of people's answers that say something else than the label."""
LONGEST_TEXT: Final = 600
SHOWN_ROWS: Final = 24


@dataclass(eq=False, kw_only=True)
class NoSuchPlace(InputError):
    """'{after}' is no place in this list."""

    after: str


@dataclass(frozen=True, slots=True)
class ItemsWanted:
    """Which items: empty text means any. `search` is an id or its beginning, `disputed` a key of `DISPUTES`."""

    state: str = lifecycle.SETTLED
    label: str = ""
    band: str = ""
    decided_by: str = ""
    search: str = ""
    disputed: str = ""


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An item of the gallery. `label` is a JSON value or None, `words` the same for reading; `risk` from 0 to 1."""

    id: int
    key: str
    state: str
    media: str | None
    text: str | None
    label: object | None
    words: str
    risk: float | None
    answers: int
    decided_by: str
    remarks: int


@dataclass(frozen=True, slots=True)
class ItemsPage:
    """One page of items; `next` is where the following begins, `whole` False where the look ended before.

    `by_dispute` says whether items can be chosen by how contested they are.
    """

    items: Sequence[ShownItem]
    next: str | None
    whole: bool
    labels: Sequence[str]
    task: str
    by_dispute: bool


def items_page(
    actor: Actor, *, batch: str, wanted: ItemsWanted, after: str | None, limit: int = SHOWN_ROWS, now: int
) -> ItemsPage:
    """Return the next items of a batch that fit.

    Raises:
        NotFound: if there is no such batch in the scope.
        BadValue: if a filter is none.
        NoSuchPlace: if `after` is no place that this list gave.
    """
    require(actor, "see items", now=now)
    row = batch_by_name(actor.scope, batch)
    refuse_to_read_own_batch(actor, row, verb="see items", now=now)
    note_reading(actor, verb="see items", subject=f"batch {batch}", now=now)
    project = project_of_batch(actor.scope, row.id)
    intake, task = work_constants(project.id, project.intake_digest, project.tenant, project.version)
    _check(wanted, task)
    if wanted.search:
        found = item_gallery.GalleryPage(item_gallery.items_like(row, wanted.search, limit=limit), None)
    else:
        found = item_gallery.gallery_page(
            row, _filter(wanted, task, intake.schema), after=_place(after), limit=limit
        )
    return ItemsPage(
        items=shown_items(actor, row, found.rows, intake=intake, task=task, now=now),
        next=None if found.next is None else f"{found.next.chance!r}_{found.next.item}",
        whole=found.whole,
        labels=intake.schema.names,
        task=task.name,
        by_dispute=task.rows in WHOLE,
    )


def shown_items(
    actor: Actor, batch: BatchRow, rows: Sequence[GalleryRow], *, intake: Intake, task: TaskType, now: int
) -> list[ShownItem]:
    """Return items with their links, labels and remarks."""
    del batch
    bodies = items.bodies_of([row.id for row in rows])
    said: dict[int | None, int] = {}
    for remark in item_remarks.remarks_of([row.id for row in rows]):
        said[remark.item] = said.get(remark.item, 0) + 1
    shown = []
    for row in rows:
        body = bodies[row.id]
        settled = row.state == lifecycle.SETTLED
        shown.append(
            ShownItem(
                id=row.id,
                key=row.key,
                state=row.state,
                media=None
                if body.media is None
                else media_link(item=row.id, member=actor.member or 0, now=now),
                text=_short(body.text, body.extra if body.media is None else "{}"),
                label=label_json(task, intake, row.label) if row.label else None,
                words=label_words(task, intake, row.label) if row.label else "",
                risk=max(0.0, 1.0 - row.chance) if settled and row.label else None,
                answers=row.answers,
                decided_by=row.decided_by,
                remarks=said.get(row.id, 0),
            )
        )
    return shown


def _short(text: str | None, extra: str) -> str | None:
    """Return the beginning of a text; of an item that is neither picture nor text, its columns."""
    if text is None and extra not in ("", "{}"):
        columns = json.loads(extra)
        text = "\n\n".join(f"{name}: {value}" for name, value in columns.items())
    if text is None or len(text) <= LONGEST_TEXT:
        return text
    return text[:LONGEST_TEXT] + "…"


def _filter(wanted: ItemsWanted, task: TaskType, schema: LabelSchema) -> GalleryFilter:
    least, most = BANDS.get(wanted.band, (0.0, 1.1))
    label = wanted.label
    holds = task.produces is not Choice
    if label and holds:
        label = _spelled(label, task, schema)
    return GalleryFilter(
        state=wanted.state or lifecycle.SETTLED,
        label=label,
        holds=holds,
        least=least,
        most=most,
        decided_by=wanted.decided_by,
        opposed=DISPUTES.get(wanted.disputed, 0.0),
    )


def _spelled(label: str, task: TaskType, schema: LabelSchema) -> str:
    """Return what stands in the text of every value that uses a label, as `core.labels.label_text` spells it.

    Objects say their label, other values are made of names. Of several questions only a single choice says its question right
    before its label; of the others a label of the same name may answer another question.
    """
    for one in schema.questions:
        bare = label.removeprefix(label_of(one.name, ""))
        if bare != label:
            part = task_of(one.task)
            spelled = _spelled(bare, part, one.schema)
            return (
                f"{json.dumps(one.name, ensure_ascii=False)}:{spelled}"
                if part.produces is Choice
                else spelled
            )
    spelled = json.dumps(label, ensure_ascii=False)
    return spelled if noun_of(task.produces) == "items" else f'"label":{spelled}'


def _check(wanted: ItemsWanted, task: TaskType) -> None:
    if wanted.disputed and task.rows not in WHOLE:
        raise BadValue(
            where="items",
            key="disputed",
            found=f"'{wanted.disputed[:40]}'",
            expected=f"nothing: answers to {task.name} are right in part, and hardly two are equal",
        )
    for key, value, known in (
        ("state", wanted.state, lifecycle.states("item")),
        ("risk", wanted.band, tuple(BANDS)),
        ("decided_by", wanted.decided_by, DECIDERS),
        ("disputed", wanted.disputed, tuple(DISPUTES)),
    ):
        if value and value not in known:
            raise BadValue(where="items", key=key, found=f"'{value[:40]}'", expected=one_of(value, known))


def _place(after: str | None) -> Place | None:
    if not after:
        return None
    chance, _, item = after.partition("_")
    try:
        place = Place(float(chance), int(item))
    except ValueError:
        raise NoSuchPlace(after=after[:60]) from None
    if not 0 <= place.chance <= 1 or not 0 <= place.item < 2**63 or len(item) > 20:
        raise NoSuchPlace(after=after[:60])
    return place


def label_json(task: TaskType, intake: Intake, text: str) -> object:
    """Return a stored label as JSON values."""
    return value_to_json(task.parse(text, schema=intake.schema))


def label_words(task: TaskType, intake: Intake, text: str) -> str:
    """Return a stored label for reading."""
    return in_words(task.parse(text, schema=intake.schema))
