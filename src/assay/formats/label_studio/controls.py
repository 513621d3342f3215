"""The controls of a labelling interface, as the annotations of a file tell of them: which there are, and what they hold."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from assay.core.errors import NotReadable
from assay.core.labels.attributes import CHOICE, CHOICES, FLAG, Attribute
from assay.core.labels.label_values import (
    Answers,
    Boxes,
    Choice,
    Choices,
    LabelClass,
    LabelSchema,
    LabelValue,
    Points,
    Preference,
    Question,
    Spans,
    schema_of,
    schema_of_questions,
)
from assay.core.layouts.label_columns import nothing_found
from assay.core.layouts.label_look import no_labels
from assay.core.layouts.source_columns import no_such_column, settle_columns
from assay.core.ports.file_format import Columns, LabelContents
from assay.formats.label_studio.carried import FLAGS, Control, apart, controls_told, kind_of_result, said_by
from assay.formats.label_studio.tasks import Task, tasks_in
from assay.formats.label_studio.values import KIND_OF, Region, names_in, noun_of

_TASKS: Final[Mapping[type[LabelValue], str]] = {
    Choice: "classification",
    Choices: "image_classification_multi",
    Boxes: "image_boxes",
    Spans: "text_spans",
    Preference: "preference_pair",
    Points: "",
}
"""A task type that asks for what a control holds, where the file names none; none asks for key points."""

KIND_NAMES: Final = {kind.__name__.lower(): kind for kind in (*_TASKS, Answers)}
"""What Assay calls the kinds where it names them in a task."""

_WINNERS: Final = ("first", "second", "tie")
_NO_LABELS: Final = "it holds no annotations that a label can say"
_OF_RESULTS: Final = ("category_id", "bbox", "segmentation", "keypoints", "caption")
_RESULTS: Final = "it is a list of results in COCO's layout, which names neither pictures nor categories; documents with 'images' are read"
_PLAIN: Final = f"{_NO_LABELS}; plain records are read as JSON Lines, one object a line"


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
        alone: the controls that say something about a task, and not only about single regions.
        answered: of each question that Assay named, what its answer is.
        attributes: what controls say about single regions, by the region's control and label.
        annotated: whether any task has an annotation.
        strange: why the first element that is no task is none.
    """

    kinds: dict[str, type[LabelValue]] = field(default_factory=dict)
    names: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    single: dict[str, bool] = field(default_factory=dict)
    others: dict[str, None] = field(default_factory=dict)
    bare: dict[str, dict[str, None]] = field(default_factory=lambda: defaultdict(dict))
    marked: type[LabelValue] | None = None
    alone: set[str] = field(default_factory=set)
    answered: dict[str, type[LabelValue]] = field(default_factory=dict)
    attributes: dict[tuple[str, str], dict[str, Attribute]] = field(default_factory=lambda: defaultdict(dict))
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
        self.marked = self.marked or KIND_NAMES.get(str(task.mark.get("kind")))
        self.answered.update((name, kind) for name, (kind, _) in answers_told(task.mark).items())
        for name, said in task.data.items() if task.short else ():
            bare = bare_names(said)
            self.bare[name].update(dict.fromkeys(bare))
            if len(bare) > 1:
                self.single[name] = False
        for region in task.regions:
            kind = KIND_OF.get(str(region.get("type")))
            if kind is None:
                self.others[noun_of(region)] = None
            else:
                self.kinds.setdefault(control_of(region), kind)
        for control in self.kinds:
            own = [region for region in task.regions if control_of(region) == control]
            found = [name for region in own for name in names_in(region)]
            self.single[control] = self.single.get(control, True) and len(found) <= 1
            self.names[control].update(dict.fromkeys(found))
        own, beside = apart(task.regions)
        self.alone.update(control_of(region) for region in own)
        if beside:
            self._see_attributes(own, beside, controls_told(task.mark, LabelSchema(())))

    def _see_attributes(
        self, own: Sequence[Region], beside: Mapping[str, Sequence[Region]], told: Mapping[str, Control]
    ) -> None:
        for region in own:
            for result in beside.get(str(region.get("id")), ()):
                control = control_of(result)
                name, kind = told.get(control, (control, kind_of_result(result)))
                for label in names_in(region):
                    attributes = self.attributes[control_of(region), label]
                    attributes[name] = _widened(attributes.get(name), name, kind, said_by(result, kind))

    def classes(self, control: str, names: Iterable[str]) -> LabelSchema:
        """Return the labels of a control, each with what is said about its regions."""
        held = ((name, self.attributes.get((control, name), {}).values()) for name in names)
        return LabelSchema(tuple(LabelClass(name, attributes=tuple(map(_flagged, of))) for name, of in held))

    def kind(self, control: str) -> type[LabelValue]:
        """Return what the control's answers are, where it is one of several questions."""
        kind = self.answered.get(control) or self.kinds[control]
        return Choices if kind is Choice and not self.single.get(control, True) else kind


