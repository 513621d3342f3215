"""Projects made of the shared real data: items, truth as label values, and an intake, in a folder of their own."""

import csv
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.support.data import shared_data

from assay.core.labels.label_text import write_label
from assay.core.labels.label_values import Box, Boxes, Preference, Span, Spans

INTAKE = """assay: 1
name: {name}
task: {task}
data: {{path: items.csv, id: id, {column}: {column}}}
{labels}
quality: {{right: {right}, confidence: 0.95}}
redundancy: {{min: 1, max: 5}}
money: {{currency: EUR, answer: {answer}, expert: 20}}
workforce: {workforce}
accept: if_certified
start: 2026-11-23T09:00:00Z
deliver: {{to: out/, formats: [{formats}]}}
{more}
"""
SIMULATED = "{kind: simulated, people: 16, experts: 4, truth: truth.csv}"
RECORDED = "{kind: recorded, answers: answers.csv, truth: truth.csv}"


@dataclass(frozen=True)
class RealSet:
    """One real set: what to ask, how good, in which formats, and how its folder is filled.

    `fill(folder)` writes items and truth, and returns the labels: names, or the YAML of a tree.
    """

    task: str
    right: float
    formats: tuple[str, ...]
    fill: Callable[[Path], Sequence[str] | str]
    workforce: str = SIMULATED
    column: str = "text"
    answer: int = 4


def real_project(name: str, folder: Path, *, more: str = "") -> Path:
    """Write the project of a real set and return its intake; skips where the data are absent."""
    chosen = REAL_SETS[name]
    folder.mkdir(parents=True, exist_ok=True)
    labels = chosen.fill(folder)
    if not isinstance(labels, str):
        labels = f"labels: {json.dumps(list(labels))}" if labels else ""
    intake = folder / "intake.yaml"
    intake.write_text(
        INTAKE.format(
            name=name.replace("_", "-"),
            task=chosen.task,
            column=chosen.column,
            labels=labels,
            right=chosen.right,
            answer=chosen.answer,
            workforce=chosen.workforce,
            formats=", ".join(chosen.formats),
            more=more,
        ),
        encoding="utf-8",
    )
    return intake


def truth_of(folder: Path) -> dict[str, str]:
    """Return the truth that a project was given, by item."""
    with (folder / "truth.csv").open(newline="", encoding="utf-8") as lines:
        return {row["item"]: row["label"] for row in csv.DictReader(lines)}


# --- filling folders -----------------------------------------------------------------------------


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([header, *rows])


