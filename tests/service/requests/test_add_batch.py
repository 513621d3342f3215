"""A further batch of a project: filed once, worked on with what earlier batches showed, certified by itself."""

import json

import pytest

from assay.core.errors import NotReadable
from assay.core.project.further_intake import ProjectsKey
from assay.service.access.refuse_own_work import OwnWork
from assay.store import db
from assay.store.items import items
from assay.store.projects.projects import project_of_batch
from tests.support.projects import add_further, submit, truth_of, write_project

pytestmark = pytest.mark.database


def further_truth(count=60):
    return {f"more-{key}": label for key, label in truth_of(count, seed=9).items()}


@pytest.fixture
def delivered(installation, tmp_path):
    """A project whose first batch is delivered."""
    project = submit(installation, write_project(tmp_path / "pets", items=80))
    project.run()
    assert project.batch.status == "Data delivered"
    return project


def test_a_further_batch_goes_the_whole_way_to_a_delivery_of_its_own(delivered):
    before = {path.name: path.read_bytes() for path in delivered.delivery.iterdir() if path.is_file()}

    further = add_further(delivered, truth=further_truth())
    assert further.batch.name == "pets-2"
    assert further.row.status == "Production in-progress"
    further.run()

    assert further.batch.status == "Data delivered"
    assert further.row.status == "Production complete"
    assert further.delivery != delivered.delivery
    statement = json.loads((further.delivery / "certificate.json").read_text())["statement"]
    assert statement["batch"] == "pets-2"
    assert statement["nonce_commitment"] != json.loads(before["certificate.json"])["statement"]["nonce_commitment"]
    assert {path.name: path.read_bytes() for path in delivered.delivery.iterdir() if path.is_file()} == before
