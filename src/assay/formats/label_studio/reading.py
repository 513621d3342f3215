"""Read Label Studio's tasks as items, and their annotations as labels."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from assay.core.columns import settle_columns
from assay.core.errors import BadValue, NotReadable
from assay.core.label_text import label_names
from assay.core.labels import Choice, Choices, LabelledItem, LabelValue, Preference, schema_of
from assay.core.ports import BadRow, Columns, LabelContents, LeftOut, RawItem
from assay.formats.label_studio.tasks import Task, tasks_in
from assay.formats.label_studio.values import KIND_OF, Region, Unfit, names_in, noun_of, value_of

_KIND_NAMES: Final = {kind.__name__.lower(): kind for kind in (*KIND_OF.values(), Choices)}


def read_tasks(path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
    """Stream the tasks as items: the columns of `data`, and the task's id where no column is named for it.

    Raises:
        NotReadable: if the file is missing, damaged, or no list.
        BadValue: if the first task has no column of a given name.
    """
    return itertools.islice(_items(path, columns), skip, None)


def look_into(path: Path, *, attribute: str | None) -> LabelContents:
    """Say what the control `attribute` holds, or else the first one whose labels can be carried.

    Choices are single where every task has exactly one.

    Raises:
        NotReadable: if the file is missing, damaged, no list, or holds no such labels.
        BadValue: if no region comes from a control of that name.
    """
    names: dict[str, None] = {}
    controls: dict[str, type[LabelValue]] = {}
    marked: type[LabelValue] | None = None
    single = True
    annotated = False
    for _, task in tasks_in(path):
        if isinstance(task, str) or task.regions is None:
            continue
        annotated = True
        marked = marked or _KIND_NAMES.get(str(task.mark.get("kind")))
        for region in task.regions:
            kind = KIND_OF.get(str(region.get("type")))
            if kind is not None:
                controls.setdefault(_control(region), kind)
        chosen = attribute or next(iter(controls), "")
        own = [region for region in task.regions if _control(region) == chosen]
        found = [name for region in own for name in names_in(region)]
        single = single and len(found) <= 1
        names.update(dict.fromkeys(found))
    if not annotated or not (controls or marked):
        raise NotReadable(path=str(path), reason="it holds no annotations that a label can say")
    if attribute is not None and attribute not in controls:
        known = ", ".join(f"'{name}'" for name in controls)
        raise BadValue(where=str(path), key="attribute", found=f"'{attribute}'", expected=f"one of {known}")
    chosen = attribute or next(iter(controls), "")
    kind = marked or controls[chosen]
    if kind is Choice and not single:
        kind = Choices
    if kind is Preference:
        names = dict.fromkeys(("first", "second", "tie"))
    return LabelContents(kind, schema_of(tuple(names)), attribute=chosen)


def read_label_studio(
    path: Path, *, contents: LabelContents, left_out: LeftOut
) -> Iterator[LabelledItem | BadRow]:
    """Stream the tasks with their labels.

    Annotations come before predictions, ground truth first; cancelled ones are none. Of several the first is
    read, and the others are counted in `left_out`, as is what no label value can say.

    Raises:
        NotReadable: if the file is missing, damaged, or no list.
    """
    allowed = frozenset(contents.schema.names)
    roles: Columns | None = None
    for line, task in tasks_in(path):
        if isinstance(task, str):
            yield BadRow(line, task)
            continue
        roles = _own_columns(task) or roles or settle_columns(Columns(), list(task.data), where=str(path))
        if task.regions is None:
            yield BadRow(line, "the task has no annotation", task.id)
            continue
        text = _text(task.data.get(roles.text or ""))
        try:
            value, parts = _value(task, contents, text or "", left_out)
        except Unfit as problem:
            yield BadRow(line, f"the annotation cannot be read: {problem}", task.id)
            continue
        strange = [name for name in label_names(value) if name not in allowed]
        if strange and contents.kind is not Preference:
            yield BadRow(line, f"'{strange[0][:80]}' is not a label of this project", task.id)
            continue
        if task.further:
            left_out["further annotations"] += task.further
        yield _labelled(task, line, roles, value, parts)


def _value(
    task: Task, contents: LabelContents, text: str, left_out: LeftOut
) -> tuple[LabelValue, tuple[float, ...]]:
    own: list[Region] = []
    others: LeftOut = LeftOut()
    for region in task.regions or ():
        kind = KIND_OF.get(str(region.get("type")))
        same = kind is contents.kind or (kind is Choice and contents.kind is Choices)
        if same and _control(region) == contents.attribute:
            own.append(region)
        else:
            others[noun_of(region)] += 1
    found = value_of(own, contents.kind, text=text, left_out=left_out)
    left_out.update(others)
    return found


def _labelled(
    task: Task, line: int, roles: Columns, value: LabelValue, parts: tuple[float, ...]
) -> LabelledItem:
    media, text = _text(task.data.get(roles.media or "")), _text(task.data.get(roles.text or ""))
    mark = task.mark
    confidence, adjusted = mark.get("confidence", task.score), mark.get("adjusted")
    sure = isinstance(confidence, int | float) and 0 <= confidence <= 1
    extra = {key: said for key, said in task.data.items() if key not in (roles.media, roles.text)}
    return LabelledItem(
        key=_key(task) or media or str(line),
        media=media,
        text=text,
        extra=extra,
        value=value,
        confidence=float(confidence) if sure else 1.0,
        human=mark.get("human", task.human) is not False,
        made_at=task.made_at,
        control=mark.get("control") is True,
        parts=parts,
        adjusted=adjusted if isinstance(adjusted, bool) else None,
    )


def _key(task: Task) -> str | None:
    key = task.mark.get("item")
    return key if isinstance(key, str) and key else task.id


def _items(path: Path, columns: Columns) -> Iterator[RawItem | BadRow]:
    roles: Columns | None = None
    for line, task in tasks_in(path):
        if isinstance(task, str):
            yield BadRow(line, task)
            continue
        data: dict[str, Any] = dict(task.data)
        if roles is None or (task.mark and columns == Columns()):
            guessed = _own_columns(task) if columns == Columns() else None
            roles = guessed or settle_columns(columns, list(data), where=f"{path}, task {line}")
        key = _text(data.pop(columns.id, None)) if columns.id is not None else None
        media = _text(data.pop(roles.media, None)) if roles.media is not None else None
        text = _text(data.pop(roles.text, None)) if roles.text is not None else None
        if not media and not text and (roles.media or roles.text):
            yield BadRow(line, f"there is nothing in '{roles.media or roles.text}'", task.id)
            continue
        yield RawItem(line, key or _key(task), media or None, text or None, data)


def _own_columns(task: Task) -> Columns | None:
    """Return the columns that Assay named when it wrote the task, or None."""
    media, text = _text(task.mark.get("media")), _text(task.mark.get("text"))
    return Columns(media=media, text=text) if media or text else None


def _control(region: Region) -> str:
    return str(region.get("from_name", ""))


def _text(found: object) -> str | None:
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return str(found)
