"""What each role comes for, done in a real Chromium: label, judge, review, accept, download, prove, look after."""

import re
import zipfile

import pytest
from tests.support.browser import Visitor

from assay.service.delivery.verify_certificate import Result, verify_certificate

TEN = 10


def count_done(visitor: Visitor) -> int:
    """Return how many answers the bench says are done."""
    text = visitor.page.locator("body").inner_text()
    return int(
        next(word for word, after in zip(text.split(), text.split()[1:], strict=False) if after == "done")
    )


def open_bench(visitor: Visitor, batch: str) -> None:
    """Open the bench and close the instructions, which open by themselves the first time."""
    visitor.go(f"/work/{batch}/")
    visitor.page.get_by_role("button", name="Submit").wait_for()
    visitor.page.keyboard.press("Escape")
    visitor.page.wait_for_timeout(200)


def cents_earned(visitor: Visitor) -> int:
    """Return what the page on pay says in its heading."""
    visitor.go("/pay/")
    said = visitor.page.get_by_role("heading", level=1).inner_text()
    found = re.search(r"EUR ([0-9.]+)", said)
    return 0 if found is None else round(100 * float(found.group(1)))


def test_a_labeller_labels_ten_items_by_keyboard_alone(window, portal):
    lena = window("lena")
    earned = cents_earned(lena)
    lena.go("/work/")
    assert "work for you" in lena.page.get_by_role("heading", level=1).inner_text()
    open_bench(lena, portal.half)
    before = count_done(lena)
    for number in range(TEN):
        lena.page.keyboard.press(str(number % 9 + 1))
        lena.page.keyboard.press("Enter")
        lena.page.wait_for_timeout(150)
    lena.page.get_by_text("Saved").first.wait_for()
    assert count_done(lena) == before + TEN
    lena.go("/my-work/")
    assert f"{before + TEN}" in lena.page.locator("table").first.inner_text()
    assert 40 <= cents_earned(lena) - earned < 50


def test_a_draft_survives_a_reload_in_the_middle_of_an_item(window, portal):
    lena = window("lena")
    open_bench(lena, portal.half)
    lena.page.keyboard.press("3")
    chosen = lena.page.locator("[role=radio][aria-checked=true], input[type=radio]:checked")
    assert chosen.count() == 1
    said = chosen.first.evaluate("node => (node.closest('label') ?? node).innerText")
    lena.page.wait_for_timeout(400)
    lena.page.reload()
    lena.page.get_by_role("button", name="Submit").wait_for()
    lena.page.wait_for_timeout(300)
    assert chosen.count() == 1
    assert chosen.first.evaluate("node => (node.closest('label') ?? node).innerText") == said


def test_answers_given_without_a_network_arrive_when_it_is_back(window, portal):
    lena = window("lena")
    open_bench(lena, portal.half)
    before = count_done(lena)
    lena.context.set_offline(True)
    for key in ("1", "2"):
        lena.page.keyboard.press(key)
        lena.page.keyboard.press("Enter")
        lena.page.wait_for_timeout(200)
    assert "kept" in lena.page.locator("body").inner_text().lower()
    lena.context.set_offline(False)
    lena.page.get_by_text("Saved").first.wait_for(timeout=120_000)
    lena.complaints = [one for one in lena.complaints if "Failed to fetch" not in one and "ERR_" not in one]
    lena.page.reload()
    lena.page.get_by_role("button", name="Submit").wait_for()
    assert count_done(lena) == before + 2


def test_an_expert_judges_side_by_side(window, portal):
    eva = window("eva")
    eva.go("/review/")
    heading = eva.page.get_by_role("heading", level=1).inner_text()
    assert "wait" in heading
    eva.page.get_by_role("link", name="Judge").first.click()
    eva.page.get_by_role("button", name="Submit").wait_for()
    eva.page.keyboard.press("Escape")
    eva.page.wait_for_timeout(300)
    assert eva.violations() == []
    before = count_done(eva)
    eva.page.keyboard.press("a")
    eva.page.keyboard.press("Enter")
    eva.page.get_by_text(f"{before + 1} done").wait_for()
    eva.page.get_by_text("Saved").first.wait_for()
    eva.go("/review/")
    assert eva.page.get_by_role("heading", level=1).inner_text() != heading


def test_a_requester_looks_accepts_downloads_and_the_certificate_verifies(window, portal, tmp_path):
    rita = window("rita")
    rita.go(f"/batches/{portal.offered}/")
    rita.page.locator("assay-label").first.wait_for()
    rita.page.locator("summary", has_text="Accept the batch").click()
    rita.page.get_by_role("button", name="Accept for good").click()
    for _ in range(60):
        rita.go(f"/batches/{portal.offered}/")
        if "Data delivered" in rita.page.locator("body").inner_text():
            break
        rita.page.wait_for_timeout(500)
    rita.go(f"/deliveries/{portal.offered}/")
    with rita.page.expect_download() as waiting:
        rita.page.get_by_role("link", name="Everything as ZIP").click()
    archive = tmp_path / "delivery.zip"
    waiting.value.save_as(archive)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "delivery")
    found = verify_certificate(tmp_path / "delivery" / portal.offered, trusted=None)
    assert found.result is Result.DEMONSTRATION


def test_an_operator_pauses_a_project_and_lets_it_go_on(window):
    otto = window("otto")
    otto.go("/operations/")
    otto.page.locator("summary", has_text="Pause").first.click()
    otto.page.get_by_label("Reason of the pause").first.fill("The pictures are blurred.")
    otto.page.get_by_role("button", name="Pause it").first.click()
    assert "The pictures are blurred." in otto.page.locator("body").inner_text()
    otto.page.get_by_role("button", name="Resume").first.click()
    otto.page.get_by_text("goes on").wait_for()


def test_an_auditor_verifies_the_trail(window):
    ada = window("ada")
    ada.go("/events/")
    assert ada.page.locator("table tbody tr").count() > 10
    ada.page.get_by_role("link", name="Verif").or_(ada.page.get_by_role("button", name="Verif")).first.click()
    ada.page.wait_for_load_state()
    assert "hold" in ada.page.locator("body").inner_text().lower()


def test_an_administrator_invites_somebody_who_joins_and_can_be_sent_away(window, portal):
    adam = window("adam")
    adam.go("/people/")
    adam.page.locator("#invite input[name=email]").fill("nora@example.org")
    adam.page.locator("#invite input[value=labeller]").check()
    adam.page.get_by_role("button", name="Make the link").click()
    code = adam.page.locator("#made-link").inner_text().strip().partition("#")[2]
    assert len(code) > 30
    nora = window(None)
    nora.go(f"/account/join/#{code}")
    nora.page.locator("input[name=name]").fill("Nora Novak")
    nora.page.locator("input[name=password]").fill("a long and quiet sentence")
    nora.page.get_by_role("button", name="Make my account").click()
    nora.page.wait_for_url(lambda address: "join" not in address)
    nora.go("/work/")
    assert nora.page.get_by_role("heading", level=1).inner_text()


@pytest.mark.parametrize("role", ["rita", "lena"])
def test_the_palette_leads_everywhere_by_keyboard(window, role):
    visitor = window(role)
    visitor.go("/")
    visitor.page.keyboard.press("Control+k")
    visitor.page.locator("dialog[open]").wait_for()
    assert visitor.violations() == []
    visitor.page.keyboard.press("Escape")
    assert visitor.page.locator("dialog[open]").count() == 0
