"""The port of formats: rows of items and of labels, read and written as streams."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from assay.core.labels.label_values import LabelledItem, LabelSchema, LabelValue, details_of


@dataclass(frozen=True, slots=True)
class RawItem:
    """One received row, as a reader found it.

    Attributes:
        line: 1-based line or row in its file (position in the sorted listing for a folder).
        key: the item's id as given, or None (then the media name or the line number serves).
        media: reference to the media as written, or None.
        text: the text, or None.
        extra: every other column or key, in order.
    """

    line: int
    key: str | None
    media: str | None
    text: str | None
    extra: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BadRow:
    """One received row that cannot be an item, with the reason in a sentence."""

    line: int
    reason: str
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns or keys of a source hold the id, the media and the text; None: guess.

    `label` is the one with the labels where somebody named it: it is taken for nothing else.
    """

    id: str | None = None
    media: str | None = None
    text: str | None = None
    label: str | None = None

    def named(self) -> dict[str, str]:
        """Return the columns that hold what an item is, by their roles."""
        roles = {"id": self.id, "media": self.media, "text": self.text}
        return {role: name for role, name in roles.items() if name is not None}


GUESSED: Final = Columns()
"""Nobody named a column."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a reader takes for what in a file: a guess is told, never a silent choice.

    Attributes:
        columns: the columns as named, or as guessed.
        header: all columns that there are; none where a format has no columns to choose from.
        spelling: how the file is written, where that is not plain, for example `UTF-16, parted by tabs`.
    """

    columns: Columns = GUESSED
    header: tuple[str, ...] = ()
    spelling: str = ""


@dataclass(frozen=True, slots=True)
class Naming:
    """What a label file needs to know about its project.

    Attributes:
        attribute: the label attribute's name, for example the project's name.
        job: the job name printed in metadata.
        manifest_type: the task type's `manifest_type`.
        schema: the project's labels.
    """

    attribute: str
    job: str
    manifest_type: str
    schema: LabelSchema


@dataclass(frozen=True, slots=True)
class LabelContents:
    """What a first look at a label file found.

    Attributes:
        kind: which label values it holds.
        schema: the labels that it names, in its own order.
        attribute: of several labels per item, the one that is read; "" where a format has no names for them.
        manifest_type: what its metadata call the task, or "".
        taken: which columns are what, for `read_labels` and for whoever tells it.
    """

    kind: type[LabelValue]
    schema: LabelSchema
    attribute: str = ""
    manifest_type: str = ""
    taken: Taken = Taken()


LeftOut = Counter[str]
"""What a format could not carry, as nouns in the plural with their number: `outlines`, `confidences`."""


def leave_details_out(value: LabelValue, left_out: LeftOut, *, attributes: bool = True) -> None:
    """Count what the objects of a value carry beside place and label, where a file has no room for it.

    `attributes`: whether these are left out too, or ids and groups alone.
    """
    for carried in details_of(value):
        for noun, count in (
            ("attributes", len(carried.attributes) if attributes else 0),
            ("ids of objects", bool(carried.id)),
            ("groups of objects", bool(carried.group)),
        ):
            if count:
                left_out[noun] += count


class Format(Protocol):
    """Reads and/or writes one file layout. What a format cannot do it leaves as None-returning flags."""

    name: str
    suffix: str
    """File ending of what `write` makes, with the dot; "" where it makes a folder."""
    reads_items: bool
    values: frozenset[type[LabelValue]]
    """The label values that its files carry, written and read; empty where it holds no labels."""
    keyed: bool
    """Whether its files hold the items' ids; else the order of items stands for them."""
    answers_for: frozenset[type[LabelValue]]
    """The label values for which it also writes who said what (`LabelledItem.answers`)."""
    roles: frozenset[str] = frozenset()
    """Which of `id`, `media` and `text` can be named to `look`; empty where a layout leaves no choice."""

    def guess(self, path: Path) -> bool:
        """Say whether this path looks like this format (by its name, never by loading it all)."""

    def read_items(self, path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
        """Stream rows in file order, after leaving out the first `skip`; never raises for one bad row.

        Raises:
            NotReadable: if the file as a whole cannot be read.
            BadValue: if a named column does not exist.
        """

    def settle(self, path: Path, *, columns: Columns) -> Taken:
        """Say which columns `read_items` takes for what.

        Raises:
            NotReadable: if the file as a whole cannot be read.
            BadValue: if a named column does not exist.
        """
        del path, columns
        return Taken()

    def look(
        self,
        path: Path,
        *,
        attribute: str | None = None,
        columns: Columns = GUESSED,
        kind: type[LabelValue] | None = None,
    ) -> LabelContents:
        """Say which labels a file holds.

        Args:
            path: the file or folder.
            attribute: the labels that are meant where items have several.
            columns: the columns of id, media and text, as far as somebody named them (`roles`).
            kind: which labels they are where the file cannot tell, since nothing in it has one; of several labels
                that an item has, one of this kind is taken.

        Raises:
            NotReadable: if the file as a whole cannot be read, or holds no labels and nobody said which they would be.
            BadValue: if a named column does not exist.
        """

    def read_labels(
        self, path: Path, *, contents: LabelContents, left_out: LeftOut
    ) -> Iterator[LabelledItem | BadRow]:
        """Stream labelled items in file order; never raises for one bad row.

        Labels that `contents.schema` does not know make a bad row. What the file holds and label values
        cannot carry is counted in `left_out`.

        Raises:
            NotReadable: if the file as a whole cannot be read.
        """

    def write(self, items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
        """Write labelled items, streaming, to a file (or folder) that does not exist yet; return how many.

        Side files lie in folders beside the file. What the format cannot carry is counted in `left_out`.
        """

    def carried(self, value: LabelValue) -> LabelValue:
        """Return the value as a file of this format holds it: mostly the same."""
