"""Small projects for tests: an intake, its items and their truth in a folder, and running them."""

import csv
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from assay.core import chance
from assay.core.ids import sha256
from assay.service.access.permissions import Actor
from assay.service.installation import Installation
from assay.service.intake.intake_file import read_intake_file
from assay.service.pipeline.run_batch import run_batch
from assay.service.requests.further_batches.add_batch import BatchRequest, add_batch
from assay.service.requests.submit_intake import submit_intake
from assay.store.projects.batches import BatchRow, batch_by_id
from assay.store.projects.projects import ProjectRow, project_by_id

LABELS = ("cat", "dog", "hen")
NOW = 1_795_000_000_000_000
"""The workers' clock: microseconds, some moment of 2026."""

INTAKE = """assay: 1
name: {name}
task: {task}
data: {data}
labels: [{labels}]
quality: {{right: {right}, confidence: 0.9}}
redundancy: {{min: 1, max: 5}}
money: {{currency: EUR, budget: {budget}, answer: 4, expert: 20}}
class: {data_class}
workforce: {{kind: simulated, people: {people}, experts: {experts}, truth: truth.csv}}
accept: {accept}
start: 2026-11-23T09:00:00Z
deliver: {{to: out/, formats: [augmented_manifest, csv, jsonl]}}
{more}
"""


@dataclass(frozen=True)
class Project:
    """A submitted project in the hands of a test."""

    installation: Installation
    id: int
    batch_id: int
    folder: Path
    out: Path

    @property
    def row(self) -> ProjectRow:
        """The project as it stands."""
        return project_by_id(self.installation.scope, self.id)

    @property
    def batch(self) -> BatchRow:
        """The batch as it stands."""
        return batch_by_id(self.installation.scope, self.batch_id)

    @property
    def delivery(self) -> Path:
        """Where the delivery lies, or will."""
        return self.out / self.batch.name

    def run(
        self,
        *,
        most_steps: int | None = None,
        clock: Callable[[], int] = lambda: NOW,
        installation: Installation | None = None,
    ) -> int:
        """Do what is due."""
        return run_batch(
            installation or self.installation,
            batch=self.batch_id,
            out=self.out,
            clock=clock,
            most_steps=most_steps,
        )

    def run_until(self, done: Callable[["Project"], bool]) -> None:
        """Go on step by step until something holds; fails where the batch waits before."""
        while not done(self):
            assert self.run(most_steps=1), f"the batch waits: {self.row.status}, {self.batch.status}"


def truth_of(items: int, *, seed: int = 0, labels: Sequence[str] = LABELS) -> dict[str, str]:
    """Return the truth about items called item-000 and so on."""
    return {
        f"item-{number:03}": labels[chance.pick(seed, "truth", str(number), below=len(labels))]
        for number in range(items)
    }


def write_project(
    folder: Path,
    *,
    items: int = 60,
    seed: int = 0,
    name: str = "pets",
    task: str = "classification",
    data: str = "{path: items.csv, format: csv, id: id, media: file}",
    right: float = 0.9,
    people: int = 6,
    experts: int = 3,
    accept: str = "if_certified",
    data_class: str = "internal",
    budget: int = 1_000_000,
    more: str = "",
    known: Mapping[str, str] | None = None,
    truth: Mapping[str, str] | None = None,
) -> Path:
    """Write a project of items without media and return its intake file."""
    folder.mkdir(parents=True, exist_ok=True)
    truth = truth_of(items, seed=seed) if truth is None else truth
    write_csv(folder / "items.csv", ("id", "file"), [(key, f"photos/{key}.jpg") for key in truth])
    write_csv(folder / "truth.csv", ("item", "label"), truth.items())
    if known is not None:
        write_csv(folder / "known.csv", ("item", "label"), known.items())
        more += "known: {path: known.csv, use: control}\n"
    intake = folder / "intake.yaml"
    intake.write_text(
        INTAKE.format(
            name=name,
            task=task,
            data=data,
            labels=", ".join(LABELS),
            right=right,
            people=people,
            experts=experts,
            accept=accept,
            data_class=data_class,
            budget=budget,
            more=more,
        )
    )
    return intake


