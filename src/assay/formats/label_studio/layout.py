"""The format `label_studio`: what it is called, how it is recognised, and its two directions.

Layout: https://labelstud.io/guide/task_format and https://labelstud.io/guide/export (JSON, JSON-MIN, CSV and TSV).
Places in pictures are percent of its width and height there. Places in texts are counted as the browser counts them, in
UTF-16 code units; they are turned into code points here and back. Files made by scripts often count code
points: where a region quotes its text, the counting that meets the quote is taken.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

from assay.core.labels.label_values import (
    Answers,
    Boxes,
    Choice,
    Choices,
    LabelledItem,
    LabelValue,
    Points,
    Preference,
    Spans,
    attributes_alone,
)
from assay.core.layouts.label_studio_tables import label_studio_header
from assay.core.ports.file_format import (
    GUESSED,
    BadRow,
    Columns,
    Format,
    LabelContents,
    LeftOut,
    Naming,
    RawItem,
    Taken,
)
from assay.formats.label_studio.reading import look_into, read_label_studio, read_tasks, settle_tasks
from assay.formats.label_studio.writing import write_label_studio

_HEAD = 4096


class LabelStudioFormat(Format):
    """Label Studio's tasks, as its export button makes them and its import takes them."""

    name = "label_studio"
    suffix = ".label_studio.json"
    reads_items = True
    values = frozenset({Choice, Choices, Boxes, Points, Spans, Preference, Answers})
    keyed = True
    answers_for = frozenset[type[LabelValue]]()
    roles = frozenset({"id", "media", "text"})

    def guess(self, path: Path) -> bool:
        """Say whether it is a .json that starts as a list, or a .csv or .tsv with the columns of Label Studio's export."""
        if label_studio_header(path) is not None:
            return True
        if not path.name.lower().endswith(".json") or not path.is_file():
            return False
        with path.open("rb") as stream:
            return stream.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"["

    def read_items(self, path: Path, *, columns: Columns, skip: int = 0) -> Iterator[RawItem | BadRow]:
        """Stream the tasks; see `reading.read_tasks`."""
        return read_tasks(path, columns=columns, skip=skip)

    def settle(self, path: Path, *, columns: Columns) -> Taken:
        """Say which columns of the first task hold what; see `reading.settle_tasks`."""
        return settle_tasks(path, columns=columns)

    def look(
        self,
        path: Path,
        *,
        attribute: str | None = None,
        columns: Columns = GUESSED,
        kind: type[LabelValue] | None = None,
    ) -> LabelContents:
        """Say which labels the tasks hold; `attribute` is the name of a control of the labelling interface."""
        return look_into(path, attribute=attribute, columns=columns, kind=kind)

    def read_labels(
        self, path: Path, *, contents: LabelContents, left_out: LeftOut
    ) -> Iterator[LabelledItem | BadRow]:
        """Stream the tasks with their labels; see `reading.read_label_studio`."""
        return read_label_studio(path, contents=contents, left_out=left_out)

    def write(self, items: Iterable[LabelledItem], path: Path, *, naming: Naming, left_out: LeftOut) -> int:
        """Write a list of tasks; see `writing.write_label_studio`."""
        return write_label_studio(items, path, naming=naming, left_out=left_out)

    def carried(self, value: LabelValue) -> LabelValue:
        """Return the value with the attributes of its objects, whose regions have ids of the file's own instead of theirs."""
        return attributes_alone(value)
