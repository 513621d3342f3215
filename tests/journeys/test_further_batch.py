"""A further batch on its project's page: a table is chosen, what came before is told, each batch has its place."""

import os
import re
from pathlib import Path

from tests.journeys.test_own_request import file_request
from tests.support.serving import LABELS

LOOKS = [(1440, "light"), (1440, "dark"), (380, "light"), (380, "dark")]


def table(path, rows):
    path.write_text("id,text\n" + "".join(f"{key},{text}\n" for key, text in rows))
    return path


def look(visitor, name):
    """Look at the page at both widths and in both themes: nothing overflows, and axe finds nothing."""
    for width, theme in LOOKS:
        visitor.page.set_viewport_size({"width": width, "height": 900})
        visitor.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        visitor.page.wait_for_timeout(250)
        if folder := os.environ.get("ASSAY_SCREENSHOTS"):
            visitor.page.screenshot(path=Path(folder) / f"{name}-{width}-{theme}.png", full_page=True)
        assert visitor.violations() == []
        assert not visitor.overflows()
    visitor.page.set_viewport_size({"width": 1440, "height": 900})


def test_a_requester_adds_a_batch_and_finds_it_beside_the_first(window, tmp_path):
    first = table(
        tmp_path / "birds.csv", [(f"a{n:02}", f"A note {n} on a {LABELS[n % 3]}.") for n in range(40)]
    )
    rows = [(f"b{n:02}", f"Another note {n} on a {LABELS[n % 3]}.") for n in range(30)]
    more = table(tmp_path / "more.csv", [*rows, ("b99", f"A note 0 on a {LABELS[0]}.")])
    rita = window("rita")
    file_request(rita, name="notes", task="text_classification", files=[first], labels=LABELS[:3])

    rita.go("/projects/notes/")
    assert rita.page.get_by_role("heading", name="Batches").count() == 0
    rita.page.locator("summary", has_text="Add a batch").click()
    look(rita, "add-a-batch")
    rita.page.locator("#files").set_input_files(str(more))
    rita.page.locator("#deadline").fill("2031-05-06")
    rita.page.locator("#max_price").fill("90")
    rita.page.get_by_role("button", name="Add the batch").click()
    rita.page.wait_for_url("**/batches/notes-2/")
    assert "notes-2 is added" in rita.page.content()

    for _ in range(40):
        rita.go("/batches/notes-2/")
        if "was in batch notes-1" in rita.page.content():
            break
        rita.page.wait_for_timeout(500)
    assert "its content was in batch notes-1 of this project already" in rita.page.content()

    rita.go("/projects/notes/")
    listed = rita.page.locator(".as-batches tbody tr")
    assert listed.count() == 2
    assert "6 May 2031" in listed.nth(1).inner_text()
    look(rita, "two-batches")
    listed.nth(1).get_by_role("link", name="notes-2").click()
    rita.page.wait_for_url(re.compile("/batches/notes-2/$"))

    # The same table again is the same batch.
    rita.go("/projects/notes/")
    rita.page.locator("summary", has_text="Add a batch").click()
    rita.page.locator("#files").set_input_files(str(more))
    rita.page.locator("#deadline").fill("2031-05-06")
    rita.page.locator("#max_price").fill("90")
    rita.page.get_by_role("button", name="Add the batch").click()
    rita.page.wait_for_url("**/batches/notes-2/")


def test_a_file_that_is_no_data_is_refused_with_a_sentence(window, tmp_path):
    odd = tmp_path / "notes.docx"
    odd.write_bytes(b"nothing that can be read")
    rita = window("rita")
    rita.go("/projects/handwriting/")
    rita.page.locator("summary", has_text="Add a batch").click()
    rita.page.locator("#files").set_input_files(str(odd))
    rita.page.get_by_role("button", name="Add the batch").click()
    rita.page.wait_for_url("**/projects/handwriting/**")
    assert "The batch was not added." in rita.page.content()
    assert "notes.docx" in rita.page.content()
