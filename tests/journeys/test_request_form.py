"""The form of a request loses nothing: whatever the network does, what was typed last is what the draft or the project holds."""

import random
import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page
from playwright.sync_api import expect as expect_soon
from tests.journeys.conftest import clock
from tests.support.browser import Visitor, find_chromium
from tests.support.flaky_network import FlakyNetwork
from tests.support.places import leave
from tests.support.serving import serving

from assay.core.project.page_saves import LastSave
from assay.formats import FORMATS
from assay.service.examples.demo_portal import make_logins
from assay.service.requests.draft_form.draft_text import fields_of, tree_of
from assay.service.requests.drafts import guide_of
from assay.store.projects.drafts import DraftRow
from assay.tasktypes import TASK_TYPES

FEW, MANY = 8, 200
TABLE = "id,text\n" + "".join(f"t{number},this is text {number}\n" for number in range(12))
LETTERS = "abcdefghijklmnopqrstuvwxyz"
BOXES = {"name": "name", "guide": "guide", "data_id": "data_id", "data_text": "data_text", "budget": "budget"}
EXPECTED = ("409", "422", "ERR_CONNECTION_RESET")
SAID = "#draft-said"
KEPT = "Object.keys(sessionStorage).some(one => one.startsWith('assay-typed:'))"
"""Whether the tab keeps something that the server may not have."""


@dataclass(frozen=True)
class Office:
    """A server of its own without workers: what is submitted here is only kept."""

    base: str
    home: Path
    email: str
    password: str


@pytest.fixture(scope="module")
def office(templates, tmp_path_factory):
    find_chromium()
    with templates.place(tmp_path_factory.mktemp("office") / "home") as place:
        rita = make_logins(place.open(), now=clock())[0]
        leave()
        with serving(place.home, place.url, workers=False) as server:
            yield Office(f"http://127.0.0.1:{server.port}", place.home, rita.email, rita.password)


@pytest.fixture(scope="module")
def signed_in(office, chromium):
    """Rita's window, which all schedules use."""
    visitor = Visitor(chromium, office.base)
    visitor.sign_in(office.email, office.password)
    yield visitor
    visitor.close()


@pytest.fixture
def desk(office, signed_in):
    """Drafts of Rita's in her window; the page has no complaints but those about what the network did."""
    signed_in.complaints.clear()
    yield Desk(office, signed_in)
    assert [one for one in signed_in.complaints if not any(word in one for word in EXPECTED)] == []


