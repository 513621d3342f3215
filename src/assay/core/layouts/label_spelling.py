"""How cells spell labels: as JSON, as Python writes lists, with white space around the names."""

import json
import re
from typing import Final

from assay.core.errors import InvalidLabel
from assay.core.labels.label_values import LabelValue, label_names
from assay.core.labels.python_lists import python_value
from assay.core.labels.values.value_kind import kind_of_value

_OPENS: Final = ("[", "{")
_NAMES: Final = ("['", '["')
_QUOTED: Final = re.compile(r"""[\[{][\[{(]*['"]""")
_NUMBERS: Final = re.compile(r"\[\s*[-+]?\d[-+.eE\d\s,]*\]")
"""A list of numbers as JSON or NumPy writes it: `[0, 1]`, `[0 1]`."""


def parsed(text: str) -> object:
    """Return what a text says in JSON; the text itself where it is none."""
    if text[:1] not in _OPENS:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def parsed_label(text: str) -> object:
    """Return what a label says in JSON, or as pandas writes lists into CSV: `['a', 'b']`; else the text itself."""
    found = parsed(text)
    return python_value(text) if found is text else found


def is_broken(label: object) -> bool:
    """Say whether a label starts like a list or an object of texts, and is none; a bare `[PAD]` may be a name."""
    return isinstance(label, str) and (_QUOTED.match(label) is not None or is_list_of_numbers(label))


def is_list_of_numbers(label: object) -> bool:
    """Say whether a label is a list of numbers, or a text that can only be one."""
    if isinstance(label, list):
        return bool(label) and all(isinstance(one, int | float) for one in label)
    return isinstance(label, str) and _NUMBERS.fullmatch(label.strip()) is not None


def is_list_of_names(label: object) -> bool:
    """Say whether a text can only be a list of names, even in files that could hold a list as such."""
    return isinstance(label, str) and label.startswith(_NAMES)


def check_spelling(label: object) -> None:
    """Raise `InvalidLabel` where a label that should be a value starts like JSON and is none."""
    if isinstance(label, str) and label[:1] in _OPENS:
        reason = "it is no sound JSON, nor a list as Python writes it"
        raise InvalidLabel(label="the label", reason=reason)


def trimmed(value: LabelValue, *, known: frozenset[str]) -> LabelValue:
    """Return the value without white space around those of its names that are not `known` as they stand."""
    if all(name in known or name == name.strip() for name in label_names(value)):
        return value

    def name_of(name: str) -> str:
        return name if name in known else name.strip()

    found: LabelValue = kind_of_value(value).renamed(value, name_of)
    return found
