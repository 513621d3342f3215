"""The examples are what they say: valid intakes, truths that parse, items that differ, and the same bytes each time."""

import csv
import hashlib
import json
import re
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest
from PIL import Image
from sklearn.datasets import load_digits
from tools.examples import ROOT, written

from assay.core.errors import UnknownMember
from assay.core.labels.label_values import (
    FIRST,
    SECOND,
    Answers,
    Boxes,
    Choice,
    Preference,
    Spans,
    label_names,
)
from assay.core.labels.values.value_kind import kind_of_value
from assay.core.ports.file_format import LabelContents, LeftOut
from assay.core.review.near_duplicate_groups import near_groups
from assay.formats import FORMATS
from assay.providers.media import image, text
from assay.providers.workforce.simulated import SimulatedWorkforce
from assay.service.examples import EXAMPLES, find_example
from assay.service.examples.data_sets.digits import HELP, NAMES
from assay.service.examples.data_sets.parcels import ADDRESS
from assay.service.intake.intake_file import parse_intake, read_intake_file
from assay.service.pipeline.stages.near_duplicates import DISTANCE
from assay.tasktypes import TASK_TYPES

each = pytest.mark.parametrize("example", EXAMPLES, ids=lambda one: one.name)
MARKED = {
    "order": r"[A-Z]{2}-?[\d-]{5,6}|[A-Z]{2}-\d{4}",
    "product": "[a-z][a-z ]+[a-z]",
    "date": r"\d{1,2} [A-Z][a-z]+",
}
FEW = 3
"""Pictures of an example that are drawn here; drawing all takes its time."""


