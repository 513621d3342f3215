"""What is asked about each object: said on the bench, refused where it is missing, and there for whoever asks the server."""

import pytest
from tests.journeys.test_pictures_shown import as_file, scene, wait_until_at_work
from tests.journeys.test_roles import open_bench

from assay.client import connect

INTAKE = """assay: 1
name: stock
task: image_boxes
data: {path: pictures, format: folder}
labels:
  - {name: can, attributes: [{name: doors, kind: number}]}
  - jar
attributes:
  - {name: colour, options: [red, blue], required: true, help: "Of the packing."}
  - {name: hidden, kind: flag}
class: internal
workforce: {kind: people}
approve: {max_price: 100000}
accept: by_hand
deliver: {to: out/, formats: [jsonl]}
"""


def file_with_pictures(portal, folder, intake, *, batch, first):
    """File an intake with six pictures of its own and return its batch once people can work on it; `first`: a shade of grey."""
    (folder / "pictures").mkdir()
    for number in range(6):
        picture = as_file(scene(160, 120, first + 30 * number), "PNG")
        (folder / "pictures" / f"p{number}.png").write_bytes(picture)
    (folder / "intake.yaml").write_text(intake)
    with connect(portal.base, key=portal.keys["requester0"], progress=False) as client:
        client.file(folder / "intake.yaml")
    wait_until_at_work(portal, batch)
    return batch


@pytest.fixture(scope="module")
def stock(portal, tmp_path_factory):
    return file_with_pictures(portal, tmp_path_factory.mktemp("stock"), INTAKE, batch="stock-1", first=30)


def drag(page, start, end):
    stage = page.locator(".bx-stage canvas").first.bounding_box()
    places = [(stage["x"] + x * stage["width"], stage["y"] + y * stage["height"]) for x, y in (start, end)]
    page.mouse.move(*places[0])
    page.mouse.down()
    page.mouse.move(sum(x for x, _ in places) / 2, sum(y for _, y in places) / 2)
    page.mouse.move(*places[1])
    page.mouse.up()


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_what_is_asked_about_an_object_is_said_beside_it(window, portal, stock, width, theme):
    lena = window("lena", width=width, theme=theme)
    page = lena.page
    sent = []
    page.on(
        "request", lambda asked: sent.append(asked.post_data_json) if asked.url.endswith("/submit") else None
    )
    open_bench(lena, stock)
    page.locator(".bx-stage canvas").first.wait_for()
    drag(page, (0.35, 0.35), (0.6, 0.7))
    panel = page.get_by_role("region", name="Attributes of can")
    panel.get_by_text("colour needed").wait_for()
    page.locator(".bx-stage").first.focus() if width < 600 else page.keyboard.press("Enter")
    if width > 600:
        page.get_by_text("Object 1, can, does not say its colour yet.").first.wait_for()
    panel.get_by_role("button", name="red").click()
    panel.get_by_role("group", name="hidden").get_by_role("button", name="yes").click()
    panel.get_by_label("doors").fill("3")
    assert lena.violations() == []
    # Another label keeps what its objects say too: a jar has no doors.
    page.get_by_role("button", name="jar", exact=True).first.click()
    jar = page.get_by_role("region", name="Attributes of jar")
    assert jar.get_by_role("button", name="red").get_attribute("aria-pressed") == "true"
    assert jar.get_by_label("doors").count() == 0
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("status", name="Saved").wait_for()
    page.wait_for_timeout(300)
    (box,) = sent[-1]["label"]["boxes"]
    assert box["label"] == "jar"
    assert box["attributes"] == {"colour": "red", "hidden": True}


def test_the_server_refuses_an_object_that_says_too_little(portal, stock):
    with connect(portal.base, key=portal.keys["labeller0"], progress=False) as client:
        (task,) = client.claim(stock)
        box = {"label": "can", "left": 10, "top": 10, "width": 40, "height": 40}
        with pytest.raises(Exception, match="a 'can' does not say its 'colour'"):
            client.submit(task, {"boxes": [box]}, seconds=4.0)
        wrong = {"boxes": [box | {"attributes": {"colour": "green"}}]}
        with pytest.raises(Exception, match="'colour' of 'can' is 'green', and not one of red, blue"):
            client.submit(task, wrong, seconds=4.0)
        client.submit(task, {"boxes": [box | {"attributes": {"colour": "blue", "doors": 2}}]}, seconds=4.0)
