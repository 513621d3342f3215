"""Versions of a project's labels: each change makes the next one of the one before, and no work is lost.

A label has an id, its number, which no other label ever gets, and which files say as its class. A name belongs to one
label for ever too: whoever reads an answer, a known label or a line of a truth file knows by the name alone which label is
meant, whatever version it was said under. So an older text is read as today's by looking each of its names up
(`label_text.read_as_now`), or has to be asked again where a label was split, or retired without another in its place.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from assay.core.did_you_mean import did_you_mean
from assay.core.errors import InputError
from assay.core.labels.label_values import LabelClass, LabelSchema, OlderName

RENAME, MERGE, SPLIT, ADD, RETIRE = KINDS = ("rename", "merge", "split", "add", "retire")
LONGEST_NAME: Final = 256


@dataclass(eq=False, kw_only=True)
class CannotChangeLabels(InputError):
    """The labels were not changed: {reason}."""

    reason: str


@dataclass(frozen=True, slots=True)
class NamedLabel:
    """A label by id and name, with the help of one that is new."""

    number: int
    name: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class WantedChange:
    """A change as somebody asks for it, by names.

    Attributes:
        kind: one of `KINDS`.
        labels: the labels it is about, of the present version; none for `add`.
        names: what they become: one name for `rename`, `merge` and `add`, two or more for `split`, one or none for `retire`.
        help: what labellers read about the label that `add` makes.
    """

    kind: str
    labels: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """A change that makes the next version: the labels it is about, and those they are afterwards."""

    kind: str
    before: tuple[NamedLabel, ...]
    after: tuple[NamedLabel, ...]

    @property
    def sentence(self) -> str:
        """What was done, without a full stop."""
        old = ", ".join(f"'{one.name}'" for one in self.before)
        new = ", ".join(f"'{one.name}'" for one in self.after)
        return {
            RENAME: f"{old} is called {new}",
            MERGE: f"{old} are one label, {new}",
            SPLIT: f"{old} was split into {new}",
            ADD: f"{new} was added",
            RETIRE: f"{old} was retired" + (f", and is read as {new}" if new else ""),
        }[self.kind]


def in_force(first: LabelSchema, changes: Sequence[SchemaChange]) -> LabelSchema:
    """Return a project's labels after all of its changes; `first` are those of its intake, version 1."""
    schema = first
    for change in changes:
        schema = changed(schema, change)
    return schema


def changed(schema: LabelSchema, change: SchemaChange) -> LabelSchema:
    """Return the next version."""
    renamed = {one.number: one.name for one in change.after}
    gone = {one.number for one in change.before} - set(renamed)
    numbers = schema.numbers
    classes = [
        replace(label, name=renamed.get(numbers[label.name], label.name), number=numbers[label.name])
        for label in schema.classes
        if numbers[label.name] not in gone
    ]
    known = set(numbers.values())
    given = _attributes(schema, change)
    classes += [
        LabelClass(one.name, one.help, given, one.number) for one in change.after if one.number not in known
    ]
    now, why = _fate(change)
    older = [
        replace(one, now=now, why=why) if one.now in gone else one
        for one in schema.older
        if one.name not in {label.name for label in classes}
    ]
    older += [
        OlderName(one.name, one.number, now if one.number in gone else one.number, why)
        for one in change.before
        if one.number in gone or renamed[one.number] != one.name
    ]
    return replace(schema, classes=tuple(classes), version=schema.version + 1, older=tuple(older))


def with_older_names(schema: LabelSchema) -> LabelSchema:
    """Return the labels with every name that they ever had: for a file that was written under any version."""
    older = tuple(LabelClass(one.name, number=one.number) for one in schema.older)
    return replace(schema, classes=(*schema.classes, *older), older=()) if older else schema


def planned(schema: LabelSchema, wanted: WantedChange) -> SchemaChange:
    """Return a change with the ids of its labels.

    Raises:
        CannotChangeLabels: naming the label that is unknown, the name that is taken, or what else does not fit.
    """
    if wanted.kind not in KINDS:
        raise CannotChangeLabels(
            reason=f"there is no change '{wanted.kind[:80]}'; there are {', '.join(KINDS)}"
        )
    if schema.questions:
        raise CannotChangeLabels(
            reason="the project asks several questions, and their labels stay what they are in this version of Assay"
        )
    _refuse_unfit(wanted)
    return _PLANS[wanted.kind](schema, wanted)


def to_json(change: SchemaChange) -> dict[str, object]:
    """Return a change as it is stored."""
    return {
        "kind": change.kind,
        "before": [_row(one) for one in change.before],
        "after": [_row(one) for one in change.after],
    }


def from_json(found: Mapping[str, Any]) -> SchemaChange:
    """Return a stored change."""
    before, after = (tuple(NamedLabel(**one) for one in found[key]) for key in ("before", "after"))
    return SchemaChange(found["kind"], before, after)


def _row(label: NamedLabel) -> dict[str, object]:
    said = {"help": label.help} if label.help else {}
    return {"number": label.number, "name": label.name, **said}


# --- what each change needs ----------------------------------------------------------------------


def _rename(schema: LabelSchema, wanted: WantedChange) -> SchemaChange:
    old = _label(schema, wanted.labels[0])
    return SchemaChange(RENAME, (old,), (_free(schema, wanted.names[0], owner=old.number),))


