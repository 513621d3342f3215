"""The label files of a delivery: which formats can hold a task's labels, what their files are called, and writing one."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from assay.core.errors import AssayError, InputError
from assay.core.labels.label_values import LabelledItem
from assay.core.ports.file_format import Format, LeftOut, Naming
from assay.core.ports.task_type import TaskType
from assay.formats import FORMATS
from assay.service.delivery.synced_files import SyncedFiles


@dataclass(eq=False, kw_only=True)
class WritesNoLabels(InputError):
    """The format '{format}' cannot hold the labels of the task {task}; those that can are {able}."""

    format: str
    task: str
    able: str


@dataclass(eq=False, kw_only=True)
class WrongCount(AssayError):
    """The delivery would hold {found} items, but the certificate covers {items} items and {control} control items."""

    found: int
    items: int
    control: int


def label_file(layout: Format) -> str:
    """Return the name of a format's label file in a delivery; of its folder where it makes one."""
    return f"labels{layout.suffix}" if layout.suffix else layout.name


def able_formats(task: TaskType) -> tuple[str, ...]:
    """Return the formats that can hold a task type's labels."""
    return tuple(name for name, layout in FORMATS.all().items() if task.produces in layout.values)


def refuse_unable(formats: Iterable[str], task: TaskType) -> list[InputError]:
    """Return an error for each format that there is, but that cannot hold a task type's labels."""
    return [
        WritesNoLabels(format=name, task=task.name, able=", ".join(able_formats(task)))
        for name in formats
        if task.produces not in FORMATS.get(name).values
    ]


def write_labels(
    files: SyncedFiles,
    name: str,
    *,
    labelled: Iterable[LabelledItem],
    naming: Naming,
    items: int,
    control_items: int,
) -> tuple[str, str]:
    """Write the label file of a format; return its name, and in words what it holds and what it could not carry.

    Raises:
        WrongCount: if the items are not as many as the certificate counts.
        UnknownMember: if there is no such format.
    """
    layout = FORMATS.get(name)
    file, left_out = label_file(layout), LeftOut()

    def fill(path: Path) -> None:
        found = layout.write(labelled, path, naming=naming, left_out=left_out)
        if found != items + control_items:
            raise WrongCount(found=found, items=items, control=control_items)

    files.write(file, fill)
    lost = ", ".join(f"{count:,} {what}" for what, count in sorted(left_out.items()))
    return file, f"the labelled items, as {name}" + (f"; it cannot hold {lost}" if lost else "")
