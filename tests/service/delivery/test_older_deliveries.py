"""Deliveries that older versions wrote verify for ever, each by the loss that was in force."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from assay.core.labels.label_values import Box, Boxes, Choice, schema_of
from assay.core.labels.loss_rules import Frame, StatedLoss
from assay.core.quality.label_loss import rule_of
from assay.service.delivery.verify_certificate import Result, verify_certificate
from assay.tasktypes import TASK_TYPES

OLD = Path(__file__).parents[2] / "data" / "delivered-by-0.1.0"


@pytest.mark.parametrize("name", sorted(path.name for path in OLD.iterdir()))
def test_what_0_1_0_delivered_verifies(name):
    statement = json.loads((OLD / name / "certificate.json").read_bytes())["statement"]
    assert (statement["layout"], "loss" in statement) == (1, False)
    found = verify_certificate(OLD / name, trusted=None)
    assert (found.result, found.findings, found.certified) == (Result.DEMONSTRATION, (), True)


def test_one_changed_loss_of_an_old_delivery_is_still_named(tmp_path):
    folder = shutil.copytree(OLD / "shelves", tmp_path / "shelves")
    path = folder / "certificate.json"
    whole = json.loads(path.read_bytes())
    line = next(line for line in whole["statement"]["sample"] if line["loss"] > 0.0)
    line["loss"] = 0.0
    path.write_text(json.dumps(whole))
    found = verify_certificate(folder, trusted=None)
    assert any("is a loss of" in one.sentence for one in found.findings), found.findings


def test_a_statement_without_a_name_means_the_first_loss_of_its_task_type():
    boxes = TASK_TYPES.get("image_boxes")
    schema = replace(schema_of(("a", "b")), parameters=(("overlap", 0.9),))
    a, b = Boxes((Box("a", 0, 0, 10, 10),)), Boxes((Box("a", 0, 0, 10, 8),))
    first, now = rule_of(boxes, None), rule_of(boxes, boxes.loss.stated(schema))
    assert first is not None
    assert now is not None
    assert first.compare(a, b, frame=Frame(schema)) == pytest.approx(0.2)
    assert now.compare(a, b, frame=Frame(schema)) == 1.0


@pytest.mark.parametrize(
    "task", [TASK_TYPES.get(name) for name in TASK_TYPES.names()], ids=lambda task: task.name
)
def test_every_loss_that_a_statement_may_name_is_found(task):
    every = (*task.older_losses, task.loss)
    assert len({(one.name, one.version) for one in every}) == len(every)
    assert [one.version for one in every] == sorted(one.version for one in every)
    for one in every:
        assert rule_of(task, StatedLoss(one.name, one.version)) == one
    assert rule_of(task, StatedLoss(task.loss.name, task.loss.version + 1)) is None


def test_labels_of_one_branch_count_as_the_requester_says():
    task = TASK_TYPES.get("text_classification")
    names = ("food/fruit/apple", "food/fruit/pear", "food/bread", "tools")
    said = {name: Choice(name) for name in names}
    plain = Frame(schema_of(names))
    near = Frame(replace(schema_of(names), parameters=(("branch", 0.4),)))
    apple, pear, bread, tools = said.values()
    assert task.compare(apple, pear, frame=plain) == 1.0
    assert task.compare(apple, apple, frame=near) == 0.0
    assert task.compare(apple, pear, frame=near) == pytest.approx(0.4)
    assert task.compare(apple, bread, frame=near) == pytest.approx(0.7)
    assert task.compare(apple, tools, frame=near) == 1.0
    # A label that names the branch itself shares all of it.
    assert task.compare(Choice("food"), bread, frame=near) == pytest.approx(0.4)
    assert task.compare(bread, Choice("food"), frame=near) == pytest.approx(0.4)
