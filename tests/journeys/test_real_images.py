"""Real photographs, people simulated from the truth: from a folder to a certified delivery."""

import csv
import json
import shutil

import pytest
from tests.support.data import shared_data
from tests.support.projects import submit

from assay.service.delivery.verify_certificate import Result, verify_certificate

SETS = {"retail_grocery": 180}


@pytest.mark.parametrize(("name", "count"), SETS.items())
def test_a_folder_of_photographs_is_delivered_with_a_certificate(tmp_path, installation, name, count):
    images = shared_data("images", name, "images")
    with (shared_data("images", name) / "truth.csv").open(newline="") as lines:
        truth = {row["file"].removeprefix("images/"): row["label"] for row in csv.DictReader(lines)}
    folder = tmp_path / "photos"
    folder.mkdir()
    broken = next(iter(sorted(truth)))
    for image in images.iterdir():
        shutil.copy(image, folder / image.name)
    (folder / "not-an-image.jpg").write_bytes(b"GIF89a but not really")
    (folder / "again.jpg").write_bytes((folder / broken).read_bytes())
    with (tmp_path / "truth.csv").open("w", newline="") as out:
        csv.writer(out).writerows([("item", "label"), *truth.items(), ("again.jpg", truth[broken])])
    labels = ", ".join(f'"{label}"' for label in sorted(set(truth.values())))
    intake = tmp_path / "intake.yaml"
    intake.write_text(
        f"assay: 1\nname: {name.replace('_', '-')}\ntask: image_classification\n"
        f"data: {{path: photos, format: folder}}\nlabels: [{labels}]\n"
        "quality: {right: 0.9, confidence: 0.95}\naccept: if_certified\n"
        "workforce: {kind: simulated, people: 15, experts: 3, truth: truth.csv}\n"
    )
    project = submit(installation, intake)
    project.run()

    batch = project.batch
    assert batch.status == "Data delivered"
    assert (batch.received, batch.accepted, batch.rejected) == (count + 2, count, 2)
    found = verify_certificate(project.delivery, trusted=None)
    assert found.result is Result.DEMONSTRATION, found.findings
    lines = [json.loads(line) for line in (project.delivery / "labels.manifest").read_text().split("\n")]
    assert len(lines) == count
    right = sum(
        truth.get(line["source-ref"], truth[broken])
        == line[f"{name.replace('_', '-')}-metadata"]["class-name"]
        for line in lines
    )
    assert right / count >= 0.9
    aside = (project.delivery / "set_aside.csv").read_text()
    assert "not-an-image.jpg" in aside
    assert "the same as that of an earlier row" in aside
