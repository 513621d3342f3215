"""The requester's pages, walked in Django's test client: from a draft to a download, and what they refuse."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.support.beginnings import offered_pets
from tests.support.projects import NOW, submit, write_project

from assay.entry.web.request_form import read_form, shown_fields
from assay.service.actions.start_draft import start_draft
from assay.service.draft_text import DraftFields
from assay.store.drafts import draft_by_id

TEXTS = "id,text\n" + "".join(f"t{n},this is text {n}\n" for n in range(60))
TRUTH = "item,label\n" + "".join(f"t{n},{('good', 'bad')[n % 2]}\n" for n in range(60))
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def rita(web):
    return web.page("rita")


@pytest.fixture
def draft(web, rita):
    """A draft with sixty texts."""
    row = start_draft(web.installation, web.actor("rita"), now=NOW)
    files = [SimpleUploadedFile("items.csv", TEXTS.encode()), SimpleUploadedFile("truth.csv", TRUTH.encode())]
    said = rita.post(f"/api/v1/drafts/{row.id}/files", {"files": files, "paths": ["items.csv", "truth.csv"]})
    assert said.json() == {"accepted": 2, "rejected": []}
    return row.id


@pytest.fixture
def begun(beginnings, request):
    return beginnings.of(offered_pets) if "offered" in request.fixturenames else None


@pytest.fixture
def offered(begun, web, tmp_path):
    """A batch that is ready for review."""
    return begun.project(web.installation, tmp_path)


def form(version=1, **more):
    fields = {
        "version": version,
        "name": "reviews",
        "task": "text_classification",
        "guide": "Say how it sounds.",
        "label_name": ["good", "bad"],
        "label_help": ["", "not good"],
        "right": "90",
        "budget": "400.50",
        "workforce": "simulated",
        "truth": "truth.csv",
    }
    return fields | more


def text(response):
    return response.content.decode()


# --- new request -----------------------------------------------------------------------------------


def test_new_leads_to_the_one_draft_that_is_still_empty(rita):
    first = rita.get("/requests/new")
    assert re.fullmatch(r"/requests/\d+/", first.url)
    assert rita.get("/requests/new").url == first.url
    page = text(rita.get(first.url))
    for step in ("describe", "data", "labels", "quality", "people", "check"):
        assert f'id="{step}"' in page
    assert "style=" not in page
    assert "<script>" not in page


def test_a_saved_form_is_the_intake_that_the_yaml_tab_shows(rita, draft):
    said = rita.post(f"/requests/{draft}/save/", form(), headers={"HX-Request": "true"})
    assert said.status_code == 200
    assert said.headers["HX-Trigger"] == "draft-saved"
    assert 'value="2"' in text(said)
    shown = text(rita.get(f"/requests/{draft}/text/"))
    for line in ("name: reviews", "budget: 40050", "right: 0.9", "help: not good", "truth: truth.csv"):
        assert line in shown
    back = text(rita.get(f"/requests/{draft}/"))
    assert 'value="400.50"' in back
    assert "Say how it sounds." in back


def test_a_part_of_the_form_that_was_not_loaded_changes_nothing(rita, draft):
    rita.post(f"/requests/{draft}/save/", form())
    rita.post(f"/requests/{draft}/save/", {"version": 2, "name": "other"})
    assert "truth: truth.csv" in text(rita.get(f"/requests/{draft}/text/"))


def test_two_tabs_cannot_overwrite_each_other(rita, draft):
    rita.post(f"/requests/{draft}/save/", form())
    stale = rita.post(f"/requests/{draft}/save/", form(name="lost"), headers={"HX-Request": "true"})
    assert stale.status_code == 422
    assert "changed in another tab" in text(stale)
    assert "name: reviews" in text(rita.get(f"/requests/{draft}/text/"))
    kept = rita.post(f"/requests/{draft}/save/", form(name="mine", over="2"), headers={"HX-Request": "true"})
    assert kept.status_code == 200
    assert "name: mine" in text(rita.get(f"/requests/{draft}/text/"))


def test_labels_are_added_and_removed(rita, draft):
    more = rita.post(f"/requests/{draft}/save/", form(add_label="1"), headers={"HX-Request": "true"})
    assert text(more).count('name="label_name"') == 3
    less = rita.post(f"/requests/{draft}/save/", form(2, remove_label="0"), headers={"HX-Request": "true"})
    assert text(less).count('name="label_name"') == 2
    assert "good" not in text(rita.get(f"/requests/{draft}/text/")).partition("labels:")[2].partition(
        "instr"
    )[0].replace("not good", "")


def test_yaml_is_read_into_the_form_and_unknown_keys_are_refused_with_their_line(rita, draft):
    refused = rita.post(f"/requests/{draft}/text/", {"version": 1, "text": "assay: 1\nnmae: x\n"})
    assert refused.status_code == 422
    assert "line 2: unknown key" in text(refused)
    assert "nmae: x" in text(refused)
    taken = rita.post(f"/requests/{draft}/text/", {"version": 1, "text": "assay: 1\nname: typed\n"})
    assert taken.url == f"/requests/{draft}/"
    assert 'value="typed"' in text(rita.get(taken.url))


def test_preview_and_quote_say_what_it_looks_like_and_what_it_takes(rita, draft):
    assert "60 items" in text(rita.get(f"/requests/{draft}/preview/")) or "truth.csv" in text(
        rita.get(f"/requests/{draft}/preview/")
    )
    assert "the key &#x27;name&#x27; is missing" in text(rita.get(f"/requests/{draft}/quote/"))
    rita.post(f"/requests/{draft}/save/", form())
    assert "60 items" in text(rita.get(f"/requests/{draft}/preview/"))
    quote = text(rita.get(f"/requests/{draft}/quote/"))
    assert "asked for" in quote
    assert "At least 90 % of the labels are right" in quote


def test_a_request_is_submitted_with_what_was_typed_last_and_becomes_a_project(rita, draft, web):
    missing = rita.post(f"/requests/{draft}/submit/", form(task=""))
    assert missing.status_code == 422
    assert "It was not submitted" in text(missing)
    done = rita.post(f"/requests/{draft}/submit/", form(2))
    assert done.url == "/projects/reviews/"
    assert "Being received and planned" in text(rita.get(done.url))
    assert rita.get(f"/requests/{draft}/").url == "/projects/reviews/"
    row = draft_by_id(web.installation.scope, member=web.member("rita").id, draft=draft)
    assert row.project == "reviews"


def test_files_and_drafts_are_deleted(rita, draft):
    left = text(rita.post(f"/requests/{draft}/files/", {"name": "truth.csv"}, headers={"HX-Request": "true"}))
    assert "items.csv" in left
    assert "truth.csv" not in left
    assert rita.post(f"/requests/{draft}/delete/").url == "/requests/"
    assert rita.get(f"/requests/{draft}/").status_code == 404
    assert "A request starts as a draft" in text(rita.get("/requests/"))


@pytest.mark.parametrize("who", ["mallory", "lena", "ada"])
def test_nobody_else_comes_near_a_draft(web, draft, who):
    client = web.page(who)
    for path in ("", "text/", "preview/", "quote/", "files/"):
        assert client.get(f"/requests/{draft}/{path}").status_code in (403, 404)
    for path in ("save/", "submit/", "delete/", "files/"):
        assert client.post(f"/requests/{draft}/{path}", form()).status_code in (403, 404)


def test_money_and_shares_are_written_as_people_write_them():
    shown = shown_fields(DraftFields(budget="40050", right="0.975", answer="4", max_price="garbage"))
    assert (shown["budget"], shown["right"], shown["answer"], shown["max_price"]) == (
        "400.50",
        "97.5",
        "0.04",
        "garbage",
    )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("97,5", "0.975"),
        ("98 %", "0.98"),
        ("99.95", "0.9995"),
        ("abc", "abc"),
        ("1" * 40, "1" * 40),
        ("-3", "-3"),
    ],
)
def test_shares_are_read_as_they_are_typed(rf, typed, kept):
    assert read_form(rf.post("/", {"right": typed}).POST).fields.right == kept


# --- projects, batches, deliveries -------------------------------------------------------------------


def test_an_empty_list_has_one_button(rita):
    page = text(rita.get("/projects/"))
    assert "No projects yet" in page
    assert page.count('class="btn btn-primary"') == 1
    assert "Nothing is delivered yet" in text(rita.get("/deliveries/"))


def test_a_batch_goes_from_review_over_rework_to_a_download(web, rita, offered):
    assert "Ready for your review" in text(rita.get("/projects/pets/"))
    page = text(rita.get("/batches/pets-1/"))
    keys = re.findall(r'href="/batches/pets-1/items/([^"]+)"', page)
    assert len(keys) == 24
    item = text(rita.get(f"/batches/pets-1/items/{keys[0]}"))
    assert "without names" in item
    rita.post(f"/batches/pets-1/items/{keys[0]}", {"mark": "1", "comment": "look again"})
    rita.post(f"/batches/pets-1/items/{keys[1]}", {"mark": "1", "comment": "this too"})
    rita.post(f"/batches/pets-1/items/{keys[1]}", {"unmark": "1"})
    assert "1 item marked" in text(rita.get("/batches/pets-1/"))
    assert "Send back 1 item" in text(rita.get("/batches/pets-1/"))
    rita.post("/batches/pets-1/reject/")
    waiting = text(rita.get("/batches/pets-1/gallery/?state=expert review"))
    assert re.findall(r'href="/batches/pets-1/items/([^"]+)"', waiting) == [keys[0]]
    offered.run()
    rita.post("/batches/pets-1/accept/")
    offered.run()
    delivery = text(rita.get("/deliveries/pets-1/"))
    assert "labels.csv" in delivery
    link = re.search(r'href="(/api/v1/deliveries/pets-1/files/labels.csv)"', delivery)[1]
    sent = rita.get(link)
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(sent.streaming_content) == (offered.delivery / "labels.csv").read_bytes()
    assert "DEMONSTRATION" in text(rita.get("/batches/pets-1/certificate/"))


def test_rejecting_all_needs_a_word(rita, offered):
    rita.post("/batches/pets-1/reject/", {"reject_all": "1", "whole": "  "})
    assert offered.batch.status == "Ready for review"
    rita.post("/batches/pets-1/reject/", {"reject_all": "1", "whole": "all blurred"})
    assert offered.batch.status == "Sent for rework"
    assert "all blurred" in text(rita.get("/batches/pets-1/"))


def test_a_quote_is_approved_on_the_projects_page(web, rita, tmp_path):
    project = submit(web.installation, write_project(tmp_path / "pets", budget=1))
    project.run()
    assert "A decision is yours" in text(rita.get("/projects/pets/"))
    rita.post("/projects/pets/approve/")
    assert project.row.agreed
    assert "A decision is yours" not in text(rita.get("/projects/pets/"))
    project.run_until(lambda one: one.row.status == "Pilot in-progress")
    assert "cannot approve" in text(rita.post("/projects/pets/approve/", follow=True))


@pytest.mark.parametrize(
    "path",
    [
        "/projects/?search=%00%ff&sort=nonsense&after=1~%00&status=x",
        "/projects/?after=99999999999999999999~1",
        "/deliveries/?before=99999999999999999999",
        "/batches/pets-1/?after=nan_1",
        "/batches/pets-1/?state=nonsense",
        "/batches/pets-1/gallery/?label=%00&risk=high",
        "/batches/pets-1/items/%00",
        "/batches/pets-1/items/none/such",
        "/batches/nope/",
        "/projects/nope%00/",
        "/requests/0/",
        "/requests/99999999999999999999/",
    ],
)
def test_odd_addresses_never_break_a_page(rita, offered, path):
    assert rita.get(path).status_code in (200, 400, 404)


def test_what_people_wrote_is_shown_as_text(web, rita, tmp_path):
    intake = write_project(tmp_path / "pets", accept="by_hand", items=30)
    more = intake.read_text().replace(
        "labels: [cat, dog, hen]", f"labels: [cat, dog, {{name: hen, help: '{SCRIPT}'}}]"
    )
    intake.write_text(more)
    project = submit(web.installation, intake)
    project.run()
    rita.post("/batches/pets-1/items/item-005", {"comment": SCRIPT})
    for path in (
        "/projects/pets/",
        "/batches/pets-1/",
        "/batches/pets-1/items/item-005",
        "/batches/pets-1/charts/",
    ):
        page = text(rita.get(path))
        assert SCRIPT not in page
        assert "style=" not in page
    assert "&lt;script&gt;" in text(rita.get("/batches/pets-1/items/item-005"))


@pytest.mark.parametrize("who", ["mallory", "lena"])
def test_pages_of_projects_are_for_whom_the_table_allows(web, offered, who):
    client = web.page(who)
    expected = 403 if who == "lena" else 200
    for path in (
        "/projects/",
        "/projects/pets/",
        "/batches/pets-1/",
        "/batches/pets-1/charts/",
        "/deliveries/",
    ):
        assert client.get(path).status_code == expected
    assert web.visitor().get("/projects/pets/").url.startswith("/account/login/")


def test_pages_stay_small(rita, offered):
    for path in ("/projects/", "/projects/pets/", "/batches/pets-1/"):
        assert len(rita.get(path).content) < 100 * 1024
