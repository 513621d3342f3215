"""Every page of every role in a real Chromium: it answers, nobody complains, axe finds nothing, nothing overflows."""

import re

import pytest

PAGES = {
    "rita": [
        "/projects/",
        "/projects/handwriting/",
        "/projects/shelves-to-review/",
        "/batches/shelves-to-review-1/",
        "/batches/shelves-to-review-1/certificate/",
        "/batches/handwriting-1/",
        "/requests/",
        "/requests/new",
        "/deliveries/",
        "/webhooks/",
        "/account/profile/",
        "/account/keys/",
    ],
    "lena": ["/work/", "/training/", "/training/handwriting/", "/my-work/", "/pay/", "/work/handwriting-1/"],
    "eva": ["/review/", "/work/", "/my-work/", "/pay/", "/work/handwriting-1/"],
    "otto": ["/operations/", "/workforce/", "/queues/", "/health/", "/events/", "/projects/", "/deliveries/"],
    "ada": ["/events/", "/access/", "/workforce/", "/queues/", "/people/", "/projects/"],
    "adam": ["/people/", "/access/", "/events/", "/health/", "/webhooks/", "/retention/", "/account/2fa/"],
}
LOOKS = [(1440, "light"), (380, "dark")]
ALL_LOOKS = [(width, theme) for width in (1440, 1024, 380) for theme in ("light", "dark")]
HUNDRED_KIB = 100 * 1024


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_a_role_is_finished(window, name):
    check(look_at(window(name), PAGES[name], LOOKS))


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_a_role_is_finished_at_every_width_and_theme(window, name):
    check(look_at(window(name), PAGES[name], ALL_LOOKS))


def look_at(visitor, pages, looks):
    """Return what is wrong with pages: their status, their weight, what axe says, sideways scrolling."""
    wrong = []
    for path in pages:
        answer = visitor.page.goto(visitor.base + path)
        if answer is None or answer.status != 200:
            wrong.append(f"{path}: status {answer and answer.status}")
            continue
        if len(answer.body()) > HUNDRED_KIB:
            wrong.append(f"{path}: {len(answer.body()):,} bytes")
        for width, theme in looks:
            visitor.page.set_viewport_size({"width": width, "height": 900})
            visitor.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            visitor.page.wait_for_timeout(250)
            where = f"{path} at {width} px, {theme}"
            wrong += [f"{where}: {found}" for found in visitor.violations()]
            if visitor.overflows():
                wrong.append(f"{where}: it can be scrolled sideways")
    return wrong


def check(wrong):
    """Fail with everything that is wrong."""
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", ["/account/login/", "/account/join/", "/nowhere"])
def test_pages_for_visitors_are_finished(window, path):
    visitor = window(None)
    found = look_at(visitor, [path], LOOKS)
    # An address that leads nowhere is answered with 404, which the console tells too.
    visitor.complaints = [one for one in visitor.complaints if "404" not in one]
    check([one for one in found if "status 404" not in one])


def test_what_is_not_open_to_a_role_is_refused_with_a_page(window):
    visitor = window("lena")
    for path in ("/people/", "/operations/", "/events/", "/batches/handwriting-1/"):
        answer = visitor.page.goto(visitor.base + path)
        assert answer is not None
        assert answer.status in (403, 404)
        assert visitor.page.get_by_role("heading", level=1).inner_text()
    visitor.complaints = [one for one in visitor.complaints if "403" not in one and "404" not in one]


def test_the_certificate_prints_on_a4_with_nothing_cut_off(window):
    visitor = window("rita", theme="dark")
    page = visitor.go("/batches/shelves-to-review-1/certificate/")
    sheets = page.pdf(prefer_css_page_size=True)
    assert b"/MediaBox [0 0 594.95996 841.91998]" in sheets or b"/MediaBox [0 0 595 842]" in sheets
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", sheets)) <= 3
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 700, "height": 1000})  # A4 less its margins
    assert not visitor.overflows()
    assert not page.locator(".navbar, .page-header").first.is_visible()
    ink = page.locator(".as-statement").evaluate("one => getComputedStyle(one).color")
    assert (
        max(map(int, re.findall(r"\d+", ink)[:3])) < 100
    )  # dark on white paper, whatever the screen's theme
