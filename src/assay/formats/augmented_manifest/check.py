r"""Check an augmented manifest: name each line and key at which one of its readers would stumble.

What the readers expect is from the SageMaker developer guide ("Output data", "Augmented manifest files"),
and from AWS's own sample notebooks, which read keys by their position and count lines by splitting at `\n`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from assay.core.errors import NotReadable
from assay.formats.augmented_manifest import check_labels
from assay.formats.augmented_manifest.readers import CHAINING, EVERY_READER, POSITION, Note
from assay.formats.augmented_manifest.reading import LONGEST_ATTRIBUTE, LONGEST_LINE

_METADATA: Final = "-metadata"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a manifest.

    Attributes:
        line: 1-based.
        key: the key at fault, or "" for the whole line.
        sentence: what is wrong.
        reader: who would stumble over it.
    """

    line: int
    key: str
    sentence: str
    reader: str


def check_manifest(path: Path) -> Iterator[Problem]:
    """Stream the problems of a manifest in the order of its lines.

    The file is read twice: first for the names that are labels anywhere in it, so that a line whose
    label has lost its metadata is found.

    Raises:
        NotReadable: if the file is missing.
    """
    try:
        attributes = _attributes(path)
        known = check_labels.Known(path.parent)
        objects: dict[bytes, tuple[int, bytes]] = {}
        with path.open("rb") as stream:
            line, data = 0, b""
            for line, data in enumerate(stream, start=1):
                for note in (*_line(data, attributes, known, line), *_again(data, objects, line)):
                    yield Problem(line, note.key, note.sentence, note.reader)
            if data.endswith(b"\n"):
                yield Problem(
                    line, "", "a newline follows the last line, so one item too many is counted", POSITION
                )
    except OSError as error:
        raise NotReadable(path=str(path), reason=(error.strerror or str(error)).lower()) from error


def _attributes(path: Path) -> frozenset[str]:
    """Return every name that has metadata on some line."""
    names: set[str] = set()
    with path.open("rb") as stream:
        for data in stream:
            if b'-metadata"' in data:
                try:
                    found = json.loads(data)
                except (ValueError, RecursionError):
                    continue
                if isinstance(found, dict):
                    names.update(key.removesuffix(_METADATA) for key in found if key.endswith(_METADATA))
    return frozenset(names)


def _line(data: bytes, attributes: frozenset[str], known: check_labels.Known, line: int) -> Iterator[Note]:
    strange: list[str] = []
    try:
        text = data.decode()
        found = json.loads(text, object_pairs_hook=_Pairs, parse_constant=strange.append)
    except UnicodeDecodeError:
        yield Note("", "the line is not UTF-8", EVERY_READER)
        return
    except (ValueError, RecursionError) as error:
        if text.strip():
            yield Note("", f"the line is not JSON: {error}", EVERY_READER)
        else:
            yield Note("", "the line is blank, so the lines no longer count the items", POSITION)
        return
    if strange:
        yield Note("", f"the line holds {strange[0]}, which is no number in JSON", EVERY_READER)
    if not isinstance(found, _Pairs):
        yield Note("", "the line is JSON, but not an object", EVERY_READER)
        return
    if len(text.rstrip("\r\n")) > LONGEST_LINE:
        yield Note("", f"the line is longer than {LONGEST_LINE:,} characters", CHAINING)
    if found.twice is not None:
        yield Note(found.twice, f"the key '{found.twice}' stands twice in one object", EVERY_READER)
    yield from _source(found)
    yield from _keys(found, attributes)
    for key, metadata in found.items():
        attribute = key.removesuffix(_METADATA)
        if key.endswith(_METADATA) and attribute in found and attribute != "source-ref":
            yield from check_labels.check(found, attribute, metadata, known=known, line=line)


def _again(data: bytes, objects: dict[bytes, tuple[int, bytes]], line: int) -> Iterator[Note]:
    """Say where an object stood before with another label of the same name.

    Objects and labels are remembered as digests of eight bytes: a million of them take little room.
    """
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return
    if not isinstance(found, dict):
        return
    source = "source-ref" if "source-ref" in found else "source"
    name = found.get(source)
    if not isinstance(name, str) or not name:
        return
    noun = "object" if source == "source-ref" else "text"
    for key in found:
        if key == source or key + _METADATA not in found:
            continue
        said = _digest(json.dumps(found[key], sort_keys=True))
        first, before = objects.setdefault(_digest(f"{source} {key} {name}"), (line, said))
        if said != before:
            yield Note(key, f"it is the same {noun} as on line {first}, with another label", EVERY_READER)


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()


def _source(found: "_Pairs") -> Iterator[Note]:
    if "source-ref" in found and "source" in found:
        yield Note("source", "the line has both 'source-ref' and 'source'", EVERY_READER)
    elif "source-ref" not in found and "source" not in found:
        yield Note("", "the line has neither 'source-ref' nor 'source'", EVERY_READER)
    for key in ("source-ref", "source"):
        if key in found and (not isinstance(found[key], str) or not found[key]):
            yield Note(key, f"'{key}' is not text, or empty", EVERY_READER)


def _keys(found: "_Pairs", attributes: frozenset[str]) -> Iterator[Note]:
    keys = list(found)
    places = {key: place for place, key in enumerate(keys)}
    for key, value in found.items():
        if key.startswith("$"):
            yield Note(key, f"the key '{key}' starts with '$', which is reserved", CHAINING)
        length = len(value) if isinstance(value, str) else len(json.dumps(value, ensure_ascii=False))
        if length > LONGEST_ATTRIBUTE:
            yield Note(key, f"'{key}' is longer than {LONGEST_ATTRIBUTE:,} characters", CHAINING)
        if key.endswith(_METADATA):
            yield from _place(key, places)
        elif key + _METADATA in places or key in ("source", "source-ref"):
            continue
        elif key in attributes or (key == keys[-1] and _looks_like_a_label(key, value)):
            yield Note(key, f"'{key}' looks like a label, but there is no '{key}{_METADATA}'", EVERY_READER)
    labelled = any(key.endswith(_METADATA) and key != "source-ref-metadata" for key in keys)
    if labelled and not keys[-1].endswith(_METADATA):
        yield Note(keys[-1], f"the last key is '{keys[-1]}' and not a label's metadata", POSITION)


def _place(key: str, places: dict[str, int]) -> Iterator[Note]:
    attribute = key.removesuffix(_METADATA)
    if attribute not in places:
        yield Note(key, f"'{key}' describes '{attribute}', which is not there", EVERY_READER)
    elif places[attribute] > places[key]:
        yield Note(key, f"'{key}' stands before its attribute '{attribute}'", POSITION)
    elif attribute != "source-ref" and places[attribute] + 1 != places[key]:
        yield Note(key, f"'{key}' does not stand directly behind '{attribute}'", POSITION)


def _looks_like_a_label(key: str, value: Any) -> bool:
    if key.endswith("-ref") or (isinstance(value, dict) and "annotations" in value):
        return True
    values = value if isinstance(value, list) and value else [value]
    return all(type(element) is int for element in values)


class _Pairs(dict[str, Any]):
    """A JSON object that remembers a key that was given twice."""

    twice: str | None

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        keys = [key for key, _ in pairs]
        self.twice = (
            next((key for key in self if keys.count(key) > 1), None) if len(self) < len(keys) else None
        )
