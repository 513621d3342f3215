"""A first look at a file of labels: of which kind they are, and how they are called."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from assay.core.errors import InvalidLabel, NotReadable
from assay.core.labels.label_values import (
    FIRST,
    SECOND,
    TIE,
    Choice,
    Choices,
    LabelValue,
    Preference,
    label_names,
    schema_of,
)
from assay.core.layouts.label_columns import kind_of, nothing_found, value_of
from assay.core.layouts.label_spelling import is_broken, is_list_of_names, is_list_of_numbers, parsed_label
from assay.core.ports.file_format import BadRow, LabelContents, Taken

LOOKED_AT: Final = 100
"""How many labels decide which kind of value a file holds."""

_NO_NAMES: Final = "lists of numbers, and nothing says whether they are classes or a yes or no for each: write the labels' names"


def no_labels(path: str, reason: str) -> NotReadable:
    """Return the error for a file without any label, which may be right: then somebody must say what was looked for."""
    return NotReadable(
        path=path,
        reason=f"{reason}; if there is nothing to be found in its items, say what was looked for: --task image_boxes, "
        "for example",
    )


@dataclass(slots=True)
class LabelLook:
    """Collects what labels a file holds, label by label, in memory that grows with their names alone.

    Attributes:
        sniff: whether a text may be JSON, as in files that know nothing but text.
        stated: the names that the file states elsewhere, in their order; they come first.
        asked: which kind they are where no label tells, since there is nothing in any item; None: nobody said.
        bad: the first row that could not be read.
        blank: whether a row without a label was seen.
    """

    sniff: bool
    stated: tuple[str, ...] = ()
    asked: type[LabelValue] | None = None
    bad: BadRow | None = None
    blank: bool = False
    _first: list[object] = field(default_factory=list)
    _kind: type[LabelValue] | None = None
    _numbered: bool = False
    _names: dict[str, None] = field(default_factory=dict)

    def see(self, label: object) -> None:
        """Take one more label into account."""
        if self._kind is not None:
            self._collect(label)
        elif label is not None and not (isinstance(label, str) and not label.strip()):
            self._first.append(label)
            if len(self._first) == LOOKED_AT:
                self._settle()
        else:
            self.blank = True

    def set_aside(self, row: BadRow) -> None:
        """Take a row into account that cannot be read: the first is told where nothing else can be."""
        self.bad = self.bad or row
        self.blank = self.blank or row.reason.startswith("there is nothing in")

    def contents(self, *, path: str, taken: Taken) -> LabelContents:
        """Return what was found in the column of labels; raises `NotReadable` where no label could be used."""
        attribute = taken.columns.label or ""
        if self._kind is None:
            self._settle()
        if self._numbered:
            raise NotReadable(path=path, reason=f"'{attribute}' holds {_NO_NAMES}")
        if self._kind is Preference:
            self._names = dict.fromkeys((FIRST, SECOND, TIE))
        if self._kind is None:
            if self.bad and not self._first and not self.blank:
                why = f"none of its rows can be read; the first, on line {self.bad.line:,}: {self.bad.reason}"
                raise NotReadable(path=path, reason=why)
            why = f"; line {self.bad.line:,}: {self.bad.reason}" if self.bad else ""
            reason = f"'{attribute}' holds no labels{why}"
            # What is there and is no label will not become one by saying what was looked for.
            raise NotReadable(path=path, reason=reason) if self._first else no_labels(path, reason)
        names = dict.fromkeys((*self.stated, *self._names))
        return LabelContents(self._kind, schema_of(tuple(names)), attribute, taken=taken)

    def _settle(self) -> None:
        """Decide for the kind that most of the first labels are."""
        seen = [self._value(label) for label in self._first]
        self._numbered = 2 * sum(map(self._is_numbers, seen)) > len([one for one in seen if one != []])
        kinds = Counter(kind for kind in map(self._kind_of, seen) if kind is not None)
        if kinds:
            self._kind = kinds.most_common(1)[0][0]
        elif nothing_found(self.asked) is not None:
            self._kind = self.asked
        elif [] in seen:
            self._kind = Choices
        if self._kind is not None:
            for label in self._first:
                self._collect(label)
            self._first.clear()

    def _collect(self, label: object) -> None:
        if self._kind is None:
            return
        if self._kind is Choice and type(label) is str:
            if label in self._names:
                return
            # A list among bare names is not the name of one of them.
            if label.strip() and isinstance(self._value(label), str) and not self._is_broken(label):
                self._names.setdefault(label.strip())
            return
        try:
            value = value_of(label, self._kind)
        except InvalidLabel:
            return
        for name in label_names(value):
            if name.strip():
                self._names.setdefault(name.strip())

    def _kind_of(self, label: object) -> type[LabelValue] | None:
        return Choices if self._is_broken(label) else kind_of(label)

    def _is_numbers(self, label: object) -> bool:
        return is_list_of_numbers(label) and (self.sniff or isinstance(label, list))

    def _is_broken(self, label: object) -> bool:
        return is_broken(label) if self.sniff else is_list_of_names(label)

    def _value(self, label: object) -> object:
        """Return what a text says where it may be JSON; a list of names as text is one in every file."""
        if isinstance(label, str) and (self.sniff or is_list_of_names(label)):
            return parsed_label(label)
        return label
