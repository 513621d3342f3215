import csv
import hashlib
import time
from pathlib import Path

import pytest
from PIL import Image
from sklearn.datasets import load_digits

from assay.formats import FORMATS
from assay.providers.workforce.simulated import SimulatedWorkforce
from assay.service.demo_data import HELP, NAMES, write_digits
from assay.service.intake_file import read_intake_file
from assay.tasktypes import TASK_TYPES


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    start = time.perf_counter()
    assert write_digits(folder) == folder / "intake.yaml"
    assert time.perf_counter() - start < 5.0
    return folder


def digests(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_every_digit_is_a_picture_with_an_item_and_a_truth(folder):
    with (folder / "items.csv").open() as file:
        items = list(csv.DictReader(file))
    with (folder / "truth.csv").open() as file:
        truth = list(csv.DictReader(file))
    assert [row["id"] for row in items] == [row["item"] for row in truth]
    assert [NAMES.index(row["label"]) for row in truth] == load_digits().target.tolist()
    assert len(items) == 1_797
    for row in items[::200]:
        with Image.open(folder / row["file"]) as picture:
            assert picture.size == (96, 96)
            darkest, lightest = picture.getextrema()
            assert darkest < 60
            assert lightest > 240


def test_writing_again_changes_nothing_and_another_folder_gets_the_same_bytes(folder, tmp_path):
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    write_digits(folder)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()} == before
    write_digits(tmp_path)
    assert digests(tmp_path) == digests(folder)


def test_a_damaged_file_is_written_again(folder):
    before = digests(folder)
    (folder / "images" / "digit-0007.png").write_bytes(b"half")
    write_digits(folder)
    assert digests(folder) == before


def test_the_intake_names_ten_labels_with_help_and_files_that_exist(folder):
    intake = (folder / "intake.yaml").read_text()
    for name, hint in zip(NAMES, HELP, strict=True):
        assert f'{{name: {name}, help: "{hint}"}}' in intake
    for file in ("items.csv", "guide.md", "truth.csv"):
        assert file in intake
        assert (folder / file).stat().st_size > 0
    assert "scikit-learn" in (folder / "LICENCE.txt").read_text()


def test_the_intake_is_a_valid_intake(folder):
    file = read_intake_file(folder / "intake.yaml")
    assert file.intake.schema.names == NAMES
    assert file.intake.task in TASK_TYPES.names()
    assert (file.intake.workforce.kind, file.intake.workforce.people) == ("simulated", 30)
    assert set(file.intake.formats) <= set(FORMATS.names())


def test_simulated_people_can_work_on_it(folder):
    intake = read_intake_file(folder / "intake.yaml").intake
    with (folder / "truth.csv").open() as file:
        truth = {row["item"]: row["label"] for row in csv.DictReader(file)}
    crowd = SimulatedWorkforce(
        seed=1,
        people=intake.workforce.people,
        experts=intake.workforce.experts,
        truth=truth,
        schema=intake.schema,
        task=TASK_TYPES.get(intake.task),
    )
    people = [person.code for person in crowd.people() if not person.expert]
    given = {key: [crowd.give(code, key, expert=False).value for code in people] for key in list(truth)[:60]}
    said = [(key, value) for key, values in given.items() for value in values if value is not None]
    assert 0.7 < sum(value == truth[key] for key, value in said) / len(said) < 0.95
    assert {value for _, value in said} <= set(NAMES)
