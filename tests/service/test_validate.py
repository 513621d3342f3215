"""Machine checks of what people agreed on."""

import json

from tests.support.projects import submit, write_boxes

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
