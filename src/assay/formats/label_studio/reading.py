"""Read Label Studio's tasks as items, and their annotations as labels."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from assay.core.errors import NotReadable
from assay.core.labels.label_values import (
    Boxes,
    Choice,
    Choices,
    LabelledItem,
    LabelValue,
    Points,
    Preference,
    label_names,
    schema_of,
)
from assay.core.layouts.columns_by_content import LOOKED_AT
from assay.core.layouts.label_columns import nothing_found
from assay.core.layouts.label_look import no_labels
from assay.core.layouts.pictures_beside import size_beside
from assay.core.layouts.source_columns import check_named, no_such_column, settle_columns
from assay.core.ports.file_format import (
    GUESSED,
    BadRow,
    Columns,
    LabelContents,
    LeftOut,
    RawItem,
    Taken,
)
from assay.formats.label_studio.tasks import Task, tasks_in
from assay.formats.label_studio.values import KIND_OF, Region, Unfit, names_in, noun_of, value_of

_KIND_NAMES: Final = {kind.__name__.lower(): kind for kind in (*KIND_OF.values(), Choices)}

_NO_LABELS: Final = "it holds no annotations that a label can say"
_OF_RESULTS: Final = ("category_id", "bbox", "segmentation", "keypoints", "caption")
_RESULTS: Final = "it is a list of results in COCO's layout, which names neither pictures nor categories; documents with 'images' are read"
_PLAIN: Final = f"{_NO_LABELS}; plain records are read as JSON Lines, one object a line"


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
    """Say what the control `attribute` holds, or else the first one whose labels can be carried.

    Choices are single where every task has exactly one. Of several controls, one for labels of the `kind` is taken; where
    no task has any label, all of them are without one of that kind.

    Raises:
        NotReadable: if the file is missing, damaged, no list, or holds no such labels.
        BadValue: if no region comes from a control of that name, or no task has a column of a given name.
    """
    taken = settle_tasks(path, columns=columns)
    found = _contents(path, attribute=attribute, asked=kind)
    return replace(found, taken=replace(taken, columns=replace(taken.columns, label=found.attribute or None)))


@dataclass(slots=True)
class _Controls:
    """What the controls of a file's annotations hold.

    Attributes:
        kinds: what each control's labels are, in the order in which they were met.
        names: the labels of each control.
        single: whether every task has at most one label of a control.
        others: nouns of regions that no label can say.
        bare: what each key of JSON-MIN says in plain text: one of them may be its choice.
        marked: the kind that Assay named when it wrote the file.
        annotated: whether any task has an annotation.
        strange: why the first element that is no task is none.
    """

    kinds: dict[str, type[LabelValue]] = field(default_factory=dict)
    names: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    single: dict[str, bool] = field(default_factory=dict)
    others: dict[str, None] = field(default_factory=dict)
    bare: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    marked: type[LabelValue] | None = None
    annotated: bool = False
    strange: str = ""

    def see(self, task: Task | str) -> None:
        """Note one task's annotation, or why an element is no task."""
        if isinstance(task, str):
            self.strange = self.strange or f"its elements are no tasks of Label Studio's: {task}"
            return
        if task.regions is None:
            return
        self.annotated = True
        self.marked = self.marked or _KIND_NAMES.get(str(task.mark.get("kind")))
        for name, said in task.data.items() if task.short else ():
            bare = _bare_names(said)
            self.bare[name].update(dict.fromkeys(bare))
            if len(bare) > 1:
                self.single[name] = False
        for region in task.regions:
            kind = KIND_OF.get(str(region.get("type")))
            if kind is None:
                self.others[noun_of(region)] = None
            else:
                self.kinds.setdefault(_control(region), kind)
        for control in self.kinds:
            own = [region for region in task.regions if _control(region) == control]
            found = [name for region in own for name in names_in(region)]
            self.single[control] = self.single.get(control, True) and len(found) <= 1
            self.names[control].update(dict.fromkeys(found))


