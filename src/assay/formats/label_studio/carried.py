"""What objects carry beside place and label: results of controls with perRegion="true", which share their region's id.

Choices hold what is chosen, a flag as `true` or `false`; a TextArea holds texts, a Number numbers. Since a control has one
type and one name, an attribute whose values are of several kinds is written as several controls. Which control holds which
attribute, of what kind, stands in the task's `meta`; in files of others a control's name is the attribute's, its type tells the
kind, and it may hold several choices where any region has several.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from assay.core.labels.attributes import (
    CHOICE,
    CHOICES,
    FLAG,
    KINDS,
    LONGEST_TEXT,
    NUMBER,
    PLAIN,
    TEXT,
    AttributeValue,
    Details,
    UnfitDetails,
    attributes_as_json,
    details,
    details_in,
)
from assay.core.labels.label_values import Boxes, LabelSchema, Spans
from assay.formats.label_studio.values import KEY_OF, KIND_OF, Region

_KEYS: Final = {"choices": "choices", "textarea": "text", "number": "number"}
"""Which key of its value says what a control has to say, by the type of its results."""

_TYPES: Final = {CHOICE: "choices", CHOICES: "choices", FLAG: "choices", TEXT: "textarea", NUMBER: "number"}
FLAGS: Final = {"true": True, "false": False}

Control = tuple[str, str]
"""The attribute that a control holds, and its kind; "" where that is not known."""


# --- writing -------------------------------------------------------------------------------------


class Carriers:
    """Names the controls of one file, and writes what they say about regions."""

    def __init__(self, schema: LabelSchema, *, taken: Iterable[str]) -> None:
        """Name the controls of the project's attributes; `taken` are the names of other controls."""
        self._names = set(taken)
        self._controls: dict[Control, str] = {}
        self._declared: dict[tuple[str, str], str] = {}
        for label in schema.classes:
            for one in label.attributes:
                self._declared[label.name, one.name] = one.kind
                self._named(one.name, one.kind)

    def results(self, region: Mapping[str, Any], carried: Details, *, label: str) -> Sequence[dict[str, Any]]:
        """Return a result for each attribute of a region, with the region's id, object and place."""
        of = {key: said for key, said in region.items() if key not in ("type", "value", "score")}
        kind = str(region["type"])
        place = {key: said for key, said in region["value"].items() if key != KEY_OF.get(kind, kind)}
        said = attributes_as_json(carried)
        found = []
        for name, value in carried.attributes:
            own = self._kind(value, label=label, attribute=name)
            what = _TYPES[own]
            shown = said[name] if what == "number" else _listed(said[name])
            result = {
                "from_name": self._named(name, own),
                "type": what,
                "value": place | {_KEYS[what]: shown},
            }
            found.append(of | result)
        return found

    def mark(self, carried: Iterable[tuple[str, Details]]) -> dict[str, list[str]]:
        """Return by control the attribute and its kind, for what objects carry; each comes with its label."""
        found: dict[str, list[str]] = {}
        for label, one in carried:
            for name, value in one.attributes:
                kind = self._kind(value, label=label, attribute=name)
                found[self._named(name, kind)] = [name, kind]
        return found

    def _kind(self, value: AttributeValue, *, label: str, attribute: str) -> str:
        if isinstance(value, bool):
            return FLAG
        if isinstance(value, tuple):
            return CHOICES
        if isinstance(value, str):
            return CHOICE if self._declared.get((label, attribute)) == CHOICE else TEXT
        return NUMBER

    def _named(self, attribute: str, kind: str) -> str:
        found = self._controls.get((attribute, kind))
        if found is None:
            found = attribute
            while found in self._names:
                found = f"{found} ({kind})"
            self._names.add(found)
            self._controls[attribute, kind] = found
        return found


def _listed(said: object) -> list[object]:
    if isinstance(said, bool):
        return ["true" if said else "false"]
    return said if isinstance(said, list) else [said]


# --- reading -------------------------------------------------------------------------------------


def apart(regions: Sequence[Region]) -> tuple[list[Region], dict[str, list[Region]]]:
    """Return the regions without what is said about single boxes and spans, and this by the id of what it is about.

    Scripts give one id to several regions, or none: then it is not known whom it is about.
    """
    objects = Counter(
        (region["id"], str(region.get("from_name", "")))
        for region in regions
        if KIND_OF.get(str(region.get("type"))) in (Boxes, Spans) and isinstance(region.get("id"), str)
    )
    several = {one for (one, _), count in objects.items() if count > 1}
    known = {one for one, _ in objects} - several
    own: list[Region] = []
    beside: dict[str, list[Region]] = defaultdict(list)
    for region in regions:
        about = region.get("id")
        if str(region.get("type")) in _KEYS and isinstance(about, str) and about in known:
            beside[about].append(region)
        else:
            own.append(region)
    return own, beside


def controls_told(mark: Mapping[str, Any], schema: LabelSchema) -> Mapping[str, Control]:
    """Return the attribute of each control: as the task's mark tells, else as a first look has found."""
    found = {one.name: (one.name, one.kind) for label in schema.classes for one in label.attributes}
    told = mark.get("attributes")
    for control, said in told.items() if isinstance(told, dict) else ():
        if isinstance(said, list) and len(said) == 2 and isinstance(said[0], str) and said[1] in KINDS:
            found[control] = (said[0], said[1])
    return found


def carried_by(results: Sequence[Region], told: Mapping[str, Control]) -> tuple[Details, Sequence[Region]]:
    """Return what an object carries, and the results that say nothing that an object can carry."""
    held: dict[str, AttributeValue] = {}
    unfit = []
    for result in results:
        control = str(result.get("from_name", ""))
        name, kind = told.get(control, (control, ""))
        try:
            found = details_in({"attributes": {name: said_by(result, kind)}})
        except UnfitDetails:
            found = PLAIN
        if found is PLAIN:
            unfit.append(result)
        held.update(found.attributes)
    return details(held), unfit


def said_by(result: Region, kind: str = "") -> object:
    """Return what a result says about its region; None where it is nothing that an object can carry."""
    value, what = result.get("value"), str(result.get("type"))
    said = value.get(_KEYS[what]) if isinstance(value, dict) else None
    if what == "number":
        return said if isinstance(said, int | float) and not isinstance(said, bool) else None
    texts = [one for one in (said if isinstance(said, list) else [said]) if isinstance(one, str)]
    if what == "textarea":
        text = "\n".join(texts)
        return text if len(text) <= LONGEST_TEXT else None
    if kind == FLAG and len(texts) == 1:
        return FLAGS.get(texts[0], texts[0])
    return texts[0] if len(texts) == 1 and kind != CHOICES else texts


def kind_of_result(result: Region) -> str:
    """Return what kind of attribute a result by itself tells."""
    kinds = {"number": NUMBER, "textarea": TEXT}
    said = said_by(result)
    return kinds.get(str(result.get("type")), CHOICES if isinstance(said, list) and len(said) > 1 else CHOICE)
