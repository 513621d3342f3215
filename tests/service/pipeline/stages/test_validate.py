"""Machine checks of what people agreed on."""

import json
from dataclasses import replace

from tests.support.projects import submit, write_boxes

from assay.service.pipeline import look_over_batch
from assay.service.quality.doubts_in_the_trail import doubts_about
from assay.service.working_set.item_changes import change_of
from assay.store import db
from assay.store.items import items


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


def test_a_box_that_covers_its_whole_picture_is_doubted_and_told_by_its_name(
    installation, tmp_path, monkeypatch
):
    project = submit(installation, write_boxes(tmp_path))
    look, odd = look_over_batch.step, []

    def drawn_around_everything(work):
        if not odd:
            row = next(
                one
                for one in items.all_items(work.batch)
                if not one.is_control and not one.judged and one.label
            )
            odd.append(row.key)
            label = json.dumps({"boxes": [{"label": "cat", "left": 0, "top": 0, "width": 120, "height": 90}]})
            value = work.task.parse(label, schema=work.intake.schema)
            items.save_changes([replace(change_of(row, now=work.now), label=work.task.text(value))])
        look(work)

    monkeypatch.setattr(look_over_batch, "step", drawn_around_everything)
    project.run()
    first = looked_over()[0]
    assert first["found"]["covers everything"] == 1
    assert "covers everything" not in first["usual"]
    (key,) = odd
    told = doubts_about(installation.scope, batch=project.batch.name, key=key)
    assert told == ["The only box, of 'cat', covers the whole picture."]
    assert project.batch.status == "Data delivered"
