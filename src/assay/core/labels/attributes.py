"""What an object of a label carries beside its place and its name: attributes, an id, a group.

Which attributes a label's objects may have its own schema says (`LabelClass.attributes`). An object without any of this
costs nothing: its text is what it was before there were attributes, byte for byte.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeGuard

AttributeValue = str | float | bool | tuple[str, ...]
"""A chosen option or a text, a number, a flag, several options in alphabetical order."""

CHOICE, CHOICES, NUMBER, TEXT, FLAG = "choice", "choices", "number", "text", "flag"
KINDS: Final[Mapping[str, str]] = {
    CHOICE: "one of its options",
    CHOICES: "any of its options",
    NUMBER: "a number",
    TEXT: "a text",
    FLAG: "true or false",
}

NUDGE: Final = 1e-6
"""So little counts what objects carry when it is sought which belong to which: only of equals it decides."""

MOST_ATTRIBUTES: Final = 50
LONGEST_TEXT: Final = 1_000
LONGEST_ID: Final = 256
"""Characters of an object's id, of its group, and of an attribute's name."""

_LARGEST: Final = 1e15


@dataclass(frozen=True, slots=True)
class Attribute:
    """One thing to be said about each object of a label.

    Attributes:
        name: its name.
        kind: one of `KINDS`.
        options: what may be chosen, where the kind is a choice.
        required: whether an answer without it is not taken.
        help: what labellers read about it.
    """

    name: str
    kind: str
    options: tuple[str, ...] = ()
    required: bool = False
    help: str = ""


class Details(NamedTuple):
    """What one object carries; an object with nothing has `PLAIN` itself.

    `attributes` are (name, value) by name; `id` tells the object from others of its item, `group` names those that belong
    together.
    """

    attributes: tuple[tuple[str, AttributeValue], ...] = ()
    id: str = ""
    group: str = ""


PLAIN: Final = Details()


class UnfitDetails(ValueError):
    """Why something is no attribute; the sentence is the whole message."""


def details(attributes: Mapping[str, AttributeValue], *, id: str = "", group: str = "") -> Details:  # noqa: A002
    """Return what an object carries, in canonical order; `PLAIN` where that is nothing."""
    if not (attributes or id or group):
        return PLAIN
    return Details(tuple(sorted((name, _in_order(value)) for name, value in attributes.items())), id, group)


def details_in(found: Mapping[str, Any]) -> Details:
    """Return what an object in JSON carries; an id or a group that is no text is another tool's and not taken.

    Raises:
        UnfitDetails: if its attributes are none.
    """
    given, own, group = found.get("attributes"), found.get("id"), found.get("group")
    if not given and type(own) is not str and type(group) is not str:
        return PLAIN
    if given and not isinstance(given, Mapping):
        raise UnfitDetails("the attributes of an object are not a mapping of names to values")
    held: dict[str, AttributeValue] = {}
    for name, value in (given or {}).items():
        if value is None or value in ("", []):
            continue
        if type(name) is not str or not 0 < len(name) <= LONGEST_ID:
            raise UnfitDetails(f"'{str(name)[:80]}' is no name of an attribute")
        held[name] = _value(name, value)
    for noun, said in (("id", own), ("group", group)):
        if type(said) is str and len(said) > LONGEST_ID:
            raise UnfitDetails(
                f"the {noun} of an object has {len(said):,} characters; {LONGEST_ID} are allowed"
            )
    return details(held, id=own if type(own) is str else "", group=group if type(group) is str else "")


def details_as_json(carried: Details) -> dict[str, object]:
    """Return what an object carries as the keys that its JSON has more."""
    if carried is PLAIN:
        return {}
    found: dict[str, object] = {}
    if carried.attributes:
        found["attributes"] = attributes_as_json(carried)
    if carried.id:
        found["id"] = carried.id
    if carried.group:
        found["group"] = carried.group
    return found


def attribute_as_json(one: Attribute) -> dict[str, object]:
    """Return what may be said, as statements print it."""
    return {"name": one.name, "kind": one.kind, "options": list(one.options), "required": one.required}


def attribute_in(found: object) -> Attribute:
    """Read back what `attribute_as_json` gave; raises `UnfitDetails`."""
    if (
        not isinstance(found, Mapping)
        or found.get("kind") not in KINDS
        or not isinstance(found.get("name"), str)
    ):
        raise UnfitDetails("an attribute has no name, or a kind that there is not")
    options, required = found.get("options"), found.get("required")
    if not isinstance(options, list) or not all(isinstance(one, str) for one in options):
        raise UnfitDetails(f"the options of the attribute '{found['name'][:80]}' are no list of texts")
    return Attribute(found["name"], str(found["kind"]), tuple(options), required is True)


def attributes_as_json(carried: Details) -> dict[str, object]:
    """Return the attributes of an object as JSON values."""
    return {name: _as_json(value) for name, value in carried.attributes}


def unfit_attributes(carried: Details, allowed: Sequence[Attribute], *, label: str) -> str:
    """Return in a sentence why an object cannot carry what it carries, "" where it can."""
    known = {one.name: one for one in allowed}
    for name, value in carried.attributes:
        one = known.get(name)
        if one is None:
            named = f"has {', '.join(known)}" if known else "has none"
            return f"'{name[:80]}' is no attribute of '{label}', which {named}"
        if not _fits(value, one):
            what = f"one of {', '.join(one.options)}" if one.kind in (CHOICE, CHOICES) else KINDS[one.kind]
            return f"'{name}' of '{label}' is {_shown(value)}, and not {what}"
    return ""


def missing_attribute(carried: Details, allowed: Sequence[Attribute]) -> str:
    """Return the first required attribute that an object lacks, "" where there is none."""
    held = {name for name, _ in carried.attributes}
    return next((one.name for one in allowed if one.required and one.name not in held), "")


def differing(a: Details, b: Details, allowed: Sequence[Attribute]) -> float:
    """Return how much of two objects' attributes differs, in [0, 1]: the mean over the label's attributes.

    Options of several count by the share that they do not have in common, numbers by their difference in shares of the
    larger one, everything else is the same or is not. Without a schema the attributes are those that either has.
    """
    if a.attributes == b.attributes:
        return 0.0
    one, two = dict(a.attributes), dict(b.attributes)
    names: Iterable[str] = [spec.name for spec in allowed] or sorted({*one, *two})
    off = [_apart(one.get(name), two.get(name)) for name in names]
    return sum(off) / len(off) if off else 0.0


def _apart(a: AttributeValue | None, b: AttributeValue | None) -> float:
    if a == b:
        return 0.0
    if isinstance(a, tuple) and isinstance(b, tuple):
        return 1.0 - len({*a} & {*b}) / len({*a, *b})
    if _is_number(a) and _is_number(b):
        return min(1.0, abs(a - b) / max(abs(a), abs(b)))
    return 1.0


def _value(name: str, value: object) -> AttributeValue:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        if abs(value) > _LARGEST or not math.isfinite(
            value
        ):  # of a whole number of any size the first can be asked
            raise UnfitDetails(f"the attribute '{str(name)[:80]}' is no number that can be kept")
        return float(value)
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return tuple(sorted(set(value)))
    raise UnfitDetails(
        f"the attribute '{str(name)[:80]}' is neither text, a number, true or false, nor a list of texts"
    )


def _in_order(value: AttributeValue) -> AttributeValue:
    return tuple(sorted(set(value))) if isinstance(value, tuple) else value


def _as_json(value: AttributeValue) -> object:
    if isinstance(value, tuple):
        return list(value)
    if _is_number(value) and value == int(value):
        return int(value)
    return value


def _fits(value: AttributeValue, one: Attribute) -> bool:
    if one.kind == CHOICE:
        return isinstance(value, str) and value in one.options
    if one.kind == CHOICES:
        return isinstance(value, tuple) and all(option in one.options for option in value)
    if one.kind == NUMBER:
        return _is_number(value)
    if one.kind == FLAG:
        return isinstance(value, bool)
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, float | int) and not isinstance(value, bool)


def _shown(value: AttributeValue) -> str:
    said = ", ".join(value) if isinstance(value, tuple) else str(_as_json(value))
    return f"'{said[:80]}'"
