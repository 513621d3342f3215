"""The labelling page in Chromium: what is transferred, and how long after a submit the next item is seen.

    python -m bench.service_page [--scale 0.1]

Pictures are photographs of the shared sample data where those are there, else drawn. The page's own bytes
are counted without the pictures. From the click on the submit button to the frame in which the next item
stands whole, measured inside the page, after a pause as a person makes it. Label Studio's label stream
shows the same items in the same browser.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from bench import label_studio
from bench.measuring import Finding, Place, apart, median, options, place, report
from bench.serving import serving
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page
from tests.support import serving as support
from tests.support.browser import browsing
from tests.support.serving import LABELS

from assay.core.project import lifecycle
from assay.service.intake.intake_file import parse_intake
from assay.service.requests.submit_intake import submit_intake
from assay.service.working_set import label_queues
from assay.store import db
from assay.store.accounts import account_members
from assay.store.items import items
from assay.store.labelling import wanted_answers
from assay.store.projects import batches

ROOT = Path(__file__).parents[1]
PICTURES, LOOPS, PAUSE_MS = 56, 40, 400
MOST_KIB, TIMES = 500.0, 10.0
EMAIL, PASSWORD = "labeller@tests.invalid", "a long password 1"
INTAKE = """assay: 1
name: pictures
task: image_classification
data: {path: items.csv, format: csv, id: id, media: file}
labels: [cat, dog, hen, owl]
workforce: {kind: people}
redundancy: {min: 1, max: 3}
"""
SEEN = """
() => {
  const picture = document.querySelector(PICTURE);
  if (picture) return picture.complete && picture.naturalWidth > 0 ? picture.src : null;
  const text = document.querySelector(TEXT);
  return text && text.textContent.trim() ? text.textContent : null;
}
"""
SUBMIT = """
() => new Promise((done) => {
  const seen = SEEN;
  const before = seen();
  const start = performance.now();
  document.querySelector(BUTTON).click();
  const look = () => {
    const now = seen();
    if (now !== null && now !== before) done(performance.now() - start);
    else if (performance.now() - start > 30000) done(-1);
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})
"""


@dataclass(frozen=True)
class Bench:
    """Where things are on a labelling page, and which addresses are pictures."""

    picture: str
    text: str
    label: str
    button: str
    media: str

    def script(self, text: str) -> str:
        for name in ("picture", "text", "button"):
            text = text.replace(name.upper(), repr(getattr(self, name)))
        return text

    @property
    def seen(self) -> str:
        return self.script(SEEN)

    @property
    def submit(self) -> str:
        return self.script(SUBMIT.replace("SEEN", SEEN))


OURS = Bench(".bx-item img", ".bx-text-page", ".bx-label", ".bx-submit .btn-primary", "/media/")
THEIRS = Bench(
    'img[alt="image"]',
    ".lsf-richtext__line",
    ".ant-checkbox-input",
    'button[aria-label="Submit current annotation"]',
    "/data/upload/",
)


@dataclass
class Found:
    """KiB of a first and of a repeated look, milliseconds of the loops with pictures and with texts."""

    cold: float = 0.0
    again: float = 0.0
    first_seen: float = 0.0
    loops: dict[str, list[float]] = field(default_factory=dict)


def main() -> None:
    given = options(__doc__)
    loops = max(5, int(LOOPS * given.scale))
    with browsing() as browser:
        ours = _ours(browser, loops)
        theirs = _theirs(browser, loops)
    findings = [
        Finding(
            "The labelling page, transferred at the first look",
            f"<= {MOST_KIB:.0f} KiB",
            f"{ours.cold:.0f} KiB; again {ours.again:.0f} KiB; the item stands after {ours.first_seen:.0f} ms"
            + (
                f" (Label Studio {theirs.cold:,.0f} KiB; again {theirs.again:,.0f} KiB; {theirs.first_seen:,.0f} ms)"
                if theirs
                else ""
            ),
            ours.cold <= MOST_KIB,
        )
    ]
    for kind in ("pictures", "texts"):
        mine = median(ours.loops[kind])
        told = f"{mine:.0f} ms, {max(ours.loops[kind]):.0f} at most"
        name = f"From submit to the next item seen, {kind}, against Label Studio"
        if theirs is None:
            findings.append(Finding(name, f">= {TIMES:.0f}x", f"{told}; the peer did not run", False))
            continue
        their = median(theirs.loops[kind])
        findings.append(
            Finding(
                name,
                f">= {TIMES:.0f}x",
                f"{their / mine:.0f}x ({told}; theirs {their:,.0f} ms, {max(theirs.loops[kind]):,.0f} at most)",
                their / mine >= TIMES,
            )
        )
    report(given, findings)


def _ours(browser: Browser, loops: int) -> Found:
    with place() as at:
        pictures = at.home / "pictures"
        names = _pictures(pictures)
        shown, read = apart(filled, at, names, loops)
        with serving(at) as server:
            base = f"http://127.0.0.1:{server.port}"
            with _page(browser) as page:
                page.goto(f"{base}/account/login/")
                page.fill("input[name=login]", EMAIL)
                page.fill("input[name=password]", PASSWORD)
                page.keyboard.press("Enter")
                page.wait_for_url(lambda address: "/account/login/" not in address)
                return _measured(page, OURS, f"{base}/work/{shown}/", f"{base}/work/{read}/", loops)


def _theirs(browser: Browser, loops: int) -> Found | None:
    with place() as at, label_studio.running(at, users=1) as peer:
        if peer is None:
            return None
        pictures = at.home / "pictures"
        names = _pictures(pictures)
        base = f"http://127.0.0.1:{peer.port}"
        shown = peer.project(1, kind="Image", field="image")
        answer = httpx.post(
            f"{base}/api/projects/{shown}/import",
            headers={"Authorization": f"Token {peer.owner}"},
            files=[(name, (name, (pictures / name).read_bytes(), "image/jpeg")) for name in names],
            timeout=120,
        )
        answer.raise_for_status()
        read = peer.project(1)
        peer.add(read, label_studio.texts(loops + 20))
        with _page(browser) as page:
            page.goto(f"{base}/user/login/")
            page.fill("input[name=email]", label_studio.OWNER)
            page.fill("input[name=password]", label_studio.PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda address: "/user/login" not in address)
            places = (f"{base}/projects/{number}/data?labeling=1" for number in (shown, read))
            return _measured(page, THEIRS, *places, loops)


def _measured(page: Page, bench: Bench, shown: str, read: str, loops: int) -> Found:
    """Look at the page for the first time and again, then work through pictures and texts."""
    found = Found()
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.clearBrowserCache")
    bytes_: list[float] = []
    addresses: dict[str, str] = {}
    line.on(
        "Network.requestWillBeSent", lambda one: addresses.update({one["requestId"]: one["request"]["url"]})
    )
    line.on("Network.loadingFinished", lambda one: bytes_.append(_counted(one, addresses, bench)))
    start = time.perf_counter()
    page.goto(shown)
    _await_item(page, bench)
    found.first_seen = 1000 * (time.perf_counter() - start)
    page.wait_for_timeout(3_000)
    found.cold = sum(bytes_) / 1024
    bytes_.clear()
    page.reload()
    _await_item(page, bench)
    page.wait_for_timeout(3_000)
    found.again = sum(bytes_) / 1024
    line.detach()
    found.loops["pictures"] = _loops(page, bench, min(loops, PICTURES - 10))
    page.goto(read)
    _await_item(page, bench)
    found.loops["texts"] = _loops(page, bench, loops)
    print(f"  {found}", flush=True)
    return found


def _await_item(page: Page, bench: Bench) -> None:
    """Wait until an item is to be seen; asked over the debugging line, which the page's content policy leaves alone."""
    until = time.monotonic() + 120
    while page.evaluate(bench.seen) is None:
        if time.monotonic() > until:
            raise RuntimeError(f"no item was ever to be seen at {page.url}")
        page.wait_for_timeout(5)


def _counted(one: dict[str, Any], addresses: dict[str, str], bench: Bench) -> float:
    return 0.0 if bench.media in addresses.get(one["requestId"], "") else float(one["encodedDataLength"])


def _loops(page: Page, bench: Bench, count: int) -> list[float]:
    times = []
    for number in range(count):
        page.wait_for_timeout(PAUSE_MS)
        page.locator(bench.label).nth(number % len(LABELS)).click()
        page.wait_for_timeout(PAUSE_MS)
        took = float(page.evaluate(bench.submit))
        assert took >= 0, "the next item never came"
        times.append(took)
    return times


@contextmanager
def _page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        yield context.new_page()
    finally:
        context.close()


def _pictures(folder: Path) -> list[str]:
    """Put pictures into a folder and return their names."""
    folder.mkdir()
    shared = Path(os.environ.get("ASSAY_SHARED_DATA") or ROOT.parent / "shared" / "data")
    photographs = sorted((shared / "images" / "coco_mini" / "images").glob("*.jpg"))[:PICTURES]
    for path in photographs:
        (folder / path.name).write_bytes(path.read_bytes())
    for number in range(len(photographs), PICTURES):
        drawn = Image.effect_noise((640, 480), 60).convert("RGB")
        ImageDraw.Draw(drawn).rectangle((number * 5, 40, number * 5 + 200, 300), fill=(number * 4, 90, 160))
        drawn.save(folder / f"drawn-{number:03}.jpg", quality=80)
    return sorted(path.name for path in folder.iterdir())


def filled(at: Place, names: Sequence[str], loops: int) -> tuple[str, str]:
    """Put two batches at work and make somebody who can sign in; return the batches of pictures and texts."""
    installation = at.open()
    now = time.time_ns() // 1_000
    received = parse_intake(INTAKE, source="bench", folder=at.home)
    owner = installation.owner("bench", "bench")
    project, batch = submit_intake(owner, received=received, seed=1, home=at.home, now=now)
    with db.transaction():
        items.insert_items(
            batch,
            [
                items.NewItem(
                    ord=number,
                    key=name,
                    fingerprint=f"{number:064x}",
                    media=f"pictures/{name}",
                    text=None,
                    extra="{}",
                    near=None,
                )
                for number, name in enumerate(names)
            ],
            state=lifecycle.LABELLING,
        )
        wanted_answers.open_tasks(
            batch.id, queue=label_queues.LABEL, items=range(batch.first_item, batch.first_item + len(names))
        )
        scope = installation.scope
        for verb in ("receive", "finish receiving", "start"):
            batches.move_batch(scope, batches.batch_by_id(scope, batch.id), verb)
        count = len(names)
        batches.set_batch(scope, batch.id, accepted=count, received=count, near_done=True, deidentified=True)
        db.execute("UPDATE project SET status = %s WHERE id = %s", [lifecycle.PAUSED, project.id])
    texts = support.fill(
        installation, home=at.home, tasks=loops + 30, redundancy=1, labellers=0, name="texts"
    )
    with db.transaction():
        user = account_members.add_user(email=EMAIL, password=PASSWORD)
        account_members.add_member(scope, user=user, name="Lena", email=EMAIL, roles=["labeller"], now=now)
    return batch.name, texts.batch


if __name__ == "__main__":
    main()