class Desk:
    """Makes drafts with a table of texts, and reads what the server holds of them."""

    def __init__(self, office: Office, visitor: Visitor) -> None:
        self.office, self.visitor, self.page = office, visitor, visitor.page
        self.page.goto(f"{office.base}/requests/")

    def call(self, method: str, path: str, **more):
        token = self.page.locator("meta[name=csrf-token]").get_attribute("content")
        return self.page.context.request.fetch(
            self.office.base + path, method=method, headers={"X-CSRFToken": token}, **more
        )

    def draft(self) -> int:
        number = self.call("POST", "/api/v1/drafts", data={}).json()["id"]
        table = {"name": "items.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
        said = self.call("POST", f"/api/v1/drafts/{number}/files", multipart={"files": table})
        assert said.json()["accepted"] == 1
        return number

    def open(self, draft: int, page: Page | None = None) -> Page:
        page = page or self.page
        page.goto(f"{self.office.base}/requests/{draft}/")
        return ready(page)

    def stored(self, draft: int) -> tuple[dict[str, object], str]:
        """Return what the server holds, and the project that a draft became."""
        found = self.page.context.request.get(f"{self.office.base}/api/v1/drafts/{draft}").json()
        (folder,) = self.office.home.glob(f"uploads/*/{draft}")
        row = DraftRow(draft, 0, 0, "", found["intake"], str(folder), 0, "", 0, 0, LastSave())
        fields = fields_of(tree_of(found["intake"]))
        held = {name: getattr(fields, name) for name in (*BOXES, "task", "formats") if name != "guide"}
        labels = [(one.name, one.help) for one in fields.labels]
        return held | {"guide": guide_of(row), "labels": labels}, found["project"] or ""


def ready(page: Page) -> Page:
    page.locator("#draft[data-followed]").wait_for(state="attached")
    page.evaluate("document.querySelectorAll('#steps details').forEach(one => one.open = true)")
    return page


@dataclass
class Person:
    """Somebody who fills in the form, and remembers what they typed."""

    page: Page
    dice: random.Random
    typed: dict[str, str] = field(default_factory=lambda: dict.fromkeys(BOXES, ""))
    rows: list[list[str]] = field(default_factory=lambda: [["", ""], ["", ""]])
    task: str = ""
    ticked: dict[str, bool] = field(default_factory=dict)

    def write(self, name: str, text: str) -> None:
        """Replace what a box holds, key by key."""
        box = self.page.locator(f"#{name}")
        box.press("ControlOrMeta+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(text, delay=self.dice.choice((0, 0, 15)))
        self.typed[name] = text

    def append(self, name: str, text: str) -> None:
        self.page.locator(f"#{name}").press("ControlOrMeta+End")
        self.page.keyboard.type(text, delay=self.dice.choice((0, 0, 15)))
        self.typed[name] += text

    def write_label(self, at: int, side: int, text: str) -> None:
        box = self.page.locator(f"#label-rows [name={('label_name', 'label_help')[side]}]").nth(at)
        box.press("ControlOrMeta+a")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(text)
        self.rows[at][side] = text

    def add_label(self) -> None:
        self.page.get_by_role("button", name="Add a label").click()
        self.rows.append(["", ""])

    def remove_label(self, at: int) -> None:
        self.page.get_by_role("button", name=f"Remove label {at + 1}", exact=True).click()
        self.rows.pop(at)
        self.rows += [["", ""]] * (2 - len(self.rows))

    def choose(self, task: str) -> None:
        self.page.locator("#task").select_option(task)
        self.task = task

    def tick(self) -> None:
        boxes = self.page.locator("#formats input")
        box = boxes.nth(self.dice.randrange(boxes.count()))
        box.click()
        self.ticked[box.get_attribute("value") or ""] = box.is_checked()

    def submit(self) -> bool:
        """Press the button and wait for what comes of it; return whether it is a project now."""
        self.page.get_by_role("button", name="Submit the request").click()
        # While a submit is on its way, nothing can be typed. Where nobody answered, the next save hears of it.
        self.page.wait_for_function(
            """() => location.pathname.startsWith('/projects/') ||
                (!document.querySelector('#steps').inert &&
                    !/does not answer/.test(document.querySelector('#draft-trouble').textContent))""",
            timeout=60_000,
        )
        return "/projects/" in self.page.url

    def sees_what_was_typed(self) -> None:
        """The page holds what was typed; rows that were left empty may be gone."""
        for name, text in self.typed.items():
            assert self.page.locator(f"#{name}").input_value() == text, name
        assert self.page.locator("#task").input_value() == self.task
        shown = self.page.locator("#label-rows .as-label-row").evaluate_all(
            "all => all.map(row => [...row.querySelectorAll('input')].map(one => one.value))"
        )
        assert [one for one in shown if any(one)] == [one for one in self.rows if any(one)]
        self.rows = shown

    def holds(self, stored: dict[str, object]) -> None:
        """What the server holds is what was typed last in each field."""
        for name, text in self.typed.items():
            wanted = f"{int(text) * 100}" if name == "budget" and text else text
            assert stored[name] == wanted, name
        assert stored["task"] == self.task
        assert stored["labels"] == [tuple(one) for one in self.rows if any(one)]
        # A format that cannot hold the task's labels leaves the page by itself.
        able = {
            name
            for name, layout in FORMATS.all().items()
            if not self.task or TASK_TYPES.get(self.task).produces in layout.values
        }
        wanted = {name: wish for name, wish in self.ticked.items() if name in able}
        formats = stored["formats"]
        assert {name: name in formats for name in wanted} == wanted or not formats


def play(desk: Desk, seed: int) -> None:
    """One schedule: typing, adding labels, waiting, loading again, submitting, and leaving, over a flaky network."""
    dice = random.Random(seed)
    draft = desk.draft()
    # What stands beside the form is another's matter, and takes the time of a plan after each save.
    desk.page.route(re.compile("/(quote|preview)/$"), lambda route: route.fulfill(body=""))
    page = desk.open(draft)
    person = Person(page, dice)
    with FlakyNetwork(page, seed=f"network {seed}").between() as network:
        for _ in range(dice.randrange(4, 9)):
            if act(desk, person, network, draft):
                break
        else:
            finish(desk, person, network, draft, seed)
        network.settle()
        stored, project = desk.stored(draft)
        person.holds(stored)
        network.deliver_late()
        assert desk.stored(draft) == (stored, project), "what came late changed something"
    if not project:
        page.goto(f"{desk.office.base}/requests/")
        desk.call("DELETE", f"/api/v1/drafts/{draft}")


def act(desk: Desk, person: Person, network: FlakyNetwork, draft: int) -> bool:
    """Do one thing; return whether that was the last, because the request is a project."""
    page, dice = person.page, person.dice
    word = "".join(dice.choices(LETTERS, k=dice.randrange(1, 9)))
    match dice.choice(
        (
            "write",
            "write",
            "append",
            "append",
            "label",
            "label",
            "add",
            "remove",
            "pick",
            "wait",
            "wait",
            "load",
            "late",
            "submit",
        )
    ):
        case "write":
            name = dice.choice(list(BOXES))
            person.write(name, str(dice.randrange(1, 9_999)) if name == "budget" else word)
        case "append":
            person.append(dice.choice(("name", "guide", "data_id")), word)
        case "label":
            person.write_label(dice.randrange(len(person.rows)), dice.randrange(2), word)
        case "add":
            person.add_label()
        case "remove":
            person.remove_label(dice.randrange(len(person.rows)))
        case "pick":
            dice.choice(
                (lambda: person.choose(dice.choice(("text_classification", "image_boxes"))), person.tick)
            )()
        case "wait":
            page.wait_for_timeout(dice.choice((50, 300, 900)))
            if page.locator(f"{SAID}[data-state=saved]").count():
                person.holds(desk.stored(draft)[0])
        case "load":
            page.reload()
            person.ticked.clear()
            ready(page)
            person.sees_what_was_typed()
        case "late":
            network.deliver_late()
        case "submit":
            return person.submit()
    return False


def finish(desk: Desk, person: Person, network: FlakyNetwork, draft: int, seed: int) -> None:
    """Complete the request and submit it, or leave by a link: both at once after the last key."""
    page = person.page
    if person.dice.random() < 0.5:
        person.choose("text_classification")
        for at, name in enumerate(("good", "bad")):
            person.write_label(at, 0, name)
        while len(person.rows) > 2:
            person.remove_label(2)
        person.write("budget", "900")
        for name in ("data_id", "data_text"):
            person.write(name, "")
        person.write("name", f"s{seed}-{person.dice.randrange(10**9)}")
        if not person.submit():
            # Ticked before the task was chosen; the page shows no such format any more.
            assert "cannot hold the labels" in page.locator("#draft-trouble").inner_text()
            assert person.submit(), page.locator("#draft-trouble").inner_text()
        assert desk.stored(draft)[1] == person.typed["name"]
        return
    person.append("guide", "last")
    page.get_by_role("link", name="Deliveries").click()
    page.wait_for_url("**/deliveries/")
    if page.evaluate(KEPT):
        # The browser asked, and was told to leave all the same: the tab still has it.
        desk.open(draft)
        person.sees_what_was_typed()
        expect_soon(page.locator(f"{SAID}[data-state=saved]")).to_be_attached(timeout=120_000)


@pytest.mark.parametrize("seed", range(FEW))
def test_what_was_typed_last_is_what_the_server_holds(desk, seed):
    play(desk, seed)


@pytest.mark.slow
def test_what_was_typed_last_is_what_the_server_holds_in_many_schedules(desk, scale):
    for seed in range(FEW, max(2 * FEW, round(MANY * scale)) + FEW):
        try:
            play(desk, seed)
        except AssertionError as problem:
            raise AssertionError(f"schedule {seed}") from problem


# --- one thing at a time -----------------------------------------------------------------------------


def said(page, state):
    """Wait until the page says so about saving."""
    found = page.locator(f"{SAID}[data-state={state}]")
    found.wait_for(timeout=120_000)
    return found.inner_text()


@pytest.fixture
def held(desk):
    """Requests of the page that wait until they are let go, in the order of their coming."""
    waiting = []

    def hold(route):
        waiting.append(route)

    desk.page.route(re.compile("/(save|submit)/$"), hold)
    yield waiting
    desk.page.unroute_all(behavior="ignoreErrors")


def until(page, true):
    """Wait until something is true."""
    for _ in range(600):
        if true():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not come true")


def test_what_the_page_says_about_saving_is_true_and_one_save_travels_at_a_time(desk, held):
    page = desk.open(desk.draft())
    panels = []
    page.on("request", lambda one: panels.append(one.url) if one.url.endswith("/quote/") else None)
    page.locator("#name").press_sequentially("one")
    assert said(page, "typing") == "Not saved yet."
    until(page, lambda: len(held) == 1)
    assert said(page, "saving") == "Saving…"
    page.locator("#name").press_sequentially("more")
    page.wait_for_timeout(1_500)
    assert (len(held), panels) == (1, [])
    held.pop().continue_()
    until(page, lambda: len(held) == 1)
    assert "name=onemore" in held[0].request.post_data
    held.pop().abort("connectionreset")
    assert said(page, "trouble") == "Not saved: the server cannot be reached. It is tried again by itself."
    until(page, lambda: len(held) == 1)
    held.pop().continue_()
    assert re.fullmatch(r"Saved \d\d:\d\d.*\.", said(page, "saved"))
    until(page, lambda: panels)
    page.goto("about:blank")


def test_a_submit_waits_for_the_save_on_its_way_and_carries_the_last_keystroke(desk, held):
    draft = desk.draft()
    page = desk.open(draft)
    person = Person(page, random.Random(1))
    person.choose("text_classification")
    for at, name in enumerate(("good", "bad")):
        person.write_label(at, 0, name)
    until(page, lambda: len(held) == 1)
    person.write("guide", "typed last")
    person.write("name", "waits-for-the-save")
    page.get_by_role("button", name="Submit the request").click()
    assert said(page, "saving") == "Submitting…"
    page.keyboard.type("too late")
    assert len(held) == 1
    held.pop().continue_()
    until(page, lambda: len(held) == 1)
    held.pop().continue_()
    page.wait_for_url("**/projects/waits-for-the-save/")
    person.holds(desk.stored(draft)[0])


def test_a_submit_refused_for_what_it_says_leaves_everything_as_it_was_typed(desk):
    draft = desk.draft()
    page = desk.open(draft)
    person = Person(page, random.Random(1))
    person.write("name", "refused")
    person.write("guide", "typed\nlast")
    page.locator("#right").fill("700")
    assert not person.submit()
    assert "It was not submitted" in page.locator("#draft-trouble").inner_text()
    assert "quality.right" in page.locator("#draft-trouble").inner_text()
    person.sees_what_was_typed()
    assert page.locator("#right").input_value() == "700"
    said(page, "saved")
    person.holds(desk.stored(draft)[0])


def test_two_tabs_show_both_sides_and_the_person_chooses_field_by_field(desk):
    draft = desk.draft()
    page = desk.open(draft)
    other = desk.open(draft, page.context.new_page())
    other.locator("#name").fill("theirs")
    other.locator("#data_id").fill("their-id")
    said(other, "saved")
    page.locator("#name").fill("mine")
    page.locator("#guide").fill("My guide.")
    assert "changed elsewhere" in said(page, "trouble")
    panel = page.locator("#draft-conflict")
    assert panel.locator("legend").all_inner_texts() == [
        "Name of the project",
        "Instructions",
        "Column of the id",
    ]
    # What was not touched here is taken as it is stored, unless somebody says otherwise.
    assert panel.locator("input:checked").evaluate_all("all => all.map(one => one.value)") == [
        "typed",
        "typed",
        "stored",
    ]
    page.reload()
    ready(page)
    assert page.locator("#name").input_value() == "mine", (
        "nothing typed is lost, also when the page is loaded again"
    )
    said(page, "trouble")
    page.locator("#budget").press_sequentially("12")
    panel.get_by_text("Budget").wait_for()
    panel.locator("input[name=choose_name][value=stored]").check()
    assert desk.visitor.violations() == []
    panel.get_by_role("button", name="Save what is chosen").click()
    said(page, "saved")
    panel.locator("fieldset").first.wait_for(state="detached")
    stored, _ = desk.stored(draft)
    assert [stored[one] for one in ("name", "guide", "data_id", "budget")] == [
        "theirs",
        "My guide.",
        "their-id",
        "1200",
    ]
    assert page.locator("#name").input_value() == "theirs"
    # Now the other tab is the one that is behind.
    other.locator("#guide").fill("Their guide.")
    said(other, "trouble")
    other.get_by_role("button", name="Keep all that was typed here").click()
    said(other, "saved")
    assert desk.stored(draft)[0]["guide"] == "Their guide."
    other.close()


def test_files_that_arrive_replace_nothing_that_is_being_typed(desk):
    draft = desk.draft()
    page = desk.open(draft)
    page.locator("#data_path").select_option("items.csv")
    page.locator("#data_id").press_sequentially("the-")
    table = {"name": "more.csv", "mimeType": "text/csv", "buffer": TABLE.encode()}
    page.locator("form[data-upload] input[type=file]").first.set_input_files([table])
    page.locator("#files").get_by_text("more.csv").wait_for()
    page.keyboard.type("column")
    assert page.locator("#data_id").input_value() == "the-column"
    assert page.locator("#known option").all_inner_texts()[1:] == ["items.csv", "more.csv"]
    said(page, "saved")
    page.get_by_role("button", name="Delete items.csv").click()
    page.locator("#files").get_by_text("items.csv").wait_for(state="detached")
    assert page.locator("#data_path").input_value() == ""
    page.locator("#name").press("Enter")
    assert page.locator("#label-rows .as-label-row").count() == 2, "the Enter key removes no label"
    said(page, "saved")
    assert desk.stored(draft)[0]["data_id"] == "the-column"


def test_signing_out_sends_the_last_save_and_leaves_nothing_in_the_tab(office, chromium):
    visitor = Visitor(chromium, office.base)
    visitor.sign_in(office.email, office.password)
    desk = Desk(office, visitor)
    draft = desk.draft()
    page = desk.open(draft)
    page.locator("#guide").fill("typed last")
    page.get_by_text("Your account").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda address: "/requests/" not in address)
    assert page.evaluate(KEPT) is False
    visitor.sign_in(office.email, office.password)
    assert desk.stored(draft)[0]["guide"] == "typed last"
    visitor.close()


def test_without_a_script_the_form_is_saved_by_its_buttons_and_loses_nothing_either(office, desk, chromium):
    draft = desk.draft()
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies(desk.page.context.cookies())
    page = context.new_page()
    page.goto(f"{office.base}/requests/{draft}/")
    page.locator("#name").fill("without")
    page.locator("#task").select_option("text_classification")
    for at, name in enumerate(("good", "bad")):
        page.get_by_label(f"Label {at + 1}", exact=True).fill(name)
    page.get_by_role("button", name="Add a label").click()
    page.get_by_label("Label 3", exact=True).fill("ugly")
    page.get_by_role("button", name="Remove label 2").click()
    assert page.locator("[name=label_name]").evaluate_all("all => all.map(x => x.value)") == ["good", "ugly"]
    desk.open(draft).locator("#guide").fill("From the other tab.")
    said(desk.page, "saved")
    page.locator("#guide").fill("Mine.\nTwo lines.")
    page.locator("#name").press("Enter")
    assert page.get_by_text("changed elsewhere").is_visible()
    page.get_by_role("button", name="Save what is chosen").click()
    assert page.locator("#guide").input_value() == "Mine.\nTwo lines."
    page.locator("#right").fill("700")
    page.get_by_role("button", name="Submit the request").click()
    assert page.get_by_text("It was not submitted").is_visible()
    assert page.locator("#right").input_value() == "700"
    page.locator("#right").fill("90")
    page.get_by_role("button", name="Submit the request").click()
    page.wait_for_url("**/projects/without/")
    context.close()
