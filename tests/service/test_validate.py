"""Machine checks of what people agreed on."""

import csv
import json

from tests.support.projects import NOW, submit, write_boxes

from assay.service.reads.item_page import item_page
from assay.store import db


def validated():
    rows = db.rows("SELECT detail FROM event WHERE verb = 'validate labels' ORDER BY id")
    found = [json.loads(detail) for (detail,) in rows]
    return sum(one["passed"] for one in found), sum(one["doubted"] for one in found)


def test_boxes_within_their_pictures_pass(installation, tmp_path):
    submit(installation, write_boxes(tmp_path)).run()
    passed, doubted = validated()
    assert passed > 10
    assert doubted == 0


def test_boxes_that_reach_beyond_their_picture_get_a_second_look(installation, tmp_path):
    intake = write_boxes(tmp_path)
    truth = tmp_path / "truth.csv"
    # People see a picture twice as wide as the one that is delivered.
    lines = truth.read_text().replace('""left"": 5,', '""left"": 150,').replace("[120, 90]", "[240, 90]")
    truth.write_text(lines)
    project = submit(installation, intake)
    project.run()
    _, doubted = validated()
    assert doubted > 0
    assert project.batch.status == "Data delivered"


def looked_over():
    rows = db.rows("SELECT detail FROM event WHERE verb = 'look over the batch' ORDER BY id")
    return [json.loads(detail) for (detail,) in rows]


def test_an_honest_batch_is_looked_over_once_and_nobody_is_sent(installation, tmp_path):
    project = submit(installation, write_boxes(tmp_path))
    project.run()
    looked = looked_over()
    assert len(looked) == project.batch.attempt
    assert looked[0]["items"] <= 1
    assert "label errors" in looked[0]["rule"]


def test_a_box_that_covers_its_whole_picture_is_doubted_and_told_on_the_items_page(installation, tmp_path):
    intake = write_boxes(tmp_path)
    truth = tmp_path / "truth.csv"
    with truth.open(newline="") as told:
        rows = list(csv.DictReader(told))
    odd = rows[3]["item"]
    whole = {"label": "cat", "left": 0, "top": 0, "width": 120, "height": 90}
    rows[3]["label"] = json.dumps({"boxes": [whole], "size": [120, 90]})
    with truth.open("w", newline="") as out:
        writer = csv.DictWriter(out, ("item", "label"))
        writer.writeheader()
        writer.writerows(rows)
    project = submit(installation, intake)
    project.run()
    assert looked_over()[0]["found"].get("covers everything", 0) <= 1
    told = [
        (subject, json.loads(detail)["found"])
        for subject, detail in db.rows("SELECT subject, detail FROM event WHERE verb = 'doubt a label'")
    ]
    for subject, found in told:
        key = subject.partition("/")[2]
        page = item_page(installation.actor, batch=project.batch.name, key=key, now=NOW)
        assert found in page.doubts
    assert any(subject.endswith(odd) for subject, _ in told)
