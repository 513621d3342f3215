"""People's recorded answers, routed as they can be, through the whole pipeline."""

import csv

import pytest
from tests.support.data import shared_data
from tests.support.projects import submit

from assay.service.delivery.verify_certificate import Result, verify_certificate
from assay.service.intake.answer_files import read_answers, read_truth
from assay.store.items import items
from assay.store.labelling import answers_and_pay_ledger
from assay.store.labelling.project_people import list_people


@pytest.mark.parametrize(("name", "right"), [("bluebird", 0.9), ("weather_cf", 0.85)])
def test_recorded_answers_become_a_certified_delivery(tmp_path, installation, name, right):
    folder = shared_data("crowd", name)
    truth = read_truth(folder / "truth.csv")
    with (tmp_path / "items.csv").open("w", newline="") as out:
        csv.writer(out).writerows([("id",), *((key,) for key in truth)])
    labels = ", ".join(f'"{label}"' for label in sorted(set(truth.values())))
    intake = tmp_path / "intake.yaml"
    intake.write_text(
        f"assay: 1\nname: {name.replace('_', '-')}\ntask: classification\ndata: {{path: items.csv, id: id}}\n"
        f"labels: [{labels}]\nquality: {{right: {right}, confidence: 0.95}}\naccept: if_certified\n"
        f"workforce: {{kind: recorded, answers: {folder / 'answers.csv'}, truth: {folder / 'truth.csv'}}}\n"
    )
    project = submit(installation, intake)
    project.run()

    assert project.batch.status == "Data delivered"
    found = verify_certificate(project.delivery, trusted=None)
    assert found.result is Result.DEMONSTRATION, found.findings
    delivered = list(csv.DictReader((project.delivery / "labels.csv").read_text().splitlines()))
    assert len(delivered) == len(truth)
    assert sum(truth[row["item"]] == row["label"] for row in delivered) / len(truth) >= right
    recorded = {
        (item, person): value for item, person, value in read_answers(folder / "answers.csv").triples()
    }
    keys = {row.id: row.key for row in items.all_items(project.batch)}
    people = {row.id: row.code for row in list_people(installation.scope, project.id)}
    used = answers_and_pay_ledger.all_answers(
        project.batch.first_item, project.batch.last_item, queues=("label", "peer")
    )
    assert used
    for item, person, value, _ in used:
        assert recorded[keys[item], people[person]] == value
