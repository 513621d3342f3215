"""Opening an installation: migrated once, by whoever comes first, and the same for all who come after."""

import subprocess
import sys

import pytest
from tests.support.data import ROOT
from tests.support.loops import one

from assay.service.installation import pending_migrations
from assay.store import db

OPEN = """
import django
django.setup()
from django.conf import settings
from assay.service.installation import open_installation
found = open_installation(
    home=settings.ASSAY.home, checkpoint_dir=settings.ASSAY.checkpoint_dir, tenant="main",
    lease_seconds=30, task_seconds=1800, step_answers=60,
)
print(found.scope.tenant)
"""


def test_processes_that_start_together_on_a_fresh_database_all_open_it(
    templates, tmp_path, django_db_blocker
):
    with django_db_blocker.unblock(), templates.place(tmp_path / "home", migrated=False) as place:
        started = [
            subprocess.Popen(
                [sys.executable, "-c", OPEN],
                cwd=ROOT,
                env=place.environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(3)
        ]
        said = [process.communicate(timeout=60) for process in started]
        assert [
            (out.strip(), process.returncode) for (out, _), process in zip(said, started, strict=True)
        ] == [("1", 0)] * 3, said
        assert pending_migrations() == 0
        assert one("SELECT COUNT(*) FROM tenant") == 1


def test_opening_again_changes_nothing(place, installation):
    assert place.open() == installation
    assert one("SELECT COUNT(*) FROM tenant") == 1


@pytest.mark.parametrize("name", ["main", "elsewhere", "Überall"])
def test_a_tenant_is_made_once_by_name(place, name):
    first, second = place.open(tenant=name), place.open(tenant=name)
    assert first.scope == second.scope
    assert db.rows("SELECT COUNT(*) FROM tenant WHERE name = %s", [name]) == [(1,)]


def test_the_owner_has_every_role_but_those_of_people_at_work(installation):
    roles = installation.owner("rita", "tests").roles
    assert roles == {"requester", "operator", "auditor", "administrator"}
