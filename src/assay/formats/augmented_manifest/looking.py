"""A first look at a manifest: which attribute holds the labels, of which kind they are, and their names."""

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from assay.core.did_you_mean import did_you_mean
from assay.core.errors import InvalidLabel, NotReadable
from assay.core.labels.label_values import (
    FIRST,
    SECOND,
    TIE,
    Boxes,
    Choice,
    Choices,
    LabelValue,
    Preference,
    Spans,
    label_names,
    schema_of,
)
from assay.core.layouts.label_columns import value_of
from assay.core.layouts.source_columns import no_such_column
from assay.core.ports.file_format import GUESSED, BadRow, Columns, LabelContents, Taken
from assay.formats.augmented_manifest.kinds import (
    METADATA,
    Object,
    class_id_of,
    is_class_id,
    kind_of_label,
    labelled,
    said,
)
from assay.formats.augmented_manifest.reading import MEDIA, TEXT, read_objects


def look_manifest(path: Path, *, attribute: str | None, columns: Columns = GUESSED) -> LabelContents:
    """Say which labels a manifest holds: all lines are looked at, in memory that grows with names alone.

    Of several attributes the last one of the line that has most is taken, as each job adds its own behind.
    The labels stand in the order of their class ids; labels without a class id come behind.

    Raises:
        NotReadable: if the file cannot be read, holds no such labels, or labels that we have no value for.
    """
    found: dict[str, _Attribute] = {}
    chain: list[str] = []
    keys: dict[str, None] = {}
    for row in read_objects(path):
        if isinstance(row, BadRow):
            continue
        _, line = row
        keys.update(dict.fromkeys(line))
        attributes = labelled(line)
        if len(attributes) > len(chain):
            chain = attributes
        for one in attributes:
            found.setdefault(one, _Attribute()).see(line[one], line[one + METADATA])
    if not found:
        raise NotReadable(path=str(path), reason="no line of it has a label with its metadata")
    if attribute is not None and attribute not in found:
        known = ", ".join(sorted(found)) + did_you_mean(attribute, found)
        raise NotReadable(path=str(path), reason=f"it has no label attribute '{attribute}', only {known}")
    if columns.id is not None and columns.id not in keys:
        raise no_such_column("id", columns.id, list(keys), where=str(path), called="keys")
    name = attribute if attribute is not None else chain[-1]
    roles = {TEXT: "text", MEDIA: "media"}
    taken = Taken(
        Columns(id=columns.id, label=name, **{roles[one]: one for one in roles if one in keys}), tuple(keys)
    )
    return replace(found[name].contents(path=str(path), attribute=name), taken=taken)


@dataclass(slots=True)
class _Attribute:
    """What one attribute's labels have shown so far."""

    kinds: Counter[type[LabelValue]] = field(default_factory=Counter)
    types: dict[type[LabelValue], str] = field(default_factory=dict)
    unreadable: str = ""
    ids: dict[int, str] = field(default_factory=dict)
    nameless: dict[int, None] = field(default_factory=dict)
    others: dict[str, None] = field(default_factory=dict)

    def see(self, label: object, metadata: object) -> None:
        """Take one more label into account."""
        if not isinstance(metadata, dict):
            return
        stated = metadata.get("type")
        kind = kind_of_label(label, metadata)
        if kind is None:
            self.unreadable = self.unreadable or (stated if isinstance(stated, str) else "no stated type")
            return
        self.kinds[kind] += 1
        self.types.setdefault(kind, stated if isinstance(stated, str) else "")
        if kind in (Choice, Choices, Boxes):
            self._numbered(label, metadata, kind)
        else:
            self._named(label, kind)

    def contents(self, *, path: str, attribute: str) -> LabelContents:
        """Return what was found."""
        if not self.kinds:
            raise NotReadable(
                path=path,
                reason=f"'{attribute}' holds labels of {self.unreadable or 'an unknown type'},"
                " for which there is no label value",
            )
        kind = self.kinds.most_common(1)[0][0]
        if kind is Preference:
            return LabelContents(kind, schema_of((FIRST, SECOND, TIE)), attribute, self.types[kind])
        bare = {one: str(one) for one in self.nameless if one not in self.ids}
        by_id = {**self.ids, **bare}
        names = dict.fromkeys([*(by_id[one] for one in sorted(by_id)), *self.others])
        return LabelContents(kind, schema_of(tuple(names)), attribute, self.types[kind])

    def _numbered(self, label: object, metadata: Object, kind: type[LabelValue]) -> None:
        """Collect class ids and their names."""
        names = said(metadata, "class-map")
        pairs = list(names.items()) if isinstance(names, dict) else []
        used: list[object] = [label]
        if kind is Choices:
            used = label if isinstance(label, list) else []
        elif kind is Boxes:
            boxes = label.get("annotations") if isinstance(label, dict) else None
            used = (
                [class_id_of(box) for box in boxes if isinstance(box, dict)]
                if isinstance(boxes, list)
                else []
            )
        elif "class-name" in metadata or "class_name" in metadata:
            pairs.append((label, said(metadata, "class-name")))
        for one, name in pairs:
            if not is_class_id(one) or not isinstance(name, str) or not name.strip():
                continue
            bare = name.strip()
            if self.ids.setdefault(int(one), bare) != bare:
                self.others.setdefault(bare)
        for one in used:
            if isinstance(one, int | float | str) and is_class_id(one) and int(one) not in self.ids:
                self.nameless.setdefault(int(one))

    def _named(self, label: object, kind: type[LabelValue]) -> None:
        """Collect the names in labels that have no class ids."""
        if kind is Spans and isinstance(label, dict) and isinstance(label.get("annotations"), dict):
            listed = label["annotations"].get("labels")
            label = label["annotations"]
            for one in listed if isinstance(listed, list) else []:
                if isinstance(one, dict) and isinstance(one.get("label"), str) and one["label"].strip():
                    self.others.setdefault(one["label"].strip())
        if kind is not Preference:  # whose names are always the same
            try:
                value = value_of(label, kind)
            except InvalidLabel:
                return
            for name in label_names(value):
                self.others.setdefault(name.strip() or name)
