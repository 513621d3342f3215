"""A further batch over the API: with the client, with a draft, once for each key, and for nobody of another tenant."""

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.support.projects import NOW

from assay.client import Refused, connect
from assay.conf.wsgi import application
from assay.core.project import lifecycle
from assay.service.pipeline.run_batch import run_batch
from assay.store.items import items
from assay.store.projects.batches import batch_by_name, list_batches
from assay.store.projects.projects import project_by_name

INTAKE = """assay: 1
name: notes
task: text_classification
data: {path: items.csv, id: id, text: text}
labels: [nut, bolt]
money: {currency: EUR, answer: 4, expert: 20}
workforce: {kind: people}
"""


@pytest.fixture
def client(web):
    """Rita's client; it speaks to the site in this very process."""
    found = connect(
        "http://testserver",
        key=web.key("rita"),
        progress=False,
        transport=httpx.WSGITransport(app=application),
    )
    with found:
        yield found


def table(folder, name, rows):
    (folder / name).write_text("id,text\n" + "".join(f"{key},{text}\n" for key, text in rows))


@pytest.fixture
def filed(client, tmp_path):
    """A project with one batch."""
    table(tmp_path, "items.csv", [(f"a{n}", f"the nut number {n}") for n in range(9)])
    (tmp_path / "intake.yaml").write_text(INTAKE)
    client.file(tmp_path / "intake.yaml")
    return tmp_path


def names(web):
    scope = web.installation.scope
    return [one.name for one in list_batches(scope, project_by_name(scope, "notes").id)]


def receive(web, *wanted, folder):
    for name in wanted:
        batch = batch_by_name(web.installation.scope, name)
        while batch.status in (lifecycle.REQUEST_SUBMITTED, lifecycle.DATA_TRANSFER):
            assert run_batch(
                web.installation, batch=batch.id, out=folder / "out", clock=lambda: NOW, most_steps=1
            )
            batch = batch_by_name(web.installation.scope, name)
    return batch


def test_the_client_brings_a_batch_with_the_files_that_it_names(client, web, filed):
    table(
        filed,
        "more.csv",
        [(f"b{n}", f"the bolt number {n}") for n in range(7)] + [("b9", "the nut number 3")],
    )
    added = client.add_batch("notes", {"data": {"path": "more.csv"}, "deadline": "2031-05-06"}, filed)
    assert (added.batch, added.status) == ("notes-2", "Request submitted")
    again = client.add_batch("notes", {"data": {"path": "more.csv"}, "deadline": "2031-05-06"}, filed)
    assert again.batch == "notes-2"

    batch = receive(web, "notes-1", "notes-2", folder=filed)
    assert [row.key for row in items.all_items(batch)] == [f"b{n}" for n in range(7)]
    assert [reason for _, _, reason in items.list_set_aside(batch.id, limit=9)] == [
        "its content was in batch notes-1 of this project already"
    ]
    shown = web.api("rita").get("/api/v1/projects/notes").json()
    assert [(one["batch"], one["due"]) for one in shown["batches"]] == [
        ("notes-1", None),
        ("notes-2", "2031-05-06"),
    ]
    assert [one.batch for one in client.batches("notes")] == ["notes-1", "notes-2"]


def draft_with(web, name, rows, *, text="assay: 1\n"):
    rita = web.api("rita")
    draft = rita.send("POST", "/api/v1/drafts", {"intake": text}).json()["id"]
    data = "id,text\n" + "".join(f"{key},{said}\n" for key, said in rows)
    file = SimpleUploadedFile(name, data.encode())
    taken = rita.post(f"/api/v1/drafts/{draft}/files", {"files": file, "paths": name})
    assert taken.json()["accepted"] == 1
    return draft


def test_a_call_that_comes_twice_makes_one_batch(web, filed):
    draft = draft_with(web, "more.csv", [("b1", "a bolt"), ("b2", "another bolt")])
    rita, path = web.api("rita"), "/api/v1/projects/notes/batches"
    replies = [
        rita.send("POST", path, {"draft": draft}, Idempotency_Key="once-0001"),
        rita.send("POST", path, {"draft": draft}, Idempotency_Key="once-0001"),
        rita.send("POST", path, {"draft": draft}),
    ]
    assert [one.status_code for one in replies] == [201, 201, 201]
    assert {one.json()["batch"] for one in replies} == {"notes-2"}
    assert rita.send("POST", path, {"draft": 999}, Idempotency_Key="once-0001").status_code == 422
    assert names(web) == ["notes-1", "notes-2"]


def test_nobody_adds_to_another_tenants_project_or_says_what_is_the_projects(web, strangers, filed):
    draft = draft_with(web, "more.csv", [("b1", "a bolt")])
    path = "/api/v1/projects/notes/batches"
    refused = web.api("rita").send("POST", path, {"draft": draft, "intake": "labels: [screw]\n"})
    assert refused.status_code == 422
    assert "'labels' is its project's" in refused.json()["detail"]
    assert (
        web.api("rita").send("POST", "/api/v1/projects/others/batches", {"draft": draft}).status_code == 404
    )
    assert web.api("mallory").send("POST", path, {"draft": draft}).status_code == 404
    assert web.api("lena").send("POST", path, {"draft": draft}).status_code == 403
    assert names(web) == ["notes-1"]


def test_a_data_file_that_is_not_there_is_told(client, filed):
    with pytest.raises(Refused, match=r"no\.csv"):
        client.add_batch("notes", {"data": {"path": "no.csv"}}, filed)