def _merge(schema: LabelSchema, wanted: WantedChange) -> SchemaChange:
    into = wanted.names[0]
    names = [*wanted.labels, *([into] if into in schema.names and into not in wanted.labels else [])]
    merged = tuple(_label(schema, name) for name in names)
    _refuse_other_attributes(schema, [one.name for one in merged])
    target = _label(schema, into) if into in schema.names else _free(schema, into)
    return SchemaChange(MERGE, merged, (target,))


def _split(schema: LabelSchema, wanted: WantedChange) -> SchemaChange:
    old = _label(schema, wanted.labels[0])
    parts = tuple(_free(schema, name, later=place) for place, name in enumerate(wanted.names))
    return SchemaChange(SPLIT, (old,), parts)


def _add(schema: LabelSchema, wanted: WantedChange) -> SchemaChange:
    return SchemaChange(ADD, (), (replace(_free(schema, wanted.names[0]), help=wanted.help),))


def _retire(schema: LabelSchema, wanted: WantedChange) -> SchemaChange:
    old = _label(schema, wanted.labels[0])
    into = tuple(_label(schema, name) for name in wanted.names)
    if old in into:
        raise CannotChangeLabels(reason=f"'{old.name}' cannot be retired and be read as itself")
    if len(schema.classes) == 1:
        raise CannotChangeLabels(reason=f"'{old.name}' is the last label, and items need one")
    _refuse_other_attributes(schema, [old.name, *wanted.names])
    return SchemaChange(RETIRE, (old,), into)


_PLANS: Final[Mapping[str, Callable[[LabelSchema, WantedChange], SchemaChange]]] = {
    RENAME: _rename,
    MERGE: _merge,
    SPLIT: _split,
    ADD: _add,
    RETIRE: _retire,
}
_MANY: Final = 1_000
_COUNTS: Final[Mapping[str, tuple[tuple[int, int], tuple[int, int], str]]] = {
    RENAME: ((1, 1), (1, 1), "one label and its new name"),
    MERGE: ((2, _MANY), (1, 1), "two or more labels and the name of what they become"),
    SPLIT: ((1, 1), (2, _MANY), "one label and the names of its two or more parts"),
    ADD: ((0, 0), (1, 1), "the name of the new label"),
    RETIRE: ((1, 1), (0, 1), "one label, and the label it is read as if there is one"),
}
"""How many labels and names each change has, at least and at most."""


def _refuse_unfit(wanted: WantedChange) -> None:
    labels, names, needs = _COUNTS[wanted.kind]
    fit = labels[0] <= len(wanted.labels) <= labels[1] and names[0] <= len(wanted.names) <= names[1]
    if not fit or (wanted.help and wanted.kind != ADD):
        also = "; only a label that is added has a help" if fit else ""
        raise CannotChangeLabels(reason=f"{wanted.kind} takes {needs}{also}")
    for given in (wanted.labels, wanted.names):
        for place, name in enumerate(given):
            if name in given[:place]:
                raise CannotChangeLabels(reason=f"'{name[:80]}' is named twice")


def _label(schema: LabelSchema, name: str) -> NamedLabel:
    found = schema.numbers.get(name)
    if found is not None:
        return NamedLabel(found, name)
    gone = next((one for one in schema.older if one.name == name), None)
    if gone is not None:
        present = {number: now for now, number in schema.numbers.items()}
        became = gone.why or f"is called '{present[gone.now]}' now" if gone.now is not None else gone.why
        raise CannotChangeLabels(reason=f"'{name}' {became}")
    hint = did_you_mean(name, list(schema.names))
    raise CannotChangeLabels(
        reason=f"there is no label '{name[:80]}'{hint}; the labels are {', '.join(schema.names)}"
    )


def _free(schema: LabelSchema, name: str, *, owner: int | None = None, later: int = 0) -> NamedLabel:
    """Return a label of a name that nobody else has or had: that of `owner`, or a new one, `later` than others."""
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise CannotChangeLabels(
            reason=f"'{name[:80]}' is no name of 1 to {LONGEST_NAME} printable characters"
        )
    if name in schema.names:
        raise CannotChangeLabels(reason=f"the name '{name}' is taken")
    if any(one.name == name and (owner is None or one.number != owner) for one in schema.older):
        raise CannotChangeLabels(
            reason=f"the name '{name}' was another label's, which older answers mean by it; choose one that was never used"
        )
    return NamedLabel(owner if owner is not None else max(schema.every_number, default=-1) + 1 + later, name)


def _refuse_other_attributes(schema: LabelSchema, names: Sequence[str]) -> None:
    asked = {schema.attributes_of(name) for name in names}
    if len(asked) > 1:
        every = ", ".join(f"'{name}'" for name in names)
        raise CannotChangeLabels(
            reason=f"{every} have different attributes, so that one cannot be read as another"
        )


def _attributes(schema: LabelSchema, change: SchemaChange) -> tuple[Any, ...]:
    """Return the attributes of a label that a change makes: those of what it was, or what all others have in common."""
    if change.before:
        return schema.attributes_of(change.before[0].name)
    first, *others = schema.classes
    return tuple(one for one in first.attributes if all(one in label.attributes for label in others))


def _fate(change: SchemaChange) -> tuple[int | None, str]:
    """Return as which label those are read that are gone, and what a sentence about them says where they are not."""
    if change.kind in (MERGE, RETIRE, RENAME) and change.after:
        return change.after[0].number, ""
    if change.kind == SPLIT:
        parts = " or ".join(f"'{one.name}'" for one in change.after)
        return None, f"was split: it is {parts} now"
    return None, "was retired, and is a label no longer"
