"""A browser walks the whole way: first administrator, second factor, passkey, invitation, key, disabled account."""

import os
import re
import shutil
import time
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import sync_playwright
from tests.support.everything import SOURCES
from tests.support.serving import serving
from tests.support.webpages import PASSWORD

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WIDTHS = (1440, 1024, 380)
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
built = (SOURCES / "entry/web/static/built/manifest.json").exists()
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium"),
    pytest.mark.skipif(not built, reason="the pages' scripts are not built"),
]


class Browser:
    """A browser at the site; what it complains about is kept."""

    def __init__(self, browser, url):
        self.url, self.problems = url, []
        self.context = browser.new_context()
        self.page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda problem: self.problems.append(str(problem)))

    def _heard(self, message):
        if message.type == "error" and "status of 4" not in message.text:
            self.problems.append(message.text)

    def go(self, path):
        self.page.goto(self.url + path)
        return self.look(path)

    def look(self, name):
        """Check that the page fits every width, light and dark, and leave pictures where they are wanted."""
        folder = os.environ.get("ASSAY_SCREENSHOTS")
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            for width in WIDTHS:
                self.page.set_viewport_size({"width": width, "height": 900})
                fits = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
                assert self.page.evaluate(fits), f"{name} is wider than {width} pixels"
                if folder:
                    file = re.sub(r"\W+", "-", name).strip("-") or "home"
                    self.page.wait_for_timeout(400)
                    self.page.screenshot(path=Path(folder) / f"{file}-{width}-{scheme}.png", full_page=True)
        self.page.set_viewport_size({"width": 1440, "height": 900})
        return self.page

    def status(self, path, key):
        """Ask the API with a key."""
        return self.context.request.get(self.url + path, headers={"Authorization": f"Bearer {key}"}).status


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("home"), ASSAY_STAFF_SECOND_FACTOR="yes") as found:
        yield found


@pytest.fixture
def open_browser(server):
    with sync_playwright() as player:
        chromium = player.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        made = []

        def open_one():
            made.append(Browser(chromium, f"http://localhost:{server.port}"))
            return made[-1]

        yield open_one
        assert [problem for one in made for problem in one.problems] == []
        chromium.close()


def totp(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def first_code(server):
    return re.search(r"/account/join/#([\w-]+)", server.log.read_text()).group(1)


def make_account(browser, code, *, name, email=""):
    """Open the link as it was sent; the code leaves the address before the server could see it."""
    page = browser.page
    page.goto(f"{browser.url}/account/join/#{code}")
    page.wait_for_selector("#id_name")
    assert page.url == f"{browser.url}/account/join/"
    browser.look("join")
    page.fill("#id_name", name)
    if email:
        page.fill("#id_email", email)
    page.fill("#id_password", PASSWORD)
    page.click("text=Make my account")
    page.wait_for_load_state()


def test_from_the_first_link_to_a_disabled_account(server, open_browser):
    adam = open_browser()
    adam.go("/account/login/")
    make_account(adam, first_code(server), name="Adam Adler", email="adam@example.org")

    page = adam.go("/people/")
    assert page.url.endswith("/account/2fa/?needed=1")
    page.click("text=Set up an app")
    secret = adam.look("totp").text_content("#totp-secret")
    page.fill("#id_code", totp(secret))
    page.click("text=Set it up")
    page.wait_for_url("**/recovery-codes/")
    adam.look("codes")

    link = adam.context.new_cdp_session(page)
    link.send("WebAuthn.enable")
    link.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    adam.go("/account/2fa/webauthn/add/").click("#mfa_webauthn_add")
    page.wait_for_url("**/account/2fa/")
    assert "1 passkey:" in adam.look("2fa").content()

    adam.go("/people/").fill("#id_email", "lena.with.a.very.long.address@subsidiary.example.org")
    page.check("input[name=roles][value=labeller]")
    page.click("text=Make the link")
    invitation = page.text_content("#made-link")
    adam.look("invited")

    lena = open_browser()
    make_account(lena, invitation.partition("#")[2], name="Lena Katharina von Hohenlohe-Langenburg")
    lena.go("/account/keys/").fill("#id_name", "notebook")
    lena.page.click("text=Make the key")
    key = lena.page.text_content("#made-key")
    lena.look("key")
    assert lena.status("/api/v1/me", key) == 200
    lena.go("/account/profile/")

    adam.go("/people/").click("#people >> text=Lena")
    page.wait_for_load_state()
    adam.look("person").click("button:has-text('Disable')")
    page.wait_for_load_state()
    assert lena.go("/account/profile/").url.endswith("/account/login/?next=/account/profile/")
    assert lena.status("/api/v1/me", key) == 401

    for path in (
        "/access/",
        "/retention/",
        "/events/",
        "/events/verification/",
        "/webhooks/",
        "/account/3rdparty/",
    ):
        adam.go(path)
    page.goto(f"{adam.url}/events/verification/")
    page.click("text=Verify now")
    page.wait_for_load_state()
    assert "The trail holds" in adam.look("verified").content()

    adam.go("/account/logout/").click("form >> text=Sign out")
    page.wait_for_load_state()
    page.goto(f"{adam.url}/account/login/?next=/people/")
    page.click("#passkey_login")
    page.wait_for_url("**/people/")


def test_passkeys_say_why_they_do_not_work_at_a_bare_address(server, open_browser):
    browser = open_browser()
    browser.page.goto(f"http://127.0.0.1:{server.port}/account/login/")
    assert browser.page.is_disabled("#passkey_login")
    said = browser.page.text_content("[data-passkey-error]")
    assert said == f"Passkeys need a host name: open http://localhost:{server.port}/account/login/ instead."
