"""`assay replay`: the table beside plain ways, the picture in signs and as a file, and JSON that stays as it was."""

import json
import xml.etree.ElementTree as ET

import pytest
from tests.service.test_replay import FIELDS, files

from assay.entry.cli.main import main
from assay.entry.cli.scatter import Point, scatter


@pytest.fixture
def words(tmp_path):
    given = files(tmp_path)
    return ["replay", str(given["answers"]), "--truth", str(given["truth"])]


def test_the_table_names_ours_and_the_plain_ways(words, capsys):
    assert main(words) == 0
    said = capsys.readouterr().out
    rows = [line for line in said.splitlines() if line.endswith(("yes", "no"))]
    assert [row.split()[0] for row in rows] == list("ABCDE")
    assert "experts on everything" in rows[3]
    assert rows[3].split()[-4:] == ["5.00", "100", "%", "yes"]
    assert rows[4].split()[-1] == "no"
    assert "cost per item" not in said  # the plot is for terminals


def test_a_picture_is_written_beside_json_whose_fields_stay(words, tmp_path, capsys):
    picture = tmp_path / "found.svg"
    assert main([*words, "--json", "--picture", str(picture)]) == 0
    assert set(json.loads(capsys.readouterr().out)) == FIELDS
    root = ET.fromstring(picture.read_bytes())
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 9  # five targets, four plain ways


def test_a_picture_that_cannot_be_written_is_a_sentence(words, tmp_path, capsys):
    assert main([*words, "--picture", str(tmp_path / "none" / "found.svg")]) == 1
    assert "found.svg" in capsys.readouterr().err


def test_a_terminal_gets_a_plot_too(words, monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich takes what it writes to for a terminal
    assert main(words) == 0
    assert "cost per item" in capsys.readouterr().out


def test_points_stand_where_they_belong_and_never_on_one_another():
    drawn = scatter(
        [Point("A", 1.0, 1.0), Point("B", 4.0, 0.9), Point("C", 4.0, 0.9)],
        level=0.95, width=60, across="cost", up="right",
    )  # fmt: skip
    lines = drawn.splitlines()
    assert lines[1].startswith("   100 % |")
    assert lines[1].index("A") < lines[1 + next(n for n, line in enumerate(lines[1:]) if "B" in line)].index(
        "B"
    )
    together = next(line for line in lines if "B" in line)
    assert "C" in together
    assert sum("....." in line for line in lines) == 1
    assert all(len(line) <= 60 for line in lines)
