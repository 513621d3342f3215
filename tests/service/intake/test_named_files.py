"""The files that an intake names are looked for before anything is stored."""

import pytest
from tests.support.loops import one
from tests.support.projects import submit, write_project

from assay.core.errors import SeveralProblems
from assay.service.intake.intake_file import read_intake_file
from assay.service.requests.preview_plan import preview_plan

MORE = "instructions: guide.md\nexamples: {path: worked.csv}\nknown: {path: known.csv, use: control}\n"


def test_all_files_that_are_not_there_and_formats_that_do_not_fit_are_told_and_nothing_is_stored(
    installation, tmp_path
):
    intake = write_project(tmp_path / "project", items=3, more=MORE)
    intake.write_text(intake.read_text().replace("truth.csv", "truht.csv").replace("csv, jsonl]", "conll]"))
    for door in (
        lambda: submit(installation, intake),
        lambda: preview_plan(read_intake_file(intake), seed=1),
    ):
        with pytest.raises(SeveralProblems) as caught:
            door()
        said = str(caught.value)
        for name in ("guide.md", "worked.csv", "known.csv", "truht.csv", "conll"):
            assert name in said
    assert one("SELECT COUNT(*) FROM project") == 0


def test_files_that_are_there_are_taken(installation, tmp_path):
    intake = write_project(tmp_path / "project", items=3, more="instructions: guide.md\n")
    (intake.parent / "guide.md").write_text("Look closely.")
    assert submit(installation, intake).row.name == "pets"
