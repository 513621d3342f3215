"""Read labels from JSON Lines: from our own files, and from anybody's with a key of labels."""

from collections.abc import Iterator
from pathlib import Path

from assay.core.errors import BadValue, NotReadable
from assay.core.label_rows import LabelLook, LabelRows, content_columns, guess_label
from assay.core.labels import LabelledItem
from assay.core.ports import BadRow, LabelContents
from assay.formats.jsonl.reading import read_objects

_MOST_SHAPES = 1_000


def look_jsonl(path: Path, *, attribute: str | None) -> LabelContents:
    """Say which labels a file holds; `attribute` names their key.

    Raises:
        NotReadable: if the file cannot be read or no key holds labels.
        BadValue: if no object has such a key.
    """
    found, label, keys = LabelLook(sniff=False), None, None
    for row in read_objects(path):
        if isinstance(row, BadRow):
            continue
        _, one = row
        keys = keys or ", ".join(one)
        if label is None:
            label = guess_label(list(one)) if attribute is None else attribute if attribute in one else None
        if label is not None:
            found.see(one.get(label))
    if label is None and attribute is not None and keys is not None:
        raise BadValue(
            where=str(path), key="attribute", found=f"'{attribute}'", expected=f"one of the keys {keys}"
        )
    if label is None:
        reason = "no line of it is a JSON object" if keys is None else f"no key looks like labels ({keys})"
        raise NotReadable(path=str(path), reason=reason)
    return found.contents(path=str(path), attribute=label)


def read_labels_jsonl(path: Path, *, contents: LabelContents) -> Iterator[LabelledItem | BadRow]:
    """Stream the labelled items of a file; objects need not all have the same keys.

    Raises:
        NotReadable: if the file as a whole cannot be read.
    """
    shapes: dict[tuple[str, ...], LabelRows | None] = {}
    for row in read_objects(path):
        if isinstance(row, BadRow):
            yield row
            continue
        line, found = row
        shape = tuple(found)
        if shape not in shapes:
            if len(shapes) >= _MOST_SHAPES:
                shapes.clear()
            shapes[shape] = _rows(list(found), contents)
        rows = shapes[shape]
        if rows is None:
            yield BadRow(line, "the line has no label")
            continue
        columns = rows.columns
        key = found.pop(columns.id, None) if columns.id is not None else None
        key = str(key) if type(key) in (str, int) and key != "" else None
        yield rows.item(line=line, key=key, label=found.pop(columns.label, None), found=found)


def _rows(keys: list[str], contents: LabelContents) -> LabelRows | None:
    label = contents.attribute if contents.attribute in keys else guess_label(keys)
    return LabelRows(content_columns(keys, label=label), contents) if label is not None else None
