"""`assay plan` and `assay run` say which columns they take for what."""

import json
import os
import subprocess
import sys

import pytest

from assay.entry.cli.main import main

INTAKE = """assay: 1
name: words
task: text_classification
data: {path: 表.csv}
labels: [好, 坏]
workforce: {kind: simulated, people: 6, truth: truth.csv}
"""


@pytest.fixture
def intake(tmp_path):
    """Thirty texts below names that no reader knows."""
    rows = [(f"n{n}", f"第{n}条评论说的是这件事", "好坏"[n % 2]) for n in range(30)]
    (tmp_path / "表.csv").write_text("编号,评论\n" + "".join(f"{key},{text}\n" for key, text, _ in rows))
    (tmp_path / "truth.csv").write_text(
        "item,label\n" + "".join(f"{key},{label}\n" for key, _, label in rows)
    )
    (tmp_path / "intake.yaml").write_text(INTAKE)
    return tmp_path / "intake.yaml"


@pytest.mark.parametrize("command", ["plan", "run"])
def test_what_was_taken_for_what_is_the_first_line(intake, tmp_path, command):
    words = [sys.executable, "-m", "assay.entry.cli.main", command, str(intake)]
    if command == "run":
        words += ["--home", str(tmp_path / "home"), "--out", str(tmp_path / "out")]
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=False, timeout=120)
    first = done.stdout.splitlines()[0]
    assert first == "表.csv: '评论' was taken for the text, '编号' for the id.", done.stderr


def test_the_plan_says_by_what_answers_are_paid(intake, capsys):
    intake.write_text(INTAKE + "money: {answer: {per: minute, cents: 30, least: 2, most: 60}}\n")
    assert main(["plan", str(intake)]) == 0
    said = capsys.readouterr().out
    assert "30 cents a minute, at least 2, at most 60" in said
    assert "about 4.5 cents an answer, for 0.15 minutes (0.05 to 0.5), as is assumed before a pilot" in said
    assert main(["plan", str(intake), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["work"]["cents"] == [2.0, 4.5, 15.0]
    intake.write_text(INTAKE)
    assert main(["plan", str(intake), "--json"]) == 0
    assert "work" not in json.loads(capsys.readouterr().out)
