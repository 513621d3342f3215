"""A request of one's own, from files to a certified delivery: filed in the browser, labelled by people, accepted."""

import csv
import random
import re
import threading
import time
from contextlib import closing

from PIL import Image, ImageDraw
from tests.support.browser import Visitor
from tests.support.serving import LABELS, Labeller

from assay.client import Client, connect

TEXTS = 60
PICTURES = 40
COLOURS = {"red": (200, 40, 40), "green": (40, 160, 60), "blue": (40, 70, 200)}


def test_a_csv_of_texts_becomes_a_certified_delivery(window, portal, tmp_path):
    table = tmp_path / "animals.csv"
    truth = {}
    with table.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["id", "text"])
        for number in range(TEXTS):
            animal = LABELS[number % 3]
            truth[f"r{number:03}"] = animal
            rows.writerow(
                [f"r{number:03}", f"Sentence {number}: this one is about a {animal} and nothing else."]
            )
    rita = window("rita")
    file_request(rita, name="animals", task="text_classification", files=[table], labels=LABELS[:3])
    with connect(portal.base, key=portal.keys["requester0"], progress=False) as client:
        work_until_offered(portal, client, "animals-1", truth)
        rita.go("/batches/animals-1/")
        assert "Ready for your review" in rita.page.get_by_role("heading", level=1).inner_text()
        rita.page.locator("summary", has_text="Accept the batch").click()
        rita.page.get_by_role("button", name="Accept for good").click()
        found = client.wait("animals-1", until="Data delivered", seconds=300)
        assert found.certified
        assert found.total == TEXTS - found.control_items
        place = client.download("animals-1", tmp_path)
    assert place.stat().st_size > 1_000


def test_a_folder_of_pictures_is_received_whole(window, portal, tmp_path):
    folder = tmp_path / "swatches"
    folder.mkdir()
    for number in range(PICTURES):
        colour = list(COLOURS.values())[number % 3]
        picture = Image.new("RGB", (64, 64), tuple(one + number for one in colour))
        ImageDraw.Draw(picture).text((4, 4), str(number), fill=(255, 255, 255))
        picture.save(folder / f"swatch-{number:02}.png")
    rita = window("rita")
    file_request(
        rita,
        name="swatches",
        task="image_classification",
        files=sorted(folder.iterdir()),
        labels=list(COLOURS),
    )
    with connect(portal.base, key=portal.keys["requester0"], progress=False) as client:
        until = time.monotonic() + 300
        while client.batch("swatches-1").status != "In-progress" and time.monotonic() < until:
            time.sleep(0.3)
        found = client.batch("swatches-1")
    assert (found.status, found.received, found.failed) == ("In-progress", PICTURES, 0)


def file_request(visitor: Visitor, *, name, task, files, labels, told=None):
    """Fill in the form as a newcomer would: name, task, files, labels; then submit.

    `told` is what the page says of the files once they have arrived.
    """
    page = visitor.go("/requests/new")
    page.locator("#name").fill(name)
    page.locator("#task").select_option(task)
    page.locator("form[data-upload] input[type=file]").first.set_input_files([str(one) for one in files])
    told = told or re.compile(rf"{files[0].name}|{len(files)} pictures")
    page.locator("#files").get_by_text(told).first.wait_for()
    for number, label in enumerate(labels):
        box = page.get_by_label(f"Label {number + 1}", exact=True)
        if box.count() == 0:
            page.get_by_role("button", name="Add a label").click()
            box.wait_for()
        box.fill(label)
    page.keyboard.press("Tab")
    page.wait_for_timeout(1_500)
    page.get_by_role("button", name="Submit the request").click()
    page.wait_for_url(lambda address: "/projects/" in address, timeout=120_000)


def work_until_offered(portal, client: Client, batch, truth):
    """Let people label and judge over the API until the batch is offered."""
    until = time.monotonic() + 900
    stop = threading.Event()
    last: dict[str, object] = {}

    def label(name, key):
        # Of each run the same times: chance is not to decide whether somebody looks like a program.
        one, dice = Labeller(portal.server.port, batch, key), random.Random(name)
        with closing(one.line):
            while not stop.is_set() and time.monotonic() < until:
                status, held = one.call("claim", {"ahead": 1})
                tasks = held["tasks"] if status == 200 else []
                last[name] = len(tasks) if status == 200 else held
                for task in tasks:
                    body = {
                        "assignment": task["assignment"],
                        "client_id": f"{key[6:18]}-{task['assignment']}",
                        "label": truth[task["item"]["key"]],
                        "seconds": round(
                            dice.lognormvariate(1.2, 0.5), 1
                        ),  # a clock would be taken for a program
                        "next": False,
                    }
                    status, said = one.call("submit", body)
                    if status != 200:
                        last[f"{name}, refused"] = said
                if not tasks:
                    time.sleep(0.3)

    people = [one for one in portal.keys.items() if not one[0].startswith("requester")]
    threads = [threading.Thread(target=label, args=one, daemon=True) for one in people]
    for thread in threads:
        thread.start()
    while client.batch(batch).status != "Ready for review" and time.monotonic() < until:
        time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join()
    found = client.batch(batch)
    assert found.status == "Ready for review", (found, last)