def _photos(parts: tuple[str, ...], folder: Path) -> list[dict[str, str]]:
    with shared_data(*parts, "truth.csv").open(newline="", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    shutil.copytree(shared_data(*parts, "images"), folder / "images")
    _write(folder / "items.csv", ("id", "media"), [(Path(row["file"]).stem, row["file"]) for row in rows])
    return rows


def _grocery(folder: Path) -> str:
    rows = _photos(("images", "retail_grocery"), folder)
    paths = [(row["department"], row["label"], row["fine_label"]) for row in rows]
    truth = [(Path(row["file"]).stem, "/".join(path)) for row, path in zip(rows, paths, strict=True)]
    _write(folder / "truth.csv", ("item", "label"), truth)
    lines = ["labels:"]
    for department in sorted({path[0] for path in paths}):
        lines.append(f"  - name: {department}\n    labels:")
        for label in sorted({path[1] for path in paths if path[0] == department}):
            fine = sorted({path[2] for path in paths if path[:2] == (department, label)})
            lines.append(f"      - {{name: {label}, labels: {json.dumps(fine)}}}")
    return "\n".join(lines)


def _clothing(folder: Path) -> Sequence[str]:
    rows = _photos(("images", "retail_clothing"), folder)
    _write(folder / "truth.csv", ("item", "label"), [(Path(row["file"]).stem, row["label"]) for row in rows])
    return sorted({row["label"] for row in rows})


def _boxes(*parts: str) -> Callable[[Path], Sequence[str]]:
    def fill(folder: Path) -> Sequence[str]:
        found = json.loads(shared_data(*parts, "truth_coco.json").read_text(encoding="utf-8"))
        shutil.copytree(shared_data(*parts, "images"), folder / "images")
        names = {one["id"]: one["name"] for one in found["categories"]}
        boxes: dict[int, list[Box]] = {image["id"]: [] for image in found["images"]}
        for one in found["annotations"]:
            boxes[one["image_id"]].append(Box(names[one["category_id"]], *map(float, one["bbox"])))
        images = [image for image in found["images"] if (folder / image["file_name"]).exists()]
        keys = [Path(image["file_name"]).stem for image in images]
        media = [image["file_name"] for image in images]
        _write(folder / "items.csv", ("id", "media"), list(zip(keys, media, strict=True)))
        truth = [_sized(Boxes(tuple(boxes[image["id"]])), image) for image in images]
        _write(folder / "truth.csv", ("item", "label"), list(zip(keys, truth, strict=True)))
        return list(names.values())

    return fill


def _sized(value: Boxes, image: Mapping[str, int]) -> str:
    return json.dumps(json.loads(write_label(value)) | {"size": [image["width"], image["height"]]})


def _texts(column: str, *parts: str) -> Callable[[Path], Sequence[str]]:
    def fill(folder: Path) -> Sequence[str]:
        with shared_data(*parts, "truth.csv").open(newline="", encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        _write(folder / "items.csv", ("id", "text"), [(row["id"], row["text"]) for row in rows])
        _write(folder / "truth.csv", ("item", "label"), [(row["id"], row[column]) for row in rows])
        return sorted({row[column] for row in rows})

    return fill


def _entities(folder: Path) -> Sequence[str]:
    path = shared_data("text", "ner_wnut17", "truth.jsonl")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    _write(folder / "items.csv", ("id", "text"), [(row["id"], row["text"]) for row in rows])
    spans = [Spans(tuple(Span(e["label"], e["start"], e["end"]) for e in row["entities"])) for row in rows]
    truth = [(row["id"], write_label(value)) for row, value in zip(rows, spans, strict=True)]
    _write(folder / "truth.csv", ("item", "label"), truth)
    return sorted({entity["label"] for row in rows for entity in row["entities"]})


def _preferences(folder: Path) -> Sequence[str]:
    path = shared_data("genai", "preference_pandalm", "truth.jsonl")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    columns = ("id", "text", "input", "response_a", "response_b")
    items = [[row["id"], row["instruction"], *(row[name] for name in columns[2:])] for row in rows]
    _write(folder / "items.csv", columns, items)
    said = {"a": "first", "b": "second", "tie": "tie"}
    truth = [(row["id"], write_label(Preference(said[row["truth"]]))) for row in rows]
    _write(folder / "truth.csv", ("item", "label"), truth)
    answers = [
        (row["id"], f"judge-{place}", write_label(Preference(said[vote])))
        for row in rows
        for place, vote in enumerate(row["annotators"], start=1)
    ]
    _write(folder / "answers.csv", ("item", "worker", "label"), answers)
    return ()


ALL = ("augmented_manifest", "csv", "jsonl", "parquet", "label_studio")
PICTURES = (*ALL, "coco", "yolo", "pascal_voc")
REAL_SETS: dict[str, RealSet] = {
    "retail_grocery": RealSet("image_classification", 0.9, ALL, _grocery, column="media"),
    "retail_clothing": RealSet("image_classification", 0.9, ALL, _clothing, column="media"),
    "coco_mini": RealSet(
        "image_boxes", 0.85, PICTURES, _boxes("images", "coco_mini"), column="media", answer=12
    ),
    "blood_cells": RealSet(
        "image_boxes", 0.85, PICTURES, _boxes("medical", "blood_cells"), column="media", answer=12
    ),
    "reviews_sentiment": RealSet(
        "text_classification", 0.95, ALL, _texts("sentiment", "text", "reviews_sentiment")
    ),
    "intents_clinc": RealSet("text_classification", 0.95, ALL, _texts("intent", "text", "intents_clinc")),
    "ner_wnut17": RealSet("text_spans", 0.9, (*ALL, "conll"), _entities),
    "preference_pandalm": RealSet("preference_pair", 0.85, ALL, _preferences, workforce=RECORDED),
}
