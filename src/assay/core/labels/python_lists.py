"""Values as Python writes them into cells of tables: lists, tuples, sets and dictionaries of texts."""

import ast
from typing import Final

from assay.core.limits import PYTHON_LIST

LONGEST_LIST: Final = PYTHON_LIST.most

_OPENS: Final = ("[", "{", "(")


def python_value(text: str) -> object:
    """Return what a text says as Python writes it, with lists for tuples and sets; the text itself where it is none.

    Only what Python writes exactly so is taken, since it joins neighbours: an array of NumPy, `['a' 'b']`, would be
    one label `ab`. A set has no order, so that one of several is compared sign by sign.
    """
    bare = text.strip()
    if bare[:1] not in _OPENS or len(text) > LONGEST_LIST:
        return text
    try:
        said: object = ast.literal_eval(bare)
        same = repr(said) == bare or (isinstance(said, set) and sorted(repr(said)) == sorted(bare))
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return text
    return _lists(said) if same and isinstance(said, list | tuple | set | dict) else text


def _lists(said: object) -> object:
    """Return what Python wrote, as JSON has it."""
    if isinstance(said, set):
        return sorted(map(_lists, said), key=str)
    if isinstance(said, list | tuple):
        return [_lists(one) for one in said]
    if isinstance(said, dict):
        return {name: _lists(one) for name, one in said.items()}
    return said
