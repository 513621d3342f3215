"""Several questions about an item, from the intake to a delivery that verifies."""

import json
import shutil

import pytest
from tests.support.invariants import check_invariants
from tests.support.projects import NOW, submit, write_csv

from assay.core import chance
from assay.core.labels.label_values import Answers, Choice
from assay.core.ports.file_format import LeftOut
from assay.core.project import lifecycle
from assay.formats import FORMATS
from assay.service.batches.gallery import ItemsWanted, items_page
from assay.service.delivery.verify_certificate import Result, verify_certificate

pytestmark = pytest.mark.database
NAMES = ("Ada", "Grace", "Edsger")
INTAKE = """assay: 1
name: letters
task: text_questions
data: {path: items.csv, format: csv, id: id, text: text}
questions:
  - {name: mood, labels: [glad, cross], weight: 2}
  - {name: about, task: text_classification_multi, labels: [price, delay], when: {question: mood, is: cross}}
  - {name: who, task: text_spans, labels: [person], attributes: [{name: formal, kind: flag}]}
quality: {right: 0.8, confidence: 0.9}
redundancy: {min: 1, max: 5}
money: {answer: 4, expert: 20}
workforce: {kind: simulated, people: 8, experts: 3, truth: truth.csv}
accept: if_certified
start: 2026-11-23T09:00:00Z
deliver: {to: out/, formats: [augmented_manifest, csv, jsonl, parquet]}
"""


@pytest.fixture
def letters(place, tmp_path):
    items, truth = [], []
    for number in range(40):
        key = f"letter-{number:03}"
        name = NAMES[chance.pick(1, "name", key, below=3)]
        mood = ("glad", "cross")[chance.pick(2, "mood", key, below=2)]
        start = len(key) + 1
        items.append((key, f"{key} {name} writes {key * (number % 7)} and is {mood}, {number * 37}."))
        span = {"start": start, "end": start + len(name), "label": "person", "attributes": {"formal": True}}
        said = {"mood": mood, "who": {"spans": [span]}}
        if mood == "cross":
            said["about"] = ["delay"] if number % 3 else []
        truth.append((key, json.dumps({"answers": said})))
    write_csv(tmp_path / "items.csv", ("id", "text"), items)
    write_csv(tmp_path / "truth.csv", ("item", "label"), truth)
    (tmp_path / "intake.yaml").write_text(INTAKE)
    return submit(place.open(), tmp_path / "intake.yaml")


def test_answers_to_several_questions_are_certified_delivered_found_and_read_back(letters, tmp_path):
    letters.run()
    assert letters.batch.status == lifecycle.DATA_DELIVERED
    check_invariants(letters)
    assert verify_certificate(letters.delivery, trusted=None).result is Result.DEMONSTRATION
    values, controls = {}, set()
    for name, file in (("jsonl", "labels.jsonl"), ("csv", "labels.csv"), ("parquet", "labels.parquet")):
        layout, path = FORMATS.get(name), letters.delivery / file
        contents = layout.look(path)
        assert contents.kind is Answers
        rows = list(layout.read_labels(path, contents=contents, left_out=LeftOut()))
        values[name] = {row.key: row.value for row in rows}
        controls |= {row.key for row in rows if row.control}
    assert values["jsonl"] == values["csv"] == values["parquet"]
    cross = {key for key, said in values["jsonl"].items() if said.to("mood") == Choice("cross")}
    assert {key for key, said in values["jsonl"].items() if said.to("about") is not None} == cross
    actor = letters.installation.owner("rita", "tests")
    wanted = ItemsWanted(label="mood: cross")
    found = items_page(actor, batch=letters.batch.name, wanted=wanted, after=None, limit=100, now=NOW)
    assert {one.key for one in found.items} == cross - controls
    # Another weight gives other losses, which is found although everything else is as it was.
    folder = shutil.copytree(letters.delivery, tmp_path / "changed")
    whole = json.loads((folder / "certificate.json").read_bytes())
    wrong = [line for line in whole["statement"]["sample"] if 0.0 < line["loss"] < 1.0]
    whole["statement"]["questions"][0]["weight"] = 50.0
    (folder / "certificate.json").write_text(json.dumps(whole))
    said = [one.sentence for one in verify_certificate(folder, trusted=None).findings]
    assert any("is a loss of" in one for one in said) == bool(wrong)
    assert any("signature" in one for one in said)
