"""Pictures as people and machines have them: filed in the browser, seen upright on the bench, boxed up to the edge."""

import io
import json
import re
import time

import pytest
from PIL import Image, ImageDraw
from tests.journeys.test_own_request import file_request
from tests.journeys.test_roles import open_bench
from tests.support.photographs import as_stored
from tests.support.zips import zip_of

from assay.client import connect

MAKER = b"MakerOfPhones"
TURNED = 6
"""The EXIF orientation of a picture that was taken upright."""
SHOWN_AS = re.compile(r"image/(png|jpeg)")
NATURAL = """async url => {
  const picture = new Image();
  picture.src = url;
  await picture.decode();
  return [picture.naturalWidth, picture.naturalHeight];
}"""


def scene(width, height, shade):
    """A picture unlike any other shade's: a bright block on a ground."""
    made = Image.new("RGB", (width, height), (shade, 255 - shade, 90))
    place = (width * shade // 400, height // 5, width * shade // 400 + width // 4, height // 2)
    ImageDraw.Draw(made).rectangle(place, fill=(220, 30, 30))
    return made


def camera_facts(orientation):
    """What a phone says of its picture: how it was held, who made it, and where it was."""
    facts = Image.Exif()
    facts[0x0112], facts[0x010F] = orientation, MAKER.decode()
    place = facts.get_ifd(0x8825)
    place[1], place[2], place[3], place[4] = "N", (48.0, 8.0, 33.5), "E", (11.0, 34.0, 55.2)
    return facts


def as_file(picture, kind, **more):
    out = io.BytesIO()
    picture.save(out, format=kind, **more)
    return out.getvalue()


def as_held(picture, orientation, kind="JPEG"):
    """A picture as a camera stores it that was held so; people see it as it is given."""
    return as_file(as_stored(picture, orientation), kind, exif=camera_facts(orientation))


def kept(folder, files):
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return sorted(folder.iterdir())


def wait_until_at_work(portal, batch):
    with connect(portal.base, key=portal.keys["requester0"], progress=False) as client:
        until = time.monotonic() + 300
        while (found := client.batch(batch)).status != "In-progress" and time.monotonic() < until:
            time.sleep(0.2)
    assert found.status == "In-progress"


class Bench:
    """A labeller's bench that remembers which items it was handed."""

    def __init__(self, visitor, batch, *, base):
        self.visitor, self.page, self.base = visitor, visitor.page, base
        self.links: dict[str, str] = {}
        self.sent: dict[str, tuple[str, bytes]] = {}
        self.page.on("response", self._hear)
        open_bench(visitor, batch)

    def _hear(self, reply):
        if not reply.ok or reply.request.method != "POST" or "/api/v1/work/" not in reply.url:
            return
        body = reply.json()
        for task in [*body.get("tasks", ()), *filter(None, [body.get("next")])]:
            self.links[task["item"]["key"]] = task["item"]["media"]["url"]

    def shown(self):
        """The key of the item that is shown."""
        return self.page.locator("[aria-live=polite]").first.inner_text().removeprefix("Item ")

    def drag_out(self):
        """Drag a box from the middle of the stage to its far corner, where no picture reaches."""
        stage = self.page.locator(".bx-stage canvas").first.bounding_box()
        x, y = stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for part in (0.2, 0.6, 0.99):
            self.page.mouse.move(x + part * stage["width"] / 2, y + part * stage["height"] / 2)
        self.page.mouse.up()
        self.page.get_by_text("Objects 1").wait_for()

    def submit(self, done):
        self.page.keyboard.press("Enter")
        self.page.get_by_text(f"{done} done").wait_for()
        self.page.get_by_role("status", name="Saved").wait_for()

    def see_all(self, sizes):
        """Look at every item, and box a quarter of each; their sizes are those that people see."""
        seen = {}
        while len(seen) < len(sizes):
            self.page.locator(".bx-image img, .bx-stage canvas").first.wait_for()
            key = self.shown()
            assert key not in seen
            seen[key] = tuple(self.page.evaluate(NATURAL, self.links[key]))
            served = self.page.request.get(self.base + self.links[key])  # the link ends with the hold
            self.sent[key] = (served.headers["content-type"], served.body())
            self.drag_out()
            self.submit(len(seen))
        assert seen == sizes


def test_pictures_of_all_kinds_are_filed_seen_and_boxed(window, portal, tmp_path):
    inner = {f"shots/z{n}.png": as_file(scene(120, 90, 150 + 40 * n), "PNG") for n in range(2)}
    deep = Image.new("I;16", (90, 60), 300)
    deep.paste(4_000, (20, 10, 50, 40))
    pages = as_file(scene(40, 30, 5), "TIFF", save_all=True, append_images=[scene(40, 30, 9)])
    files = {
        "deep.png": as_file(deep, "PNG"),
        "empty.jpg": b"",
        "pages.tif": pages,
        "phone.jpg": as_held(scene(120, 160, 60), TURNED),
        "scan.tif": as_file(scene(160, 120, 100), "TIFF"),
        "shots.zip": zip_of(tmp_path / "x.zip", inner).read_bytes(),
    }
    sizes = {"deep.png": (90, 60), "phone.jpg": (120, 160), "scan.tif": (160, 120)}
    sizes |= {"z0.png": (120, 90), "z1.png": (120, 90)}
    assert MAKER in files["phone.jpg"]
    rita = window("rita")
    file_request(
        rita,
        name="pictures",
        task="image_boxes",
        files=kept(tmp_path / "files", files),
        labels=["red"],
        told="6 pictures",
    )
    wait_until_at_work(portal, "pictures-1")

    told = rita.go("/batches/pictures-1/").locator("#set-aside")
    rows = [row.inner_text().split("\t")[1:] for row in told.locator("tbody tr").all()]
    assert rows == [
        ["empty.jpg", "it is empty"],
        ["pages.tif", "The image cannot be used: it has 2 pages; save each page as a picture of its own."],
    ]
    assert rita.violations() == []

    lena = window("lena")
    bench = Bench(lena, "pictures-1", base=portal.base)
    bench.see_all(sizes)
    assert set(bench.sent) == set(sizes)
    for key, (kind, body) in bench.sent.items():
        assert SHOWN_AS.fullmatch(kind), key
        assert not any(one in body for one in (MAKER, b"Exif", b"eXIf")), key
        assert lena.page.request.get(portal.base + bench.links[key]).status == 404, "the hold is over"

    for key, (width, height) in sizes.items():
        rita.go(f"/batches/pictures-1/items/{key}")
        answer = rita.page.locator(".as-answer-picture")
        (box,) = json.loads(answer.get_attribute("label"))["boxes"]
        assert 0 < box["left"] < box["left"] + box["width"] == width, key
        assert 0 < box["top"] < box["top"] + box["height"] == height, key
    seen = rita.go("/batches/pictures-1/items/phone.jpg").locator("#whole").bounding_box()
    assert seen["y"] + seen["height"] <= 900, "a picture taken upright is seen whole"


def test_the_preview_leaves_a_plain_place_where_the_browser_shows_nothing(window, tmp_path):
    files = {
        "broken.png": b"\x89PNG\r\n\x1a\n and nothing that follows it",
        "note.docx": b"PK",
        "phone.jpg": as_held(scene(120, 160, 60), TURNED),
        "scan.tif": as_file(scene(160, 120, 100), "TIFF"),
    }
    rita = window("rita", width=390, theme="dark")
    page = rita.go("/requests/new")
    page.locator("form[data-upload] input[type=file]").first.set_input_files(kept(tmp_path / "files", files))
    preview = page.locator("#preview")
    preview.get_by_text("1 file will be set aside").wait_for()
    preview.locator("figure").last.scroll_into_view_if_needed()  # pictures out of sight wait
    preview.locator(".as-no-preview").nth(1).wait_for()
    without = page.locator("figure", has=page.locator(".as-no-preview")).locator("figcaption")
    assert without.all_inner_texts() == ["broken.png", "scan.tif"]
    assert preview.locator("img").evaluate_all("all => all.every(one => one.naturalHeight === 160)")
    assert rita.violations() == []
    assert not rita.overflows()
    page.get_by_role("button", name="Forget the files that were not taken").click()
    preview.get_by_text("1 file will be set aside").wait_for(state="detached")
    page.get_by_role("button", name="Delete all pictures").click()
    preview.get_by_text("There are no items yet").wait_for()


@pytest.mark.slow
def test_whatever_way_a_camera_was_held_and_whatever_wrote_the_file(window, portal, tmp_path):
    files = {f"held-{n}.jpg": as_held(scene(96, 128, 20 * n), n) for n in range(1, 9)}
    files |= {f"held-{n}.webp": as_held(scene(96, 128, 20 * n + 5), n, "WEBP") for n in (3, 6)}
    files |= {f"held-{n}.png": as_held(scene(96, 128, 20 * n + 9), n, "PNG") for n in (5, 8)}
    files |= {
        "new.avif": as_file(scene(96, 128, 190), "AVIF"),
        "print.jpg": as_file(scene(96, 128, 200).convert("CMYK"), "JPEG"),
        "few.gif": as_file(scene(96, 128, 210).quantize(16), "GIF"),
        "plain.bmp": as_file(scene(96, 128, 220), "BMP"),
        "clear.png": as_file(scene(96, 128, 230).convert("RGBA"), "PNG"),
        "fax.tif": as_file(scene(96, 128, 240).convert("1"), "TIFF", compression="group4"),
    }
    file_request(
        window("rita"),
        name="held",
        task="image_boxes",
        files=kept(tmp_path / "files", files),
        labels=["red"],
        told=f"{len(files)} pictures",
    )
    wait_until_at_work(portal, "held-1")
    lena = window("lena")
    bench = Bench(lena, "held-1", base=portal.base)
    bench.see_all(dict.fromkeys(files, (96, 128)))
    assert set(bench.sent) == set(files)
    for key, (kind, body) in bench.sent.items():
        assert SHOWN_AS.fullmatch(kind) or kind in ("image/webp", "image/gif", "image/bmp"), key
        assert not any(one in body for one in (MAKER, b"Exif", b"EXIF", b"eXIf")), key
