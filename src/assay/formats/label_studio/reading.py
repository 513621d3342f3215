"""Read Label Studio's tasks as items, and their annotations as labels."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from assay.core.labels.attributes import Details
from assay.core.labels.label_values import (
    Answers,
    Boxes,
    Choice,
    Choices,
    LabelledItem,
    LabelSchema,
    LabelValue,
    Points,
    Preference,
    Spans,
    label_names,
)
from assay.core.layouts.columns_by_content import LOOKED_AT
from assay.core.layouts.label_columns import nothing_found
from assay.core.layouts.pictures_beside import size_beside
from assay.core.layouts.source_columns import check_named, settle_columns
from assay.core.ports.file_format import (
    GUESSED,
    BadRow,
    Columns,
    LabelContents,
    LeftOut,
    RawItem,
    Taken,
)
from assay.formats.label_studio.carried import Control, apart, carried_by, controls_told
from assay.formats.label_studio.controls import (
    answers_told,
    asked_for,
    bare_names,
    contents_of,
    control_of,
)
from assay.formats.label_studio.tasks import Task, tasks_in
from assay.formats.label_studio.values import KIND_OF, Region, Unfit, confidence_in, noun_of, value_of


def read_tasks(path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
    """Stream the tasks as items: the columns of `data`, and the task's id where no column is named for it.

    Raises:
        NotReadable: if the file is missing, damaged, or no list.
        BadValue: if the first task has no column of a given name.
    """
    return itertools.islice(_items(path, columns), skip, None)


def settle_tasks(path: Path, *, columns: Columns) -> Taken:
    """Say which columns of the first task with any hold what; others may have the same by other names.

    Raises:
        NotReadable: if the file is missing, damaged, or no list.
        BadValue: if no task has a column of a given name.
    """
    header: dict[str, None] = {}
    found: Columns | None = None
    for _, task in itertools.islice(tasks_in(path), LOOKED_AT):
        if isinstance(task, str) or not task.data:
            continue
        header.update(dict.fromkeys(task.data))
        guess = _own_columns(task) or _settled(task, columns, where=str(path))
        found = found if found and (found.media or found.text) else guess
    check_named(columns, list(header), where=str(path))
    return Taken(replace(found or columns, label=None), tuple(header))


def look_into(
    path: Path,
    *,
    attribute: str | None,
    columns: Columns = GUESSED,
    kind: type[LabelValue] | None = None,
) -> LabelContents:
    """Say what the control `attribute` holds, or else what all of them do.

    Choices are single where every task has exactly one. Of several controls, one for labels of the `kind` is taken; where
    no kind is asked for, several controls of one kind are read as the first of them, and of several kinds as several questions.
    Where no task has any label, all of them are without one of that kind.

    Raises:
        NotReadable: if the file is missing, damaged, no list, or holds no such labels.
        BadValue: if no region comes from a control of that name, or no task has a column of a given name.
    """
    taken = settle_tasks(path, columns=columns)
    found = contents_of(path, attribute=attribute, asked=kind)
    return replace(found, taken=replace(taken, columns=replace(taken.columns, label=found.attribute or None)))


def _with_bare_choices(task: Task, contents: LabelContents) -> Task:
    """Return a task of JSON-MIN with its bare choices as the regions that they stand for.

    Where a task may have several choices, one that stands alone is bare too.
    """
    asked = {contents.attribute: contents.kind}
    if contents.kind is Answers:
        asked = dict(asked_for(contents.schema))
    bare = {
        name: names
        for name, kind in asked.items()
        if task.short and kind in (Choice, Choices) and (names := bare_names(task.data.get(name)))
    }
    if not bare:
        return task
    regions = [
        {"type": "choices", "from_name": name, "value": {"choices": names}} for name, names in bare.items()
    ]
    data = {name: one for name, one in task.data.items() if name not in bare}
    return replace(task, data=data, regions=[*(task.regions or ()), *regions])


def read_label_studio(
    path: Path, *, contents: LabelContents, left_out: LeftOut
) -> Iterator[LabelledItem | BadRow]:
    """Stream the tasks with their labels.

    Annotations come before predictions, ground truth first; cancelled ones are none. Of several the first is
    read, and the others are counted in `left_out`, as is what no label value can say.

    Where no task of the file has a label, none has an annotation that another lacks, and all are without labels.

    The text is the column that is called so, or the one that all quotes of a task come from, or the only one. In JSON-MIN
    a single choice is a bare text: the one key that holds such, or the named one. A turned rectangle becomes the upright
    one around it, and the turn is counted; a span beyond its text, or in a page of HTML, makes its task a bad row.

    Raises:
        NotReadable: if the file is missing, damaged, or no list.
    """
    allowed = frozenset(contents.schema.names)
    names_labels = bool(contents.schema.names)
    asked = replace(contents.taken.columns, label=None)
    roles: Columns | None = None
    for line, found in tasks_in(path):
        if isinstance(found, str):
            yield BadRow(line, found)
            continue
        task = _with_bare_choices(found, contents)
        if roles is not None and not {roles.media, roles.text} & task.data.keys():
            roles = None  # tasks need not all have the same columns
        roles = _own_columns(task) or roles or _settled(task, asked, where=str(path))
        if task.regions is None and (names_labels or nothing_found(contents.kind) is None):
            yield BadRow(line, "the task has no annotation", task.id)
            continue
        text = _text(task.data.get(roles.text or ""))
        try:
            media = _text(task.data.get(roles.media or ""))
            value, parts = _value(task, contents, text or "", left_out, picture=(path.parent, media))
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
        roles = roles if roles.media or roles.text else None  # the next task may tell


def _value(
    task: Task, contents: LabelContents, text: str, left_out: LeftOut, *, picture: tuple[Path, str | None]
) -> tuple[LabelValue, tuple[float, ...]]:
    regions, beside = list(task.regions or ()), dict[str, list[Region]]()
    if contents.kind in (Answers, Boxes, Spans):  # no other has objects that carry anything
        regions, beside = apart(regions)
    told = controls_told(task.mark, contents.schema)
    said = _Annotation(regions, beside, told, text, left_out, picture)
    found: tuple[LabelValue, tuple[float, ...]] = (
        _answers(said, contents.schema, answers_told(task.mark))
        if contents.kind is Answers
        else said.part(contents.attribute, contents.kind)
    )
    said.leave_the_rest_out()
    return found


@dataclass(slots=True)
class _Annotation:
    """What an annotation says, less what was read of it.

    Attributes:
        regions: its regions, but those about single objects.
        beside: these, by the id of the object.
        told: the attribute of each control.
        text: the text of the task.
        left_out: counts what cannot be carried.
        picture: the folder of the file, and the task's picture.
    """

    regions: list[Region]
    beside: dict[str, list[Region]]
    told: Mapping[str, Control]
    text: str
    left_out: LeftOut
    picture: tuple[Path, str | None]

    def has(self, control: str) -> bool:
        """Say whether there is a region of a control."""
        return any(control_of(region) == control for region in self.regions)

    def part(self, control: str, kind: type[LabelValue]) -> tuple[LabelValue, tuple[float, ...]]:
        """Return what one control says, and the confidence of each of its objects; raises `Unfit`."""
        own, rest = list[Region](), list[Region]()
        for region in self.regions:
            of = KIND_OF.get(str(region.get("type")))
            same = of is kind or (of is Choice and kind is Choices)
            (own if same and control_of(region) == control else rest).append(region)
        if kind in (Boxes, Points):
            own = _with_size(own, self.picture)
        carried, unfit = dict[str, Details](), list[Region]()
        for region in own if self.beside else ():
            results = self.beside.pop(str(region.get("id")), ())
            if results:
                carried[str(region.get("id"))], strange = carried_by(results, self.told)
                unfit += strange
        found = value_of(own, kind, text=self.text, left_out=self.left_out, carried=carried)
        self.regions = [*rest, *unfit]
        return found

    def leave_the_rest_out(self) -> None:
        """Count what no part has taken."""
        for region in itertools.chain(self.regions, *self.beside.values()):
            self.left_out[noun_of(region)] += 1


def _answers(
    said: _Annotation, schema: LabelSchema, told: Mapping[str, tuple[type[LabelValue], object]]
) -> tuple[Answers, tuple[float, ...]]:
    """Return the answers of several controls, and how sure each of them is where the task tells.

    Which questions were answered with nothing Assay notes; of others' files each control for objects or several choices was,
    one for a single choice only where it has one.
    """
    kinds = {name: kind for name, (kind, _) in told.items()}
    for name, kind in asked_for(schema).items():
        if said.has(name) or not told:
            kinds.setdefault(name, kind)
    parts: list[tuple[str, LabelValue]] = []
    for name, kind in kinds.items():
        if kind in (Choice, Preference) and not said.has(name):
            continue
        try:
            value, _ = said.part(name, kind)
        except Unfit as problem:
            raise Unfit(f"the answer to '{name[:80]}': {problem}") from None
        parts.append((name, value))
    if not parts:
        raise Unfit("it answers no question")
    value = Answers(tuple(parts))
    sure = [told.get(name, (Choice, None))[1] for name, _ in value.parts]
    shares = tuple(share for one in sure if (share := confidence_in(one)) is not None)
    return value, shares if len(shares) == len(sure) else ()


def _with_size(regions: list[Region], picture: tuple[Path, str | None]) -> list[Region]:
    """Return regions of a picture; where they do not say its size, with the size of the picture that lies beside."""
    folder, media = picture
    if media is None or all("original_width" in region for region in regions):
        return regions
    size = size_beside(folder, media)
    if size is None:
        return regions
    width, height = size
    return [{"original_width": width, "original_height": height, **region} for region in regions]


def _labelled(
    task: Task, line: int, roles: Columns, value: LabelValue, parts: tuple[float, ...]
) -> LabelledItem:
    media, text = _text(task.data.get(roles.media or "")), _text(task.data.get(roles.text or ""))
    mark = task.mark
    confidence, adjusted = mark.get("confidence", task.score), mark.get("adjusted")
    sure = isinstance(confidence, int | float) and 0 <= confidence <= 1
    extra = {key: said for key, said in task.data.items() if key not in (roles.media, roles.text, roles.id)}
    return LabelledItem(
        key=_text(task.data.get(roles.id or "")) or _key(task) or media or str(line),
        media=media,
        text=text,
        extra=extra,
        value=value,
        confidence=float(confidence) if sure else 1.0,
        human=mark.get("human", task.human or task.regions is None) is not False,
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
        if roles is None or (task.mark and not columns.named()):
            guessed = None if columns.named() else _own_columns(task)
            roles = guessed or _settled(task, columns, where=f"{path}, task {line}")
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


def _settled(task: Task, asked: Columns, *, where: str) -> Columns:
    """Return the columns as named or by their names, and where these tell no text, by content.

    The text is what all of the task's quotes come from, or else the only column of text there is. A column that the
    task lacks is nothing in it. No column is taken for the id: tasks have ids of their own.
    """
    own = {role: name for role, name in asked.named().items() if name in task.data}
    found = settle_columns(Columns(**own), list(task.data), where=where, sample=lambda: [task.data])
    found = replace(found, id=asked.id)
    if found.media is not None or asked.text is not None:
        return found
    texts = [name for name, said in task.data.items() if isinstance(said, str) and said]
    values = [region.get("value") for region in task.regions or ()]
    quotes = [said["text"] for said in values if isinstance(said, dict) and isinstance(said.get("text"), str)]
    quoted = [name for name in texts if quotes and all(quote in task.data[name] for quote in quotes)]
    if found.text in quoted:
        return found
    able = quoted or ([] if found.text is not None else texts)
    return replace(found, text=able[0]) if len(able) == 1 else found


def _control(region: Region) -> str:
    return str(region.get("from_name", ""))


def _text(found: object) -> str | None:
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return str(found)
