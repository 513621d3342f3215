"""A database that 0.1.0 wrote, with a delivered, a frozen and an open batch, is taken over on both engines."""

import base64
import gzip
import json
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests.support.projects import Project

from assay.core.project import lifecycle
from assay.service.batches.accept_batch import accept_batch
from assay.service.delivery.verify_certificate import Result, verify_certificate
from assay.service.trail.verify_audit import verify_audit
from assay.store import db
from assay.store.projects.batches import batch_by_name

OLD = Path(__file__).parents[1] / "data" / "installation-of-0.1.0"
LAST = "0008_reserve"
"""The last migration of 0.1.0."""
NOW = 1_796_200_000_000_000


@pytest.fixture
def old(templates, tmp_path, django_db_blocker):
    """The installation as 0.1.0 left it, its database brought to this version."""
    shutil.copytree(OLD, tmp_path / "home")
    (tmp_path / "home" / "rows.jsonl.gz").unlink()
    for key in (tmp_path / "home" / "keys").iterdir():
        key.chmod(0o600)  # a checkout gives everybody leave to read them
    with django_db_blocker.unblock(), templates.place(tmp_path / "home", migrated=False) as place:
        call_command("migrate", verbosity=0)
        call_command("migrate", "store", LAST, verbosity=0)
        _fill(place.home)
        call_command("migrate", verbosity=0)
        yield place


def _fill(home: Path) -> None:
    """Write the stored rows, in their order, into the tables as they were."""
    state = MigrationExecutor(connection).loader.project_state([("store", LAST)])
    models = {model._meta.db_table: model for model in state.apps.get_models()}
    rows: dict[str, list[object]] = {}
    with gzip.open(OLD / "rows.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            found = json.loads(line.replace("{home}", home.as_posix()))
            held = {name: _cell(value) for name, value in found["row"].items()}
            rows.setdefault(found["table"], []).append(models[found["table"]](**held))
    with db.transaction():  # what refers to what is looked at when it ends
        for table, made in rows.items():
            models[table].objects.bulk_create(made)
    for statement in connection.ops.sequence_reset_sql(no_style(), list(models.values())):
        db.execute(statement)


def _cell(value: object) -> object:
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value


def project_of(place, name):
    installation = place.open()
    batch = batch_by_name(installation.scope, f"{name}-1")
    return Project(installation, batch.project_id, batch.id, place.home / name, place.home / "out")


def test_its_audit_trail_verifies(old):
    actor = old.open().owner("tests", "tests")
    before = verify_audit(actor, checkpoints=old.home / "checkpoints", now=NOW)
    assert before.ok, before.first_bad
    assert (before.events, before.unsealed) == (976, 138)


def test_a_batch_that_was_delivered_is_delivered(old):
    project = project_of(old, "reviews")
    assert project.batch.status == lifecycle.DATA_DELIVERED
    assert project.run() == 0


def test_a_batch_that_was_frozen_is_accepted_and_its_certificate_verifies(old):
    project = project_of(old, "preferences")
    frozen = project.batch.frozen_digest
    assert (project.batch.status, len(frozen)) == ("Ready for review", 64)
    accept_batch(project.installation.owner("tests", "tests"), batch="preferences-1", now=NOW)
    project.run()
    assert (project.batch.status, project.batch.frozen_digest) == (lifecycle.DATA_DELIVERED, frozen)
    found = verify_certificate(project.delivery, trusted=None)
    assert (found.result, found.findings, found.certified) == (Result.DEMONSTRATION, (), True)


def test_a_batch_that_was_open_is_worked_on_to_its_certificate(old):
    project = project_of(old, "entities")
    before = project.batch.answers
    assert before > 60
    project.run()
    assert project.batch.status == lifecycle.DATA_DELIVERED, (project.batch.status, project.batch.reason)
    assert project.batch.answers > before
    found = verify_certificate(project.delivery, trusted=None)
    assert (found.result, found.findings, found.certified) == (Result.DEMONSTRATION, (), True)
    assert verify_audit(project.installation.owner("tests", "tests"), checkpoints=None, now=NOW).ok