def _flagged(one: Attribute) -> Attribute:
    """Return a choice between true and false as the flag that it is."""
    return Attribute(one.name, FLAG) if one.kind == CHOICE and {*one.options} <= FLAGS.keys() else one


def _widened(seen: Attribute | None, name: str, kind: str, said: object) -> Attribute:
    """Return an attribute that also has what is said once more."""
    if seen is not None and CHOICES in (seen.kind, kind):
        kind = CHOICES if seen.kind in (CHOICE, CHOICES) else seen.kind
    options = seen.options if seen else ()
    if kind in (CHOICE, CHOICES):
        texts = [one for one in (said if isinstance(said, list) else [said]) if isinstance(one, str)]
        options = tuple(dict.fromkeys((*options, *texts)))
    return Attribute(name, kind, options)


def contents_of(path: Path, *, attribute: str | None, asked: type[LabelValue] | None) -> LabelContents:
    """Say what the control `attribute` holds, or what of all of them is asked for; see `reading.look_into`."""
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
    able = [attribute] if attribute else [one for one in seen.kinds if one in seen.alone] or [*seen.kinds]
    kinds = {seen.kinds[control] for control in able}
    if wanted in {*seen.kinds.values()} - kinds and attribute is None:
        able = [
            *seen.kinds
        ]  # of what is said about single regions too, where nothing else is what is asked for
    marked = seen.marked
    if attribute in set(seen.kinds) - seen.alone or (
        marked is Answers and seen.kinds and (attribute is not None or asked not in (None, Answers))
    ):
        marked = None
    if Answers in (asked, marked) or (
        marked is None and asked is None and attribute is None and len(kinds) > 1
    ):
        return LabelContents(Answers, _questions(seen, able), attribute=attribute or "")
    chosen = next((control for control in able if seen.kinds[control] is wanted), next(iter(able), ""))
    kind, names = marked or seen.kinds[chosen], seen.names[chosen]
    if kind is Choice:
        names |= seen.bare.get(chosen, {})  # in JSON-MIN a choice that stands alone is a bare text
        kind = kind if asked is not Choices and seen.single.get(chosen, True) else Choices
    if kind is Preference:
        names = dict.fromkeys(_WINNERS)
    return LabelContents(kind, seen.classes(chosen, names), attribute=chosen)


def _questions(seen: _Controls, able: Sequence[str]) -> LabelSchema:
    """Return each control as a question, and those that Assay named though no task has a region of theirs."""
    found = []
    for control in dict.fromkeys((*able, *seen.answered)):
        kind = seen.kind(control)
        names = dict.fromkeys(_WINNERS) if kind is Preference else seen.names[control]
        if kind in (Choice, Choices):
            names |= seen.bare.get(control, {})
        task = _TASKS[kind]
        found.append(Question(control, task, seen.classes(control, names), required=False))
    return schema_of_questions(found)


def answers_told(mark: Mapping[str, Any]) -> Mapping[str, tuple[type[LabelValue], object]]:
    """Return of each question that Assay noted as answered what its answer is, and how sure that is."""
    told = mark.get("answers")
    found: dict[str, tuple[type[LabelValue], object]] = {}
    for name, said in told.items() if isinstance(told, dict) else ():
        kind = KIND_NAMES.get(str(said.get("kind"))) if isinstance(said, dict) else None
        if kind is not None and kind in _TASKS:
            found[name] = (kind, said.get("confidence"))
    return found


def asked_for(schema: LabelSchema) -> Mapping[str, type[LabelValue]]:
    """Return what the answers to the questions of a first look are."""
    kinds = {task: kind for kind, task in _TASKS.items()}
    return {one.name: kinds[one.task] for one in schema.questions if one.task in kinds}


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


def control_of(region: Region) -> str:
    """Return the name of the control that made a region."""
    return str(region.get("from_name", ""))


def bare_names(said: object) -> list[str]:
    """Return the choices that stand in a task of JSON-MIN by themselves, one or in a list."""
    listed = said if isinstance(said, list) else [said]
    names = [one.strip() for one in listed if isinstance(one, str)]
    return names if all(names) and len(names) == len(listed) else []