def write_pictures(folder: Path, *, items: int = 40, seed: int = 0, **changes: object) -> Path:
    """Write a project of drawn pictures: discs, bars and crosses, each label a shape of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "photos").mkdir(exist_ok=True)
    truth = truth_of(items, seed=seed)
    for key, label in truth.items():
        draw_picture(folder / "photos" / f"{key}.jpg", label=label, key=key)
    return write_project(folder, truth=truth, seed=seed, task="image_classification", **changes)  # type: ignore[arg-type]


def draw_picture(path: Path, *, label: str, key: str) -> None:
    """Draw one picture; the key varies place, size and colour."""
    dice = np.random.default_rng(int(hashlib.sha256(key.encode()).hexdigest()[:12], 16))
    colour = tuple(int(value) for value in dice.integers(0, 200, size=3))
    x, y, size = (int(value) for value in dice.integers(10, 24, size=3))
    noise = dice.integers(215, 256, size=(64, 64, 3), dtype=np.uint8)
    picture = Image.fromarray(noise)
    pen = ImageDraw.Draw(picture)
    if label == LABELS[0]:
        pen.ellipse((x, y, x + size, y + size), fill=colour)
    elif label == LABELS[1]:
        pen.rectangle((x, y, x + 2 * size, y + size // 3), fill=colour)
    else:
        pen.line((x, y, x + size, y + size), fill=colour, width=4)
        pen.line((x, y + size, x + size, y), fill=colour, width=4)
    picture.save(path, format="PNG")


def submit(installation: Installation, intake: Path, *, actor: Actor | None = None, seed: int = 1) -> Project:
    """Submit an intake file, by the owner of the installation or by somebody else."""
    actor = actor or installation.owner("rita", "tests")
    project, batch = submit_intake(
        actor, received=read_intake_file(intake), seed=seed, home=installation.home, now=NOW
    )
    return Project(installation, project.id, batch.id, intake.parent, intake.parent / "out")


def write_csv(path: Path, header: Sequence[str], rows: object) -> None:
    """Write a CSV file."""
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)  # type: ignore[call-overload]


def contents(folder: Path) -> dict[str, str]:
    """Return the digest of every file below a folder, by name."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write_boxes(folder: Path, *, items: int = 20, right: float = 0.7, more: str = "") -> Path:
    """Write a project of drawn rectangles whose manifest holds earlier boxes, some of them shifted.

    It is delivered in formats of one file and of many.
    """
    (folder / "photos").mkdir(parents=True, exist_ok=True)
    truth: list[tuple[str, str]] = []
    lines: list[str] = []
    for number in range(items):
        dice = np.random.default_rng(number)
        picture = Image.new("RGB", (120, 90), "white")
        pen = ImageDraw.Draw(picture)
        annotations = []
        for place in range(int(dice.integers(1, 4))):
            left, top = 5 + 38 * place, int(dice.integers(5, 40))
            width, height = (int(side) for side in dice.integers(18, 32, size=2))
            pen.rectangle((left, top, left + width, top + height), fill=int(dice.integers(0, 1 << 23)))
            annotations.append(
                {"class_id": place % 3, "left": left, "top": top, "width": width, "height": height}
            )
        name = f"photos/{number:03}.png"
        picture.save(folder / name)
        boxes = [
            {"label": LABELS[int(one["class_id"])], **{side: one[side] for side in one if side != "class_id"}}
            for one in annotations
        ]
        truth.append((name, json.dumps({"boxes": boxes, "size": [120, 90]})))
        if number % 4 == 0:
            annotations = [{**one, "left": one["left"] + 15} for one in annotations]
        line = {
            "source-ref": name,
            "first": {
                "image_size": [{"width": 120, "height": 90, "depth": 3}],
                "annotations": annotations,
            },
            "first-metadata": {
                "objects": [{"confidence": 0.8}] * len(annotations),
                "class-map": dict(enumerate(LABELS)),
                "type": "groundtruth/object-detection",
                "job-name": "labeling-job/first",
                "human-annotated": "no",
                "creation-date": "2026-03-02T10:15:30.123456",
            },
        }
        lines.append(json.dumps(line))
    (folder / "earlier.manifest").write_text("\n".join(lines), encoding="utf-8")
    write_csv(folder / "truth.csv", ("item", "label"), truth)
    intake = folder / "intake.yaml"
    text = INTAKE.format(
        name="boxes",
        task="image_boxes",
        data="{path: earlier.manifest, format: manifest, labels: first}",
        labels=", ".join(LABELS),
        right=right,
        people=6,
        experts=3,
        accept="if_certified",
        data_class="internal",
        budget=1_000_000,
        more=more,
    )
    intake.write_text(text.replace("csv, jsonl]", "yolo, coco]"))
    return intake


def add_further(
    project: Project,
    *,
    truth: Mapping[str, str],
    data: str = "items2.csv",
    columns: Mapping[str, str] | None = None,
    written: bool = True,
    actor: Actor | None = None,
    **says: object,
) -> Project:
    """Write further items beside a project's and add them as a batch; `says` are further keys of its request."""
    folder = project.folder / "more"
    folder.mkdir(exist_ok=True)
    if written:
        write_csv(folder / data, ("id", "file"), [(key, f"photos/{key}.jpg") for key in truth])
    write_csv(folder / f"truth-of-{data}", ("item", "label"), truth.items())
    tree = {
        "data": {"path": data, **(columns or {})},
        "workforce": {"truth": f"truth-of-{data}"},
        **says,
    }
    row, batch = add_batch(
        actor or project.installation.owner("rita", "tests"),
        project=project.row.name,
        asked=BatchRequest(tree=tree, folder=folder),
        home=project.installation.home,
        now=NOW,
    )
    return Project(project.installation, row.id, batch.id, project.folder, project.out)
