"""What every test can ask for: a fresh place, an installation in it, and the people of the cast."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings
from tests.support.beginnings import Beginnings, Begun
from tests.support.cast import Cast, cast_of
from tests.support.places import Templates, leave
from tests.support.webpages import Web, web_of

from assay.core.planning.plan import Plan, make_plan
from assay.service.quality import plan_and_quote
from assay.store import db


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark every test that uses a database, so that a pass on PostgreSQL runs these and no others."""
    for item in items:
        if "templates" in item.fixturenames:
            item.add_marker(pytest.mark.database)


# Machines are noisy, so examples have no deadline; where CI is set the same examples come every time.
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")


@pytest.fixture(scope="session")
def templates(tmp_path_factory, django_db_blocker):
    """The migrated database that every place is a copy of."""
    with django_db_blocker.unblock():
        made = Templates(tmp_path_factory.mktemp("template"))
        yield made
        made.close()


@pytest.fixture(scope="session")
def beginnings(templates, tmp_path_factory) -> Beginnings:
    """Does what many tests begin with, once."""
    return Beginnings(templates, tmp_path_factory.mktemp("beginnings"))


@pytest.fixture
def begun() -> Begun | None:
    """The work of which a test's place is a copy; most tests begin with nothing (see tests/support/beginnings.py)."""
    return None


@pytest.fixture
def place(templates, tmp_path, begun):
    """A home and database, fresh or as some work left it, which is the process's own for one test."""
    with templates.place(tmp_path / "home", like=None if begun is None else begun.kept) as found:
        yield found
    db.around_commit = None


@pytest.fixture
def installation(place):
    """The installation of the tenant `main`."""
    return place.open()


@pytest.fixture
def cast(installation) -> Cast:
    """Everybody who works for the tenant `main`."""
    return cast_of(installation.scope)


@pytest.fixture
def strangers(place) -> Cast:
    """The same people at another tenant, where Mallory is the requester."""
    return cast_of(place.open(tenant="elsewhere").scope)


@pytest.fixture
def web(place) -> Iterator[Web]:
    """The site of the tenant `main`: browsers and API clients, signed in as one of the cast."""
    with web_of(place) as found:
        yield found


@pytest.fixture(scope="session", autouse=True)
def _equal_plans_are_made_once():
    """A plan is a pure function, and most of the time of a small run."""
    known: dict[str, Plan] = {}

    def remembered(**arguments: Any) -> Plan:
        key = repr(sorted(arguments.items()))
        if key not in known:
            known[key] = make_plan(**arguments)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan_and_quote, "make_plan", remembered)
        yield


@pytest.fixture(scope="session")
def scale() -> float:
    """How much of the full counts the slow tests run."""
    return float(os.environ.get("SCALE", "1"))


@pytest.fixture(scope="session", autouse=True)
def _no_database_by_accident():
    leave()