@pytest.fixture(scope="module")
def contents():
    """The data of every example, made once; pictures are drawn only where a test asks for them."""
    return {example.name: example.content() for example in EXAMPLES}


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The digits, whole, as `make demo` writes them."""
    folder = tmp_path_factory.mktemp("digits")
    assert find_example("digits").write(folder) == folder / "intake.yaml"
    return folder


def intake_of(example):
    return parse_intake(example.intake, source=example.name, folder=ROOT).intake


def truth_of(example, content):
    task, schema = TASK_TYPES.get(intake_of(example).task), intake_of(example).schema
    return {key: task.parse(label, schema=schema) for key, label in content.truth}


def digests(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


# --- every example -------------------------------------------------------------------------------


def test_what_is_committed_is_what_the_examples_write():
    home = ROOT / "examples"
    there = {str(path.relative_to(home)): path.read_text() for path in home.rglob("*") if path.is_file()}
    assert there == written(), "write them with: python -m tools.examples"


def test_the_table_of_examples_names_each_of_them_with_its_task():
    table = written()["README.md"]
    for example in EXAMPLES:
        assert f"| [{example.name}]({example.name}/intake.yaml) |" in table
        assert f"`{intake_of(example).task}`" in table


def test_every_kind_of_question_has_its_example():
    asked = {intake_of(example).task for example in EXAMPLES}
    assert {"image_boxes", "preference_pair", "text_spans"} <= asked
    for media in ("image", "text"):
        kinds = ("classification", "classification_multi", "questions")
        assert {f"{media}_{kind}" for kind in kinds} <= asked


def test_an_unknown_example_is_answered_with_those_that_there_are():
    with pytest.raises(UnknownMember) as caught:
        find_example("nonsense")
    for example in EXAMPLES:
        assert example.name in str(caught.value)


@each
def test_the_intake_is_valid_and_its_formats_can_hold_the_labels(example):
    intake = intake_of(example)
    assert intake.name == example.name
    assert (intake.workforce.kind, intake.workforce.truth) == ("simulated", "truth.csv")
    assert "augmented_manifest" in intake.formats
    for name in intake.formats:
        assert TASK_TYPES.get(intake.task).produces in FORMATS.get(name).values


@each
def test_every_item_has_a_truth_that_parses_and_every_label_is_used(example, contents):
    content = contents[example.name]
    truth = truth_of(example, content)
    assert len(truth) == len(content.truth)
    if content.header:
        assert [row[0] for row in content.rows] == list(truth)
    used = Counter(name for value in truth.values() for name in label_names(value))
    assert set(used) == set(intake_of(example).schema.names)
    assert min(used.values()) >= len(truth) / 50


@each
def test_the_data_are_the_same_each_time(example, contents):
    again, before = example.content(), contents[example.name]
    assert (again.header, again.rows, again.truth) == (before.header, before.rows, before.truth)
    first = list(islice(example.content().files, FEW))
    assert list(islice(again.files, FEW)) == first
    assert len({hashlib.sha256(data).digest() for _, data in first}) == len(first)


@each
def test_nothing_in_an_item_tells_its_label(example, contents):
    content = contents[example.name]
    if example.name == "again":
        return
    assert content.header[0] == "id"
    labels = {label for _, label in content.truth}
    assert not [row for row in content.rows if labels & set(row)]


@each
def test_every_label_is_explained_in_the_guide_or_beside_its_name(example):
    assert example.guide.startswith("# ")
    labels = intake_of(example).schema.classes
    silent = [one.name for one in labels if not one.help and one.name.split("/")[-1] not in example.guide]
    assert silent == []


# --- texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["reviews", "intents", "topics", "entities", "messages", "again"])
def test_no_text_reads_like_another(name, contents):
    content = contents[name]
    if name == "again":
        (_, manifest), *_ = content.files
        texts = [json.loads(line)["source"] for line in manifest.splitlines()]
    else:
        texts = [row[1] for row in content.rows]
    assert not [one for one in texts if "{" in one or "  " in one]
    groups = near_groups([text.simhash(one) or b"" for one in texts], distance=DISTANCE["text"])
    assert len(set(groups.tolist())) == len(texts)


def test_marked_names_stand_where_the_truth_says(contents):
    content = contents["entities"]
    truth = truth_of(find_example("entities"), content)
    for key, said in content.rows:
        assert isinstance(truth[key], Spans)
        names = [said[span.start : span.end] for span in truth[key].spans]
        assert all(name == name.strip(" .,;") and (name[0].isupper() or name[:4] == "the ") for name in names)
    assert any(not value.spans for value in truth.values())


def test_what_messages_name_is_marked_whole_and_every_date_says_its_day(contents):
    content = contents["messages"]
    truth = truth_of(find_example("messages"), content)
    for key, said in content.rows:
        named = truth[key].to("named")
        for span in named.spans:
            marked, carried = said[span.start : span.end], dict(span.details.attributes)
            assert carried.keys() == ({"day"} if span.label == "date" else set())
            assert re.fullmatch(MARKED[span.label], marked), marked
            assert not any(sign.isalnum() for sign in (said[: span.start][-1:] + said[span.end :][:1]))
        assert (truth[key].to("wishes") is not None) == (truth[key].to("about") == Choice("complaint"))


def test_severe_damage_is_broader_than_the_address_and_slight_damage_is_not(contents):
    found = Counter()
    for value in truth_of(find_example("parcels"), contents["parcels"]).values():
        damage = value.to("damage")
        assert (damage is None) == (value.to("picture") != Choice("clear"))
        for box in damage.boxes if damage else ():
            said = dict(box.details.attributes)
            found[box.label, said["severity"], said["wet"]] += 1
            assert (
                box.width > 1.1 * ADDRESS[0] if said["severity"] == "severe" else box.width < 0.7 * ADDRESS[0]
            )
    assert len(found) == 2 * 2 * 2


def test_a_pair_is_two_different_answers_and_both_places_win_about_as_often(contents):
    content = contents["preferences"]
    assert len({row[1:] for row in content.rows}) == len(content.rows)
    assert all(first != second for _, _, first, second in content.rows)
    won = Counter(truth_of(find_example("preferences"), content).values())
    assert 0.7 < won[Preference(FIRST)] / won[Preference(SECOND)] < 1.4


def test_about_one_earlier_label_in_twelve_is_wrong(contents, tmp_path):
    example = find_example("again")
    path = tmp_path / "earlier.manifest"
    ((_, manifest),) = contents["again"].files
    path.write_bytes(manifest)
    intake = intake_of(example)
    member = FORMATS.get("augmented_manifest")
    found: LabelContents = member.look(path, attribute=intake.data.labels)
    rows = list(member.read_labels(path, contents=found, left_out=LeftOut()))
    truth = truth_of(example, contents["again"])
    wrong = [row.extra["id"] for row in rows if row.value != truth[row.extra["id"]]]
    assert len(rows) == len(truth)
    assert 0.06 < len(wrong) / len(rows) < 0.1


# --- pictures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["shelves", "cells", "parcels"])
def test_boxes_lie_in_their_picture(name, contents):
    truth = truth_of(find_example(name), contents[name]).values()
    for value in [one.to("damage") if isinstance(one, Answers) else one for one in truth]:
        if value is None:
            continue
        assert isinstance(value, Boxes)
        assert value.size is not None
        for box in value.boxes:
            assert min(box.left, box.top) >= 0
            assert box.left + box.width <= value.size[0]
            assert box.top + box.height <= value.size[1]
            assert min(box.width, box.height) >= 8


@pytest.mark.parametrize("name", ["shelves", "cells", "garments", "groceries", "parcels"])
def test_pictures_have_the_size_that_the_truth_says_and_do_not_look_alike(name, contents, tmp_path):
    content = find_example(name).content()
    truth = truth_of(find_example(name), content)
    hashes = []
    for (path, data), (key, file) in islice(zip(content.files, content.rows, strict=True), 16):
        assert path == file
        found = image.inspect(data)
        assert len(data) < 100_000
        assert kind_of_value(truth[key]).size(truth[key]) in (None, found.facts.size)
        hashes.append(found.near)
    groups = near_groups(hashes, distance=DISTANCE["image"])
    assert len(set(groups.tolist())) == len(hashes)


# --- digits --------------------------------------------------------------------------------------


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


def test_writing_again_changes_nothing(folder):
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    find_example("digits").write(folder)
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()} == before


def test_a_damaged_file_is_written_again(folder):
    before = digests(folder)
    (folder / "images" / "digit-0007.png").write_bytes(b"half")
    find_example("digits").write(folder)
    assert digests(folder) == before


def test_the_digits_name_ten_labels_with_help_and_files_that_exist(folder):
    intake = read_intake_file(folder / "intake.yaml").intake
    assert [(label.name, label.help) for label in intake.schema.classes] == list(
        zip(NAMES, HELP, strict=True)
    )
    for file in (intake.data.path, intake.instructions, intake.workforce.truth):
        assert (folder / file).stat().st_size > 0
    assert "scikit-learn" in (folder / "LICENCE.txt").read_text()


def test_simulated_people_can_work_on_the_digits(contents):
    example = find_example("digits")
    intake, truth = intake_of(example), dict(contents["digits"].truth)
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
