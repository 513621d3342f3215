"""The requester's side over the API: the same as on the pages, with every odd request refused in a problem document."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.support.beginnings import offered_pets
from tests.support.projects import NOW, submit, write_project
from tests.support.quotes import work_out_all
from tests.support.webpages import web_of

from assay.entry.api.who_calls import clock
from assay.service.pipeline import worker_rounds

TEXTS = "id,text\n" + "".join(f"t{n},this is text {n}\n" for n in range(60))
TRUTH = "item,label\n" + "".join(f"t{n},{('good', 'bad')[n % 2]}\n" for n in range(60))
INTAKE = """assay: 1
name: first
task: text_classification
labels: [good, bad]
quality: {right: 0.9, confidence: 0.9}
money: {budget: 1000000}
workforce: {kind: simulated, people: 8, truth: truth.csv}
"""
BASE = "/api/v1"


@pytest.fixture
def rita(web):
    return web.api("rita")


@pytest.fixture
def draft(rita):
    """A draft with sixty texts and their truth."""
    made = rita.send("POST", f"{BASE}/drafts", {"intake": INTAKE}).json()["id"]
    assert upload(rita, made, {"items.csv": TEXTS, "truth.csv": TRUTH}).json()["accepted"] == 2
    return made


@pytest.fixture
def begun(beginnings, request):
    return beginnings.of(offered_pets) if "offered" in request.fixturenames else None


@pytest.fixture
def offered(begun, web, tmp_path):
    """A batch that is ready for review."""
    return begun.project(web.installation, tmp_path)


def upload(client, draft, files, **more):
    sent = [SimpleUploadedFile(name.rpartition("/")[2] or "x", data.encode()) for name, data in files.items()]
    return client.post(f"{BASE}/drafts/{draft}/files", {"files": sent, "paths": list(files)} | more)


def is_problem(reply, status):
    assert reply.status_code == status, reply.content
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert reply.json()["status"] == status
    return reply.json()["detail"]


# --- drafts ----------------------------------------------------------------------------------------


def test_a_draft_is_written_with_its_version_as_etag(rita, draft):
    found = rita.get(f"{BASE}/drafts/{draft}")
    assert found.headers["ETag"] == f'"{found.json()["version"]}"'
    saved = rita.send(
        "PUT",
        f"{BASE}/drafts/{draft}",
        {"intake": INTAKE + "deadline: 2027-01-01\n"},
        If_Match=found.headers["ETag"],
    )
    assert saved.status_code == 200
    assert saved.headers["ETag"] != found.headers["ETag"]
    stale = rita.send("PUT", f"{BASE}/drafts/{draft}", {"intake": INTAKE}, If_Match=found.headers["ETag"])
    assert "was changed meanwhile" in is_problem(stale, 412)
    for odd in ('"x"', '"99999999999999999999"', "W/"):
        is_problem(rita.send("PUT", f"{BASE}/drafts/{draft}", {"intake": INTAKE}, If_Match=odd), 412)


def test_unknown_keys_are_refused_with_their_line_and_unknown_fields_too(rita, draft):
    said = is_problem(rita.send("PUT", f"{BASE}/drafts/{draft}", {"intake": "assay: 1\nnaem: x\n"}), 422)
    assert "line 2: unknown key 'naem' (did you mean 'name'?); known are: " in said
    several = rita.send("POST", f"{BASE}/drafts", {"intake": "assay: 1\nnaem: x\nmoney:\n  budgt: 3\n"})
    assert "request has 2 problems: line 2: unknown key 'naem'" in is_problem(several, 422)
    assert [(one["where"], one["line"]) for one in several.json()["errors"]] == [
        ("naem", 2),
        ("money.budgt", 4),
    ]
    assert all("did you mean" in one["reason"] for one in several.json()["errors"])
    is_problem(rita.send("PUT", f"{BASE}/drafts/{draft}", {"intake": INTAKE, "project": "x"}), 422)
    is_problem(rita.send("POST", f"{BASE}/drafts", {"folder": "/tmp"}), 422)


def test_files_are_accepted_or_rejected_with_a_reason_and_deleted(rita, draft):
    said = upload(rita, draft, {"deep/er/more.csv": TEXTS, "../../x.pdf": "%PDF"}).json()
    assert said["accepted"] == 1
    assert said["rejected"][0]["path"] == "../../x.pdf"
    names = [one["name"] for one in rita.get(f"{BASE}/drafts/{draft}/files").json()["files"]]
    assert names == ["items.csv", "truth.csv", "deep/er/more.csv"]
    gone = rita.send("POST", f"{BASE}/drafts/{draft}/files/delete", {"names": ["deep/er/more.csv"]})
    assert gone.json() == {"deleted": 1}


def test_more_files_than_one_request_may_carry_are_told_so(rita, draft):
    said = is_problem(upload(rita, draft, {f"{n}.csv": "a" for n in range(201)}), 413)
    assert "More than 200 files" in said


def test_uploads_are_limited_in_bytes(place):
    with web_of(place, upload_bytes=1_000, uploads_bytes=2_500) as web:
        rita = web.api("rita")
        made = rita.send("POST", f"{BASE}/drafts", {}).json()["id"]
        said = upload(
            rita, made, {f"{n}.csv": "id\n" + "x" * 890 for n in range(3)} | {"big.csv": "x" * 1_100}
        ).json()
        assert said["accepted"] == 2
        assert len(said["rejected"]) == 2


def test_preview_quote_and_submission(rita, draft, web):
    preview = rita.get(f"{BASE}/drafts/{draft}/preview").json()
    assert (preview["items"], preview["task"], preview["problem"]) == (60, "text_classification", None)
    quote = rita.get(f"{BASE}/drafts/{draft}/quote").json()
    assert quote == {"plan": None, "contract": [], "problem": None, "waiting": True}
    work_out_all(clock())
    quote = rita.get(f"{BASE}/drafts/{draft}/quote").json()
    assert not quote["waiting"]
    assert quote["plan"]["price"]["low"] <= quote["plan"]["price"]["high"]
    assert len(quote["plan"]["cost_of_quality"]) == 5
    first = rita.send("POST", f"{BASE}/drafts/{draft}/submit", {}, Idempotency_Key="once-only")
    again = rita.send("POST", f"{BASE}/drafts/{draft}/submit", {}, Idempotency_Key="once-only")
    assert first.json() == again.json() == {"project": "first", "status": "Review in progress"}
    is_problem(rita.send("PUT", f"{BASE}/drafts/{draft}", {"intake": INTAKE}), 409)
    is_problem(rita.delete(f"{BASE}/drafts/{draft}"), 409)
    state = worker_rounds.Round(name="tests", started_at=0)
    while worker_rounds.tend(web.installation, state, clock=lambda: NOW, stop=lambda: False):
        pass
    assert rita.get(f"{BASE}/batches/first-1").json()["status"] == "Ready for review"


def test_an_intake_is_filed_with_the_files_of_a_draft(rita, draft):
    assert "POST /drafts" in is_problem(rita.send("POST", f"{BASE}/projects", {"intake": INTAKE}), 422)
    made = rita.send("POST", f"{BASE}/projects", {"intake": INTAKE, "draft": draft})
    assert (made.status_code, made.json()["project"]) == (201, "first")
    other = rita.send("POST", f"{BASE}/drafts", {"intake": INTAKE}).json()["id"]
    upload(rita, other, {"items.csv": TEXTS, "truth.csv": TRUTH})
    again = rita.send("POST", f"{BASE}/drafts/{other}/submit", {})
    assert (again.status_code, again.json()["project"]) == (200, "first"), "the same intake and files"
    assert rita.get(f"{BASE}/drafts").json()["drafts"] == []
    third = rita.send("POST", f"{BASE}/drafts", {"intake": INTAKE}).json()["id"]
    upload(rita, third, {"items.csv": TEXTS + "x,another\n", "truth.csv": TRUTH})
    is_problem(rita.send("POST", f"{BASE}/drafts/{third}/submit", {}), 409)


def test_places_on_the_server_cannot_be_named(rita, draft):
    for more in ("instructions: /etc/passwd\n", "data: {path: ../../keys}\n", "known: {path: /etc/hosts}\n"):
        rita.send("PUT", f"{BASE}/drafts/{draft}", {"intake": INTAKE + more})
        assert "no such file was uploaded" in is_problem(
            rita.send("POST", f"{BASE}/drafts/{draft}/submit", {}), 422
        )
    is_problem(
        rita.send("PUT", f"{BASE}/drafts/{draft}", {"intake": INTAKE + "deliver: {formats: [yolo]}\n"})
        and rita.send("POST", f"{BASE}/drafts/{draft}/submit", {}),
        422,
    )


# --- projects and batches ----------------------------------------------------------------------------


def test_projects_are_paged_sorted_searched_and_filtered(web, rita, tmp_path):
    for number in range(5):
        submit(web.installation, write_project(tmp_path / str(number), name=f"p-{number}"))
    found, cursor = [], None
    while True:
        query = {"limit": 2, "sort": "-name"} | ({"cursor": cursor} if cursor else {})
        page = rita.get(f"{BASE}/projects", query).json()
        found += [one["name"] for one in page["projects"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == [f"p-{n}" for n in range(4, -1, -1)]
    assert len(rita.get(f"{BASE}/projects", {"search": "P-3"}).json()["projects"]) == 1
    assert rita.get(f"{BASE}/projects", {"status": "Paused"}).json()["projects"] == []
    for odd in (
        {"sort": "intake"},
        {"limit": 0},
        {"limit": 501},
        {"cursor": "zzz"},
        {"search": "\x00"},
        {"status": "x"},
    ):
        is_problem(rita.get(f"{BASE}/projects", odd), 422)


def test_a_batch_is_looked_at_sent_back_accepted_and_downloaded(rita, offered):
    project = rita.get(f"{BASE}/projects/pets").json()
    assert project["sentence"].startswith("Ready for your review")
    assert rita.get(f"{BASE}/projects/pets/plan").json()["plan"]["currency"] == "EUR"
    assert rita.get(f"{BASE}/projects/pets/summary").json()[0]["batch"] == "pets-1"
    found, cursor = [], None
    while True:
        query = {"limit": 20} | ({"cursor": cursor} if cursor else {})
        page = rita.get(f"{BASE}/batches/pets-1/items", query).json()
        found += [one["key"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(found) == len(set(found)) == 57
    item = rita.send(
        "POST",
        f"{BASE}/batches/pets-1/items/{found[0]}",
        {"comment": "dark", "region": {"left": 1.5, "top": 2}},
    )
    assert (item.status_code, item.json()["remarks"][0]["region"]) == (201, {"left": 1.5, "top": 2.0})
    back = rita.send(
        "POST", f"{BASE}/batches/pets-1/reject", {"remarks": [{"item": found[0], "comment": "again"}]}
    )
    assert back.json()["status"] == "Sent for rework"
    left = rita.get(f"{BASE}/batches/pets-1/items", {"state": "expert review"}).json()["items"]
    assert [one["key"] for one in left] == [found[0]]
    is_problem(rita.send("POST", f"{BASE}/batches/pets-1/accept", {}), 409)
    offered.run()
    assert rita.send("POST", f"{BASE}/batches/pets-1/accept", {}).json()["status"] == "Ready for delivery"
    offered.run()
    certificate = rita.get(f"{BASE}/batches/pets-1/certificate").json()
    assert certificate["signature"]["algorithm"] == "Ed25519"
    assert rita.get(f"{BASE}/deliveries").json()["deliveries"][0]["batch"] == "pets-1"
    with zipfile.ZipFile(
        io.BytesIO(b"".join(rita.get(f"{BASE}/deliveries/pets-1/archive").streaming_content))
    ) as archive:
        assert archive.testzip() is None
    is_problem(rita.get(f"{BASE}/deliveries/pets-1/files/../../etc/passwd"), 404)
    is_problem(rita.get(f"{BASE}/deliveries/pets-1/files/none.csv"), 404)


def test_a_delivered_batch_is_had_in_further_formats(rita, offered):
    path = f"{BASE}/batches/pets-1/supplements"
    is_problem(rita.send("POST", path, {"formats": ["parquet"]}), 409)
    rita.send("POST", f"{BASE}/batches/pets-1/accept", {})
    offered.run()
    assert rita.get(f"{BASE}/deliveries/pets-1").json()["possible"] == ["label_studio", "parquet"]
    asked = rita.send("POST", path, {"formats": ["parquet"]}, Idempotency_Key="a")
    assert (asked.status_code, asked.json()["state"]) == (201, "asked for")
    assert rita.send("POST", path, {"formats": ["parquet"]}, Idempotency_Key="a").content == asked.content
    assert "cannot hold the labels" in is_problem(rita.send("POST", path, {"formats": ["yolo"]}), 422)
    assert "is there already" in is_problem(rita.send("POST", path, {"formats": ["csv"]}), 422)
    is_problem(rita.send("POST", path, {"formats": []}), 422)
    offered.run()
    told = rita.get(path).json()["supplements"]
    assert [(one["number"], one["state"], one["folder"]) for one in told] == [
        (1, "delivered", "supplements/1")
    ]
    found = rita.get(f"{BASE}/deliveries/pets-1").json()
    assert (found["supplements"], found["possible"]) == (told, ["label_studio"])
    assert "supplements/1/labels.parquet" in {one["name"] for one in found["files"]}
    sent = rita.get(f"{BASE}/deliveries/pets-1/files/supplements/1/labels.parquet")
    whole = (offered.delivery / "supplements/1/labels.parquet").read_bytes()
    assert b"".join(sent.streaming_content) == whole


def test_downloads_are_limited_in_number(rita, offered):
    rita.send("POST", f"{BASE}/batches/pets-1/accept", {})
    offered.run()
    statuses = [rita.get(f"{BASE}/deliveries/pets-1/files/labels.csv").status_code for _ in range(12)]
    assert statuses[:10] == [200] * 10
    assert 429 in statuses


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/batches/pets-1/reject", {"remarks": []}),
        ("POST", "/batches/pets-1/reject", {"remarks": [{"comment": ""}]}),
        ("POST", "/batches/pets-1/reject", {"remarks": [{"item": "a\x00b", "comment": "x"}]}),
        ("POST", "/batches/pets-1/items/item-001", {"comment": "\ud800"}),
        ("POST", "/batches/pets-1/items/item-001", {"comment": "x", "region": {"left": 1e300}}),
        ("POST", "/batches/pets-1/items/item-001", {"comment": "x", "region": {"start": 2**70}}),
        ("POST", "/batches/pets-1/items/item-001", {"comment": "x", "region": {"path": "/etc"}}),
        ("POST", "/batches/pets-1/items/item-001", {"comment": "x", "region": {"left": float("nan")}}),
        ("POST", "/projects", {"intake": "a: \x00", "draft": 1}),
        ("POST", "/projects", {"intake": INTAKE, "draft": 2**70}),
        ("POST", "/drafts", {"intake": "\ud800"}),
        ("POST", "/drafts", {"intake": "- a\n"}),
        ("GET", "/drafts/0", None),
        ("GET", f"/drafts/{2**70}", None),
        ("GET", "/drafts/x", None),
        ("GET", "/projects/a%00b", None),
        ("GET", "/batches/pets-1/items?cursor=nan_1", None),
        ("GET", "/batches/pets-1/items?cursor=0.5_" + "9" * 300, None),
        ("GET", "/batches/pets-1/items?state=nonsense", None),
        ("GET", "/batches/pets-1/items?label=%00", None),
        ("GET", "/batches/pets-1/items/%00", None),
        ("GET", "/deliveries?cursor=abc", None),
        ("GET", "/drafts?cursor=W10", None),
    ],
)
def test_odd_requests_are_refused(rita, offered, method, path, body):
    assert is_problem(rita.send(method, BASE + path, body), 422)


@pytest.mark.parametrize(
    "path",
    [
        "/projects/none",
        "/batches/none",
        "/batches/none/items",
        "/batches/pets-1/items/none",
        "/deliveries/pets-1",
        "/drafts/77",
    ],
)
def test_what_is_not_there_is_not_found(rita, offered, path):
    is_problem(rita.get(BASE + path), 404)


def test_what_belongs_to_others_looks_as_if_it_were_not_there(web, rita, draft, offered, place):
    mallory = web.api("mallory")
    for path in (
        f"/drafts/{draft}",
        f"/drafts/{draft}/preview",
        f"/drafts/{draft}/quote",
        f"/drafts/{draft}/files",
    ):
        is_problem(mallory.get(BASE + path), 404)
    is_problem(upload(mallory, draft, {"x.csv": TEXTS}), 404)
    is_problem(mallory.send("POST", f"{BASE}/projects", {"intake": INTAKE, "draft": draft}), 404)
    with web_of(place, tenant="elsewhere") as elsewhere:
        stranger = elsewhere.api("rosa", "requester")
        for path in (
            "/projects/pets",
            "/batches/pets-1",
            "/batches/pets-1/items",
            "/batches/pets-1/certificate",
            f"/drafts/{draft}",
        ):
            is_problem(stranger.get(BASE + path), 404)
        assert stranger.get(f"{BASE}/projects").json()["projects"] == []


@pytest.mark.parametrize("who", ["lena", "eva"])
def test_labellers_have_nothing_to_do_here(web, offered, who):
    client = web.api(who)
    for path in (
        "/projects",
        "/projects/pets",
        "/batches/pets-1",
        "/batches/pets-1/items",
        "/deliveries",
        "/drafts",
    ):
        is_problem(client.get(BASE + path), 403)
    is_problem(client.send("POST", f"{BASE}/batches/pets-1/accept", {}), 403)
    is_problem(client.send("POST", f"{BASE}/drafts", {}), 403)
    is_problem(web.visitor().get(f"{BASE}/projects"), 401)
