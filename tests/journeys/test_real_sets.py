"""Real data of every kind, from intake to certified delivery, and the delivered files read back by other tools."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from pycocotools.coco import COCO
from seqeval.metrics.sequence_labeling import get_entities
from tests.support.projects import submit
from tests.support.realsets import REAL_SETS, real_project, truth_of

from assay.core.labels.label_text import write_label
from assay.core.labels.label_values import Boxes, Spans, label_names
from assay.core.labels.loss_rules import Frame
from assay.core.ports.file_format import LabelContents, LeftOut
from assay.formats import FORMATS
from assay.service.delivery.label_files_of_a_delivery import label_file
from assay.service.delivery.verify_certificate import Result, verify_certificate
from assay.service.working_set.stored_project import intake_of
from assay.tasktypes import TASK_TYPES

COUNTS = {
    "retail_grocery": 180,
    "retail_clothing": 146,
    "coco_mini": 56,
    "blood_cells": 80,
    "reviews_sentiment": 398,
    "intents_clinc": 440,
    "ner_wnut17": 300,
    "preference_pandalm": 243,
}


def delivered_keys(delivery):
    return [json.loads(line)[0] for line in (delivery / "keys.jsonl").read_text().splitlines()]


def labels_in(project, name, task):
    """What a delivered label file says, by item."""
    layout = FORMATS.get(name)
    path = project.delivery / label_file(layout)
    contents = layout.look(path)
    contents = LabelContents(task.produces, contents.schema, contents.attribute, contents.manifest_type)
    rows = list(layout.read_labels(path, contents=contents, left_out=LeftOut()))
    return {key: row.value for key, row in zip(delivered_keys(project.delivery), rows, strict=True)}


SLOW = ("retail_clothing", "coco_mini", "reviews_sentiment", "intents_clinc")
"""Each of these has a sibling of its kind that always runs."""


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else []) for name in COUNTS]
)
def test_a_real_set_goes_from_intake_to_a_certified_delivery(installation, tmp_path, name):
    chosen = REAL_SETS[name]
    project = submit(installation, real_project(name, tmp_path / "project"))
    project.run()

    batch = project.batch
    assert batch.status == "Data delivered", (batch.status, batch.reason)
    assert batch.accepted == COUNTS[name]
    found = verify_certificate(project.delivery, trusted=None)
    assert found.result is Result.DEMONSTRATION, found.findings

    task = TASK_TYPES.get(chosen.task)
    truth = truth_of(tmp_path / "project")
    said = labels_in(project, "jsonl", task)
    assert len(said) == COUNTS[name]
    schema = intake_of(project.row).schema
    values = {key: task.parse(text, schema=schema) for key, text in truth.items() if key in said}
    frame = Frame(schema)
    right = np.mean([1.0 - task.compare(said[key], value, frame=frame) for key, value in values.items()])
    assert right >= chosen.right

    # Every format says the same, up to what it can carry.
    for other in chosen.formats:
        layout, told = FORMATS.get(other), labels_in(project, other, task)
        assert {key: write_label(value) for key, value in told.items()} == {
            key: write_label(layout.carried(value)) for key, value in said.items()
        }, other
    if "coco" in chosen.formats:
        _read_by_pycocotools(project.delivery, said)
    if "conll" in chosen.formats:
        _read_by_seqeval(project.delivery, said)


def _read_by_pycocotools(delivery: Path, said: dict[str, Boxes]) -> None:
    coco = COCO(str(delivery / "labels.coco.json"))
    names = {one["id"]: one["name"] for one in coco.loadCats(coco.getCatIds())}
    images = {Path(image["file_name"]).stem: image for image in coco.loadImgs(coco.getImgIds())}
    assert images.keys() == said.keys()
    for key, value in said.items():
        found = coco.loadAnns(coco.getAnnIds(imgIds=images[key]["id"]))
        boxes = sorted((names[one["category_id"]], *one["bbox"]) for one in found)
        assert boxes == sorted(box[:5] for box in value.boxes)
        assert all(one["area"] > 0 and one["iscrowd"] == 0 for one in found)
        assert images[key]["width"] > 0


def _read_by_seqeval(delivery: Path, said: dict[str, Spans]) -> None:
    sentences: list[list[tuple[str, str]]] = []
    for block in (delivery / "labels.conll").read_text(encoding="utf-8").strip("\n").split("\n\n")[1:]:
        rows = [line.split(" ") for line in block.split("\n")]
        sentences.append([(row[0], row[-1]) for row in rows])
    assert len(sentences) == len(said)
    for sentence, value in zip(sentences, said.values(), strict=True):
        entities = get_entities([tag for _, tag in sentence])
        carried = FORMATS.get("conll").carried(value)  # of overlapping spans one stays
        assert sorted(kind for kind, _, _ in entities) == sorted(label_names(carried))


def test_the_votes_of_the_real_people_are_delivered_as_worker_responses(installation, tmp_path):
    project = submit(installation, real_project("preference_pandalm", tmp_path / "project"))
    project.run()
    lines = [json.loads(line) for line in (project.delivery / "labels.manifest").read_text().split("\n")]
    with (tmp_path / "project" / "answers.csv").open(newline="") as rows:
        votes = {(row["item"], row["worker"]): row["label"] for row in csv.DictReader(rows)}
    rank = {'{"winner":"first"}': [1, 2], '{"winner":"second"}': [2, 1], '{"winner":"tie"}': [1, 1]}
    seen = 0
    for key, line in zip(delivered_keys(project.delivery), lines, strict=True):
        metadata = line["preference-pandalm-metadata"]
        assert metadata["type"] == "groundtruth/custom"
        responses = json.loads((project.delivery / metadata["worker-response-ref"]).read_text())
        for answer in responses["answers"]:
            (dimension,) = answer["answerContent"]["ordinalRankingDimensions"]
            assert dimension["responseRankings"] == rank[votes[key, answer["workerId"]]]
            seen += 1
    assert seen > 300
    listing = (project.delivery / "annotations.sha256").read_text().splitlines()
    assert len(listing) == sum(1 for path in (project.delivery / "annotations").rglob("*") if path.is_file())
