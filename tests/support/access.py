"""The API's operations, and a world with one of everything that their addresses can name."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.projects import submit, write_project
from tests.support.webpages import web_of

from assay.entry.api.api import api
from assay.service.access.permissions import LABELLER, ROLES, SYSTEM
from assay.service.accounts.invite_person import invite_person
from assay.service.labelling.person_at_work import enrol_members
from assay.service.trail.seal_events import seal
from assay.store import db
from assay.store.labelling.project_people import people_of_member
from assay.store.projects.batches import batch_by_id

HUMAN = tuple(role for role in ROLES if role != SYSTEM)


@dataclass(frozen=True)
class Operation:
    """One operation of the API, by its name in the OpenAPI document."""

    name: str
    method: str
    path: str


OPERATIONS = [
    Operation(name=found["operationId"], method=method.upper(), path=path)
    for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
    for method, found in methods.items()
]


@contextmanager
def world(place, folder) -> Iterator[tuple[dict, dict, dict]]:
    """Two tenants: clients by role of the one, of the other, and one of everything in the first one."""
    with web_of(place) as web:
        clients = {role: _client(web, f"{role}-here", role) for role in HUMAN}
        with web_of(place, tenant="elsewhere") as elsewhere:
            strangers = {role: _client(elsewhere, f"{role}-there", role) for role in HUMAN}
        with web_of(place) as again:
            again.found.update(web.found)
            yield clients, strangers, _things(again, clients, folder)


def _client(web, name, role):
    """An API client with a key; where a key is refused, its `signed_in` is a browser that has just confirmed."""
    client = web.api(name, role)
    client.signed_in = web.page(name, confirmed=True)
    return client


def _things(web, clients, folder):
    """Make one of everything and return the parameters of addresses."""
    now = time.time_ns() // 1_000
    installation = web.installation
    intake = write_project(folder / "project", items=12)
    intake.write_text(
        intake.read_text().replace(
            "workforce: {kind: simulated, people: 6, experts: 3, truth: truth.csv}",
            "workforce: {kind: people}",
        )
    )
    project = submit(installation, intake)
    with db.transaction():
        enrol_members(installation.scope, project=project.id, seed=1)
    person = people_of_member(installation.scope, web.member("labeller-here").id)[0]
    draft = clients["requester"].send("POST", "/api/v1/drafts", {}).json()["id"]
    hook = (
        clients["requester"].send("POST", "/api/v1/webhooks", {"url": "https://receiver.example.org/"}).json()
    )
    key = clients["requester"].signed_in.send("POST", "/api/v1/keys", {"name": "k", "days": 1}).json()
    invited = invite_person(web.actor("administrator-here"), email="x@example.org", roles=["expert"], now=now)
    seal(now=now)
    event = db.row(
        "SELECT id FROM event WHERE tenant_id = %s ORDER BY id LIMIT 1", [installation.scope.tenant]
    )
    return {
        "batch": batch_by_id(installation.scope, project.batch_id).name,
        "project": project.row.name,
        "key": {"keys": _number(key), "batches": "item-000"},
        "name": "labels.manifest",
        "draft": draft,
        "webhook": _number(hook),
        "message": 1,
        "person": {
            "people": web.member("bystander", LABELLER).id,
            "workforce": person.id,
            "my-work": person.id,
        },
        "invitation": invited.invitation.id,
        "session": 1,
        "event": event[0],
        "number": 1,
        "answer": 1,
    }


def _number(found):
    return (
        found["id"] if "id" in found else next(one["id"] for one in found.values() if isinstance(one, dict))
    )


def address(one, things):
    """Return an operation's address with one of everything in it."""
    noun = one.path.split("/")[3]
    found = one.path
    for name, value in things.items():
        chosen = value.get(noun, "1") if isinstance(value, dict) else value
        found = found.replace("{" + name + "}", str(chosen))
    assert "{" not in found, found
    return found
