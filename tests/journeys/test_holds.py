"""Holds that run out in a real Chromium: a late answer counts, work keeps an item held, and nobody answers what is not shown."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.journeys.conftest import clock
from tests.journeys.test_roles import count_done, open_bench
from tests.support.browser import Visitor, find_chromium
from tests.support.places import leave
from tests.support.serving import Server, serving

from assay.service.examples.demo_portal import Login, half_label_one, make_logins

SECONDS = 8
UNSEEN = "The picture could not be loaded, and an item that could not be shown takes no answer."


@dataclass(frozen=True)
class Hurried:
    """A portal whose holds last eight seconds."""

    server: Server
    logins: dict[str, Login]
    batch: str
    pictures: list[Path]

    @property
    def base(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.port}"


@pytest.fixture(scope="module")
def hurried(templates, tmp_path_factory):
    find_chromium()
    with templates.place(tmp_path_factory.mktemp("hurried") / "home") as place:
        installation = place.open()
        logins = {one.email.partition("@")[0]: one for one in make_logins(installation, now=clock())}
        half = half_label_one(installation, home=place.home, clock=clock, seed=1)
        pictures = [*place.home.rglob("*.png"), *place.home.rglob("*.jpg")]
        assert pictures
        leave()
        limits = {"ASSAY_TASK_SECONDS": str(SECONDS), "ASSAY_STANDSTILL_SECONDS": "3600"}
        with serving(place.home, place.url, **limits) as server:
            yield Hurried(server, logins, half.name, pictures)


@pytest.fixture
def lena(hurried, chromium):
    """Lena's window; what the bench asks of the server is kept in `asked`."""
    visitor = Visitor(chromium, hurried.base)
    visitor.sign_in(hurried.logins["lena"].email, hurried.logins["lena"].password)
    visitor.asked = []
    visitor.page.on(
        "response", lambda reply: visitor.asked.append((reply.url.rpartition("/")[2], reply.status))
    )
    yield visitor
    visitor.close()


def shown(visitor):
    """The key of the item that is shown."""
    return visitor.page.locator("[aria-live=polite]").first.inner_text().removeprefix("Item ")


def settled(visitor, done):
    visitor.page.get_by_text(f"{done} done").wait_for(timeout=120_000)
    visitor.page.get_by_role("status", name="Saved").wait_for()


def test_an_answer_that_comes_late_counts_and_the_next_item_is_held_anew(hurried, lena):
    open_bench(lena, hurried.batch)
    before = count_done(lena)
    lena.page.keyboard.press("3")
    lena.page.wait_for_timeout(2 * SECONDS * 1000)
    assert "The time for this item is over" in lena.page.locator(".bx-notices").inner_text()
    assert lena.violations() == []
    lena.page.keyboard.press("Enter")
    settled(lena, before + 1)
    # The next one was fetched at the same moment as the first.
    lena.page.keyboard.press("4")
    lena.page.keyboard.press("Enter")
    settled(lena, before + 2)
    assert lena.page.locator(".bx-kept").count() == 0
    assert ("submit", 409) not in lena.asked
    assert ("renew", 200) in lena.asked
    lena.page.reload()
    lena.page.get_by_role("button", name="Submit").wait_for()
    assert count_done(lena) == before + 2
    assert lena.complaints == []


def test_an_item_stays_held_as_long_as_somebody_works_on_it(hurried, lena):
    open_bench(lena, hurried.batch)
    before = count_done(lena)
    key = shown(lena)
    for step in range(2 * SECONDS):
        lena.page.mouse.move(300 + 10 * step, 300)
        lena.page.wait_for_timeout(1000)
        assert lena.page.locator(".bx-notice").count() == 0
    renewals = lena.asked.count(("renew", 200))
    assert 4 <= renewals <= 10, f"two items, each about every {SECONDS / 2} seconds: {renewals}"
    assert shown(lena) == key
    lena.page.keyboard.press("2")
    lena.page.keyboard.press("Enter")
    settled(lena, before + 1)
    assert lena.complaints == []


def test_the_bench_says_what_became_of_an_item_and_keeps_what_was_said(hurried, lena):
    """What the server says of an item is tested where it says it; here it is answered in its place."""
    said = "The time for this item ran out, and somebody else answered it meanwhile."
    open_bench(lena, hurried.batch)
    before, key = count_done(lena), shown(lena)
    problem = {"type": "urn:assay:error:too-late", "title": "Not possible now", "status": 409, "detail": said}
    lena.page.route(
        "**/submit",
        lambda route: route.fulfill(
            status=409, content_type="application/problem+json", body=json.dumps(problem)
        ),
        times=1,
    )
    lena.page.keyboard.press("3")
    lena.page.keyboard.press("Enter")
    notice = lena.page.locator(".bx-notice", has=lena.page.locator(".bx-kept"))
    notice.wait_for()
    assert notice.inner_text().startswith(f"{said} Your answer is kept below; it was not saved.")
    assert f"{key}: two" in notice.inner_text()
    assert lena.violations() == []
    lena.page.set_viewport_size({"width": 380, "height": 900})
    assert not lena.overflows()
    lena.page.keyboard.press("4")
    lena.page.keyboard.press("Enter")
    settled(lena, before + 1)
    notice.get_by_role("button", name="Dismiss").click()
    notice.wait_for(state="detached")


@pytest.mark.parametrize("width", [1440, 380])
def test_an_item_whose_picture_could_not_be_loaded_takes_no_answer(hurried, lena, width):
    lena.page.set_viewport_size({"width": width, "height": 900})
    sound = {picture: picture.read_bytes() for picture in hurried.pictures}
    for picture in sound:
        picture.write_bytes(b"no picture at all")
    try:
        open_bench(lena, hurried.batch)
        lena.page.get_by_text(UNSEEN).wait_for()
        before, key = count_done(lena), shown(lena)
        assert lena.page.get_by_role("button", name="Submit").is_disabled()
        for pressed in ("3", "Enter", "Enter"):
            lena.page.keyboard.press(pressed)
        assert "takes no answer" in lena.page.locator(".bx-says").inner_text()
        assert lena.violations() == []
        assert not lena.overflows()
        assert count_done(lena) == before
        lena.page.get_by_role("button", name="Skip it and say so").click()
        lena.page.wait_for_function(
            "key => !document.querySelector('[aria-live]').innerText.includes(key)", arg=key
        )
        lena.page.get_by_text(UNSEEN).wait_for()
    finally:
        for picture, data in sound.items():
            picture.write_bytes(data)
    lena.page.get_by_role("button", name="Try again").click()
    lena.page.locator(".bx-image img").wait_for()
    assert lena.page.get_by_role("button", name="Submit").is_enabled()
    lena.page.keyboard.press("3")
    lena.page.keyboard.press("Enter")
    settled(lena, before + 1)
    assert ("submit", 200) in lena.asked
    assert ("skip", 200) in lena.asked
