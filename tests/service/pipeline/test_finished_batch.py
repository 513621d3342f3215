"""A batch whose labels somebody else made: certified, and nothing else."""

import json

import pytest
from tests.support.invariants import check_invariants
from tests.support.projects import LABELS, NOW, submit, truth_of, write_csv, write_project

from assay.core.labels.schema_versions import WantedChange
from assay.core.project import lifecycle
from assay.service.delivery.verify_certificate import Result, verify_certificate
from assay.service.projects.change_labels import change_labels
from assay.store.items import items
from assay.store.labelling import answers_and_pay_ledger

pytestmark = pytest.mark.database
DATA = "{path: items.csv, format: csv, id: id, text: text, labels: sort, finished: true}"


def bought(folder, *, wrong, count=120, without=()):
    """A project of texts with labels, every so manieth of which is wrong."""
    truth = truth_of(count)
    intake = write_project(folder, task="text_classification", data=DATA, truth=truth)
    rows = [
        (
            key,
            f"text {number} of {count}: {label[::-1]} {key * (number % 5)}",
            "" if key in without else LABELS[(LABELS.index(label) + (number in wrong)) % 3],
        )
        for number, (key, label) in enumerate(truth.items())
    ]
    write_csv(folder / "items.csv", ("id", "text", "sort"), rows)
    return intake, truth


def counts(project):
    return answers_and_pay_ledger.count_answers(project.batch_id)


def test_good_labels_are_certified_as_they_came_and_nobody_labels(place, tmp_path):
    intake, truth = bought(tmp_path, wrong={40}, without=("item-007",))
    project = submit(place.open(), intake)
    project.run()
    assert project.batch.status == lifecycle.DATA_DELIVERED
    assert not {"label", "peer"} & set(counts(project))
    found = verify_certificate(project.delivery, trusted=None)
    assert (found.result, found.certified) == (Result.DEMONSTRATION, True)
    statement = json.loads((project.delivery / "certificate.json").read_bytes())["statement"]
    assert (statement["items"], statement["control_items"], statement["made_elsewhere"]) == (119, 0, True)
    assert "it came without a label" in (project.delivery / "set_aside.csv").read_text()
    delivered = [json.loads(line) for line in (project.delivery / "labels.jsonl").read_text().splitlines()]
    assert sum(line["label"] != truth[line["item"]] for line in delivered) <= 1
    check_invariants(project)


def test_labels_that_are_too_bad_are_redone_where_the_promise_takes_it(place, tmp_path):
    intake, truth = bought(tmp_path, wrong={*range(0, 120, 4)})
    project = submit(place.open(), intake)
    project.run()
    assert project.batch.attempt > 1
    assert project.batch.status == lifecycle.DATA_DELIVERED
    assert counts(project)["expert"] > 0
    rows = items.all_items(project.batch)
    wrong = sum(row.label != truth[row.key] for row in rows)
    assert wrong / len(rows) <= 0.1
    assert {row.decided_by for row in rows} <= {"given", "expert", "audit", "doubted"}


def test_given_labels_take_the_new_names_of_a_project_s_labels_and_are_certified_under_them(
    installation, tmp_path
):
    intake, truth = bought(tmp_path, wrong=())
    project = submit(installation, intake)
    project.run_until(lambda one: bool(one.batch.pilot))
    change_labels(
        installation.owner("rita", "tests"),
        project="pets",
        wanted=WantedChange("rename", ("cat",), ("kitten",)),
        reason="the guide changed",
        request_id="r-1",
        now=NOW,
    )
    project.run()
    assert project.batch.status == lifecycle.DATA_DELIVERED
    assert "label" not in counts(project), "nobody was asked to label"
    found = {row.key: row.label for row in items.all_items(project.batch)}
    assert found == {key: "kitten" if label == "cat" else label for key, label in truth.items()}
