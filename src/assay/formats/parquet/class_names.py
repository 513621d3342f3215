"""The names of classes that Hugging Face's `datasets` keeps beside a column of their numbers."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from assay.formats.parquet.database import metadata

if TYPE_CHECKING:
    import duckdb

_KEY: Final = b"huggingface"
_INSIDE: Final = "O"
_STARTS: Final = ("B-", "I-")


class NoClass(Exception):
    """Why a number is no class; the sentence is the whole message."""


def class_names(database: "duckdb.DuckDBPyConnection", source: str, column: str) -> tuple[str, ...]:
    """Return the names of a column's classes in the order of their numbers; none where the file states none.

    The file's metadata hold them under `huggingface` as `info.features.<column>`, a `ClassLabel` or a list of
    such. Tags of tokens (`O`, `B-`, `I-`) are no labels of a whole text, so these stay numbers.
    """
    said = metadata(database, source, _KEY)
    for name in ("info", "features", column):
        said = said.get(name) if isinstance(said, Mapping) else None
    feature = _element(said)
    names = feature.get("names") if isinstance(feature, Mapping) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return ()
    tags = feature is not said and _INSIDE in names and any(name.startswith(_STARTS) for name in names)
    return () if tags or feature.get("_type") != "ClassLabel" else tuple(names)


def named(value: object, names: Sequence[str]) -> object:
    """Return the name of a class for its number, None for -1, which means that there is no label.

    Raises:
        NoClass: if a number is none of the classes.
    """
    if isinstance(value, list):
        return [_name(one, names) for one in value]
    return None if value == -1 else _name(value, names)


def _name(value: object, names: Sequence[str]) -> object:
    if type(value) is not int:
        return value
    if not 0 <= value < len(names):
        raise NoClass(f"{value} is none of the {len(names)} classes that the file names, counted from 0")
    return names[value]


def _element(said: Any) -> Any:
    """Return what a list holds, in the spellings that `datasets` had for it one after another."""
    if isinstance(said, list) and len(said) == 1:
        return said[0]
    return said["feature"] if isinstance(said, Mapping) and isinstance(said.get("feature"), Mapping) else said
