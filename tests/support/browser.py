"""A real Chromium for journeys: found on the machine, driven over its debugging pipe, and checked by axe."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What htmx says of a request that was given up, because its page went away or a newer one took its place. One that
# failed says `htmx:sendError`, `htmx:responseError` or `htmx:timeout` beside it.
GIVEN_UP = ("htmx:afterRequest", "htmx:sendAbort")
UNHEARD = ("ERR_INTERNET_DISCONNECTED", *GIVEN_UP)
AXE = Path(__file__).parents[2] / "ui" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def find_chromium() -> str:
    """Return the browser's program; skips the test where there is none, unless journeys are required."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        sentence = "journeys need Chromium: Debian's package `chromium`, on the PATH"
        if os.environ.get("ASSAY_JOURNEYS") == "required":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return found


@contextmanager
def browsing() -> Iterator[Browser]:
    """Run a browser until the block ends."""
    program = find_chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


class Visitor:
    """One person's browser window; whatever the console or the content policy complains about is kept."""

    def __init__(self, browser: Browser, base: str, *, width: int = 1440, theme: str = "light") -> None:
        self.base = base
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=theme,
            accept_downloads=True,
            reduced_motion="reduce",  # so that no colour is seen on its way to another
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda problem: self.complaints.append(str(problem)))

    def _hear(self, message: Any) -> None:
        if message.type == "error" and not any(one in message.text for one in UNHEARD):
            self.complaints.append(message.text)

    def sign_in(self, email: str, password: str) -> None:
        """Sign in with a password, by keyboard."""
        self.page.goto(self.base + "/account/login/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda address: "/account/login/" not in address)

    def go(self, path: str) -> Page:
        """Go to a page."""
        self.page.goto(self.base + path)
        return self.page

    def violations(self) -> list[str]:
        """Return what axe finds against WCAG 2.2 AA on the page as it stands."""
        # Evaluated over the debugging line, so the page's content policy stays as strict as it is.
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "rules => axe.run(document, {runOnly: {type: 'tag', values: rules}, resultTypes: ['violations']})",
            RULES,
        )
        return [
            f"{one['id']}: {one['nodes'][0]['target']} {one['nodes'][0].get('failureSummary', '')[:200]}"
            for one in found["violations"]
        ]

    def overflows(self) -> bool:
        """Whether the page can be scrolled sideways."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth + 1"))

    def close(self) -> None:
        """Close the window."""
        self.context.close()
