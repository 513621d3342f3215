"""The ids of labels in a certificate's statement: said where a project's labels changed, and by their order alone else.

A reader of the delivery, and whoever writes it in further formats later, takes the class numbers of files from here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from assay.core.labels.label_values import LabelSchema, OlderName


class UnfitIds(Exception):
    """Why something says no ids of labels; the sentence is the whole message."""


def ids_as_json(schema: LabelSchema) -> dict[str, object] | None:
    """Return the version of the labels, their ids in their order, and [id, name] of those that are gone.

    None for the first version, in which the order says it all.
    """
    if schema.version == 1:
        return None
    numbers = schema.numbers
    gone = {number: name for number, name in schema.every_number.items() if numbers.get(name) != number}
    return {
        "version": schema.version,
        "ids": list(numbers.values()),
        "gone": [[number, name] for number, name in gone.items()],
    }


def with_stated_ids(schema: LabelSchema, found: Any) -> LabelSchema:
    """Return labels with the ids that a statement says; raises `UnfitIds`."""
    if not isinstance(found, Mapping) or not {"version", "ids", "gone"} <= set(found):
        raise UnfitIds("it lacks 'version', 'ids' or 'gone'")
    version, ids, gone = found["version"], found["ids"], found["gone"]
    if type(version) is not int or version < 2:
        raise UnfitIds("'version' is no whole number from 2")
    if not isinstance(ids, Sequence) or len(ids) != len(schema.classes) or not all(map(_is_id, ids)):
        raise UnfitIds("'ids' are not one whole number from 0 for each label")
    if not isinstance(gone, list) or not all(
        isinstance(one, list) and len(one) == 2 and _is_id(one[0]) and isinstance(one[1], str) for one in gone
    ):
        raise UnfitIds("'gone' is no list of ids with names")
    if len({*ids, *(number for number, _ in gone)}) < len(ids) + len(gone):
        raise UnfitIds("an id stands twice in it")
    classes = (replace(label, number=number) for label, number in zip(schema.classes, ids, strict=True))
    older = (OlderName(name, number, None, "is a label no longer") for number, name in gone)
    return replace(schema, classes=tuple(classes), version=version, older=tuple(older))


def _is_id(found: object) -> bool:
    return type(found) is int and 0 <= found < 2**31
