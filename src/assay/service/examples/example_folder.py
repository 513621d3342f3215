"""What an example is, and how its folder is written: the same bytes every time, and never a half file."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SEED: Final = "assay examples"
"""Keys every draw of every example."""

OWN: Final = """Everything in this folder was made by Assay itself, from chance and from sentences and shapes of its own.
No person, company, shop or product in it exists. It is a part of Assay and under the same licence, Apache-2.0.
"""

Label = tuple[str, str]
"""A label's name and the help that labellers read about it."""


@dataclass(frozen=True, slots=True)
class Content:
    """The data of an example.

    Attributes:
        header: the columns of `items.csv`; empty where another file holds the items.
        rows: its rows.
        truth: item and true label, as `core.labels.label_text` spells it.
        files: every other file, as path and bytes, made one at a time.
    """

    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    truth: Sequence[tuple[str, str]]
    files: Iterable[tuple[str, bytes]] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """One use case with data of its own.

    Attributes:
        name: what it is called, and its project too.
        sentence: what it is, in one line.
        look_at: what is worth looking at when it is done, in one line.
        intake: the text of `intake.yaml`.
        guide: the instructions for labellers, Markdown.
        content: makes the data.
        licence: whose the data are.
    """

    name: str
    sentence: str
    look_at: str
    intake: str
    guide: str
    content: Callable[[], Content]
    licence: str = OWN

    def write(self, folder: Path) -> Path:
        """Write the example into a folder and return its intake file; the same bytes every time.

        The folder then holds `intake.yaml`, `items.csv`, `truth.csv` (item,label), `guide.md`, `LICENCE.txt`
        and media, if any. Files that are there already with the same content are left alone.
        """
        content = self.content()
        for path, data in content.files:
            _write(folder / path, data)
        if content.header:
            _write(folder / "items.csv", _csv(content.header, content.rows))
        _write(folder / "truth.csv", _csv(("item", "label"), content.truth))
        _write(folder / "guide.md", self.guide.encode())
        _write(folder / "LICENCE.txt", self.licence.encode())
        _write(folder / "intake.yaml", self.intake.encode())
        return folder / "intake.yaml"


def intake_text(
    *,
    name: str,
    task: str,
    data: str,
    right: float,
    formats: Sequence[str],
    labels: Sequence[str] = (),
    answer: int = 4,
    expert: int = 20,
    price: int = 60_000,
    prelabel: str = "",
    attributes: Sequence[str] = (),
    questions: Sequence[str] = (),
) -> str:
    """Return an intake file.

    Args:
        name: the project's name.
        task: the task type.
        data: where the items lie: the inside of the mapping.
        right: the share of items that must be right, proven at 95 % confidence.
        formats: the label file formats to deliver.
        labels: the lines of the list of labels (`listed`); none where the task type, or each question, has its own.
        answer: cents per answer.
        expert: cents per expert judgement.
        price: the budget in cents, and up to which price a quote is agreed without asking.
        prelabel: the inside of the mapping that says which model proposes labels; empty: not said.
        attributes: the lines of the list of what is said about each object; none: nothing.
        questions: the lines of the list of questions, where several are asked about each item.
    """
    lines = [
        "assay: 1",
        f"name: {name}",
        f"task: {task}",
        f"data: {{{data}}}",
        *(("labels:", *labels) if labels else ()),
        *(("attributes:", *attributes) if attributes else ()),
        *(("questions:", *questions) if questions else ()),
        "instructions: guide.md",
        f"quality: {{right: {right}, confidence: 0.95}}",
        *((f"prelabel: {{{prelabel}}}",) if prelabel else ()),
        "redundancy: {min: 1, max: 7}",
        f"money: {{currency: EUR, budget: {price}, answer: {answer}, expert: {expert}}}",
        "class: public",
        "workforce: {kind: simulated, people: 30, truth: truth.csv}",
        f"approve: {{max_price: {price}}}",
        "accept: if_certified",
        "start: 2026-11-23T09:00:00Z",
        f"deliver: {{to: out/, formats: [{', '.join(formats)}]}}",
    ]
    return "\n".join(lines) + "\n"


def listed(labels: Iterable[Label]) -> list[str]:
    """Return the lines of an intake that list labels with their help."""
    return [f'  - {{name: {name}, help: "{hint}"}}' for name, hint in labels]


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def _write(path: Path, content: bytes) -> None:
    """Write a file whole, by way of a neighbour, unless it is there already."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(content)
    beside.replace(path)
