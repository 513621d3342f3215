"""`assay demo` names its examples, and a wrong name is one sentence that does so too."""

import json

from assay.entry.cli.main import main
from assay.service.examples import EXAMPLES


def test_the_list_has_one_line_for_each_example(capsys):
    assert main(["demo", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [one.name for one in EXAMPLES]
    assert all(one.sentence in line for one, line in zip(EXAMPLES, lines, strict=True))


def test_the_list_is_there_for_scripts_too(capsys):
    assert main(["demo", "--list", "--json"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)] == [one.name for one in EXAMPLES]


def test_an_unknown_example_is_one_sentence_and_changes_nothing(capsys, tmp_path):
    home = tmp_path / "home"
    assert main(["demo", "--example", "nonsense", "--home", str(home)]) == 2
    said = capsys.readouterr()
    known = ", ".join(one.name for one in EXAMPLES)
    assert said.err == f"assay: There is no example 'nonsense'; known are: {known}.\n"
    assert said.out == ""
    assert not home.exists()