def _contents(path: Path, *, attribute: str | None, asked: type[LabelValue] | None) -> LabelContents:
    seen = _Controls()
    for _, task in tasks_in(path):
        seen.see(task)
    if not (seen.kinds or seen.marked):
        if nothing_found(asked) is not None and (asked is not Choices or not seen.bare):
            assert asked is not None
            return LabelContents(asked, schema_of(()), attribute=attribute or "")
        _refuse_others(seen.others, "" if seen.annotated else seen.strange, path=path)
        return _bare_choices(seen, attribute, path=path)
    if attribute is not None and attribute not in seen.kinds:
        raise no_such_column("attribute", attribute, list(seen.kinds), where=str(path), called="controls")
    wanted = Choice if asked is Choices else asked
    first = next(iter(seen.kinds), "")
    chosen = attribute or next((name for name, kind in seen.kinds.items() if kind is wanted), first)
    kind, names = seen.marked or seen.kinds[chosen], seen.names[chosen]
    if kind is Choice:
        names |= seen.bare.get(chosen, {})  # in JSON-MIN a choice that stands alone is a bare text
        kind = kind if asked is not Choices and seen.single.get(chosen, True) else Choices
    if kind is Preference:
        names = dict.fromkeys(("first", "second", "tie"))
    return LabelContents(kind, schema_of(tuple(names)), attribute=chosen)


def _refuse_others(nouns: Mapping[str, None], strange: str, *, path: Path) -> None:
    """Raise `NotReadable` where there are no tasks, or all that they hold are regions that no label can say."""
    if strange:
        raise NotReadable(path=str(path), reason=strange)
    if nouns:
        raise NotReadable(
            path=str(path), reason=f"its annotations are {' and '.join(nouns)}, which are not read"
        )


def _bare_choices(seen: _Controls, attribute: str | None, *, path: Path) -> LabelContents:
    """Say which key of JSON-MIN holds the choices: where a task has one it stands there as a bare text.

    Raises:
        NotReadable: if none could, or several.
        BadValue: if the named one is none of them.
    """
    bare = {name: found for name, found in seen.bare.items() if found} if seen.annotated else {}
    guess = settle_columns(Columns(), list(bare), where=str(path))
    able = [name for name in bare if name not in (guess.id, guess.media, guess.text)]
    if not able:
        _, first = next(tasks_in(path), (0, ""))
        if isinstance(first, Task) and first.short and first.regions is None:
            results = "image_id" in first.data and not first.data.keys().isdisjoint(_OF_RESULTS)
            raise NotReadable(path=str(path), reason=_RESULTS if results else _PLAIN)
        raise no_labels(str(path), _NO_LABELS)
    if attribute is not None and attribute not in able:
        raise no_such_column("attribute", attribute, able, where=str(path), called="keys")
    known = ", ".join(f"'{name}'" for name in able)
    if attribute is None and len(able) != 1:
        raise NotReadable(
            path=str(path), reason=f"its choices could stand in {known}: name one of them as its attribute"
        )
    chosen = attribute or able[0]
    kind: type[LabelValue] = Choice if seen.single.get(chosen, True) else Choices
    return LabelContents(kind, schema_of(tuple(bare[chosen])), attribute=chosen)


def _bare_names(said: object) -> list[str]:
    """Return the choices that stand in a task of JSON-MIN by themselves, one or in a list."""
    listed = said if isinstance(said, list) else [said]
    names = [one.strip() for one in listed if isinstance(one, str)]
    return names if all(names) and len(names) == len(listed) else []


def _with_bare_choice(task: Task, contents: LabelContents) -> Task:
    """Return a task of JSON-MIN with its bare choice as the region that it stands for.

    Where a task may have several choices, one that stands alone is bare too.
    """
    said = _bare_names(task.data.get(contents.attribute))
    if not task.short or contents.kind not in (Choice, Choices) or not said:
        return task
    region = {"type": "choices", "from_name": contents.attribute, "value": {"choices": said}}
    data = {name: one for name, one in task.data.items() if name != contents.attribute}
    return replace(task, data=data, regions=[*(task.regions or ()), region])


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
        task = _with_bare_choice(found, contents)
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
    own: list[Region] = []
    others: LeftOut = LeftOut()
    for region in task.regions or ():
        kind = KIND_OF.get(str(region.get("type")))
        same = kind is contents.kind or (kind is Choice and contents.kind is Choices)
        if same and _control(region) == contents.attribute:
            own.append(region)
        else:
            others[noun_of(region)] += 1
    if contents.kind in (Boxes, Points):
        own = _with_size(own, picture)
    found = value_of(own, contents.kind, text=text, left_out=left_out)
    left_out.update(others)
    return found


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
