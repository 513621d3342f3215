"""A picture crowded with boxes: answers that lie beside their rows go all the way to a certificate that verifies."""

import csv
import json

import pytest
from PIL import Image
from tests.support.projects import LABELS, submit, write_boxes, write_csv

from assay.core.labels.label_text import read_label
from assay.core.labels.label_values import Boxes
from assay.core.project import lifecycle
from assay.service.delivery.verify_certificate import verify_certificate
from assay.store import db
from assay.store.items import items
from assay.store.large_values import MARK

ACROSS, EDGE = 150, 10


def crowd(boxes):
    """Return so many boxes side by side."""
    return [
        {
            "label": LABELS[0],
            "left": EDGE * (n % ACROSS),
            "top": EDGE * (n // ACROSS),
            "width": 8,
            "height": 8,
        }
        for n in range(boxes)
    ]


def crowded(folder, *, boxes):
    """Write a project of few pictures, one of which is full of boxes."""
    intake = write_boxes(folder, items=6)
    name, side = "photos/003.png", ACROSS * EDGE
    Image.new("RGB", (side, side), "white").save(folder / name)
    lines = (folder / "earlier.manifest").read_text().splitlines()
    said = json.loads(lines[3])
    said["first"]["image_size"] = [{"width": side, "height": side, "depth": 3}]
    lines[3] = json.dumps(said)
    (folder / "earlier.manifest").write_text("\n".join(lines))
    with (folder / "truth.csv").open(newline="") as file:
        truth = dict(list(csv.reader(file))[1:])
    truth[name] = json.dumps({"boxes": crowd(boxes), "size": [side, side]})
    write_csv(folder / "truth.csv", ("item", "label"), truth.items())
    return intake


def delivered_boxes(folder, name):
    """Return how many boxes of a picture were delivered in COCO's document."""
    (document,) = folder.glob("*.coco.json")
    found = json.loads(document.read_bytes())
    image = next(one["id"] for one in found["images"] if one["file_name"] == name)
    return sum(one["image_id"] == image for one in found["annotations"])


def run(installation, tmp_path, *, boxes):
    project = submit(installation, crowded(tmp_path / "crowd", boxes=boxes))
    project.run()
    assert project.batch.status == lifecycle.DATA_DELIVERED
    return project


@pytest.mark.parametrize("boxes", [400, pytest.param(1_500, marks=pytest.mark.slow)])
@pytest.mark.timeout(1_800)
def test_a_crowded_picture_is_labelled_frozen_delivered_and_verified(installation, tmp_path, boxes):
    project = run(installation, tmp_path, boxes=boxes)
    values = [value for (value,) in db.rows("SELECT value FROM answer")]
    assert any(value.startswith(MARK) for value in values)
    assert max(map(len, values)) < 4_097, "no row holds more than that"
    frozen = items.frozen_labels(project.batch)["photos/003.png"]
    label = read_label(frozen, Boxes)
    assert isinstance(label, Boxes)
    assert len(label.boxes) > 0.9 * boxes
    assert delivered_boxes(project.delivery, "photos/003.png") == len(label.boxes)
    found = verify_certificate(project.delivery, trusted=None)
    assert found.findings == ()
    assert found.demonstration
