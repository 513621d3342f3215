"""`assay replay`: the table beside plain ways, the picture in signs and as a file, and JSON that stays as it was."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from tests.service.replay.test_replay_answers import FIELDS, files

from assay.entry.cli.files.scatter_picture import Point, scatter
from assay.entry.cli.main import main


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


def test_without_experts_ours_stands_beside_the_votes(words, capsys):
    assert main([*words, "--votes", "3"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("180 items, 20 control items; no experts, and nothing is proven\n")
    assert " than 3 votes each (3.00)" in said
    rows = [line for line in said.splitlines() if line.endswith(("  yes", "  no"))]
    assert [row.split()[0] for row in rows] == list("ABCD")
    assert "3 votes each" in rows[1]
    assert rows[1].split()[-4:-3] == ["3.00"]
    assert [row.split()[-1] for row in rows] == ["no", "no", "no", "yes"]


def test_without_experts_json_and_picture_say_the_same(words, tmp_path, capsys):
    picture = tmp_path / "found.svg"
    assert main([*words, "--votes", "4", "--json", "--picture", str(picture)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["votes"] == 4
    assert said["votes_per_item"] == 4.0
    assert {"saved", "goal", "accuracy", "votes_accuracy", "control_items"} <= set(said)
    root = ET.fromstring(picture.read_bytes())
    text = "\n".join(root.itertext())
    assert "Assay, as right as 4 votes each" in text
    assert "Dashed: what 4 votes each reach." in text
    assert f"{said['cost_per_item']:.2f} an item" in text
    circles = [one.get("class") for one in root.iter("{http://www.w3.org/2000/svg}circle")]
    # Ours at 3, 4, 5 and 7 votes; the votes, all answers, and experts, who alone prove anything.
    assert sorted(circles) == ["other"] + 2 * ["other unproven"] + 4 * ["ours unproven"]


def test_without_experts_a_terminal_gets_a_plot_too(words, monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert main([*words, "--votes", "3"]) == 0
    assert "cost per item" in capsys.readouterr().out


@pytest.mark.parametrize("votes", ["0", "51"])
def test_votes_out_of_bounds_are_a_sentence(words, capsys, votes):
    assert main([*words, "--votes", votes]) == 2
    assert "--votes" in capsys.readouterr().err


def test_answers_that_cannot_be_used_are_named_and_the_rest_is_replayed(words, capsys):
    with Path(words[1]).open("a") as out:
        out.write("1,,y\n2,w1,\n")
    assert main([*words, "--json"]) == 0
    printed = capsys.readouterr()
    lines = printed.err.splitlines()
    assert lines == [
        f"{words[1]}, line 1202: the cell 'worker' is empty",
        f"{words[1]}, line 1203: the cell 'label' is empty",
    ]
    assert json.loads(printed.out)["answers_available"] == 1200


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
