"""Several questions about one item: answered one after another, those that are not asked left out, and refused where one is missing."""

import pytest
from tests.journeys.test_attributes_on_the_bench import drag, file_with_pictures
from tests.journeys.test_roles import open_bench

from assay.client import connect

INTAKE = """assay: 1
name: parcels
task: image_questions
data: {path: pictures, format: folder}
questions:
  - {name: usable, ask: "Can one see the parcel?", labels: [usable, blurred], weight: 2}
  - name: state
    ask: In which state is it?
    task: image_classification_multi
    labels: [wet, torn, crushed]
    when: {question: usable, is: usable}
  - name: damage
    ask: Where is it damaged?
    task: image_boxes
    labels: [hole, stain]
    attributes: [{name: deep, kind: flag, required: true}]
    when: {question: state}
class: internal
workforce: {kind: people}
approve: {max_price: 100000}
accept: by_hand
deliver: {to: out/, formats: [jsonl]}
"""


@pytest.fixture(scope="module")
def parcels(portal, tmp_path_factory):
    folder = tmp_path_factory.mktemp("parcels")
    return file_with_pictures(portal, folder, INTAKE, batch="parcels-1", first=20)


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (390, "dark")])
def test_questions_are_answered_one_after_another(window, portal, parcels, width, theme):
    lena = window("lena", width=width, theme=theme)
    page, sent = lena.page, []
    page.on(
        "request", lambda asked: sent.append(asked.post_data_json) if asked.url.endswith("/submit") else None
    )
    open_bench(lena, parcels)
    page.get_by_text("Question 1 of 1").wait_for()
    assert lena.violations() == []
    page.get_by_role("radio", name="usable").click()  # what was not asked before is asked now, and shown
    page.get_by_text("Question 2 of 2").wait_for()
    page.get_by_role("checkbox", name="torn").click()
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("Question 3 of 3").wait_for()
    page.locator(".bx-stage canvas").first.wait_for()
    drag(page, (0.35, 0.35), (0.6, 0.7))
    page.get_by_text("deep needed").wait_for()
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("Object 1, hole, does not say its deep yet.").first.wait_for()
    page.get_by_role("group", name="deep").get_by_role("button", name="no").click()
    assert lena.violations() == []
    page.get_by_role("button", name="Submit").click()
    page.get_by_role("status", name="Saved").wait_for()
    page.wait_for_timeout(300)
    said = sent[-1]["label"]["answers"]
    assert (said["usable"], said["state"]) == ("usable", ["torn"])
    assert [box["attributes"] for box in said["damage"]["boxes"]] == [{"deep": False}]
    # Another choice takes its questions back, and by keys alone an item is done in two.
    page.get_by_text("Question 1 of 1").wait_for()
    page.locator("body").press("2")
    page.locator("body").press("Enter")
    page.get_by_role("status", name="Saved").wait_for()
    page.wait_for_timeout(300)
    assert sent[-1]["label"] == {"answers": {"usable": "blurred"}}


def test_the_server_asks_for_every_answer_and_hears_no_other(portal, parcels):
    with connect(portal.base, key=portal.keys["labeller0"], progress=False) as client:
        (task,) = client.claim(parcels)
        with pytest.raises(Exception, match="the question 'state' is not answered"):
            client.submit(task, {"answers": {"usable": "usable"}}, seconds=4.0)
        with pytest.raises(Exception, match="'usable': 'sharp' is none of usable, blurred"):
            client.submit(task, {"answers": {"usable": "sharp"}}, seconds=4.0)
        with pytest.raises(Exception, match="'sharp' is none of the questions usable, state, damage"):
            client.submit(task, {"answers": {"usable": "blurred", "sharp": "yes"}}, seconds=4.0)
        client.submit(task, {"answers": {"usable": "blurred", "state": ["wet"]}}, seconds=4.0)
