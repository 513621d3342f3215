"""The requester's pages, walked in Django's test client: from a draft to a download, and what they refuse."""

import html
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from tests.support.beginnings import offered_pets
from tests.support.projects import NOW, submit, write_project
from tests.support.quotes import work_out_all

from assay.entry.web.page_access import clock
from assay.entry.web.requester.request_form import read_form, shown_fields
from assay.service.requests.draft_form.draft_text import DraftFields
from assay.service.requests.start_draft import start_draft
from assay.store.projects.drafts import draft_by_id

TEXTS = "id,text\n" + "".join(f"t{n},this is text {n}\n" for n in range(60))
TRUTH = "item,label\n" + "".join(f"t{n},{('good', 'bad')[n % 2]}\n" for n in range(60))
SCRIPT = "<script>alert(1)</script>"
SCRIPTED = {"Accept": "application/json"}
PAGE = "0a1b2c3d"


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


def posted_by(page):
    """Return what the form of a page would post: the last value of each name."""
    found = {}
    page = re.sub(r'<form[^>]*/files/".*?</form>', "", page, flags=re.DOTALL)
    for name, value in re.findall(r'<input[^>]*? name="(\w+)"[^>]*? value="([^"]*)"', page):
        found[name] = html.unescape(value)
    for name, value in re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL):
        found[name] = html.unescape(value)
    for name, options in re.findall(r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = "" if chosen is None else html.unescape(chosen[1])
    return found


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
    said = rita.post(f"/requests/{draft}/save/", form(), headers=SCRIPTED)
    assert said.status_code == 200
    assert (said.json()["kind"], said.json()["version"]) == ("saved", 2)
    assert ["jsonl", True] in said.json()["formats"]
    assert "coco" not in dict(said.json()["formats"]), "a text's choice is nothing that COCO could hold"
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


def test_a_conflict_shows_both_sides_where_they_differ_and_the_person_chooses(rita, draft):
    rita.post(f"/requests/{draft}/save/", form(right="95"))
    typed = form(name="mine", guide="Mine.", label_help=["", "not good"], right="95,0")
    stale = rita.post(f"/requests/{draft}/save/", typed, headers=SCRIPTED)
    assert stale.status_code == 409
    said = stale.json()
    assert (said["kind"], said["version"]) == ("conflict", 2)
    assert ["name", "reviews"] in said["stored"]
    assert re.findall(r'name="choose_(\w+)" value="stored"', said["panel"]) == ["name", "guide"]
    for side in ("mine", "reviews", "Mine.", "Say how it sounds."):
        assert f">{side}<" in said["panel"]
    assert "name: reviews" in text(rita.get(f"/requests/{draft}/text/"))


def test_without_a_script_too_a_conflict_keeps_what_was_typed_and_each_field_is_chosen(rita, draft):
    rita.post(f"/requests/{draft}/save/", form())
    page = rita.post(f"/requests/{draft}/save/", form(name="mine", guide="\nMine.\n", budget="7"))
    assert page.status_code == 409
    hidden = posted_by(text(page))
    assert hidden["version"] == "2"
    assert (hidden["name"], hidden["guide"]) == ("mine", "\nMine.\n")
    chosen = {"choose_name": "typed", "choose_guide": "stored", "choose_budget": "stored"}
    assert rita.post(f"/requests/{draft}/save/", form(2, name="mine", guide="x") | chosen).status_code == 302
    shown = text(rita.get(f"/requests/{draft}/"))
    assert 'value="mine"' in shown
    assert "Say how it sounds." in shown
    assert 'value="400.50"' in shown


def test_a_page_is_never_in_conflict_with_itself(rita, draft):
    address = f"/requests/{draft}/save/"
    rita.post(address, form(name="one", save=f"{PAGE}.1"), headers=SCRIPTED)
    again = rita.post(address, form(name="one", save=f"{PAGE}.1"), headers=SCRIPTED)
    assert again.json()["version"] == 2, "twice is once"
    after = rita.post(address, form(name="two", save=f"{PAGE}.2", unheard=f"{PAGE}.1"), headers=SCRIPTED)
    assert after.json()["kind"] == "saved", "the reply to the first was lost"
    late = rita.post(address, form(name="one", save=f"{PAGE}.1"), headers=SCRIPTED)
    assert (late.status_code, late.json()["kind"]) == (409, "late")
    late = rita.post(f"/requests/{draft}/submit/", form(name="one", save=f"{PAGE}.1"), headers=SCRIPTED)
    assert (late.status_code, late.json()["kind"]) == (409, "late")
    assert "name: two" in text(rita.get(f"/requests/{draft}/text/"))


def test_what_differs_in_spelling_only_is_no_conflict(rita, draft):
    rita.post(f"/requests/{draft}/save/", form())
    same = rita.post(f"/requests/{draft}/save/", form(name=" reviews ", budget="400,5"), headers=SCRIPTED)
    assert same.json()["kind"] == "saved"
    yaml = html.unescape(
        re.search(r"<textarea[^>]*>(.*?)</textarea>", text(rita.get(f"/requests/{draft}/text/")), re.DOTALL)[
            1
        ]
    )
    rita.post(f"/requests/{draft}/text/", {"version": 2, "text": yaml.replace("right: 0.9", "right: 0.90")})
    assert rita.post(f"/requests/{draft}/save/", form(2), headers=SCRIPTED).json()["kind"] == "saved"


def test_labels_are_added_and_removed_without_a_script(rita, draft):
    more = rita.post(f"/requests/{draft}/save/", form(add_label="1"))
    assert text(rita.get(more.url.partition("#")[0])).count('name="label_name"') == 3
    rita.post(f"/requests/{draft}/save/", form(2, remove_label="0"))
    assert text(rita.get(f"/requests/{draft}/")).count('name="label_name"') == 2
    labels = text(rita.get(f"/requests/{draft}/text/")).partition("labels:")[2].partition("instr")[0]
    assert "good" not in labels.replace("not good", "")


def test_the_enter_key_saves_and_removes_no_label(rita, draft):
    # A browser presses the form's first button.
    page = text(rita.get(f"/requests/{draft}/"))
    buttons = re.findall(r'<button[^>]*type="submit"[^>]*>', page[page.index('id="draft"') :])
    assert 'id="save"' in buttons[0]


def test_a_file_that_is_not_there_stays_chosen_until_somebody_chooses_another(rita, draft):
    rita.post(f"/requests/{draft}/text/", {"version": 1, "text": "assay: 1\ndata: {path: photos}\n"})
    assert posted_by(text(rita.get(f"/requests/{draft}/")))["data_path"] == "photos"


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
    assert "It is being worked out" in text(rita.get(f"/requests/{draft}/quote/"))
    work_out_all(clock())
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


@pytest.mark.parametrize("headers", [None, {"Accept": "application/json"}], ids=["page", "script"])
def test_a_submit_refused_for_what_it_says_keeps_what_was_typed(rita, draft, headers):
    refused = rita.post(f"/requests/{draft}/submit/", form(right="700", guide="typed"), headers=headers)
    assert refused.status_code == 422
    if headers:
        assert refused.json()["version"] == 2
        assert "quality.right" in refused.json()["sentence"]
    else:
        assert "It was not submitted" in text(refused)
        assert (posted_by(text(refused))["right"], posted_by(text(refused))["guide"]) == ("700", "typed")


def test_what_could_not_be_saved_is_shown_again_as_it_was_typed(rita, draft):
    names = [f"{number} {'x' * 1_990}" for number in range(500)]
    refused = rita.post(
        f"/requests/{draft}/submit/", form(name="big", label_name=names, label_help=names), headers={}
    )
    assert refused.status_code == 422
    assert "an intake has at most" in text(refused)
    assert posted_by(text(refused))["name"] == "big"
    assert text(refused).count('name="label_name"') == 500
    told = rita.post(f"/requests/{draft}/submit/", form(label_name=names, label_help=names), headers=SCRIPTED)
    assert (told.status_code, told.json()["kind"], "version" in told.json()) == (422, "refused", False)


def test_a_request_that_was_filed_leads_to_its_project_and_says_what_is_no_part_of_it(rita, draft):
    rita.post(f"/requests/{draft}/submit/", form(save=f"{PAGE}.1"), headers=SCRIPTED)
    again = rita.post(f"/requests/{draft}/submit/", form(save=f"{PAGE}.2"), headers=SCRIPTED)
    assert again.json() == {"kind": "submitted", "address": "/projects/reviews/", "same": True}
    other = rita.post(f"/requests/{draft}/save/", form(guide="else", save=f"{PAGE}.3"), headers=SCRIPTED)
    assert (other.status_code, other.json()["same"]) == (409, False)
    page = rita.post(f"/requests/{draft}/submit/", form(guide="else"), follow=True)
    assert "what you sent last is no part of it" in text(page)


def test_files_and_drafts_are_deleted(rita, draft):
    left = text(rita.post(f"/requests/{draft}/files/", {"name": "truth.csv"}, headers={"HX-Request": "true"}))
    assert "items.csv" in left
    assert "truth.csv" not in left
    assert rita.post(f"/requests/{draft}/delete/").url == "/requests/"
    assert rita.get(f"/requests/{draft}/").status_code == 404
    assert "A request starts as a draft" in text(rita.get("/requests/"))


def test_files_that_were_not_taken_are_told_until_they_are_forgotten(web, rita):
    draft = start_draft(web.installation, web.actor("rita"), now=NOW).id
    scan = io.BytesIO()
    Image.new("RGB", (4, 4)).save(scan, format="TIFF")
    files = [SimpleUploadedFile("scan.tif", scan.getvalue()), SimpleUploadedFile("note.docx", b"PK")]
    rita.post(
        f"/api/v1/drafts/{draft}/files", {"files": files, "paths": ["scans/scan.tif", "scans/note.docx"]}
    )
    told = text(rita.get(f"/requests/{draft}/files/"))
    assert "1 file not taken" in told
    assert "<code>scans/note.docx</code> it is neither a picture that can be read nor a table" in told
    looked = text(rita.get(f"/requests/{draft}/preview/"))
    assert "1 file will be set aside" in looked
    assert ">Line<" not in looked
    # Browsers do not show TIFF, and the server decodes nothing (SEC-15).
    assert "<img" not in looked
    assert "no preview" in looked
    left = rita.post(f"/requests/{draft}/files/", {"all_refused": "1"}, headers={"HX-Request": "true"})
    assert "not taken" not in text(left)
    assert "set aside" not in text(rita.get(f"/requests/{draft}/preview/"))


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


def test_further_formats_are_asked_for_on_the_batchs_page(rita, offered):
    assert "Further formats" not in text(rita.get("/batches/pets-1/"))
    rita.post("/batches/pets-1/accept/")
    offered.run()
    page = text(rita.get("/batches/pets-1/"))
    assert re.findall(r'name="format" value="([^"]+)"', page) == ["label_studio", "parquet"]
    rita.post("/batches/pets-1/formats/", {"format": ["parquet"]})
    page = text(rita.get("/batches/pets-1/"))
    assert "Supplement 1: parquet. It is being written." in page
    assert re.findall(r'name="format" value="([^"]+)"', page) == ["label_studio"]
    offered.run()
    for address in ("/batches/pets-1/", "/deliveries/pets-1/"):
        assert "signed by the certificate's key" in text(rita.get(address))
    assert "supplements/1/labels.parquet" in text(rita.get("/deliveries/pets-1/"))
    rita.post("/batches/pets-1/formats/", {"format": ["csv"]})
    assert "of the batch pets-1 is there already" in text(rita.get("/batches/pets-1/"))
    rita.post("/batches/pets-1/formats/")
    assert "is empty, but must be one format or more" in text(rita.get("/batches/pets-1/"))


def test_rejecting_all_needs_a_word(rita, offered):
    rita.post("/batches/pets-1/reject/", {"reject_all": "1", "whole": "  "})
    assert offered.batch.status == "Ready for review"
    rita.post("/batches/pets-1/reject/", {"reject_all": "1", "whole": "all blurred"})
    assert offered.batch.status == "Sent for rework"
    assert "all blurred" in text(rita.get("/batches/pets-1/"))


def test_rows_that_were_set_aside_are_named_with_their_reasons(web, rita, tmp_path):
    intake = write_project(tmp_path / "pets", accept="by_hand", items=30)
    with (tmp_path / "pets" / "items.csv").open("a") as table:
        table.write("<b>,one.png\n<b>,two.png\n")
    project = submit(web.installation, intake)
    project.run_until(lambda one: one.batch.status == "In-progress")
    assert 'href="/batches/pets-1/#set-aside"' in text(rita.get("/projects/pets/"))
    page = text(rita.get("/batches/pets-1/"))
    told = page[page.index('id="set-aside"') :]
    assert "1 row set aside, and why" in told
    assert '<td class="text-end">33</td><td class="text-break">&lt;b&gt;</td>' in told
    assert "the id &#x27;&lt;b&gt;&#x27; was used before" in told


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
