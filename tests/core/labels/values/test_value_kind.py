"""The table of label values: every kind has a row, and a new kind is one file."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conformance.test_formats import good_items

import assay
from assay.core.labels.label_text import read_label, write_label
from assay.core.labels.label_values import Boxes, Choice, label_names
from assay.core.labels.values.value_kind import Unfit, content_of, kinds, read_as, value_in

KINDS = list(kinds().values())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.tag)
def test_a_value_is_told_by_its_text_and_read_back(kind):
    for value in (item.value for item in good_items(kind.holds)):
        found = json.loads(json.dumps(content_of(value)))
        assert value_in(found) == value
        assert read_label(write_label(value), kind.holds) == value


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.tag)
def test_a_value_can_be_renamed_and_said_in_words(kind):
    for value in (item.value for item in good_items(kind.holds)):
        assert kind.renamed(value, lambda name: name) == value
        assert kind.words(value)
        if kind.tag != "winner":
            new = kind.renamed(value, lambda name: f"{name}!")
            assert all(name.endswith("!") for name in label_names(new))


def test_tags_are_different():
    assert len({kind.tag for kind in KINDS}) == len(KINDS)


def test_texts_of_a_later_version_are_refused_with_a_sentence():
    kind = kinds()[Boxes]
    with pytest.raises(
        Unfit, match="'boxes' of version 2 was written by a later Assay; this one reads up to 1"
    ):
        read_as({"boxes": [], "version": 2}, kind)
    assert read_as({"boxes": [], "version": "5.0"}, kind) == Boxes(())  # another tool's
    assert read_as({"boxes": [], "version": 2}, replace(kind, version=2)) == Boxes(())


def test_the_first_version_costs_nothing():
    assert write_label(Boxes(())) == '{"boxes":[]}'
    assert write_label(Choice("a")) == "a"


SHOWN = Path(__file__).parents[4] / "CONTRIBUTING.md"
FIRST_LINE = "# src/assay/core/labels/values/score.py"
USE = """
from collections import Counter
from pathlib import Path
from assay.core.labels.label_text import read_label, write_label
from assay.core.labels.label_values import Answers, LabelledItem, schema_of
from assay.core.labels.values.score import Score
from assay.core.ports.file_format import Naming
from assay.formats import FORMATS
from assay.service.labels_in_words import in_words

assert write_label(Score(7)) == '{"score":7}'
assert read_label('{"score":7}', Score) == Score(7)
assert in_words(Answers((("style", Score(7)),))) == "style: 7 of 10"
naming = Naming("a", "labeling-job/a", "groundtruth/custom", schema_of(()))
item = LabelledItem("k", None, "text", {}, Score(3), 1.0, True, "2026-01-01T00:00:00.000000")
for name in ("jsonl", "csv", "parquet", "augmented_manifest"):
    layout = FORMATS.get(name)
    path = Path(f"labels{layout.suffix}")
    layout.write(iter([item]), path, naming=naming, left_out=Counter())
    contents = layout.look(path)
    (row,) = layout.read_labels(path, contents=contents, left_out=Counter())
    assert (contents.kind, row.value) == (Score, Score(3)), (name, row)
print("whole")
"""


def test_a_new_kind_of_value_is_one_file(tmp_path):
    source = Path(assay.__file__).parent
    copy = tmp_path / "assay"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("static", "templates", "__pycache__"))
    blocks = SHOWN.read_text(encoding="utf-8").split("```python\n")
    shown = next(one for one in blocks if one.startswith(FIRST_LINE)).split("```")[0]
    (copy / "core" / "labels" / "values" / "score.py").write_text(shown)
    ran = subprocess.run(
        [sys.executable, "-c", USE],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout, ran.returncode) == ("whole\n", 0), ran.stderr
    added = {one.relative_to(copy) for one in copy.rglob("*.py")} - {
        one.relative_to(source) for one in source.rglob("*.py")
    }
    assert added == {Path("core/labels/values/score.py")}
